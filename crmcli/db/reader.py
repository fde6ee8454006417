"""The one way to ask the file something: SQL with named parameters in, rows out."""

import sqlite3
from collections.abc import Iterator, Mapping
from typing import Any
from weakref import WeakSet

Row = tuple[Any, ...]


class Reader:
    """Rows of a connection; the same for a read-only file and for a transaction under way."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection
        self._cursors: WeakSet[sqlite3.Cursor] = WeakSet()

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

    def close(self) -> None:
        """Let go of rows that nobody read to the end: a connection is not closed while there are any."""
        for cursor in list(self._cursors):
            cursor.close()
