"""`crm pipeline`: list, show, add."""

from typing import Annotated

import typer

from crmcli import reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import Query
from crmcli.commands.options import Listing, Showing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List the pipelines with their stages.

    Examples:
      crm pipeline list
    """
    opening.listed(ctx, "pipeline", query)


@app.command(cls=Showing)
def show(
    ctx: typer.Context,
    name: Annotated[str | None, typer.Argument(help="Name or id; else the default one.", show_default=False)] = None,
) -> None:
    """Show a pipeline: its stages, and the deals that stand in them.

    Examples:
      crm pipeline show
      crm pipeline show sales -f json
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.records.pipeline(db, name))


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The new pipeline's name.", show_default=False)],
    stage: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An open stage, in order; repeatable. Else those of sales.")
    ] = None,
    default: Annotated[bool, typer.Option("--default", help="New deals go here unless told otherwise.")] = False,
) -> None:
    """Add a pipeline; won and lost come behind its open stages.

    Examples:
      crm pipeline add partners --stage scouting --stage talks --stage pilot
    """
    with opening.writing(ctx) as session:
        change = services.pipelines.add(session, name, stages=tuple(stage or ()), default=default)
    opening.done(ctx, change)
