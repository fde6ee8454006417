"""`crm import`: records from files."""

from datetime import UTC
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli import render, services
from crmcli.commands import opening
from crmcli.commands.options import Counting, settings
from crmcli.core.vocabulary import DateOrder, DecimalMark, Format, OnDuplicate, OnRemoved
from crmcli.errors import ExitCode, InvalidInput
from crmcli.exchange.folder import is_export

if TYPE_CHECKING:
    from crmcli.services.importing import Imported, Key

app = typer.Typer(add_completion=False)

_SHOWN = 20


@app.command("import", cls=Counting)
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
    blank_clears: Annotated[bool, typer.Option("--blank-clears", help="An empty cell clears its field.")] = False,
    on_removed: Annotated[
        OnRemoved, typer.Option(help="What becomes of customers who were removed and are in the file.")
    ] = OnRemoved.KEEP,
    key: Annotated[
        str | None, typer.Option(metavar="COLUMN", help="What identifies a row in the system it is from.")
    ] = None,
    source: Annotated[str | None, typer.Option(metavar="NAME", help="What that system is called, with --key.")] = None,
    currency: Annotated[
        str | None, typer.Option(metavar="CODE", help="Of amounts without one; else the file's currency.")
    ] = None,
    keep_unknown: Annotated[
        bool, typer.Option("--keep-unknown", help="Columns that no field takes become custom fields.")
    ] = False,
    encoding: Annotated[
        str | None, typer.Option(metavar="NAME", help="Of files that are neither UTF-8 nor UTF-16: cp1252, gb18030, …")
    ] = None,
    date_order: Annotated[
        DateOrder | None, typer.Option(metavar="dmy|mdy", help="Of dates like 03/04/2026; else as the column tells.")
    ] = None,
    decimal: Annotated[DecimalMark | None, typer.Option(help="What begins decimals; else as the column tells.")] = None,
    strict: Annotated[bool, typer.Option("--strict", help="Import nothing when a row is rejected.")] = False,
    max_rejects: Annotated[
        int | None, typer.Option(metavar="N", min=0, help="Import nothing when more rows are rejected.")
    ] = None,
    rejects: Annotated[Path | None, typer.Option(metavar="FILE", help="Keep the rejected rows there.")] = None,
) -> None:
    """Bring records in from files, all in one operation; the same files again change nothing.

    A row is about the customer with its uid, else the same key of another
    system, else one of its e-mails, else its phone and name. A name alone is
    no proof of a person: the row is rejected with who it may be. Rows of one
    file about the same customer are united.

    Examples:
      crm import customers.csv deals.csv --dry-run
      crm import contacts.csv --map "Full name=name" --rejects bad.csv
      crm import contacts.vcf inbox.mbox
      crm import customers.csv --max-rejects 10 -f json
      crm import customers.csv --key name --source list
    """
    told = settings(ctx)
    if any(map(is_export, files)):
        _import_all(ctx, files)
        return
    asked = services.importing.Files(
        tuple(files),
        as_,
        profile,
        tuple(map_ or ()),
        rejects,
        told.profiles,
        keep_unknown,
        encoding,
        _key(key, source),
    )
    wish = services.importing.Wish(
        on_duplicate,
        on_removed,
        blank_clears,
        currency,
        strict,
        max_rejects,
        date_order,
        decimal,
        is_trial=told.dry_run,
    )
    try:
        with opening.unlocked(ctx) as file, render.progress(quiet=told.quiet) as show:
            prepared = services.importing.prepare(
                file, asked, wish, seen=lambda tally: show(f"{tally.source.file}: {tally.read:,} rows read")
            )
            with file.begun() as transaction:
                show("writing…")
                imported = prepared.write(transaction)
    except InvalidInput as error:
        if isinstance(error, services.importing.Refused):
            _tell_faults(error.imported, rejects)
        raise
    _tell(ctx, imported, rejects)
    if imported.rejected:
        raise typer.Exit(ExitCode.PARTIAL)


def _import_all(ctx: typer.Context, folders: list[str]) -> None:
    of_rows = [name for name in ctx.params if name != "files" and opening.is_given(ctx, name)]
    if len(folders) > 1 or of_rows:
        raise InvalidInput("the folder of a whole export goes in alone, and as it is", hint="crm import DIR")
    with opening.unlocked(ctx) as file, file.begun() as transaction:
        new, same = services.whole.load(transaction, Path(folders[0]))
    _tell_counts(ctx, services.importing.Imported.of_whole(new, same))


def _key(column: str | None, source: str | None) -> "Key | None":
    """Raises InvalidInput for one without the other."""
    if column is None and source is None:
        return None
    if column is None or source is None:
        given, missing = ("--source", "--key COLUMN") if column is None else ("--key", "--source NAME")
        raise InvalidInput(f"{given} goes with {missing}", hint="crm import c.csv --key ID --source shop")
    return services.importing.Key(column, source.strip())


def _tell(ctx: typer.Context, imported: "Imported", rejects: Path | None) -> None:
    """What came of each file to a person, of all of them to a pipe; of a trial what would change."""
    told = settings(ctx)
    _tell_faults(imported, rejects)
    if not told.quiet:
        for tally in imported.tallies:
            render.note(f"{tally.source.file}: {tally.sentence}")
        for note in imported.notes:
            render.note(note)
        for line in imported.plan:
            render.note(line)
    _tell_counts(ctx, imported)


def _tell_counts(ctx: typer.Context, imported: "Imported") -> None:
    told = settings(ctx)
    if told.dry_run:
        render.note("dry run: nothing was written")
    if told.output.format is Format.AUTO:
        render.say(imported.sentence)
    else:
        render.show(imported.record, render.Style(told.output.format, UTC))


def _tell_faults(imported: "Imported", rejects: Path | None) -> None:
    """The rows that were not taken, one a line, the first of many."""
    faults = imported.faults
    for fault in faults[:_SHOWN]:
        column = f"{fault.column}: " if fault.column else ""
        render.note(f"{fault.file}: line {fault.line}: {column}{fault.reason}")
    if imported.rejected > _SHOWN:
        keep = "" if rejects else "; --rejects FILE keeps them"
        render.note(f"and {imported.rejected - len(faults[:_SHOWN]):,} more{keep}")
