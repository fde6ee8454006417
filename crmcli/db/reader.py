"""The one way to ask the file something: SQL with named parameters in, rows out."""

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from itertools import count
from typing import Any
from weakref import WeakSet

Row = tuple[Any, ...]
_NUMBERS = count(1)


class Reader:
    """Rows of a connection; the same for a read-only file and for a transaction under way."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()
        self._kept: dict[tuple[str, tuple[tuple[str, object], ...]], str] = {}
        self._tables: list[str] = []
        self._changes = connection.total_changes

    def rows(self, sql: str, parameters: Mapping[str, object] | None = None, **named: object) -> Iterator[Row]:
        """The rows of a SELECT, streamed."""
        cursor = self.connection.execute(sql, {**(parameters or {}), **named})
        self._cursors.add(cursor)
        return cursor

    def row(self, sql: str, parameters: Mapping[str, object] | None = None, **named: object) -> Row | None:
        """The first row, None when there is none."""
        return next(self.rows(sql, parameters, **named), None)

    def value(self, sql: str, parameters: Mapping[str, object] | None = None, **named: object) -> Any:
        """The first value of the first row, None when there is none."""
        row = self.row(sql, parameters, **named)
        return row[0] if row else None

    def kept(self, sql: str, parameters: Mapping[str, object], *, columns: str) -> str:
        """The name of a table of its own, beside the file, with the rows of a SELECT: for what several others ask again.

        `columns` are those of CREATE TABLE. The same SELECT is asked once, until something is written. Not while rows are
        still to be read: SQLite breaks off a SELECT under which a table of its own is made.
        """
        if self.connection.total_changes != self._changes:
            self._kept.clear()
        asked = sql, tuple(parameters.items())
        if asked not in self._kept:
            name = f"temp.kept_{next(_NUMBERS)}"
            self._tables.append(name)
            with self._beside():
                self.connection.execute(f"create table {name} ({columns})")
                self.connection.execute(f"insert into {name} {sql}", dict(parameters))
            self._kept[asked] = name
            self._changes = self.connection.total_changes
        return self._kept[asked]

    @contextmanager
    def _beside(self) -> Iterator[None]:
        """Whoever can only read may write beside the file meanwhile, where a table of `temp` is."""
        (is_barred,) = self.connection.execute("pragma query_only").fetchone()
        self.connection.execute("pragma query_only = off")
        try:
            yield
        finally:
            self.connection.execute(f"pragma query_only = {is_barred:d}")

    def close(self) -> None:
        """Let go of what was kept and of rows that nobody read to the end: a connection is not closed while there are any."""
        for cursor in list(self._cursors):
            cursor.close()
        if self._tables:
            with self._beside():
                for name in self._tables:
                    self.connection.execute(f"drop table if exists {name}")
