"""A verified copy of the file while others go on writing, and the way back from one."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from crmcli.db import migrate
from crmcli.db.connection import connect, faults_of, open_to_write, recognise, uri
from crmcli.db.faults import refused
from crmcli.errors import Conflict, FileUnusable


@dataclass(frozen=True, slots=True)
class Copy:
    """A copy that was read back: where it stands, its size and the records in it."""

    path: Path
    bytes: int
    records: int


def back_up(path: Path, target: Path, *, wait: float = 30.0) -> Copy:
    """Copy the file at `path`, as it stands at one moment, to `target`, which must not be there yet.

    The copy is checked (integrity, references, the same number of records in every table), on the disk and 0600 before
    it has its name. Raises Conflict when `target` is there, FileUnusable when either file is not usable.
    """
    recognise(path)
    if target.exists():
        raise Conflict(f"'{target}' is there already and stays as it is", hint="give another name")
    part = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with _made(part):
            with faults_of(path), closing(connect(uri(path, "rw"), wait, uri=True)) as source:
                source.execute("begin")
                wanted = counts(source)  # also pins the moment
                _copy(source, part)
            _verify(part, wanted)
            os.link(part, target)
            sync(target.parent)
    except FileExistsError:
        raise Conflict(f"'{target}' is there already and stays as it is", hint="give another name") from None
    except OSError as error:
        raise refused(error, target) from None
    return Copy(target, target.stat().st_size, sum(wanted.values()))


def bring_back(path: Path, source: Path, *, kept: Path | None, wait: float = 30.0) -> Copy:
    """Make the file at `path` what the backup `source` holds, all of it or nothing; what it replaces goes to `kept`.

    `kept` is None when there is nothing to replace. Raises FileUnusable for a backup that is not ours, newer or damaged.
    """
    recognise(source)
    with faults_of(source), closing(connect(uri(source, "ro", immutable=True), wait, uri=True)) as backup:
        if migrate.version(backup) > migrate.latest():
            raise FileUnusable(f"'{source}' is from a newer crm; nothing was changed", hint="upgrade crmcli")
        check(backup, source)
        wanted = counts(backup)
        if kept is None:
            return back_up(source, path, wait=wait)
        back_up(path, kept, wait=wait)
        with faults_of(path), closing(open_to_write(path, wait)) as live:
            backup.backup(live)
            live.execute("pragma wal_checkpoint(truncate)")
    return Copy(path, path.stat().st_size, sum(wanted.values()))


def counts(connection: sqlite3.Connection) -> dict[str, int]:
    """How many rows each table holds."""
    tables = (*migrate.tracked(connection), *migrate.UNTRACKED)
    return {table: int(connection.execute(f"select count(*) from {table}").fetchone()[0]) for table in tables}


def check(connection: sqlite3.Connection, path: Path) -> None:
    """Raises FileUnusable when the file at `path` is damaged or has references that lead nowhere."""
    found = connection.execute("pragma integrity_check(1)").fetchone()[0]
    if found != "ok" or connection.execute("pragma foreign_key_check").fetchone():
        raise FileUnusable(f"'{path}' is damaged; nothing was changed", hint="crm doctor says where; try another backup")


def sync(path: Path) -> None:
    """See to it that the file or folder at `path` is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


@contextmanager
def _made(part: Path) -> Iterator[None]:
    """An empty file for us alone, gone at the end whatever happens."""
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        yield
    finally:
        part.unlink(missing_ok=True)


def _copy(source: sqlite3.Connection, part: Path) -> None:
    """All pages in one step: in several it would begin anew with every write of others, and never end."""
    with closing(sqlite3.connect(part, isolation_level=None)) as target:
        target.execute("pragma synchronous = off")  # synced once, at the end
        source.backup(target, pages=-1)
    sync(part)


def _verify(part: Path, wanted: dict[str, int]) -> None:
    with faults_of(part), closing(connect(uri(part, "ro", immutable=True), 0, uri=True)) as copy:
        check(copy, part)
        if counts(copy) != wanted:
            raise FileUnusable("the copy differs from the file; it was thrown away", hint="check the disk and try again")
