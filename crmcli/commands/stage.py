"""`crm stage`: add, rename, archive."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.arguments import Pipeline
from crmcli.commands.options import Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Stage = Annotated[str, typer.Argument(metavar="STAGE", help="The stage's name.", show_default=False)]


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    stage: _Stage,
    after: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Behind this one; else behind the last open one.")
    ] = None,
    pipeline: Pipeline = None,
) -> None:
    """Add an open stage; deals keep their history.

    Examples:
      crm stage add negotiation --after quote
    """
    with opening.writing(ctx) as session:
        change = services.pipelines.add_stage(session, pipeline, stage, after=after)
    opening.done(ctx, change)


@app.command(cls=Writing)
def rename(
    ctx: typer.Context,
    stage: _Stage,
    new: Annotated[str, typer.Argument(help="The new name.", show_default=False)],
    pipeline: Pipeline = None,
) -> None:
    """Rename a stage; its history comes along.

    Examples:
      crm stage rename needs discovery
    """
    with opening.writing(ctx) as session:
        change = services.pipelines.rename_stage(session, pipeline, stage, new)
    opening.done(ctx, change)


@app.command(cls=Writing)
def archive(ctx: typer.Context, stage: _Stage, pipeline: Pipeline = None) -> None:
    """Close a stage to new deals; what passed it stays in the reports.

    Examples:
      crm stage archive contact
    """
    with opening.writing(ctx) as session:
        change = services.pipelines.archive_stage(session, pipeline, stage)
    opening.done(ctx, change)
