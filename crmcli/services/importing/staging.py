"""The rows of a file in temporary tables, from which the rest is SQL."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import repeat
from json import dumps, loads

from crmcli.exchange.source import Row
from crmcli.services.importing import reading
from crmcli.services.importing.leniency import Leniency
from crmcli.services.importing.reading import Shape
from crmcli.services.importing.work import Tally, Work

_COMPOSED_FIELDS = ("name", "key", "kind")  # a profile can make them from others


@dataclass(slots=True)
class Stage:
    """A temporary table with a row for each row of the files of one kind, and `children` that hold the lists of each.

    `filled` tells which files have a column for a field.

    Its columns `row`, `file` (the place of the tally) and `line` say where a row comes from; `target` is the id of its
    record, as soon as that is known, `is_new` whether that record is made for it.
    """

    work: Work
    table: str
    children: tuple[str, ...] = ()
    fields: set[str] = field(default_factory=set)
    filled: dict[str, list[int]] = field(default_factory=dict)
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
        has = {*source.fields, *source.constants, *source.layout.composed, *_COMPOSED_FIELDS}
        self.fields |= has
        for name in filter(None, source.fields):
            self.filled.setdefault(name, []).append(file)
        shape = shape.of(has)
        sink = Sink(self.work, self.table, ", ".join(("row", "file", "line", "raw", *map(quoted, shape.columns))))
        for part in shape.parts:
            sink.add(part.table, f"row, {part.columns}")
        leniency = Leniency(self.work, source) if source.layout.foreign is not None else None
        for batch in reading.batches(tally, shape, leniency):
            numbers = range(self.rows + 1, self.rows + 1 + len(batch.rows))
            self.rows += len(batch.rows)
            lines = [row.line for row in batch.rows]
            raws = self._raws(batch.rows)
            sink.rows[self.table].extend(zip(numbers, repeat(file), lines, raws, *batch.columns, strict=False))
            for table, place, values in batch.lists:
                sink.rows[table].extend([(numbers[place], *each) for each in values])
            sink.flush(least=reading.BATCH)
        sink.flush()
        if leniency is not None:
            leniency.tell()

    def reject(self, select: str, **parameters: object) -> None:
        """Take out the rows that the SELECT gives as (row, field, reason); the first reason of a row counts."""
        if self._choose("row, field, reason", select, **parameters):
            chosen = f"""
                select r.file, r.line, r.raw, o.field, o.reason from import_out o join {self.table} r on r.row = o.row
                order by o.row
            """
            for file, line, raw, name, reason in self.work.db.rows(chosen):
                reading.fault(self.work.tallies[file], Row(line, (), (), loads(raw or "[]")), name, reason)
            self._drop()

    def leave(self, select: str) -> int:
        """Take out the rows that the SELECT gives as (row): they change nothing. How many."""
        count = self._choose("row", select)
        for file, rows in self._by_file(count):
            self.work.tallies[file].unchanged += rows
        if count:
            self._drop()
        return count

    def skip(self, select: str) -> int:
        """Take out the rows that the SELECT gives as (row): nobody wants them. How many."""
        count = self._choose("row", select)
        for file, rows in self._by_file(count):
            self.work.tallies[file].skipped += rows
        if count:
            self._drop()
        return count

    def _choose(self, columns: str, select: str, **parameters: object) -> int:
        """Put the rows of the SELECT into `import_out`; how many."""
        run = self.work.bulk.run
        run("create temp table if not exists import_out (row integer primary key, field, reason)")
        run("delete from import_out")
        return run(f"insert or ignore into import_out ({columns}) {select}", **parameters)

    def _drop(self) -> None:
        """Take out the rows in `import_out`: they need no more care."""
        for table in (self.table, *self.children):
            self.work.bulk.run(f"delete from {table} where row in (select row from import_out)")

    def clears(self, name: str) -> str:
        """The SQL of whether the row r clears the field where it has nothing: its file has the column, and it is the wish."""
        files = self.filled.get(name, []) if self.work.wish.blank_clears else []
        return f"r.file in ({', '.join(map(str, files))})" if files else "false"

    def said(self, name: str, new: str, old: str) -> str:
        """The SQL of what a record says after the row r, which says `new`, where it said `old` before."""
        clears = self.clears(name)
        kept = f"coalesce({new}, {old})"
        return kept if clears == "false" else f"iif({clears}, {new}, {kept})"

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

    def _raws(self, rows: Sequence[Row]) -> Iterable[str | None]:
        """The records as found, where they are kept to be written to a file of rejects."""
        return [dumps(list(row.raw), ensure_ascii=False) for row in rows] if self.work.wish.keeps_raw else repeat(None)

    def _by_file(self, count: int) -> list[tuple[int, int]]:
        """How many of the `count` rows in `import_out` are of each file."""
        if not count:
            return []
        select = f"select file, count(*) from {self.table} where row in (select row from import_out) group by file"
        return list(self.work.db.rows(select))


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
        self.rows[table].append(row)
        if len(self.rows[table]) >= reading.BATCH:
            self.flush()

    def flush(self, *, least: int = 1) -> None:
        """Write what has gathered, by table as soon as there are `least` rows."""
        for table, rows in self.rows.items():
            if len(rows) >= least:
                self._work.bulk.many(self._sql[table], rows)
                rows.clear()


def quoted(name: str) -> str:
    """A field as a column of a temporary table: `customer.uid` is `customer_uid`, and no word of SQL."""
    return f'"{name.replace(".", "_")}"'
