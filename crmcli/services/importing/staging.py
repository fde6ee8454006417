"""The rows of a file, checked one by one and put into temporary tables, from which the rest is SQL."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from json import dumps, loads

from crmcli.errors import InvalidInput
from crmcli.exchange.source import Fault, Row
from crmcli.services.importing.cells import BadCell, Reader, Values
from crmcli.services.importing.work import Tally, Work

Composed = Callable[[Values], object]
Several = Callable[[str], Iterable[tuple[object, ...]]]

_BATCH = 5_000
_COMPOSED_FIELDS = ("name", "key")  # a profile can make them from others


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


@dataclass(slots=True)
class Stage:
    """A temporary table with a row for each row of the files of one kind, and `children` that hold the lists of each.

    Its columns `row`, `file` (the place of the tally) and `line` say where a row comes from; `target` is the id of its
    record, as soon as that is known, `is_new` whether that record is made for it.
    """

    work: Work
    table: str
    children: tuple[str, ...] = ()
    fields: set[str] = field(default_factory=set)
    rows: int = 0

    def create(self, columns: str, **children: str) -> None:
        """Make the tables."""
        self.children = tuple(children)
        own = "row integer primary key, file integer, line integer, raw, target integer, is_new integer not null default 0"
        self.work.bulk.run(f"create temp table {self.table} ({own}, {columns})")
        self.work.bulk.run("create temp table if not exists import_touched (id integer primary key)")
        for table, rest in children.items():
            self.work.bulk.run(f"create temp table {table} (row integer, {rest})")

    def fill(self, tally: Tally, shape: Shape) -> None:
        """Read the file of `tally`; the rows that cannot be taken go there."""
        source, file = tally.source, self.work.tallies.index(tally)
        has = {*source.fields, *source.constants, *_COMPOSED_FIELDS}
        self.fields |= has
        readers = {name: read for name, read in shape.readers.items() if name in has}
        parts = [part for part in shape.parts if part.field in has]
        columns = (*readers, *shape.composed, *(part.field for part in parts if part.one))
        sink = Sink(self.work, self.table, ", ".join(("row", "file", "line", "raw", *map(quoted, columns))))
        for part in parts:
            sink.add(part.table, f"row, {part.columns}")
        main = sink.rows[self.table]
        keeps_raw = self.work.wish.keeps_raw
        number = self.rows
        for number, (row, cells, several) in enumerate(_checked(tally, readers, shape.composed, parts), self.rows + 1):
            raw = dumps(list(row.raw), ensure_ascii=False) if keeps_raw else None
            main.append((number, file, row.line, raw, *cells))
            for table, values in several:
                sink.rows[table].extend([(number, *each) for each in values])
            if len(main) >= _BATCH:
                sink.flush()
        sink.flush()
        self.rows = number

    def reject(self, select: str, **parameters: object) -> None:
        """Take out the rows that the SELECT gives as (row, field, reason); the first reason of a row counts."""
        found: dict[int, tuple[str, str]] = {}
        for row, name, reason in self.work.db.rows(select, parameters):
            found.setdefault(row, (name, reason))
        where = f"select file, line, raw from {self.table} where row = :row"
        for row, (name, reason) in found.items():
            file, line, raw = next(self.work.db.rows(where, row=row))
            _fault(self.work.tallies[file], Row(line, {}, loads(raw or "[]")), name, reason)
        self.drop(found)

    def leave(self, select: str) -> int:
        """Take out the rows that the SELECT gives as (row): they change nothing. How many."""
        rows = [row for (row,) in self.work.db.rows(select)]
        for file, count in self._by_file(rows):
            self.work.tallies[file].unchanged += count
        self.drop(rows)
        return len(rows)

    def skip(self, select: str) -> None:
        """Take out the rows that the SELECT gives as (row): nobody wants them."""
        rows = [row for (row,) in self.work.db.rows(select)]
        for file, count in self._by_file(rows):
            self.work.tallies[file].skipped += count
        self.drop(rows)

    def drop(self, rows: Iterable[int]) -> None:
        """Take out rows that need no more care."""
        chosen = dumps(list(rows))
        if chosen == "[]":
            return
        for table in (self.table, *self.children):
            self.work.bulk.run(f"delete from {table} where row in (select value from json_each(:rows))", rows=chosen)

    def is_empty(self) -> bool:
        """Whether there is nothing left to do."""
        return not self.work.db.value(f"select exists (select 1 from {self.table})")

    def tell(self) -> None:
        """Count what came of the rows: those of new records, those of records in `import_touched`, the others."""
        counts = self.work.db.rows(
            f"""
            select file, sum(is_new), coalesce(sum(not is_new and target in (select id from import_touched)), 0), count(*)
            from {self.table} group by file
            """
        )
        for file, new, changed, whole in counts:
            tally = self.work.tallies[file]
            tally.new, tally.changed = tally.new + new, tally.changed + changed
            tally.unchanged += whole - new - changed

    def _by_file(self, rows: Sequence[int]) -> list[tuple[int, int]]:
        select = (
            f"select file, count(*) from {self.table} where row in (select value from json_each(:rows)) group by file"
        )
        return [(file, count) for file, count in self.work.db.rows(select, rows=dumps(rows))]


def _checked(
    tally: Tally, readers: Mapping[str, Reader], composed: Mapping[str, Composed], parts: Sequence[Part]
) -> Iterator[tuple[Row, list[object], list[tuple[str, Iterable[tuple[object, ...]]]]]]:
    """The rows that can be taken with their values; a field that neither row nor profile has is None."""
    name = ""
    for row, values in _rows(tally):
        try:
            cells = []
            for name, read in readers.items():
                text = values.get(name)
                cells.append(read(text) if text else None)
            for name, compose in composed.items():  # noqa: B007 (the field that could not be read)
                cells.append(compose(values))
            several = []
            for part in parts:
                name = part.field
                text = values.get(name)
                single = part.one(text) if text and part.one else None
                if part.one:
                    cells.append(single)
                if text and single is None:
                    several.append((part.table, part.read(text)))
        except InvalidInput as error:
            _fault(tally, row, error.field if isinstance(error, BadCell) else name, str(error))
        else:
            yield row, cells, several


def _rows(tally: Tally) -> Iterator[tuple[Row, Values]]:
    """The rows of a file with their values, those of the profile included; the faults go to the tally."""
    constants = dict(tally.source.constants)
    for row in tally.source.rows():
        if isinstance(row, Fault):
            tally.faults.append(row)
        elif constants:
            yield row, constants | {name: text for name, text in row.values.items() if text}
        else:
            yield row, row.values


def _fault(tally: Tally, row: Row, name: str, reason: str) -> None:
    """Keep the row as one that cannot be taken; its column is called what the file calls it."""
    names = zip(tally.source.header, tally.source.fields, strict=False)
    column = next((head for head, known in names if known == name), name or None)
    tally.faults.append(Fault(tally.source.file, row.line, column, reason.removeprefix(f"{name}: "), row.raw))


class Sink:
    """Rows on their way into temporary tables, in batches."""

    def __init__(self, work: Work, table: str, columns: str) -> None:
        self._work = work
        self._sql: dict[str, str] = {}
        self.rows: dict[str, list[tuple[object, ...]]] = {}
        self.add(table, columns)

    def add(self, table: str, columns: str) -> None:
        """Take rows for one more table."""
        marks = ", ".join("?" * len(columns.split(",")))
        self._sql[table] = f"insert into {table} ({columns}) values ({marks})"
        self.rows.setdefault(table, [])

    def put(self, table: str, row: tuple[object, ...]) -> None:
        """Add a row, and write when enough have gathered."""
        rows = self.rows[table]
        rows.append(row)
        if len(rows) >= _BATCH:
            self.flush()

    def flush(self) -> None:
        """Write what has gathered."""
        for table, rows in self.rows.items():
            if rows:
                self._work.bulk.many(self._sql[table], rows)
                rows.clear()


def quoted(name: str) -> str:
    """A field as a column of a temporary table: `customer.uid` is `customer_uid`, and no word of SQL."""
    return f'"{name.replace(".", "_")}"'
