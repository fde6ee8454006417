"""Opening the file: only ours, only what this version knows, and never by accident a new one."""

import os
import sqlite3
import stat
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from shlex import quote

from crmcli.core.normal import fold
from crmcli.core.preferences import Preferences
from crmcli.db import driver, migrate
from crmcli.db.faults import DAMAGED, damaged, fault, refused
from crmcli.db.reader import Reader
from crmcli.errors import FileUnusable

_MAGIC = b"SQLite format 3\0"
_APPLICATION_ID_AT = 68
_USER_VERSION_AT = 60
_USUAL = Preferences()

Prepare = Callable[[sqlite3.Connection, Path], object]


@contextmanager
def reading(path: Path | None, *, wait: float = 30.0, frozen: Callable[[], None] = lambda: None) -> Iterator[Reader]:
    """The file, unable to change; None stands for a file that is not there yet: empty, in memory.

    `frozen` is called where the file can only be read as it stands on disk. Raises FileUnusable and Busy.
    """
    connection = in_memory() if path is None else _open_to_read(path, wait, frozen)
    with closing(connection), faults_of(path):
        connection.execute("pragma query_only = on")
        connection.execute("begin")
        with closing(Reader(connection)) as reader:
            yield reader


@contextmanager
def as_it_is(path: Path, *, wait: float = 30.0) -> Iterator[sqlite3.Connection]:
    """The file at `path` whatever its schema, unable to change, and outside of any transaction.

    Raises FileUnusable, for a newer schema too, and Busy.
    """
    with faults_of(path), closing(_open_to_read(path, wait, prepare=_refuse_newer)) as connection:
        connection.execute("pragma query_only = on")
        yield connection


@contextmanager
def faults_of(path: Path | None) -> Iterator[None]:
    """Turns SQLite's complaints about the file at `path` into a FileUnusable or Busy."""
    try:
        yield
    except sqlite3.Error as error:
        known = fault(error, path or "memory")
        if known is None and (path is None or _is_sound(path)):
            raise
        raise known or damaged(path or "memory") from None
    except UnicodeDecodeError:  # what SQLite says of a damaged file can quote the damage
        raise damaged(path or "memory") from None
    except MemoryError:  # what SQLCipher says of a page that is not as it was written
        if path is None or not driver.is_encrypted(path):
            raise
        raise damaged(path) from None


def _is_sound(path: Path) -> bool:
    """Whether pages and schema are as we wrote them; asked when SQLite gave an error that it should not."""
    from crmcli.db import check  # here, because it makes a file of its own and few need it

    try:
        with closing(driver.connect(path, "ro")) as file:
            is_whole = file.execute("pragma integrity_check(1)").fetchone() == ("ok",)
            is_old = migrate.version(file) < migrate.latest()
            return is_whole and (is_old or all(part.sql is None for part in check.schema(file)))
    except (sqlite3.Error, UnicodeDecodeError):
        return False


def in_memory(preferences: Preferences = _USUAL) -> sqlite3.Connection:
    """A file that is nowhere, with the latest schema and nothing in it."""
    connection = sqlite3.connect(":memory:", isolation_level=None, cached_statements=256)
    set_up(connection)
    migrate.prepare(connection, preferences)
    return connection


def connect(path: Path, mode: str, wait: float, *, immutable: bool = False) -> sqlite3.Connection:
    """A connection with every setting made, outside of any transaction."""
    connection = driver.connect(path, mode, wait=wait, immutable=immutable)
    set_up(connection)
    return connection


def set_up(connection: sqlite3.Connection) -> None:
    """Make every setting."""
    connection.create_function("fold", 1, _fold, deterministic=True)
    connection.create_function("local_day", 2, _local_day, deterministic=True)
    for pragma in ("foreign_keys = on", "synchronous = full", "cell_size_check = on", "secure_delete = on"):
        connection.execute(f"pragma {pragma}")


def open_to_write(path: Path, wait: float) -> sqlite3.Connection:
    """The file at `path`, current and writable."""
    recognise(path)
    if not os.access(path, os.W_OK):
        raise FileUnusable(
            f"cannot write '{path}': permission denied; nothing was changed", hint="give another file with --db"
        )
    with _opening(path):
        return _checked(connect(path, "rw", wait), path)


def exists(path: Path) -> bool:
    """Whether anything stands at `path`. Raises FileUnusable where the system does not say."""
    try:
        path.stat()
    except FileNotFoundError:
        return False
    except (OSError, ValueError) as error:
        raise refused(error, path) from None
    return True


def is_current(path: Path) -> bool:
    """Whether the file at `path` is ours and of the shape that this version writes.

    A plain one is judged by its first bytes alone.

    Raises FileUnusable for one that is not ours.
    """
    recognise(path)
    if driver.is_encrypted(path):
        with _opening(path), closing(driver.connect(path, "ro")) as connection:
            return migrate.version(connection) == migrate.latest()
    with path.open("rb") as file:
        file.seek(_USER_VERSION_AT)
        return int.from_bytes(file.read(4), "big") == migrate.latest()


def recognise(path: Path) -> None:
    """Raises FileUnusable unless the file at `path` is there and ours, judged by its first bytes alone."""
    try:
        mode = path.stat().st_mode
        if stat.S_ISDIR(mode):
            raise FileUnusable(f"'{path}' is a directory, not a database file", hint="give a file with --db")
        if not stat.S_ISREG(mode):
            raise FileUnusable(f"'{path}' is not a regular file", hint="give a file with --db")
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        raise FileUnusable(f"no database at '{path}'", hint=f"crm init --db {quote(str(path))} makes one") from None
    except OSError as error:
        raise refused(error, path) from None
    ours = int.from_bytes(header[_APPLICATION_ID_AT : _APPLICATION_ID_AT + 4], "big") == migrate.APPLICATION_ID
    if not (header.startswith(_MAGIC) and ours) and not header.startswith(driver.SALT):
        raise FileUnusable(f"'{path}' is not a crmcli database", hint="give another file with --db")


def bring_up_to_date(connection: sqlite3.Connection, path: Path) -> None:
    """Migrate an older file, after a verified backup beside it. Raises FileUnusable for a newer one."""
    version = _refuse_newer(connection, path)
    if version < migrate.latest():
        from crmcli.db import backup  # here, because it opens files itself and few need it

        backup.before_migration(connection, path, version)
        migrate.apply(connection)


def _refuse_newer(connection: sqlite3.Connection, path: Path) -> int:
    """The schema of the file, which this version knows. Raises FileUnusable."""
    version = migrate.version(connection)
    if version > migrate.latest():
        message = f"'{path}' has schema {version}; this crm knows up to {migrate.latest()}"
        raise FileUnusable(message, hint="upgrade crmcli")
    return version


def _open_to_read(
    path: Path, wait: float, frozen: Callable[[], None] = lambda: None, prepare: Prepare = bring_up_to_date
) -> sqlite3.Connection:
    """The file at `path`; where its folder cannot be written, as it stands on disk, which `frozen` is told."""
    recognise(path)
    with _opening(path):
        connection = _reached(path, wait)
        if connection is None:
            connection = connect(path, "ro", wait, immutable=True)
            frozen()
        return _checked(connection, path, prepare)


def _reached(path: Path, wait: float) -> sqlite3.Connection | None:
    """A connection that has seen the file; None where there is no place for the journal that every reader needs."""
    connection = None
    try:
        connection = connect(path, "rw", wait)
        migrate.version(connection)
    except sqlite3.OperationalError as error:
        if connection is not None:
            connection.close()
        wal = Path(f"{os.path.realpath(path)}-wal")
        has_no_place = error.sqlite_errorcode & 0xFF in (
            sqlite3.SQLITE_READONLY,
            sqlite3.SQLITE_CANTOPEN,
            sqlite3.SQLITE_IOERR,
        )
        if not has_no_place or (wal.exists() and wal.stat().st_size):
            raise
        return None
    return connection


@contextmanager
def _opening(path: Path) -> Iterator[None]:
    """Turns whatever a damaged file does to its opening into a FileUnusable."""
    try:
        with faults_of(path):
            yield
    except DAMAGED:
        raise damaged(path) from None


def _checked(connection: sqlite3.Connection, path: Path, prepare: Prepare = bring_up_to_date) -> sqlite3.Connection:
    try:
        prepare(connection, path)
        connection.execute("select 1 from sqlite_schema limit 1").fetchone()
    except BaseException:
        connection.close()
        raise
    return connection


def _fold(value: object) -> str | None:
    return fold(value) if isinstance(value, str) else None


def _local_day(instant: str | None, zone: str) -> str | None:
    """The day of an instant in the zone called so, `2026-03-01`; a text that is no instant stays as it is."""
    from zoneinfo import ZoneInfo

    from crmcli.core.period import moment

    try:
        return None if instant is None else moment(instant).astimezone(ZoneInfo(zone)).date().isoformat()
    except ValueError:
        return instant
