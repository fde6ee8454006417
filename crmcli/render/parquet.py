"""A table as Parquet, with types. The extra `parquet` brings the library."""

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from importlib import import_module
from itertools import islice
from pathlib import Path
from types import ModuleType

from crmcli.core.money import Money
from crmcli.core.result import Column, Table, split_values
from crmcli.errors import InvalidInput
from crmcli.render.safety import cell

_BATCH = 50_000


def write(table: Table, path: Path) -> None:
    """The rows of `table`, a batch at a time: money as decimals, dates and instants as such, several values as lists."""
    arrow, parquet = _library("pyarrow"), _library("pyarrow.parquet")
    types = {
        "id": arrow.int64(),
        "integer": arrow.int64(),
        "number": arrow.float64(),
        "rate": arrow.float64(),
        "days": arrow.float64(),
        "money": arrow.decimal128(38, 4),
        "date": arrow.date32(),
        "instant": arrow.timestamp("us", tz="UTC"),
        "boolean": arrow.bool_(),
        "values": arrow.list_(arrow.string()),
    }
    schema = arrow.schema([(column.name, types.get(column.kind, arrow.string())) for column in table.columns])
    with parquet.ParquetWriter(path, schema) as writer:
        for columns in _columns(table.columns, table.rows):
            writer.write_table(arrow.table(columns, schema=schema))


def _columns(columns: Sequence[Column], rows: Iterable[Sequence[object]]) -> Iterator[list[list[object]]]:
    """The values of each column, a batch of rows at a time."""
    stream = iter(rows)
    while batch := list(islice(stream, _BATCH)):
        yield [[_value(row[place], column) for row in batch] for place, column in enumerate(columns)]


def _value(value: object, column: Column) -> object:
    if value is None:
        return None
    if isinstance(value, Money):
        return Decimal(value.decimal)
    make = _MAKERS.get(column.kind)
    return make(str(value)) if make and isinstance(value, str) else _plain(value, column)


def _plain(value: object, column: Column) -> object:
    if column.kind == "boolean":
        return bool(value)
    if column.kind in ("number", "rate", "days") and isinstance(value, int):
        return float(value)
    return cell(value) if isinstance(value, str) else value


_MAKERS: dict[str, Callable[[str], object]] = {
    "date": date.fromisoformat,
    "instant": datetime.fromisoformat,
    "values": lambda text: list(map(cell, split_values(text))),
}


def _library(name: str) -> ModuleType:
    try:
        return import_module(name)
    except ModuleNotFoundError:
        raise InvalidInput(
            "writing Parquet needs the library pyarrow, which is not installed", hint="pip install 'crmcli[parquet]'"
        ) from None
