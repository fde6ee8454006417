"""`crm data`: quality, stale."""

from typing import Annotated

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.options import Limited

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command(cls=Limited)
def quality(
    ctx: typer.Context,
    rule: Annotated[
        str | None, typer.Argument(metavar="[RULE]", help="List what fails this one.", show_default=False)
    ] = None,
) -> None:
    """Show how good the data are, rule by rule: complete, valid, unique, timely, consistent; with RULE what fails it.

    The score is the mean of the pass rates; a rule about no record has none.

    Examples:
      crm data quality
      crm data quality customer.email
      crm data quality duplicate -f ids
    """
    with opening.reading(ctx) as db:
        moment, limit = opening.moment(ctx, db), opening.limit(ctx)
        if rule is None:
            opening.show(ctx, db, reports.dataquality.report(db, moment=moment))
        else:
            opening.show(ctx, db, reports.dataquality.failing(db, rule, moment=moment, limit=limit))


@app.command(cls=Limited)
def stale(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(metavar="DAYS", help="Nothing for so long.")] = 180,
) -> None:
    """Show customers of whom nothing was heard and nothing corrected for long, the longest first.

    Examples:
      crm data stale
      crm data stale --days 365 -f ids
    """
    with opening.reading(ctx) as db:
        moment, limit = opening.moment(ctx, db), opening.limit(ctx)
        opening.show(ctx, db, reports.stale.report(db, moment=moment, days=days, limit=limit))
