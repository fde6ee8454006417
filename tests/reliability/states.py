"""What stands in a folder: every file in it sound, and one short text for all that each holds."""

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from crmcli.core.normal import fold
from crmcli.db import driver, migrate
from crmcli.db.connection import recognise
from crmcli.db.reader import Reader
from crmcli.errors import FileUnusable
from crmcli.reports.invariants import breaches

#: Random numbers: the uid of a record, the key of the hashes of who was erased, and these hashes.
_RANDOM = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}|[0-9a-f]{64}")
_BESIDE = ("-wal", "-shm", "-journal")
_SEARCH = "select rowid, title, rest from search order by rowid"

State = dict[str, str]


class Unsound(AssertionError):
    """A file that is damaged or breaks a rule."""


def state(folder: Path) -> State:
    """What each file in and below `folder` holds, by name. Looking at a database lets SQLite heal it. Raises Unsound.

    One in the making, whose name begins with a dot, need not be sound.
    """
    files = sorted(path for path in folder.rglob("*") if path.is_file() and not path.name.endswith(_BESIDE))
    hidden = {path for path in files if path.name.startswith(".")}
    return {str(path.relative_to(folder)): _bytes(path) if path in hidden else content(path) for path in files}


def content(file: Path) -> str:
    """What `file` holds, in short; random numbers in it count by the order in which they come. Raises Unsound."""
    try:
        recognise(file)
    except FileUnusable:
        return _bytes(file)
    return hashlib.sha256(dump(file).encode()).hexdigest()


def _bytes(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()


def dump(file: Path) -> str:
    """Every row of a database of ours, the history included. Raises Unsound."""
    with closing(driver.connect(file)) as connection:
        connection.create_function("fold", 1, lambda value: fold(value) if isinstance(value, str) else None)
        try:
            _assert_sound(connection)
            text = "\n".join(_rows(connection))
        except sqlite3.Error as error:
            raise Unsound(f"{file.name}: {error}") from None
    order: dict[str, str] = {}
    return _RANDOM.sub(lambda found: order.setdefault(found[0], f"random {len(order)}"), text)


def _assert_sound(connection: sqlite3.Connection) -> None:
    faults = [row for row in connection.execute("pragma integrity_check") if row != ("ok",)]
    faults += connection.execute("pragma foreign_key_check").fetchall()
    if migrate.version(connection) == migrate.latest():
        faults += list(breaches(Reader(connection)))
    if faults:
        raise Unsound(str(faults))


def _rows(connection: sqlite3.Connection) -> list[str]:
    """The schema and every row, those of the history and the words of the search index among them."""
    tables = [*migrate.tracked(connection), *migrate.UNTRACKED]
    known = {name for (name,) in connection.execute("select name from sqlite_schema where type = 'table'")}
    queries = {name: f"select * from {name} order by id" for name in tables if name in known - {"current_operation"}}
    if "search" in known:
        queries["search"] = _SEARCH
    return [
        f"schema {migrate.version(connection)} {len(known)}",
        *(f"{name} {row}" for name, sql in queries.items() for row in connection.execute(sql)),
    ]
