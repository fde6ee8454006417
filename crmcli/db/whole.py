"""Every row of every table of user data as lines of JSON, and back: what makes a second file equal to the first."""

import json
import sqlite3
from collections.abc import Iterable, Iterator
from itertools import chain

from crmcli.db import migrate
from crmcli.db.reader import Reader
from crmcli.errors import Conflict, InvalidInput

#: Tables that a new file has rows in.
_FILLED = ("setting", "relation_type", "pipeline", "stage")


def tables(db: Reader) -> tuple[str, ...]:
    """The tables, in an order in which none needs a later one."""
    return migrate.tracked(db.connection)


def schema(db: Reader) -> int:
    """The number of the last migration that made them."""
    return migrate.version(db.connection)


def lines(db: Reader, table: str) -> Iterator[str]:
    """The rows of a table by id, each an object by column name on a line of its own; numbers, texts and null."""
    row = migrate.row_as_json(db.connection, table, table)
    return (f"{text}\n" for (text,) in db.rows(f"select {row} from {table} order by id"))


def refuse_filled(db: Reader) -> None:
    """Raises Conflict where the file holds records."""
    for table in tables(db):
        if table not in _FILLED and db.value(f"select exists (select 1 from {table})"):
            hint = "crm --db NEW.db import DIR makes a new file of it"
            raise Conflict(
                f"the file holds records already (in {table}); a whole export goes into an empty one", hint=hint
            )


def empty(connection: sqlite3.Connection) -> None:
    """Take away what a new file begins with."""
    connection.execute("pragma defer_foreign_keys = on")
    for table in reversed(_FILLED):
        connection.execute(f"delete from {table}")


def load(connection: sqlite3.Connection, table: str, rows: Iterable[str]) -> int:
    """Insert the rows that `lines` gave; how many. Raises InvalidInput for a row that does not fit the table."""
    stream = iter(rows)
    first = next(stream, None)
    if first is None:
        return 0
    names = _columns(connection, table, first)
    values = ", ".join(f"json_extract(:line, '$.{name}')" for name in names)
    statement = f"insert into {table} ({', '.join(names)}) select {values}"
    count = 0
    try:
        for line in chain([first], stream):
            connection.execute(statement, {"line": line})
            count += 1
    except (sqlite3.IntegrityError, sqlite3.OperationalError) as error:
        if isinstance(error, sqlite3.OperationalError) and "malformed JSON" not in str(error):
            raise
        raise InvalidInput(f"{table}.jsonl: line {count + 1} is no row of the table; nothing was imported") from None
    return count


def _columns(connection: sqlite3.Connection, table: str, line: str) -> list[str]:
    """The columns that the rows fill: those of an older file lack some."""
    try:
        found = json.loads(line)
    except ValueError:
        found = None
    known = migrate.columns(connection, table)
    if not isinstance(found, dict) or not {"id"} <= found.keys() <= set(known):
        raise InvalidInput(f"{table}.jsonl: line 1 is no row of the table; nothing was imported")
    return [name for name in known if name in found]
