"""`crm pipeline`: list, show, add, edit, archive, restore."""

from typing import Annotated

import typer

from crmcli import reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import AsOf, KnownAt, Query, Sets
from crmcli.commands.options import Listing, Showing, Writing
from crmcli.core.vocabulary import Holds, Template

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="Name or id.", show_default=False)]


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
    as_of: AsOf = None,
    known_at: KnownAt = None,
) -> None:
    """Show a pipeline: its stages, and how many deals or customers, and which amounts, stand in them.

    Examples:
      crm pipeline show
      crm pipeline show sales -f json
      crm pipeline show --as-of -30d
    """
    with opening.reading(ctx) as db:
        moment = opening.moment(ctx, db)
        found = reports.records.pipeline(db, name, moment=moment, as_of=as_of, known_at=known_at)
        opening.show(ctx, db, found)


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The new pipeline's name.", show_default=False)],
    stage: Annotated[
        list[str] | None, typer.Option(metavar="NAME", help="An open stage, in order; repeatable. Else those of sales.")
    ] = None,
    template: Annotated[
        Template | None, typer.Option(help="With the stages of a kind that is shipped.", show_default=False)
    ] = None,
    holds: Annotated[
        Holds | None, typer.Option(help="What goes through it; else what the template says, or deals.")
    ] = None,
    default: Annotated[bool, typer.Option("--default", help="New deals go here unless told otherwise.")] = False,
) -> None:
    """Add a pipeline; won and lost come behind the open stages that are named.

    Of the templates sales, service and loan hold deals, marketing, journey and lifecycle customers.

    Examples:
      crm pipeline add partners --stage scouting --stage talks --stage pilot
      crm pipeline add journey --template journey
    """
    with opening.writing(ctx) as session:
        kind = services.pipelines.Kind(template, holds)
        change = services.pipelines.add(session, name, stages=tuple(stage or ()), default=default, kind=kind)
    opening.done(ctx, change)


@app.command(cls=Writing)
def edit(ctx: typer.Context, name: _Name, set_: Sets = None) -> None:
    """Rename a pipeline, or make it the one for deals that name none.

    Examples:
      crm pipeline edit sales --set name="direct sales"
    """
    with opening.writing(ctx) as session:
        change = services.pipelines.edit(session, name, tuple(set_ or ()))
    opening.done(ctx, change)


@app.command(cls=Writing)
def archive(ctx: typer.Context, name: _Name) -> None:
    """Close a pipeline in which nothing is under way; its history stays in the reports.

    Examples:
      crm pipeline add partners
      crm pipeline archive partners
    """
    with opening.writing(ctx) as session:
        change = services.pipelines.archive(session, name)
    opening.done(ctx, change)


@app.command(cls=Writing)
def restore(ctx: typer.Context, name: _Name) -> None:
    """Open an archived pipeline again.

    Examples:
      crm pipeline add partners
      crm pipeline archive partners
      crm pipeline restore partners
    """
    with opening.writing(ctx) as session:
        change = services.pipelines.restore(session, name)
    opening.done(ctx, change)
