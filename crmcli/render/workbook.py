"""A table as an Excel workbook; nothing in it is a formula. The extra `excel` brings the library."""

from collections.abc import Iterable, Sequence
from importlib import import_module
from io import BytesIO
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType

from crmcli.core.money import Money
from crmcli.core.result import Column, Table
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput
from crmcli.render.safety import cell

_MOST_ROWS, _LONGEST = 1_048_576, 32_767  # of a sheet, its header included; characters of a cell
_EXACT = 15  # digits of a number that a spreadsheet keeps


def write(table: Table, path: Path) -> None:
    """One sheet with the rows of `table`, written row by row. Raises InvalidInput for what no workbook can hold."""
    library = _library()
    file = BytesIO()  # packed, it is small; the rows wait in a folder of their own, of which nothing is left
    with TemporaryDirectory(prefix=f".{path.name}.", dir=path.parent) as place:
        options = {"tmpdir": place, "constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
        try:
            with library.Workbook(file, options) as book:
                _fill(book, table)
        except library.exceptions.FileCreateError as error:
            raise OSError(*error.args[0].args) from None  # it wraps what the system said
    path.write_bytes(file.getbuffer())


def _fill(book: "ModuleType | object", table: Table) -> None:
    sheet = book.add_worksheet("crm")  # type: ignore[union-attr]
    bold = book.add_format({"bold": True})  # type: ignore[union-attr]
    for place, column in enumerate(table.columns):
        sheet.write_string(0, place, cell(column.name), bold)
    sheet.freeze_panes(1, 0)
    _rows(sheet, table.columns, table.rows)


def _rows(sheet: "ModuleType | object", columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> None:
    for number, row in enumerate(rows, 1):
        if number >= _MOST_ROWS:
            hint = "a QUERY narrows the rows; CSV and Parquet hold any number"
            raise InvalidInput(f"a workbook holds {_MOST_ROWS - 1:,} rows", hint=hint)
        for place, (column, value) in enumerate(zip(columns, row, strict=True)):
            if value is not None:
                _cell(sheet, (number, place), column, value)


def _cell(sheet: object, place: tuple[int, int], column: Column, value: object) -> None:
    if column.kind == "boolean":
        sheet.write_boolean(*place, bool(value))  # type: ignore[attr-defined]
        return
    said = value.decimal if isinstance(value, Money) else value
    text = said if isinstance(said, str) else str(said)
    is_number = isinstance(value, Money | int | float)
    if is_number and sum(map(str.isdigit, text)) <= _EXACT:
        sheet.write_number(*place, float(text))  # type: ignore[attr-defined]
        return
    plain = cell(text)
    if len(plain) > _LONGEST:
        message = (
            f"row {place[0]}: {column.name} has {len(plain):,} characters; a cell of a workbook holds {_LONGEST:,}"
        )
        raise InvalidInput(message, hint=f"leave it out with --columns, or export CSV: it begins {shown(plain[:40])}")
    sheet.write_string(*place, plain)  # type: ignore[attr-defined]


def _library() -> ModuleType:
    try:
        return import_module("xlsxwriter")
    except ModuleNotFoundError:
        raise InvalidInput(
            "writing a workbook needs the library xlsxwriter, which is not installed",
            hint="pip install 'crmcli[excel]'",
        ) from None
