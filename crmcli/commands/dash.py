"""`crm dash`."""

import typer

from crmcli import reports
from crmcli.commands import explaining, opening
from crmcli.commands.arguments import AsOf, Currency, Explain, KnownAt
from crmcli.commands.options import Page

app = typer.Typer(add_completion=False)


@app.command(cls=Page)
def dash(
    ctx: typer.Context,
    currency: Currency = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    explain: Explain = False,
) -> None:
    """Show how it stands on one screen: funnel, forecast, velocity, what was won, stalled deals, tasks.

    Examples:
      crm dash
      crm dash --as-of -30d
      crm dash --html dash.html
    """
    with opening.reading(ctx) as db:
        moment = opening.moment(ctx, db)
        found = reports.dash.dash(db, moment=moment, currency=currency, as_of=as_of, known_at=known_at)
        explaining.present(ctx, db, reports.dash.report(found), reports.dash.FORMULAS if explain else ())
