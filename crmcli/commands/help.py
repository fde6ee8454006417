"""`crm help`: a command's help, and what can be asked of the records."""

from typing import Annotated, Any

import typer
from typer.core import TyperGroup

from crmcli import render, reports
from crmcli.commands import opening
from crmcli.commands.options import Showing
from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput, NotFound

app = typer.Typer(add_completion=False)

_QUERY = """\
A QUERY picks records. Its terms are all asked for, unless `or` stands between them.

  berlin               a word, looked for in the text of the record
  "new york"           a phrase
  +vip                 a tag, whole; tag:vip for a part of one
  city:Berlin          the text of a field contains it, whatever its case and accents
  city:Berlin,Paris    one of several
  city=Berlin          exactly that; city!=Berlin for anything else
  city:                nothing there; has:city for something
  amount:1k..5k        a range, in major units; also amount:>1000
  created:2026-03      a date names the whole period: 2026, 2026-Q1, last month
  last:..-90d          a range of dates: up to the day 90 days ago
  is:open              a state; those of each kind of record stand below
  segment:regulars     a saved query of customers; crm segment list shows them
  deal.stage:quote     of several, any will do: here, of the customer's deals
  not +vip             the opposite, what is not known included
  (a or b) c           parentheses
  sort:-amount,name    the order; - for downwards

The shell needs quotes round blanks, parentheses, < and >:

  crm deal list 'amount:>1000' owner.manager:"Melvin Marxen"

A list reads every record and looks for parts of words: crm customer list zo.
crm find looks in all kinds of records at once, for whole words, and knows what was mistyped.
"""
_WIDTH = 78


@app.command(cls=Showing)
def help_(
    ctx: typer.Context,
    words: Annotated[
        list[str] | None,
        typer.Argument(
            metavar="[TOPIC]...", help="A command, `query`, or `columns` and a kind of record.", show_default=False
        ),
    ] = None,
) -> None:
    """Show the help of a command, how to write a query, or the columns of a kind of record.

    Examples:
      crm help customer add
      crm help query
      crm help columns deal
    """
    match words or []:
        case ["query"]:
            from crmcli.query.entities import NAMES

            typer.echo(_QUERY + "".join(map(_asked, NAMES)), nl=False)
        case ["columns", *entities]:
            _columns(ctx, entities)
        case path:
            typer.echo(_help(ctx, path))


def _asked(name: str) -> str:
    """What can be asked of a kind of record, by name alone."""
    from textwrap import fill

    from crmcli.query.entities import builtin

    known = builtin(name)
    words = [f"is:{state.name}" for state in known.states] + list(known.fields)
    listed = fill(", ".join(words), _WIDTH, initial_indent="  ", subsequent_indent="  ", break_on_hyphens=False)
    return f"\n{known.plural.capitalize()}, told by crm help columns {name}:\n\n{listed}\n"


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
            meant = did_you_mean(name, command.list_commands(found))
            raise NotFound(f"no command or topic {shown(name)}{meant}", hint="crm help query, crm help columns")
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
