"""`crm decrypt`: a file that needs no key."""

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.options import Replacing, confirm, settings

app = typer.Typer(add_completion=False)


@app.command(cls=Replacing)
def decrypt(ctx: typer.Context) -> None:
    """Make an encrypted file a plain one again; the key stays, for the backups.

    Examples:
      crm decrypt --dry-run
    """
    told = settings(ctx)
    confirm(ctx, f"Decrypt '{told.database}'? Whoever gets at the file can read it then.")
    is_changed = services.encryption.decrypt(
        told.database, dry_run=told.dry_run, wait=told.wait, waiting=lambda: opening.wait(told)
    )
    opening.state(told, "decrypted" if is_changed else "not encrypted; nothing changed")
