"""`crm encrypt`: nobody reads the file without the key."""

import typer

from crmcli import render, services
from crmcli.commands import opening
from crmcli.commands.options import Replacing, confirm, settings

app = typer.Typer(add_completion=False)


@app.command(cls=Replacing)
def encrypt(ctx: typer.Context) -> None:
    """Encrypt the file, and its backups from then on; the key is in CRM_KEY_FILE, and made where there is none.

    Examples:
      crm encrypt --dry-run
    """
    told = settings(ctx)
    confirm(ctx, f"Encrypt '{told.database}'? Without the key in {services.encryption.key_place()} nobody can open it.")
    done = services.encryption.encrypt(
        told.database, dry_run=told.dry_run, wait=told.wait, waiting=lambda: opening.wait(told)
    )
    if done.is_key_new:
        opening.new_key(told)
    if not told.quiet:
        for path in done.plain:
            render.note(f"not encrypted: {path}")
    opening.state(told, "encrypted" if done.is_changed else "already encrypted; nothing changed")
