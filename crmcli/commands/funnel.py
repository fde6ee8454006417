"""`crm funnel`: show."""

from typing import Annotated

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.arguments import Query
from crmcli.commands.options import Showing, settings
from crmcli.core.vocabulary import Basis, Mode

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command(cls=Showing)
def show(
    ctx: typer.Context,
    query: Query = None,
    pipeline: Annotated[str | None, typer.Option(metavar="NAME", help="Else the only one that has deals.")] = None,
    mode: Annotated[Mode, typer.Option(help="When a deal counts for a stage.")] = Mode.REACHED,
    basis: Annotated[Basis, typer.Option(help="All of a deal's way, or where it stands.")] = Basis.COHORT,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Deals that began on this day or later.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Deals that began before this day.")] = None,
    by: Annotated[
        str | None, typer.Option(metavar="FIELD", help="A funnel each: owner, source, closed.quarter, …")
    ] = None,
    as_of: Annotated[
        str | None, typer.Option("--as-of", metavar="DATE", help="As it stood at the end of this day.")
    ] = None,
    currency: Annotated[str | None, typer.Option(help="Only deals in this currency.")] = None,
) -> None:
    """Show how many deals reached each stage, and what became of the others.

    Examples:
      crm funnel show
      crm funnel show --by owner --since -90d
      crm funnel show -f json
    """
    with opening.reading(ctx) as db:
        request = reports.funnel.FunnelRequest(
            words=tuple(query or ()),
            pipeline=pipeline,
            mode=mode,
            basis=basis,
            since=since,
            until=until,
            by=by,
            as_of=as_of,
            currency=currency,
        )
        found = reports.funnel.funnel(db, request, now=settings(ctx).now, preferences=opening.preferences(db))
        opening.show(ctx, db, reports.funnel.report(found))
