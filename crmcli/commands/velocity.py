"""`crm velocity`."""

from typing import Annotated

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.arguments import AsOf, Currency, Explain, KnownAt, Query
from crmcli.commands.options import Showing

app = typer.Typer(add_completion=False)


@app.command(cls=Showing)
def velocity(
    ctx: typer.Context,
    query: Query = None,
    since: Annotated[
        str | None, typer.Option(metavar="DATE", help="Deals closed on this day or later; else 90 days.")
    ] = None,
    until: Annotated[
        str | None, typer.Option(metavar="DATE", help="Deals closed before this day; else today's too.")
    ] = None,
    by: Annotated[str | None, typer.Option(metavar="FIELD", help="A row each: owner, source, pipeline, …")] = None,
    as_of: AsOf = None,
    known_at: KnownAt = None,
    currency: Currency = None,
    explain: Explain = False,
) -> None:
    """Show what the deals earn in a day: how many close, how many of them are won, for how much, how soon.

    Examples:
      crm velocity
      crm velocity --by owner --since -180d
      crm velocity --since 2026-07 --until 2026-10 --explain
    """
    with opening.reading(ctx) as db:
        asked = reports.standing.Asked(tuple(query or ()), as_of, by, currency, known_at)
        found = reports.velocity.velocity(db, asked, moment=opening.moment(ctx, db), since=since, until=until)
        opening.show(ctx, db, reports.velocity.report(found, explain=explain))
