"""CSV and TSV as a table: strict, streamed, each record with the line where it begins."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from itertools import chain, islice
from pathlib import Path
from typing import TYPE_CHECKING

from crmcli.core.formula import unguarded
from crmcli.core.wording import named
from crmcli.errors import InvalidInput
from crmcli.exchange.record import LONGEST_FIELD, Fault, Record, too_long
from crmcli.exchange.text import LONGEST_LINE, TextFile

if TYPE_CHECKING:
    from _csv import Reader

_DELIMITERS = ",;\t|"
_PREAMBLE = 20  # lines in which the header of another system's file is looked for
_TOTALS = {
    word: None
    for name in ("total", "totals", "grand total", "sum", "summe", "gesamt", "合计", "总计")
    for word in (name, name.capitalize(), name.title(), name.upper(), f"{name.capitalize()}:", f"{name.title()}:")
}
_NUMERAL = re.compile(r"[-+]?[^\w\s]?\s?[0-9][0-9.,' \u00a0]*\s?(?:[^\w\s]|[A-Z]{3})?")
_RULE = re.compile(r"\|(?: *:?-+:? *\|)+")  # the second line of a Markdown table
_UNESCAPED = {"\\\\": "\\", "\\t": "\t", "\\n": "\n"}

Cells = Sequence[str]


class Delimited:
    r"""A file with one record a line, or several lines where a line end is quoted.

    The delimiter is the commonest one of the header, a tab in a `.tsv`. With `is_escaped`, which is asked about a
    header parted by tabs, a quote is a character like any other and `\t`, `\n` and `\\` stand for what they mean.
    What `crm export --excel` wrote is read without its guards: it begins with a mark and has uids. The header is the
    first of the twenty first lines that `is_header` knows, else the first that is filled. Raises InvalidInput.
    """

    def __init__(
        self,
        file: TextFile,
        is_escaped: Callable[[Cells], bool],
        is_header: Callable[[Cells], bool] = lambda _: False,
    ) -> None:
        self._file = file
        csv.field_size_limit(2 * LONGEST_LINE)  # never met: `_bounded` is
        self._before = _lines_before(file.head, is_header)
        first, *rest = [line for line in file.head[self._before :] if line.strip()]
        if rest and first.lstrip().startswith("|") and _RULE.fullmatch(rest[0].strip()):
            message = f"{named(file.name)} is a Markdown table: that is for people to read"
            raise InvalidInput(message, hint="csv, tsv, json and jsonl come back as they were written")
        self._delimiter = "\t" if Path(file.name).suffix.lower() in (".tsv", ".tab") else _delimiter(first)
        plain = first.rstrip("\r\n").split("\t")
        self._is_escaped = self._delimiter == "\t" and is_escaped(plain)
        with self._explained(self._reader(file.head)) as reader:
            header = next(filter(_is_filled, reader), None)
        if header is None:
            raise InvalidInput(f"{named(file.name)}: line 1 names no column", hint="the first line names the columns")
        self._is_guarded = file.is_marked and any(name == "uid" or name.endswith(".uid") for name in header)
        self.header = tuple(map(unguarded, header) if self._is_guarded else header)

    def records(self) -> Iterator[Record | Fault]:
        """The records behind the header; one with more or fewer cells, a NUL, or too much in a cell is a fault.

        An empty one is left out, and a last one that only sums up is a fault too.
        """
        total: Record | Fault | None = None
        file, width, is_plain = self._file, len(self.header), not (self._is_escaped or self._is_guarded)
        with self._explained(self._reader(self._bounded(file.lines()))) as reader:
            next(filter(_is_filled, reader))
            self._begin(reader)
            for cells in reader:
                if total is not None:
                    yield total
                    total = None
                is_usual = is_plain and not file.has_nul and file.taken - self._size_before <= LONGEST_FIELD
                if is_usual and len(cells) == width and cells[0] in _TOTALS and _sums_up(cells):
                    total = self._begins, cells, cells
                elif is_usual and len(cells) == width and (cells[0].strip() or _is_filled(cells)):
                    yield self._begins, cells, cells
                elif _is_filled(cells):
                    yield self._checked(cells)
                self._begin(reader)
        if isinstance(total, tuple):
            yield Fault(file.name, total[0], self.header[0] or None, "looks like a line of totals", total[2])

    def written(self, raws: Iterable[Cells]) -> Iterator[str]:
        if self._is_escaped:
            return ("\t".join(cells) + "\n" for cells in chain([self.header], raws))
        writer = csv.writer(_Echo(), delimiter=self._delimiter, lineterminator="\n")
        return (str(writer.writerow(cells)) for cells in chain([self.header], raws))

    def _bounded(self, lines: Iterable[str]) -> Iterator[str]:
        """The lines, as long as no record has too many of them: then it is within a quote that nobody closed."""
        for line in lines:
            if self._file.taken - self._size_before > LONGEST_LINE:
                limit = f"{LONGEST_LINE // 1_000_000} MB"
                message = f"{named(self._file.name)}: quote opened in line {self._begins} is not closed within {limit}"
                raise InvalidInput(message)
            yield line

    def _reader(self, lines: Iterable[str]) -> "Reader":
        self._begins, self._size_before = self._before + 1, self._file.taken
        lines = islice(lines, self._before, None)
        if self._is_escaped:
            return csv.reader(lines, delimiter=self._delimiter, quoting=csv.QUOTE_NONE, strict=True)
        return csv.reader(lines, delimiter=self._delimiter, strict=True)

    def _begin(self, reader: "Reader") -> None:
        """Note where the next record begins."""
        self._begins, self._size_before = self._before + reader.line_num + 1, self._file.taken

    def _checked(self, cells: list[str]) -> Record | Fault:
        name, begins = self._file.name, self._begins
        if self._is_guarded:
            cells = list(map(unguarded, cells))
        if any("\0" in cell for cell in cells):
            return Fault(name, begins, None, "NUL character", cells)
        if len(cells) != len(self.header):
            return Fault(name, begins, None, f"{_fields(len(cells))}, expected {len(self.header)}", cells)
        place = too_long(cells)
        if place is not None:
            reason = f"{len(cells[place]):,} characters, at most {LONGEST_FIELD:,}"
            return Fault(name, begins, self.header[place] or None, reason, cells)
        return begins, [_unescaped(cell) for cell in cells] if self._is_escaped else cells, cells

    @contextmanager
    def _explained(self, reader: "Reader") -> Iterator["Reader"]:
        """The reader, whose errors say what they mean for the file."""
        try:
            yield reader
        except csv.Error as error:
            raise _broken(self._file.name, str(error), self._begins, self._before + reader.line_num) from None


class _Echo:
    """A file that gives back what is written to it."""

    def write(self, text: str) -> str:
        return text


def _lines_before(head: Sequence[str], is_header: Callable[[Cells], bool]) -> int:
    """How many lines stand before the header."""
    for place, line in enumerate(head[:_PREAMBLE]):
        with suppress(csv.Error):
            cells = next(csv.reader(head[place:], delimiter=_delimiter(line)), [])
            if line.strip() and is_header(cells):
                return place
    return 0


def _delimiter(line: str) -> str:
    """The commonest delimiter outside of quotes; a comma where there is none."""
    bare = re.sub(r'"[^"]*"', "", line)
    return max(_DELIMITERS, key=bare.count)


def _is_filled(cells: Cells) -> bool:
    return bool("".join(cells).strip())


def _sums_up(cells: Cells) -> bool:
    """Whether there is nothing behind the first cell but numbers."""
    rest = [cell.strip() for cell in cells[1:] if cell.strip()]
    return bool(rest) and all(map(_NUMERAL.fullmatch, rest))


def _unescaped(cell: str) -> str:
    return re.sub(r"\\[\\tn]", lambda match: _UNESCAPED[match.group()], cell) if "\\" in cell else cell


def _fields(count: int) -> str:
    return "1 field" if count == 1 else f"{count} fields"


def _broken(name: str, reason: str, begins: int, line: int) -> InvalidInput:
    """What the words of the csv module mean for the file."""
    if "expected after" in reason:
        where = f"line {line}: text after a closing quote"
        opened = f"; the quote may be one of line {begins}" if begins != line else ""
        return InvalidInput(f"{named(name)}: {where}{opened}", hint='a quote within quotes is written twice: ""')
    return InvalidInput(f"{named(name)}: quote opened in line {begins} is never closed")
