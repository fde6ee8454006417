"""`crm backup`: a copy to fall back on."""

from pathlib import Path
from typing import Annotated

import typer

from crmcli import render, services
from crmcli.commands.options import Command, settings

app = typer.Typer(add_completion=False)


@app.command(cls=Command)
def backup(
    ctx: typer.Context,
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to, or a folder; else the folder backups beside the file.", show_default=False),
    ] = None,
    keep: Annotated[
        int | None, typer.Option(metavar="N", help="Remove all but the last N made of this file into the folder.")
    ] = None,
    recipients: Annotated[
        list[str] | None,
        typer.Option("--age", metavar="RECIPIENT", help="Encrypt for an age or ssh public key; repeatable."),
    ] = None,
) -> None:
    """Copy the file while others go on writing, and check the copy; it never overwrites.

    Examples:
      crm backup
      crm backup --keep 7
      crm backup before-the-import.db
    """
    told = settings(ctx)
    done = services.backups.back_up(
        told.database, file, now=told.now, keep=keep, recipients=recipients or (), wait=told.wait
    )
    render.say(done.sentence if render.is_terminal() else str(done.copy.path))
