"""`crm export`: the records of one kind, whole, in a form that `crm import` takes back."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli import render, services
from crmcli.commands import opening
from crmcli.commands.arguments import Query
from crmcli.commands.options import Exporting, settings
from crmcli.core.result import Table
from crmcli.core.vocabulary import FileFormat, Format
from crmcli.errors import InvalidInput
from crmcli.exchange.own import QUERIED, entity_named

if TYPE_CHECKING:
    from crmcli.db.reader import Reader

app = typer.Typer(add_completion=False)

_FORMATS = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".md": Format.MARKDOWN,
    ".html": Format.HTML,
}
_FILES = {
    ".vcf": FileFormat.VCARD,
    ".vcard": FileFormat.VCARD,
    ".ics": FileFormat.CALENDAR,
    ".xlsx": FileFormat.WORKBOOK,
    ".parquet": FileFormat.PARQUET,
}
_ALL = "all"
_ONLY = {FileFormat.VCARD: "customers", FileFormat.VCARD_4: "customers", FileFormat.CALENDAR: "tasks"}


@app.command(cls=Exporting)
def export(
    ctx: typer.Context,
    entity: Annotated[
        str,
        typer.Argument(
            metavar="ENTITY", help=f"One of {', '.join(QUERIED)}; or all, and a folder.", show_default=False
        ),
    ],
    query: Query = None,
) -> None:
    """Write records out, all of them; the ending of FILE says the format where --format does not.

    `crm export all DIR` writes every table, as JSON lines with a manifest of their numbers and sha256: `crm import DIR`
    makes an empty file equal to this one, its history aside.

    Examples:
      crm export customers -o customers.csv
      crm export deals is:won closed:2026 -f jsonl
      crm export customers +vip -f vcard
      crm export tasks is:open -o tasks.ics
      crm export all everything
    """
    if entity == _ALL:
        _export_all(ctx, query or [])
        return
    plural = entity_named(entity, (*QUERIED, _ALL))
    form = _settled(ctx)
    if form is not None:
        _check(ctx, form, plural)
    with opening.reading(ctx) as db:
        match form:
            case None:
                opening.show_list(ctx, db, QUERIED[plural], query or (), is_export=True)
            case FileFormat.CALENDAR:
                opening.show_calendar(ctx, db, query or ())
            case FileFormat.WORKBOOK | FileFormat.PARQUET:
                _save_list(ctx, db, QUERIED[plural], query or (), _writer(form))
            case _:
                _show_cards(ctx, db, query or (), is_new=form is FileFormat.VCARD_4)


def _show_cards(ctx: typer.Context, db: "Reader", words: Sequence[str], *, is_new: bool) -> None:
    """Write the customers that `words` ask for as vCards: of version 4.0 where `is_new`, else 3.0."""
    from crmcli.exchange import cards
    from crmcli.reports import addressbook

    told = settings(ctx).output
    opening.spare_the_file(ctx)
    found = addressbook.cards(db, words, sort=told.sort or "id", limit=told.limit, moment=opening.moment(ctx, db))
    render.put(cards.written(found, is_new=is_new), told.path)


def _save_list(
    ctx: typer.Context, db: "Reader", entity: str, words: Sequence[str], write: Callable[[Table, Path], None]
) -> None:
    """Have `write` write a file with the records of `entity` that `words` ask for; the columns are those of an export."""
    from crmcli.reports import listing

    told = settings(ctx).output
    opening.spare_the_file(ctx)
    view = listing.View(told.columns, told.sort, told.limit, is_export=True, is_counted=False)
    table = listing.listing(db, entity, words, view=view, moment=opening.moment(ctx, db))
    render.save(lambda path: write(table, path), told.path)


def _export_all(ctx: typer.Context, words: list[str]) -> None:
    if len(words) != 1:
        raise InvalidInput("crm export all takes one folder", hint="crm export all DIR")
    with opening.reading(ctx) as db:
        manifest = services.whole.export(db, Path(words[0]))
    render.say(f"{manifest.rows:,} rows of {len(manifest.files)} tables are in {words[0]}")


def _settled(ctx: typer.Context) -> FileFormat | None:
    """The format of another program that was asked for, by name or by the ending of the file; else that of the result."""
    told = settings(ctx)
    output = told.output
    if output.format is not Format.AUTO or output.file is not None or output.path is None:
        return output.file
    ending = output.path.suffix.lower()
    ctx.obj = replace(told, output=replace(output, format=_FORMATS.get(ending, Format.AUTO)))
    return _FILES.get(ending)


def _check(ctx: typer.Context, form: FileFormat, plural: str) -> None:
    """Raises InvalidInput where the format is none for these records, or for these options."""
    told = settings(ctx).output
    if _ONLY.get(form, plural) != plural:
        raise InvalidInput(f"{form} is a format for {_ONLY[form]}, not for {plural}")
    if told.is_excel:
        raise InvalidInput(f"--excel writes CSV, not {form}", hint="leave --excel or the format out")
    if form in _ONLY and told.columns is not None:
        raise InvalidInput(f"{form} has fields of its own", hint="leave --columns out")


def _writer(form: FileFormat) -> Callable[[Table, Path], None]:
    from crmcli.render import parquet, workbook

    return workbook.write if form is FileFormat.WORKBOOK else parquet.write
