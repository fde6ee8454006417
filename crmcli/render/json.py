"""JSON and JSON lines: raw values under the columns' names."""

import json
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import TextIO

from crmcli.core.result import Column, Record, Report, Result, Table
from crmcli.core.vocabulary import Format
from crmcli.render import Style
from crmcli.render.safety import json_escaped
from crmcli.render.values import TOLD, raw

_INDENT = " " * 4
_NESTED = {list, dict}
_COMPACT = json.JSONEncoder(ensure_ascii=False, allow_nan=False)
# The fast encoder knows no indents, but what separates the values of flat objects, and those from each other.
_BETWEEN = f",\n{_INDENT}  "
_FLAT = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(_BETWEEN, ": "))
_AT_ONCE = 250


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
            whole = {"report": result.name, "parameters": _plain(result.parameters), "summary": _plain(result.summary)}
            out.write(_pretty({**whole, "rows": []}).removesuffix("]\n}"))
            _rows(_objects(result.table.columns, result.table.rows), out)
            out.write("]\n}\n")


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


def _rows(items: Iterator[dict[str, object]], out: TextIO) -> None:
    """The objects of a list within a pretty object, as a stream."""
    end = ""
    while some := list(islice(items, _AT_ONCE)):
        out.write(f"{',' if end else ''}\n{_INDENT}{_indented(some)}")
        end = "\n  "
    out.write(end)


def _indented(items: Sequence[dict[str, object]]) -> str:
    """The same as `_pretty`, further in."""
    if not all(item and _NESTED.isdisjoint(map(type, item.values())) for item in items):
        return f",\n{_INDENT}".join(_pretty(item).replace("\n", f"\n{_INDENT}") for item in items)
    inner = _FLAT.encode(items)[2:-2]
    between = f"\n{_INDENT}}},\n{_INDENT}{{\n{_INDENT}  "
    return json_escaped(f"{{\n{_INDENT}  {inner.replace(f'}}{_BETWEEN}{{', between)}\n{_INDENT}}}")


def _record(record: Record) -> dict[str, object]:
    single = {column.name: raw(value, column.kind) for column, value in zip(record.columns, record.values, strict=True)}
    parts = {name: list(_objects(table.columns, table.rows)) for name, table in record.parts.items()}
    return {**single, **parts}


def _objects(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Iterator[dict[str, object]]:
    names = [column.name for column in columns]
    told = {column.name: column.kind for column in columns if column.kind in TOLD}
    for row in rows:
        item = dict(zip(names, row, strict=True))
        for name, kind in told.items():
            item[name] = raw(item[name], kind)
        yield item


def _plain(values: object) -> dict[str, object]:
    return {name: raw(value, "text") for name, value in dict(values).items()}  # type: ignore[call-overload]


def _compact(item: object) -> str:
    return json_escaped(_COMPACT.encode(item))


def _pretty(item: object) -> str:
    return json_escaped(json.dumps(item, ensure_ascii=False, allow_nan=False, indent=2))
