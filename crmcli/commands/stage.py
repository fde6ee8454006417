"""`crm stage`: list, add, rename, edit, move, archive, restore, count."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.arguments import Pipeline, Query, Sets
from crmcli.commands.options import Listing, Writing
from crmcli.core.vocabulary import Outcome
from crmcli.errors import InvalidInput

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Stage = Annotated[str, typer.Argument(metavar="STAGE", help="The stage's name.", show_default=False)]


@app.callback()
def group() -> None: ...


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List the stages of all pipelines, archived ones too, in their order.

    Examples:
      crm stage list pipeline:sales
      crm stage list is:open --columns name,probability,rot_days,required
    """
    opening.listed(ctx, "stage", query)


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    stage: _Stage,
    after: Annotated[
        str | None, typer.Option(metavar="STAGE", help="Behind this one; else behind the last of its outcome.")
    ] = None,
    outcome: Annotated[Outcome, typer.Option(help="What it means for whoever comes there.")] = Outcome.OPEN,
    probability: Annotated[str | None, typer.Option(metavar="PERCENT", help="How likely a deal in it is won.")] = None,
    category: Annotated[
        str | None,
        typer.Option(
            metavar="CATEGORY", help="In the forecast: omitted, pipeline, best_case, most_likely, commit, closed."
        ),
    ] = None,
    rot_days: Annotated[
        str | None, typer.Option(metavar="DAYS", help="After how many days a deal in it is stalled.")
    ] = None,
    counted: Annotated[
        bool, typer.Option("--counted", help="Nobody stands in it: crm stage count says how many came.")
    ] = False,
    pipeline: Pipeline = None,
) -> None:
    """Add a stage; deals keep their history.

    Examples:
      crm stage add negotiation --after quote --probability 90 --category commit
      crm stage add withdrawn --outcome lost
    """
    with opening.writing(ctx) as session:
        new = services.stages.NewStage(stage, after, outcome, probability, category, rot_days, counted)
        change = services.stages.add(session, pipeline, new)
    opening.done(ctx, change)


@app.command(cls=Writing)
def rename(
    ctx: typer.Context,
    stage: _Stage,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.", show_default=False)],
    pipeline: Pipeline = None,
) -> None:
    """Give a stage another name; the history comes along.

    Examples:
      crm stage rename needs discovery
    """
    with opening.writing(ctx) as session:
        change = services.stages.edit(session, pipeline, stage, (f"name={name}",))
    opening.done(ctx, change)


@app.command(cls=Writing)
def edit(ctx: typer.Context, stage: _Stage, set_: Sets = None, pipeline: Pipeline = None) -> None:
    """Change name, outcome, probability, category, rot_days or required; the history comes along.

    A deal enters the stage only with all that is `required`: fields that every deal has, or fields of your own.

    Examples:
      crm stage edit needs --set name=discovery --set probability=40
      crm stage edit quote --set probability=80 --set rot_days=14 --set required=amount,close
    """
    with opening.writing(ctx) as session:
        change = services.stages.edit(session, pipeline, stage, tuple(set_ or ()))
    opening.done(ctx, change)


@app.command(cls=Writing)
def move(
    ctx: typer.Context,
    stage: _Stage,
    after: Annotated[str | None, typer.Option(metavar="STAGE", help="Behind this one.")] = None,
    first: Annotated[bool, typer.Option("--first", help="Before all others of its outcome.")] = False,
    pipeline: Pipeline = None,
) -> None:
    """Put a stage elsewhere in its pipeline: history stays, reports use the new order.

    Examples:
      crm stage move needs --after lead
      crm stage move contact --first
    """
    if (after is None) is not first:
        raise InvalidInput("where to?", hint="--after STAGE, or --first")
    with opening.writing(ctx) as session:
        change = services.stages.move(session, pipeline, stage, after=after)
    opening.done(ctx, change)


@app.command(cls=Writing)
def archive(ctx: typer.Context, stage: _Stage, pipeline: Pipeline = None) -> None:
    """Close a stage to newcomers; what passed it stays in the reports.

    Examples:
      crm stage archive contact
    """
    with opening.writing(ctx) as session:
        change = services.stages.archive(session, pipeline, stage)
    opening.done(ctx, change)


@app.command(cls=Writing)
def restore(ctx: typer.Context, stage: _Stage, pipeline: Pipeline = None) -> None:
    """Open an archived stage again, in the place that it kept.

    Examples:
      crm stage archive contact
      crm stage restore contact
    """
    with opening.writing(ctx) as session:
        change = services.stages.restore(session, pipeline, stage)
    opening.done(ctx, change)


@app.command(cls=Writing)
def count(
    ctx: typer.Context,
    stage: _Stage,
    number: Annotated[int, typer.Argument(help="How many came to it on that day.", show_default=False)],
    on: Annotated[str | None, typer.Option(metavar="DATE", help="The day; else today.")] = None,
    pipeline: Annotated[
        str | None, typer.Option("--pipeline", metavar="NAME", help="Else the only one with such a stage.")
    ] = None,
) -> None:
    """Say how many came to a stage that is counted by the day, such as the exposure of a marketing pipeline.

    Examples:
      crm pipeline add marketing --template marketing
      crm stage count exposure 1200 --on yesterday
    """
    with opening.writing(ctx) as session:
        change = services.stages.count(session, pipeline, stage, number, on=on)
    opening.done(ctx, change)
