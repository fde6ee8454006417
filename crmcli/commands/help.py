"""`crm help`: a command's help, and what can be asked of the records."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from crmcli import render, reports
from crmcli.commands import opening
from crmcli.commands.options import Showing, settings
from crmcli.commands.topics import TOPICS
from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput, NotFound

app = typer.Typer(add_completion=False)


@app.command(cls=Showing)
def help_(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TOPIC]...",
            help=f"A command, a topic ({', '.join(TOPICS)}), or `columns` and a kind of record.",
            show_default=False,
        ),
    ] = None,
) -> None:
    """Show the help of a command, a page on a topic, or the columns of a kind of record.

    Examples:
      crm help customer add
      crm help query
      crm help exit-codes
      crm help columns deal
    """
    match words or []:
        case [topic] if topic in TOPICS:
            render.page(TOPICS[topic].text(settings(ctx)), settings(ctx).output.pager)
        case ["columns", *entities]:
            _columns(ctx, entities)
        case path:
            typer.echo(_help(ctx, path))


def _columns(ctx: typer.Context, entities: list[str]) -> None:
    from crmcli.query.entities import NAMES, entity

    if not entities:
        typer.echo("\n".join(f"crm help columns {name}" for name in NAMES))
        return
    with opening.reading(ctx) as db:
        for name in entities:
            asked = entity(name, db)
            opening.show(ctx, db, reports.listing.fields_table(asked))
            if asked.states and opening.is_for_people(ctx):
                render.say("")
                opening.show(ctx, db, reports.listing.states_table(asked))


def _help(ctx: typer.Context, path: list[str]) -> str:
    """The help of the command at `path`, asked of it itself; what an alias is short for stands before it."""
    found: Any = ctx.find_root()
    command = found.command
    if (whole := command.spelled_out(path)) != path:
        render.say(f"crm {path[0]} is short for crm {command.aliases[path[0]]}")
        return _help(ctx, _commands_of(found, whole))
    for name in path:
        if not isinstance(command, TyperGroup):
            raise InvalidInput(f"{found.command_path} has no commands of its own", hint=f"{found.command_path} --help")
        below = command.get_command(found, name)
        if below is None:
            meant = did_you_mean(name, [*command.list_commands(found), *TOPICS])
            raise NotFound(f"no command or topic {shown(name)}{meant}", hint=f"crm help {', '.join(TOPICS)}, columns")
        found = below.make_context(name, [], parent=found, resilient_parsing=True)
        command = found.command
    return str(found.get_help())


def _commands_of(ctx: typer.Context, words: list[str]) -> list[str]:
    """As many of the words as name a command."""
    command: Any = ctx.command
    for place, name in enumerate(words):
        if not isinstance(command, TyperGroup) or (below := command.get_command(ctx, name)) is None:
            return words[:place]
        command = getattr(below, "target", below)
    return words
