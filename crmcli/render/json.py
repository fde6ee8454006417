"""JSON and JSON lines: raw values under the columns' names."""

import json
from collections.abc import Iterable, Iterator, Sequence
from typing import TextIO

from crmcli.core.result import Column, Record, Report, Result, Table
from crmcli.core.vocabulary import Format
from crmcli.render import Style
from crmcli.render.safety import json_escaped
from crmcli.render.values import raw


def write(result: Result, style: Style, out: TextIO) -> None:
    """An array of objects; of a record one object; of a report its name, parameters, summary and rows."""
    if style.format is Format.JSONL:
        out.writelines(_compact(item) + "\n" for item in _items(result))
        return
    match result:
        case Table():
            _array(_objects(result.columns, result.rows), out)
        case Record():
            out.write(_pretty(_record(result)) + "\n")
        case Report():
            rows = list(_objects(result.table.columns, result.table.rows))
            whole = {"report": result.name, "parameters": _plain(result.parameters), "summary": _plain(result.summary)}
            out.write(_pretty({**whole, "rows": rows}) + "\n")


def _items(result: Result) -> Iterable[dict[str, object]]:
    match result:
        case Table():
            return _objects(result.columns, result.rows)
        case Record():
            return [_record(result)]
        case Report():
            return _objects(result.table.columns, result.table.rows)


def _array(items: Iterable[dict[str, object]], out: TextIO) -> None:
    """A stream: no more than one object is in memory."""
    lead = "[\n"
    for item in items:
        out.write(f"{lead}  {_compact(item)}")
        lead = ",\n"
    out.write("[]\n" if lead == "[\n" else "\n]\n")


def _record(record: Record) -> dict[str, object]:
    single = {column.name: raw(value, column.kind) for column, value in zip(record.columns, record.values, strict=True)}
    parts = {name: list(_objects(table.columns, table.rows)) for name, table in record.parts.items()}
    return {**single, **parts}


def _objects(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Iterator[dict[str, object]]:
    named = [(column.name, column.kind) for column in columns]
    for row in rows:
        yield {name: raw(value, kind) for (name, kind), value in zip(named, row, strict=True)}


def _plain(values: object) -> dict[str, object]:
    return {name: raw(value, "text") for name, value in dict(values).items()}  # type: ignore[call-overload]


def _compact(item: object) -> str:
    return json_escaped(json.dumps(item, ensure_ascii=False, allow_nan=False))


def _pretty(item: object) -> str:
    return json_escaped(json.dumps(item, ensure_ascii=False, allow_nan=False, indent=2))
