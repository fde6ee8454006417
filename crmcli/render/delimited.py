"""CSV and TSV: raw values, one header line, a stream."""

import csv
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from typing import TextIO

from crmcli.core.money import Money
from crmcli.core.result import Column, Record, Report, Result, Table
from crmcli.core.vocabulary import Format
from crmcli.render import Style
from crmcli.render.safety import cell

_ESCAPES = {"\\": "\\\\", "\t": "\\t", "\n": "\\n"}
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
    header = [[column.name for column in columns]] if style.has_header else []
    rows = _raw(columns, rows)
    if style.format is Format.CSV:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerows(header)
        writer.writerows(_harmless(rows, cell))
        return
    out.writelines("\t".join(names) + "\n" for names in header)
    out.writelines(
        "\t".join(["" if value is None else str(value) for value in row]) + "\n" for row in _harmless(rows, _tsv)
    )


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


def _tsv(value: str) -> str:
    return re.sub(r"[\\\t\n]", lambda match: _ESCAPES[match.group()], cell(value))
