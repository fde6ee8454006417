"""The rows of a file as values that can be stored; those that cannot are faults."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from crmcli.errors import InvalidInput
from crmcli.exchange.record import File
from crmcli.exchange.source import Fault, Row
from crmcli.services.importing.cells import BadCell, Reader, Unclear, Values
from crmcli.services.importing.leniency import Leniency
from crmcli.services.importing.work import Tally

Composed = Callable[[Values], object]
Several = Callable[[str], Iterable[tuple[object, ...]]]

BATCH = 5_000
_BATCH_SIZE = 8_000_000  # characters


@dataclass(frozen=True, slots=True)
class Part:
    """A field that can hold several values: the rows that it puts into a table of its own, for the `columns` there.

    `one` gives the value of a text that holds only one, and None for others: that stands in the row itself.
    """

    field: str
    table: str
    columns: str
    read: Several
    one: Callable[[str], object] | None = None


@dataclass(frozen=True, slots=True)
class Shape:
    """What is read from a row: fields on their own, some together with others, some with several values."""

    readers: Mapping[str, Reader]
    composed: Mapping[str, Composed]
    parts: Sequence[Part] = ()

    def of(self, fields: set[str]) -> "Shape":
        """As much of it as a file with these fields has."""
        readers = {name: read for name, read in self.readers.items() if name in fields}
        return Shape(readers, self.composed, [part for part in self.parts if part.field in fields])

    @property
    def columns(self) -> tuple[str, ...]:
        """The fields that stand in the row itself, in the order of `Batch.columns`."""
        return (*self.readers, *self.composed, *(part.field for part in self.parts if part.one))


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows that can be taken, with their values by column; None where a row has nothing.

    `lists` are what goes into tables of their own: (table, place of the row in the batch, what goes there).
    """

    rows: Sequence[Row]
    columns: Sequence[Sequence[object]]
    lists: Sequence[tuple[str, int, Iterable[tuple[object, ...]]]]


def batches(tally: Tally, shape: Shape, leniency: Leniency | None = None) -> Iterator[Batch]:
    """The rows of the file that can be taken, in order; the others go to the tally."""
    rows = _rows(tally, leniency)
    while found := _some(rows, tally.source.text):
        tally.read += len(found)
        tally.seen(tally)
        yield from _taken(tally, shape, found)


def fault(tally: Tally, row: Row, field: str, reason: str) -> None:
    """Keep the row as one that cannot be taken; its column is called what the file calls it."""
    names = zip(tally.source.header, tally.source.fields, strict=False)
    column = next((head for head, known in names if known == field), field or None)
    tally.reject(Fault(tally.source.file, row.line, column, reason.removeprefix(f"{field}: "), row.raw))


def _some(rows: Iterator[Row], text: File) -> list[Row]:
    """The next rows: so many, or fewer long ones."""
    found: list[Row] = []
    most = text.taken + _BATCH_SIZE
    for row in rows:
        found.append(row)
        if len(found) == BATCH or text.taken > most:
            break
    return found


def _rows(tally: Tally, leniency: Leniency | None) -> Iterator[Row]:
    """The rows of a file, with the values of the profile; the faults go to the tally, and so do those left out."""
    constants = dict(tally.source.constants)
    for row in tally.source.rows():
        if isinstance(row, Fault):
            tally.read += 1
            tally.reject(row)
        elif not row.fields:
            tally.read += 1
            tally.skipped += 1
        elif leniency is not None:
            yield leniency.eased(_with(constants, row))
        elif constants:
            yield _with(constants, row)
        else:
            yield row


def _with(constants: Mapping[str, str], row: Row) -> Row:
    """The row with the values of the profile, where it has none of its own."""
    said = {name: text for name, text in row.values.items() if text or name not in constants}
    return row.saying({**constants, **said})


def _taken(tally: Tally, shape: Shape, rows: Sequence[Row]) -> Iterator[Batch]:
    """The rows column by column, at half of what it costs to go row by row; those with a fault among them, alone."""
    columns: list[Sequence[object]] = []
    lists: list[tuple[str, int, Iterable[tuple[object, ...]]]] = []
    texts = _texts([*shape.readers, *(part.field for part in shape.parts)], rows)
    values = [row.values for row in rows] if shape.composed else []
    name = ""
    try:
        for name, read in shape.readers.items():
            columns.append([read(text) if text else None for text in texts[name]])
        for name, compose in shape.composed.items():  # noqa: B007 (the field that could not be read)
            columns.append([compose(each) for each in values])
        for part in shape.parts:
            name = part.field
            if part.one is None:
                lists += [(part.table, place, part.read(text)) for place, text in enumerate(texts[name]) if text]
                continue
            ones = [part.one(text) if text else None for text in texts[name]]
            columns.append(ones)
            both = enumerate(zip(texts[name], ones, strict=True))
            lists += [(part.table, place, part.read(text)) for place, (text, one) in both if text and one is None]
    except Unclear:
        raise
    except InvalidInput as error:
        if len(rows) == 1:
            fault(tally, rows[0], error.field if isinstance(error, BadCell) else name, str(error))
            return
        for row in rows:
            yield from _taken(tally, shape, [row])
    else:
        yield Batch(rows, columns, lists)


def _texts(fields: Sequence[str], rows: Sequence[Row]) -> dict[str, Sequence[str | None]]:
    """The cells column by column; None where a row has not even the field."""
    first = rows[0].fields
    if any(row.fields is not first for row in rows):
        values = [row.values for row in rows]
        return {field: [each.get(field) for each in values] for field in fields}
    columns = zip(*(row.cells for row in rows), strict=True)
    return {**dict.fromkeys(fields, [None] * len(rows)), **dict(zip(first, columns, strict=True))}
