"""`crm alias`: set, list, remove."""

import os
from typing import Annotated, Any

import typer

from crmcli import render
from crmcli.commands import opening
from crmcli.commands.options import Command, Showing, settings
from crmcli.core.change import Change
from crmcli.core.result import Column, Table
from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import NotFound
from crmcli.settings import aliases, config

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Name = Annotated[str, typer.Argument(metavar="NAME", help="One word: hot.", show_default=False)]


@app.callback()
def group() -> None: ...


@app.command("set", cls=Command)
def set_(
    ctx: typer.Context,
    name: _Name,
    command: Annotated[
        str, typer.Argument(metavar="COMMAND", help="What crm NAME is short for, in quotes.", show_default=False)
    ],
) -> None:
    """Make a command of your own; what follows its name is appended. It hides no command, and no shell reads it.

    Examples:
      crm alias set hot 'deal list is:open sort:-amount'
    """
    known = config.read(os.environ).aliases
    aliases.check(name, command, known, _commands(ctx))
    is_new = config.write(os.environ, name, command, table=config.ALIASES)
    said = f"crm {name} is short for crm {command}" + ("" if is_new else " already")
    render.tell(Change((), said, f"crm {name}"), quiet=settings(ctx).quiet, dry_run=False)


@app.command("list", cls=Showing)
def list_(ctx: typer.Context) -> None:
    """List your own commands.

    Examples:
      crm alias list
    """
    commands = _commands(ctx)
    columns = (Column("name", is_whole=True), Column("command"), Column("hidden", "boolean", "Hidden by a command"))
    rows = [
        (name, f"crm {text}", True if name in commands else None)
        for name, text in sorted(config.read(os.environ).aliases.items())
    ]
    with opening.nothing() as db:
        opening.show(ctx, db, Table(columns, rows, empty="no aliases yet: crm alias set hot 'deal list is:open'"))


@app.command(cls=Command)
def remove(ctx: typer.Context, name: _Name) -> None:
    """Take a command of your own away.

    Examples:
      crm alias remove hot
    """
    known = config.read(os.environ).aliases
    if not config.write(os.environ, name, None, table=config.ALIASES):
        raise NotFound(f"no alias {shown(name)}{did_you_mean(name, known)}", hint="crm alias list")
    render.tell(Change((), f"removed alias {name}"), quiet=settings(ctx).quiet, dry_run=False)


def _commands(ctx: typer.Context) -> tuple[str, ...]:
    root: Any = ctx.find_root().command
    return tuple(root.commands)
