"""`crm import`: records from files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli import render, services
from crmcli.commands import opening
from crmcli.commands.options import Writing, settings
from crmcli.core.vocabulary import OnDuplicate
from crmcli.errors import ExitCode, InvalidInput
from crmcli.exchange.folder import is_export

if TYPE_CHECKING:
    from crmcli.services.importing import Imported

app = typer.Typer(add_completion=False)

_SHOWN = 20


@app.command("import", cls=Writing)
def import_(
    ctx: typer.Context,
    files: Annotated[
        list[str],
        typer.Argument(
            metavar="FILE...",
            help="CSV, TSV, JSON lines, vCard, iCalendar, mail or ZIP; - is the input.",
            show_default=False,
        ),
    ],
    as_: Annotated[
        str | None, typer.Option("--as", metavar="ENTITY", help="What they hold: customers, deals, …")
    ] = None,
    profile: Annotated[
        str | None, typer.Option(metavar="NAME", help="The system they are from; see crm help import.")
    ] = None,
    map_: Annotated[
        list[str] | None, typer.Option("--map", metavar="COLUMN=FIELD", help="What a column means; repeatable.")
    ] = None,
    on_duplicate: Annotated[
        OnDuplicate, typer.Option(help="What becomes of rows about records that are there.")
    ] = OnDuplicate.UPDATE,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Of amounts without one; else the file's currency.")
    ] = None,
    keep_unknown: Annotated[
        bool, typer.Option("--keep-unknown", help="Columns that no field takes become custom fields.")
    ] = False,
    strict: Annotated[bool, typer.Option("--strict", help="Import nothing when a row is rejected.")] = False,
    rejects: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the rejected rows there.")] = None,
) -> None:
    """Bring records in from files, all in one operation; the same files again change nothing.

    A row is about the customer with its uid, else the same key of another system, else one of its e-mails, else its
    phone and name, else, with none of these, its name and kind; rows of one file about the same customer are united.

    Examples:
      crm import customers.csv deals.csv --dry-run
      crm import contacts.csv --map "Full name=name" --rejects bad.csv
      crm import contacts.vcf inbox.mbox
    """
    if any(map(is_export, files)):
        _import_all(ctx, files, is_plain=not (as_ or profile or map_ or rejects or currency))
        return
    asked = services.importing.Files(
        tuple(files), as_, profile, tuple(map_ or ()), rejects, settings(ctx).profiles, keep_unknown
    )
    wish = services.importing.Wish(on_duplicate, currency, strict)
    try:
        with opening.unlocked(ctx) as file:
            prepared = services.importing.prepare(file, asked, wish)
            with file.begun() as transaction:
                imported = prepared.write(transaction)
    except InvalidInput as error:
        if isinstance(error, services.importing.Refused):
            _tell_faults(error.imported, rejects)
        raise
    _tell(ctx, imported, rejects)
    if imported.faults:
        raise typer.Exit(ExitCode.PARTIAL)


def _import_all(ctx: typer.Context, folders: list[str], *, is_plain: bool) -> None:
    if len(folders) > 1 or not is_plain:
        raise InvalidInput("the folder of a whole export goes in alone, and as it is", hint="crm import DIR")
    with opening.unlocked(ctx) as file, file.begun() as transaction:
        new, same = services.whole.load(transaction, Path(folders[0]))
    if settings(ctx).dry_run:
        render.note("dry run: nothing was written")
    render.say(f"{new:,} new, 0 changed, {same:,} unchanged, 0 rejected")


def _tell(ctx: typer.Context, imported: "Imported", rejects: Path | None) -> None:
    """What came of each file to a person, of all of them to a pipe."""
    told = settings(ctx)
    _tell_faults(imported, rejects)
    if not told.quiet:
        for tally in imported.tallies:
            render.note(f"{tally.source.file}: {tally.sentence}")
        for note in imported.notes:
            render.note(note)
    if told.dry_run:
        render.note("dry run: nothing was written")
    render.say(imported.sentence)


def _tell_faults(imported: "Imported", rejects: Path | None) -> None:
    """The rows that were not taken, one a line, the first of many."""
    faults = imported.faults
    for fault in faults[:_SHOWN]:
        column = f"{fault.column}: " if fault.column else ""
        render.note(f"{fault.file}: line {fault.line}: {column}{fault.reason}")
    if len(faults) > _SHOWN:
        keep = "" if rejects else "; --rejects FILE keeps them"
        render.note(f"and {len(faults) - _SHOWN:,} more{keep}")
