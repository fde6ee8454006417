"""Set-wise writing inside the operation under way: one statement for many rows, and the same history as row by row."""

import sqlite3
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext
from dataclasses import dataclass

from crmcli.db import migrate

Parameters = Mapping[str, object]
Function = Callable[..., str | int | float | None]

_CACHES_KIB = {"main": 96 * 1024, "temp": 32 * 1024}  # an index of a million keys fits the first


class Bulk:
    """Inserts, updates and deletes given as SELECTs; every row that they touch is in the history at the end.

    While it is `silent`, the change triggers sleep, those of inserts are away, and the changes are written here,
    set-wise, rows inserted together as a range of ids; else the triggers write them one by one: slower, and the same.
    Temporary tables have no history.
    """

    def __init__(self, connection: sqlite3.Connection, *, silent: bool) -> None:
        self.connection = connection
        self.silent = silent
        self.operation = 0
        for schema, size in _CACHES_KIB.items():
            connection.execute(f"pragma {schema}.cache_size = -{size}")
        connection.execute("pragma secure_delete = off")  # a sixth of an import; an erasure writes the file anew anyway
        self._inserted: dict[str, _Inserted] = {}  # by table: what is not recorded yet
        self._away: dict[str, str] = {}  # by name: triggers to be made again

    def run(self, sql: str, **parameters: object) -> int:
        """Do something to temporary tables; how many rows it touched."""
        return self.connection.execute(sql, parameters).rowcount

    def many(self, sql: str, rows: Iterable[Sequence[object]]) -> None:
        """Do something to temporary tables for each of `rows`."""
        self.connection.executemany(sql, rows)

    def function(self, name: str, count: int, does: Function, *, is_pure: bool = True) -> None:
        """Let SQL call `does`; one that is not pure is called once for every row, in their order."""
        self.connection.create_function(name, count, does, deterministic=is_pure)

    def last(self, table: str) -> int:
        """The last id that `table` ever gave; what is inserted next gets the ones after it, in order."""
        row = self.connection.execute("select seq from sqlite_sequence where name = ?", (table,)).fetchone()
        return int(row[0]) if row else 0

    def insert(self, table: str, columns: str, select: str, *, without: str | None = None, **parameters: object) -> int:
        """Insert the rows of `select`, without a trigger that has no say about them; how many."""
        before = self.last(table)
        if self.silent:
            self._put_away(f"change_{table}_insert")
        if without is not None:
            self._put_away(without)
        sql = f"insert into {table} ({columns}) {select}"
        with self._indexed_later(table) if self.silent and before == 0 else nullcontext():
            count = self.connection.execute(sql, parameters).rowcount
        if without is not None:
            self._bring_back(without)
        if self.silent and count > 0:
            self._inserted.setdefault(table, _Inserted(before)).count += count
        return count

    def update(self, table: str, ids: str, statement: str, **parameters: object) -> int:
        """Run the UPDATE `statement`, which changes just the rows whose ids the SELECT `ids` gives; how many."""
        if self.silent:
            self._record_old("update", table, ids, parameters)
        return self.connection.execute(statement, parameters).rowcount

    def delete(self, table: str, ids: str, **parameters: object) -> int:
        """Delete the rows whose ids the SELECT `ids` gives; how many."""
        if self.silent:
            self._record_old("delete", table, ids, parameters)
        return self.connection.execute(f"delete from {table} where id in ({ids})", parameters).rowcount

    def defer_references(self) -> None:
        """Ask only at the commit whether every reference leads somewhere."""
        self.connection.execute("pragma defer_foreign_keys = on")

    def describe(self, detail: str) -> None:
        """Keep the JSON object `detail` with the operation."""
        self.connection.execute("update operation set detail = ? where id = ?", (detail, self.operation))

    @contextmanager
    def under(self, operation: int) -> Iterator[None]:
        """Bulk mode of the operation under way, for the time of the block: before it only temporary tables are there."""
        switch = "update current_operation set is_bulk = ?"
        try:
            self.connection.execute(switch, (int(self.silent),))
            self.operation = operation
            yield
            self.record_inserts()
            for trigger in list(self._away):
                self._bring_back(trigger)
            self.connection.execute(switch, (0,))
        finally:
            self.connection.execute("pragma secure_delete = on")

    def record_inserts(self) -> None:
        """Write the changes of all inserts that have none yet."""
        for table in list(self._inserted):
            self._record_inserts(table)

    def _put_away(self, trigger: str) -> None:
        """Drop the trigger until the end; one that is there is asked for every row, and has the rows copied first."""
        if trigger not in self._away:
            select = "select sql from sqlite_schema where type = 'trigger' and name = ?"
            for (sql,) in self.connection.execute(select, (trigger,)).fetchall():  # none in a file that lost it
                self.connection.execute(f"drop trigger {trigger}")
                self._away[trigger] = sql

    def _bring_back(self, trigger: str) -> None:
        if trigger in self._away:
            self.connection.execute(self._away.pop(trigger))

    @contextmanager
    def _indexed_later(self, table: str) -> Iterator[None]:
        """Make the indexes of the empty `table` anew at the end, but for unique ones: half of what it costs row by row."""
        select = (
            "select name, sql from sqlite_schema where type = 'index' and tbl_name = ? and sql like 'create index %'"
        )
        indexes = self.connection.execute(select, (table,)).fetchall()
        for name, _ in indexes:
            self.connection.execute(f"drop index {name}")
        yield
        for _, sql in indexes:
            self.connection.execute(sql)

    def _record_inserts(self, table: str) -> None:
        """One change for all rows, or for each run of them where ids were left out."""
        inserted = self._inserted.pop(table, None)
        if inserted is None:
            return
        first, last = inserted.before + 1, self.last(table)
        runs = [(first, last)]
        if last - first + 1 != inserted.count:
            runs = self.connection.execute(
                "select min(id), max(id) from (select id, id - row_number() over (order by id) as run "
                f"from {table} where id >= ?) group by run order by 1",
                (first,),
            ).fetchall()
        self.connection.executemany(
            "insert into change (operation_id, table_name, row_id, last_id, action) values (?, ?, ?, ?, 'insert')",
            [(self.operation, table, start, end if end > start else None) for start, end in runs],
        )

    def _record_old(self, action: str, table: str, ids: str, parameters: Parameters) -> None:
        """Keep the rows as they are, behind the record that they were inserted, if that was just now."""
        self._record_inserts(table)
        old = migrate.row_as_json(self.connection, table, table)
        self.connection.execute(
            f"""
            insert into change (operation_id, table_name, row_id, action, old)
            select {self.operation}, '{table}', id, '{action}', {old} from {table} where id in ({ids}) order by id
            """,
            parameters,
        )


@dataclass(slots=True)
class _Inserted:
    """How many rows were inserted behind the id `before`."""

    before: int
    count: int = 0


def uid_sql(milliseconds: int, number: str) -> str:
    """The SQL of a new uid as `core.uid.uids` makes them; they ascend with `number`, itself SQL, from 0."""
    late = f"({milliseconds} + (({number}) >> 26))"
    parts = f"{late} >> 16, {late} & 65535, ({number}) & 4095, 32768 | (({number}) >> 12 & 16383)"
    return f"printf('%08x-%04x-7%03x-%04x-%012x', {parts}, random() & {(1 << 48) - 1})"
