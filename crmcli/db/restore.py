"""The way back from a backup, while others may have the file open."""

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from crmcli.db import backup, conversion, driver, kept
from crmcli.db.connection import as_it_is, connect, exists, faults_of, recognise
from crmcli.db.faults import refused
from crmcli.db.files import sync
from crmcli.errors import Busy, FileUnusable


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back; `before` is where what it replaced is kept, `was_damaged` says that no copy was sound."""

    rows: int
    before: Path | None
    was_damaged: bool = False


def inspect(source: Path) -> int:
    """How many rows the backup `source` holds. Raises FileUnusable for one that is not ours, newer or damaged."""
    with as_it_is(source) as connection:
        backup.check(connection, source)
        return sum(backup.counts(connection).values())


def bring_back(database: Path, source: Path, *, label: str, wait: float = 30.0) -> Restored:
    """Make `database` what the backup `source` holds, all of it or nothing; what it replaces is kept as `label`.

    Whoever has the file open goes on with the new content after their transaction. Raises FileUnusable and Busy.
    """
    rows = inspect(source)
    if not exists(database):
        return _placed(database, source, label=label, rows=rows)
    recognise(database)
    if not os.access(database, os.W_OK):
        raise FileUnusable(f"cannot write '{database}': permission denied; nothing was changed")
    before, was_damaged = _kept(database, label, wait)
    with (
        _alike(source, database) as alike,
        faults_of(database),
        closing(connect(database, "rw", wait)) as live,
    ):
        with as_it_is(alike, wait=wait) as found:
            found.backup(live, pages=-1, progress=_patience(database, wait), sleep=0.05)
        with suppress(sqlite3.OperationalError):  # it is restored, if only in its log so far
            live.execute("pragma wal_checkpoint(truncate)")
        backup.check(live, database)
    return Restored(rows, before, was_damaged)


@contextmanager
def _alike(source: Path, database: Path) -> Iterator[Path]:
    """The backup, encrypted if the file is and plain if it is plain: the file stays what it is."""
    encrypted = driver.is_encrypted(database)
    if driver.is_encrypted(source) == encrypted:
        yield source
        return
    with backup.scratch(database, source.name) as place:
        conversion.copy(source, place, encrypted=encrypted)
        yield place


def _placed(database: Path, source: Path, *, label: str, rows: int) -> Restored:
    """Put the backup where no file is. A log that one of before left there would be taken for its own: it is moved."""
    place = Path(os.path.realpath(database))
    try:
        place.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        for suffix in ("-wal", "-shm"):
            left = Path(f"{place}{suffix}")
            if left.exists():
                home = kept.folder(database)
                home.mkdir(mode=0o700, exist_ok=True)
                os.replace(left, kept.free_name(database, home, label, suffix=f".db{suffix}"))
    except OSError as error:
        raise refused(error, database) from None
    with as_it_is(source) as found:
        backup.write(found, place, source=source)
    return Restored(rows, None)


def _kept(database: Path, label: str, wait: float) -> tuple[Path, bool]:
    """Where what is there now is kept, and whether it is damaged: then it is kept byte by byte, with its log."""
    place = kept.free_name(database, kept.folder(database), label)
    try:
        with as_it_is(database, wait=wait) as connection:
            return backup.write(connection, place, source=database).path, False
    except FileUnusable:
        if not _is_damaged(database, wait):
            raise
        if driver.is_encrypted(database):  # SQLCipher writes over no page that it cannot read
            message = f"'{database}' is damaged and encrypted: it cannot be written over; nothing was changed"
            raise FileUnusable(message, hint="move it and its -wal away, then crm restore again") from None
    try:
        for suffix in ("", "-wal"):
            if os.path.exists(f"{database}{suffix}"):
                _copied(Path(f"{database}{suffix}"), Path(f"{place}{suffix}"))
    except OSError as error:
        raise refused(error, place) from None
    return place, True


def _is_damaged(database: Path, wait: float) -> bool:
    """Whether the file itself is to blame, and not its schema or the disk."""
    try:
        with closing(connect(database, "rw", wait)) as connection:
            is_sound = connection.execute("pragma integrity_check(1)").fetchone() == ("ok",)
            return not is_sound or connection.execute("pragma foreign_key_check").fetchone() is not None
    except sqlite3.Error as error:
        code = getattr(error, "sqlite_errorcode", 0) & 0xFF
        is_another_key = code == sqlite3.SQLITE_NOTADB and driver.is_encrypted(database)
        return code in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB) and not is_another_key
    except MemoryError:
        return driver.is_encrypted(database)


def _copied(source: Path, target: Path) -> None:
    with source.open("rb") as read, open(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as written:
        shutil.copyfileobj(read, written)
    sync(target)


def _patience(database: Path, wait: float) -> Callable[[int, int, int], None]:
    """Stops a copy that waits for another writer for more than `wait` seconds; left alone, it would wait for ever."""
    started = time.monotonic()

    def asked(status: int, *_: int) -> None:
        if status in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED) and time.monotonic() - started > wait:
            message = f"another process has held '{database}' for {wait:g} s; nothing was changed"
            raise Busy(message, hint="try again when it is done")

    return asked
