"""`crm restore`: back to a backup."""

from pathlib import Path
from typing import Annotated

import typer

from crmcli import render, services
from crmcli.commands.options import Replacing, confirm, settings

app = typer.Typer(add_completion=False)


@app.command(cls=Replacing)
def restore(
    ctx: typer.Context,
    file: Annotated[Path, typer.Argument(help="A backup.", show_default=False)],
    identity: Annotated[
        Path | None, typer.Option("--identity", metavar="FILE", help="The key of an encrypted backup.")
    ] = None,
) -> None:
    """Make the file what a backup holds, all of it or nothing; what it replaces is backed up first.

    Examples:
      crm restore before-the-import.db --yes
    """
    told = settings(ctx)
    confirm(ctx, f"Replace all of '{told.database}' by '{file}'?")
    done = services.backups.restore(
        told.database, file, now=told.now, identity=identity, dry_run=told.dry_run, wait=told.wait
    )
    if told.dry_run:
        render.note("dry run: nothing was written")
    if done.was_damaged:
        render.note("what was there before is damaged; it is kept byte by byte")
    if done.before is not None and not told.quiet:
        render.note(f"what was there before is in {done.before}")
    for number in done.returned:
        render.note(f"customer {number}, erased since that backup, is back: crm privacy erase {number}")
    sentence = services.backups.restored_sentence(done, file)
    if render.is_terminal() and not told.dry_run:
        render.say(sentence)
    elif not told.quiet:
        render.note(sentence)
