"""CSV and TSV: raw values, one header line, a stream; CSV also as a spreadsheet takes it."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain
from typing import TextIO

from crmcli.core.formula import FIRST, guarded, is_formula_like
from crmcli.core.money import Money
from crmcli.core.result import Column, Record, Report, Result, Table
from crmcli.core.vocabulary import Format
from crmcli.core.wording import counted
from crmcli.render import Style
from crmcli.render.safety import cell
from crmcli.render.streams import note

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n"}
_MARK = "\ufeff"  # by which a spreadsheet knows UTF-8
_PLAIN = ("text", "id", "integer", "number", "date", "instant", "values")


def write(result: Result, style: Style, out: TextIO) -> None:
    """The rows of `result`; a record is one row of its single values."""
    match result:
        case Record():
            _write(result.columns, [result.values], style, out)
        case Report():
            _write(result.table.columns, result.table.rows, style, out)
        case Table():
            _write(result.columns, result.rows, style, out)


def _write(columns: Sequence[Column], rows: Iterable[Sequence[object]], style: Style, out: TextIO) -> None:
    names = [[column.name for column in columns]] if style.has_header else []
    if style.format is Format.TSV:
        rows = chain(_harmless(names, _tsv), _raw(columns, _harmless(rows, _tsv)))
        out.writelines("\t".join(["" if value is None else str(value) for value in row]) + "\n" for row in rows)
    elif style.is_excel:
        out.write(_MARK)
        rows = chain(_guarded(names), _raw(columns, _guarded(rows)))
        csv.writer(out, lineterminator="\r\n").writerows(rows)
    else:
        formulas = _Formulas()
        rows = chain(_harmless(names, cell), _raw(columns, _harmless(formulas.counted(rows), cell)))
        csv.writer(out, lineterminator="\n").writerows(rows)
        if formulas.count and not style.is_quiet:
            note(f"{counted(formulas.count, 'cell')} would be formulas in a spreadsheet; --excel keeps them text")


class _Formulas:
    """How many cells went out that a spreadsheet would compute."""

    def __init__(self) -> None:
        self.count = 0

    def counted(self, rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
        """The rows as they are; one look for a whole row."""
        for row in rows:
            texts = [value for value in row if isinstance(value, str)]
            if not FIRST.isdisjoint([value[:1] for value in texts]):
                self.count += sum(map(is_formula_like, texts))
            yield row


def _raw(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Iterable[Sequence[object]]:
    """The rows with money, rates and booleans as text; untouched where there are none."""
    if all(column.kind in _PLAIN for column in columns):
        return rows
    kinds = [column.kind for column in columns]
    return ([_value(value, kind) for value, kind in zip(row, kinds, strict=True)] for row in rows)


def _value(value: object, kind: str) -> object:
    if isinstance(value, Money):
        return value.decimal
    if kind == "boolean" and value is not None:
        return "true" if value else "false"
    return value


def _harmless(rows: Iterable[Sequence[object]], make: Callable[[str], str]) -> Iterator[Sequence[object]]:
    r"""The rows without control characters, one look for a whole row: most have none, and no `\`."""
    for row in rows:
        joined = "".join([value for value in row if value.__class__ is str])
        if joined.isprintable() and "\\" not in joined:
            yield row
        else:
            yield [make(value) if isinstance(value, str) else value for value in row]


def _guarded(rows: Iterable[Sequence[object]]) -> Iterator[Sequence[object]]:
    """The rows without control characters and formulas; amounts and other numbers stay numbers."""
    return ([guarded(cell(value)) if isinstance(value, str) else value for value in row] for row in rows)


def _tsv(value: str) -> str:
    return re.sub(r"[\\\t\n]", lambda match: _ESCAPES[match.group()], cell(value))
