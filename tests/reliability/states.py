"""What stands in a folder: every file in it sound, and one short text for all that each holds."""

import hashlib
import re
import sqlite3
from contextlib import closing
from pathlib import Path

from crmcli.core.normal import fold
from crmcli.db import migrate
from crmcli.db.connection import recognise
from crmcli.db.reader import Reader
from crmcli.errors import FileUnusable
from crmcli.reports.invariants import breaches

_UID = re.compile("[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}")
_BESIDE = ("-wal", "-shm", "-journal")

State = dict[str, str]


class Unsound(AssertionError):
    """A file that is damaged or breaks a rule."""


def state(folder: Path) -> State:
    """What each file of `folder` holds, by name. Looking at a database lets SQLite heal it. Raises Unsound."""
    names = sorted(path.name for path in folder.iterdir() if path.is_file() and not path.name.endswith(_BESIDE))
    return {name: content(folder / name) for name in names}


def content(file: Path) -> str:
    """What `file` holds, in short; random numbers in it count by the order in which they come. Raises Unsound."""
    try:
        recognise(file)
    except FileUnusable:
        return hashlib.sha256(file.read_bytes()).hexdigest()
    return hashlib.sha256(dump(file).encode()).hexdigest()


def dump(file: Path) -> str:
    """Every row of a database of ours, the history included. Raises Unsound."""
    with closing(sqlite3.connect(file, isolation_level=None)) as connection:
        connection.create_function("fold", 1, lambda value: fold(value) if isinstance(value, str) else None)
        try:
            _assert_sound(connection)
            text = "\n".join(_rows(connection))
        except sqlite3.Error as error:
            raise Unsound(f"{file.name}: {error}") from None
    order: dict[str, str] = {}
    return _UID.sub(lambda found: order.setdefault(found[0], f"uid {len(order)}"), text)


def _assert_sound(connection: sqlite3.Connection) -> None:
    faults = [row for row in connection.execute("pragma integrity_check") if row != ("ok",)]
    faults += connection.execute("pragma foreign_key_check").fetchall()
    if migrate.version(connection) == migrate.latest():
        faults += list(breaches(Reader(connection)))
    if faults:
        raise Unsound(str(faults))


def _rows(connection: sqlite3.Connection) -> list[str]:
    names = connection.execute("select name from sqlite_schema where type = 'table' order by name").fetchall()
    schema = f"schema {migrate.version(connection)} {len(names)}"
    return [
        schema,
        *(f"{name} {row}" for (name,) in names for row in connection.execute(f"select * from {name} order by rowid")),
    ]
