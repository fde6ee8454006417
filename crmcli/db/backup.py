"""A verified copy of the file while others go on writing."""

import os
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from crmcli.db import driver, kept
from crmcli.db.connection import connect, faults_of
from crmcli.db.faults import damaged, refused
from crmcli.db.files import part_of, publish, sync, taken
from crmcli.errors import Conflict, FileUnusable

Seal = Callable[[Path, Path], None]


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was read back: where it stands, its size and the rows in it."""

    path: Path
    bytes: int
    rows: int


def before_migration(connection: sqlite3.Connection, database: Path, version: int) -> Copy:
    """Keep the file as it is before it gets a newer schema: `crm-v1.db` among its backups."""
    while True:
        with suppress(Conflict):  # another process took the name and migrates as well
            return write(connection, kept.free_name(database, kept.folder(database), f"v{version}"), source=database)


def write(connection: sqlite3.Connection, target: Path, *, source: Path, seal: Seal | None = None) -> Copy:
    """Copy what `connection` sees of the file `source` at one moment to `target`, which must not be there yet.

    The copy is checked (integrity, references, the same number of rows in every table), on the disk and 0600 before it
    has its name. `seal` encrypts it first; until then it stands beside `source`. Raises Conflict and FileUnusable.
    """
    if target.exists() or target.is_symlink():
        raise taken(target)
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    plain = part if seal is None else kept.folder(source) / f".{target.name}.{os.getpid()}.plain"
    try:
        with part_of(plain):
            rows = _copied(connection, plain, target, encrypted=driver.is_cipher(connection))
            _verify(plain, source, rows)
            if seal is None:
                publish(plain, target)
            else:
                with part_of(part):
                    seal(plain, part)
                    sync(part)
                    publish(part, target)
        return Copy(target, target.stat().st_size, sum(rows.values()))
    except OSError as error:
        raise refused(error, target) from None


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table holds."""
    tables = connection.execute(
        "select name from sqlite_schema where type = 'table' and name not like 'sqlite\\_%' escape '\\'"
    )
    return {
        name: int(connection.execute(f'select count(*) from "{name}"').fetchone()[0]) for (name,) in tables.fetchall()
    }


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raises FileUnusable when the file at `path` is damaged or has references that lead nowhere."""
    if connection.execute("pragma integrity_check(1)").fetchone() != ("ok",):
        raise damaged(path)
    if connection.execute("pragma foreign_key_check").fetchone():
        raise FileUnusable(
            f"'{path}' has references that lead nowhere; nothing was changed", hint="crm doctor says where"
        )


@contextmanager
def scratch(database: Path, name: str) -> Iterator[Path]:
    """An empty file for us alone among the backups of `database`, gone at the end whatever happens."""
    path = kept.folder(database) / f".{name}.{os.getpid()}.part"
    try:
        with part_of(path):
            yield path
    except OSError as error:
        raise refused(error, path) from None


def _copied(connection: sqlite3.Connection, part: Path, target: Path, *, encrypted: bool) -> dict[str, int]:
    """Copy all pages in one step: in several it would begin anew with every write of others, and never end."""
    connection.execute("begin")
    try:
        wanted = counts(connection)  # also pins the moment
        with faults_of(target), closing(driver.connect(part, encrypted=encrypted)) as copy:
            copy.execute("pragma synchronous = off")  # synced once, at the end
            connection.backup(copy, pages=-1)
    finally:
        connection.execute("rollback")
    sync(part)
    return wanted


def _verify(part: Path, source: Path, wanted: dict[str, int]) -> None:
    with faults_of(source), closing(connect(part, "ro", 0, immutable=True)) as copy:
        check(copy, source)
        if counts(copy) != wanted:
            raise FileUnusable(
                "the copy differs from the file; it was thrown away", hint="check the disk and try again"
            )
