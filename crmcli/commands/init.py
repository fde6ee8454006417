"""`crm init`: make the file."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.options import Writing, settings
from crmcli.core.vocabulary import DateOrder
from crmcli.errors import Conflict
from crmcli.settings import Settings

app = typer.Typer(add_completion=False)


@app.command(cls=Writing)
def init(
    ctx: typer.Context,
    currency: Annotated[str | None, typer.Option(help="ISO 4217 code of amounts given without one.")] = None,
    region: Annotated[str | None, typer.Option(help="Country of phones written without one: DE.")] = None,
    zone: Annotated[str | None, typer.Option(help="IANA name of the zone times are in: Europe/Berlin.")] = None,
    encrypt: Annotated[
        bool, typer.Option("--encrypt", help="Make it an encrypted one; needs the extra encrypt.")
    ] = False,
    date_order: Annotated[DateOrder | None, typer.Option(help="How 03/04/2026 is read.", show_default=False)] = None,
) -> None:
    """Make the file, or change the currency, phone region, zone and date order that it keeps.

    Examples:
      crm init --currency USD --region US --zone America/New_York
    """
    told = settings(ctx)
    is_new = not told.database.exists()
    if encrypt:
        _prepare(told, is_new=is_new)
    with opening.writing(ctx, makes=True, encrypted=encrypt) as session:
        wanted = services.preferences.Wanted(currency, region, zone, date_order)
        change = services.preferences.change(session, wanted, is_new=is_new)
    opening.done(ctx, change)


def _prepare(told: Settings, *, is_new: bool) -> None:
    """See to the key of an encrypted file. Raises Conflict for a file that is there."""
    if not is_new:
        raise Conflict(f"'{told.database}' is there already", hint="crm encrypt encrypts it")
    if not told.dry_run and services.encryption.prepare():
        opening.new_key(told)
