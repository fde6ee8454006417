"""`crm config`: the settings, what says each of them, and changes to the config file."""

import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli import render
from crmcli.commands import opening
from crmcli.commands.options import Command, Showing, settings
from crmcli.core.change import Change
from crmcli.core.result import Column, Table
from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput
from crmcli.settings import config
from crmcli.settings.known import KNOWN, Known, Told
from crmcli.settings.places import config_file

if TYPE_CHECKING:
    from crmcli.db.reader import Reader

app = typer.Typer(no_args_is_help=True, add_completion=False)

_THE_FILE = "the file"
_OPTION = "--db"

_Name = Annotated[str, typer.Argument(metavar="NAME", help=f"One of {', '.join(KNOWN)}.", show_default=False)]


@app.callback()
def group() -> None: ...


@app.command("list", cls=Showing)
def list_(
    ctx: typer.Context,
    show_origin: Annotated[bool, typer.Option("--show-origin", help="Say where each value is from.")] = False,
) -> None:
    """List the settings as they count for this file.

    Examples:
      crm config list --show-origin
    """
    columns = (
        Column("name", is_whole=True),
        Column("value", is_whole=True),
        Column("origin", is_hidden=not show_origin),
        Column("help"),
    )
    with opening.reading(ctx) as db:
        rows = [(known.name, *_told(ctx, known, db), known.help) for known in KNOWN.values()]
        opening.show(ctx, db, Table(columns, rows))


@app.command(cls=Command)
def get(ctx: typer.Context, name: _Name) -> None:
    """Say the value of a setting.

    Examples:
      crm config get currency
    """
    known = _known(name)
    if not known.kept:
        render.say(_told(ctx, known).value)
        return
    with opening.reading(ctx) as db:
        render.say(_told(ctx, known, db).value)


@app.command("set", cls=Command)
def set_(
    ctx: typer.Context,
    name: _Name,
    value: Annotated[str, typer.Argument(metavar="VALUE", help="What it shall be.", show_default=False)],
) -> None:
    """Write a setting into the config file; comments stay. What a database keeps itself counts for new ones.

    Examples:
      crm config set pager 'less -R'
      crm config set currency CHF
    """
    known = _known(name)
    kept = known.check(value, known.name)
    is_new = config.write(os.environ, known.name, kept)
    sentence = f"{known.name} is {shown(kept)} now" if is_new else f"{known.name} is {shown(kept)} already"
    _tell(ctx, known, sentence)


@app.command(cls=Command)
def unset(ctx: typer.Context, name: _Name) -> None:
    """Take a setting out of the config file.

    Examples:
      crm config unset pager
    """
    try:
        known = _known(name)
    except InvalidInput:
        if not config.write(os.environ, name, None):
            raise
        render.tell(Change((), f"{shown(name)} is out of the config file"), quiet=settings(ctx).quiet, dry_run=False)
        return
    is_out = config.write(os.environ, known.name, None)
    said = "is out of the config file" if is_out else "is not in the config file; nothing changed"
    _tell(ctx, known, f"{known.name} {said}")


@app.command(cls=Command)
def path() -> None:
    """Say where the config file stands, or would.

    Examples:
      crm config path
    """
    render.say(str(config_file(os.environ)))


def _known(name: str) -> Known:
    if name not in KNOWN:
        near = did_you_mean(name, KNOWN)
        raise InvalidInput(f"no setting {shown(name)}{near}", hint=f"one of {', '.join(KNOWN)}")
    return KNOWN[name]


def _told(ctx: typer.Context, known: Known, db: "Reader | None" = None) -> Told:
    """The value that counts here: an option's, that of the file where it keeps one, else as everywhere."""
    found = known.told(os.environ, config.read(os.environ))
    if known.name == "db":
        here = settings(ctx).database
        return Told(str(here), found.origin if here == Path(found.value).expanduser() else _OPTION)
    if known.kept and db is not None and opening.has_file(ctx):
        return Told(str(getattr(opening.preferences(db), known.name) or ""), _THE_FILE)
    return found


def _tell(ctx: typer.Context, known: Known, sentence: str) -> None:
    """Say what was changed, and what goes before it all the same."""
    told = settings(ctx)
    found = known.told(os.environ, config.read(os.environ))
    if found.origin in known.before:
        render.note(f"{found.origin} goes before it, and says {shown(found.value)}")
    elif known.kept and opening.has_file(ctx) and not told.quiet:
        render.note(f"that is for new files; crm init changes it in '{told.database}'")
    render.tell(Change((), sentence), quiet=told.quiet, dry_run=False)
