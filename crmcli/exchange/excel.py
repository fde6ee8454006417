"""An Excel workbook as a table: its first sheet that holds something. The extra `excel` brings the library."""

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime, time, timedelta
from importlib import import_module
from itertools import chain
from pathlib import Path
from types import ModuleType

from crmcli.core.wording import named, shown
from crmcli.errors import InvalidInput
from crmcli.exchange import archive
from crmcli.exchange.record import Fault, Record

_PREAMBLE = 20  # rows in which the header of another system's file is looked for

Cells = Sequence[str]


class Sheet:
    """The sheet as texts; the header is the first row that `is_header` knows, else the first. Raises InvalidInput."""

    encoding, is_regular, taken = "utf-8", True, 0

    def __init__(self, path: str, is_header: Callable[[Cells], bool]) -> None:
        self.name = path
        archive.members(path)  # refuses what grows without measure
        self._rows = _rows(path)
        heads = [_texts(row) for row in self._rows[:_PREAMBLE]]
        known = next((place for place, cells in enumerate(heads) if is_header(_trimmed(cells))), None)
        filled = next((place for place, cells in enumerate(heads) if any(cells)), None)
        self._head = known if known is not None else filled
        if self._head is None:
            raise InvalidInput(f"{named(path)} is empty", hint="the first row names the columns")
        self.header: tuple[str, ...] = tuple(_trimmed(heads[self._head]))

    def sha256(self) -> str:
        import hashlib

        return hashlib.sha256(Path(self.name).read_bytes()).hexdigest()

    def records(self) -> Iterator[Record | Fault]:
        start, width = (self._head or 0) + 1, len(self.header)
        for number, row in enumerate(self._rows[start:], start + 1):
            cells = _texts(row)
            if any(cells[width:]):
                yield Fault(self.name, number, None, f"{len(_trimmed(cells))} cells, expected {width}", cells)
            elif any(cells):
                yield number, cells[:width], cells[:width]

    def written(self, raws: Iterable[Cells]) -> Iterator[str]:
        """As CSV, which is mended as easily and goes in as well."""
        for cells in chain([self.header], raws):
            line = io.StringIO()
            csv.writer(line, lineterminator="\n").writerow(cells)
            yield line.getvalue()


def _rows(path: str) -> list[list[object]]:
    library = _library()
    try:
        book = library.load_workbook(path)
        sheets = [book.get_sheet_by_name(name) for name in book.sheet_names]
        rows = (sheet.to_python(skip_empty_area=False) for sheet in sheets)
        return next((found for found in rows if found), [])
    except (library.CalamineError, OSError, ValueError) as error:
        raise InvalidInput(f"{named(path)} cannot be read as a workbook: {shown(str(error), 80)}") from None


def _texts(row: Sequence[object]) -> list[str]:
    return [_text(value) for value in row]


def _text(value: object) -> str:
    """What a cell says, a whole number without decimals, a day or an instant as ISO writes it."""
    match value:
        case bool():
            return "true" if value else "false"
        case float() if value == int(value):
            return str(int(value))
        case datetime() if value.time() == time():
            return value.date().isoformat()
        case date() | time():
            return value.isoformat()
        case timedelta():
            return f"{int(value.total_seconds() // 60)}m"
    return str(value)


def _trimmed(cells: Cells) -> list[str]:
    """The cells without the empty ones at the end."""
    width = next((place for place in range(len(cells), 0, -1) if cells[place - 1]), 0)
    return list(cells[:width])


def _library() -> ModuleType:
    try:
        return import_module("python_calamine")
    except ModuleNotFoundError:
        raise InvalidInput(
            "reading a workbook needs the library python-calamine, which is not installed",
            hint="pip install 'crmcli[excel]', or save it as CSV in UTF-8",
        ) from None
