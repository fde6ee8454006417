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
from crmcli.db.connection import as_it_is, connect, exists, faults_of, recognise, set_up
from crmcli.db.faults import refused, unconfirmed
from crmcli.db.files import remove, sync
from crmcli.errors import Busy, FileUnusable

_STEP = 8  # pages at a time; no file of ours is as small


@dataclass(frozen=True, slots=True)
class Restored:
    """What was brought back; `before` is where what it replaced is kept, `was_damaged` says that no copy was sound.

    `returned` are the customers who were erased after the backup was made, and are there again.
    """

    rows: int
    before: Path | None
    was_damaged: bool = False
    returned: tuple[int, ...] = ()


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
    place = kept.free_name(database, kept.folder(database), label)
    with _alike(source, database) as alike:
        try:
            _overwrite(database, alike, wait=wait, keep=place)
        except FileUnusable:
            if not _is_damaged(database, wait):
                raise
            _keep_bytes(database, place)
            _overwrite_or_replace(database, alike, wait=wait)
            return Restored(rows, place, was_damaged=True)
    return Restored(rows, place, returned=tuple(sorted(_erased(place) - _erased(source))))


def _erased(path: Path) -> set[int]:
    """The numbers of the customers whom the file at `path` knows as erased."""
    with faults_of(path), closing(connect(path, "ro", 0, immutable=True)) as file:
        if not file.execute("select 1 from sqlite_schema where name = 'erasure'").fetchone():
            return set()  # of before there were erasures
        return {number for (number,) in file.execute("select customer_id from erasure")}


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


def _overwrite(database: Path, source: Path, *, wait: float, keep: Path | None = None) -> None:
    """Make every page that of `source`. What is there is first copied to `keep`, when nobody else can write any more."""
    with faults_of(database), closing(connect(database, "rw", wait)) as live:
        with as_it_is(source, wait=wait) as found:
            found.backup(live, pages=_STEP, progress=_between(live, database, keep, wait), sleep=0.05)
        with suppress(sqlite3.OperationalError):  # it is restored, if only in its log so far
            live.execute("pragma wal_checkpoint(truncate)")
        backup.check(live, database)


def _between(
    live: sqlite3.Connection, database: Path, keep: Path | None, wait: float
) -> Callable[[int, int, int], None]:
    """What is done between the steps of a copy over `live`, which is locked from the first of them to the last."""
    patient, left = _patience(database, wait), [keep] if keep else []

    def asked(status: int, *counts: int) -> None:
        patient(status, *counts)
        if status == sqlite3.SQLITE_OK and left:
            _keep(live, database, left.pop())

    return asked


def _keep(live: sqlite3.Connection, database: Path, place: Path) -> None:
    """Copy what stands in the file beside `live`, which is writing: through SQLite alone, that its locks stay."""
    with closing(driver.connect(database, "rw", encrypted=driver.is_cipher(live))) as before:
        set_up(before)
        backup.write(before, place, source=database)


def _keep_bytes(database: Path, place: Path) -> None:
    """Copy a damaged file and its log as they are."""
    try:
        place.parent.mkdir(mode=0o700, exist_ok=True)
        for suffix in ("", "-wal"):
            if os.path.exists(f"{database}{suffix}"):
                _copied(Path(f"{database}{suffix}"), Path(f"{place}{suffix}"))
    except OSError as error:
        raise refused(error, place) from None


def _overwrite_or_replace(database: Path, source: Path, *, wait: float) -> None:
    """Make a damaged file what `source` is; one that SQLite does not even write over, by another in its place."""
    try:
        _overwrite(database, source, wait=wait)
    except FileUnusable:
        place = Path(os.path.realpath(database))
        new = place.with_name(f".{place.name}.{os.getpid()}.new")
        try:
            with as_it_is(source, wait=wait) as found:
                backup.write(found, new, source=source)
            _rename(new, place)
        finally:
            remove(new)


def _rename(new: Path, place: Path) -> None:
    """Give a file the name of another, whose log would be taken for its own: that goes first."""
    try:
        for suffix in ("-wal", "-shm"):
            Path(f"{place}{suffix}").unlink(missing_ok=True)
        sync(place.parent)
        os.replace(new, place)
    except OSError as error:
        raise refused(error, place) from None
    try:
        sync(place.parent)
    except OSError:
        raise unconfirmed(place) from None


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
