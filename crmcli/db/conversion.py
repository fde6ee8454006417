"""A file encrypted, or decrypted: a verified copy that takes its name while nobody else has it open."""

import os
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from crmcli.db import backup, driver, kept, migrate
from crmcli.db.connection import faults_of, recognise, set_up
from crmcli.db.faults import fault, refused
from crmcli.db.files import part_of, sync
from crmcli.db.transaction import patiently
from crmcli.errors import FileUnusable

_CHUNK = 1 << 20


def convert(database: Path, *, encrypted: bool, wait: float, waiting: Callable[[], None]) -> None:
    """Make `database` an encrypted file, or a plain one again; what stood there is overwritten with zeros.

    All or nothing: it keeps its name until the copy is compared with it row by row and on the disk. Raises
    FileUnusable and Busy.
    """
    recognise(database)
    place = Path(os.path.realpath(database))
    if place.stat().st_nlink > 1:
        message = f"'{database}' has more than one name (hard links); nothing was changed"
        raise FileUnusable(message, hint="remove the other names, or copy it by crm backup")
    part = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        with (
            part_of(part),
            open(place, "r+b") as old,  # closed last: that lets go of every lock on the file
            faults_of(database),
            closing(driver.converting(place, 0, part, encrypted=encrypted)) as raw,
        ):
            patiently(lambda: _has_it_alone(raw), database, wait=wait, waiting=waiting)
            _copy(raw, database)
            raw.execute("detach other")
            _settle(part, encrypted=encrypted)
            raw.execute("pragma main.journal_mode = delete")  # the log would be taken for that of the new file
            raw.execute("begin exclusive")
            os.replace(part, place)
            sync(place.parent)
            _overwrite(old.fileno())
    except OSError as error:
        raise refused(error, database) from None


def copy(source: Path, target: Path, *, encrypted: bool) -> None:
    """Write what `source` holds into the empty file `target`, encrypted or not. Raises FileUnusable."""
    with faults_of(source), closing(driver.converting(source, 0, target, encrypted=encrypted)) as raw:
        _copy(raw, source)


def plain_copies(database: Path) -> tuple[Path, ...]:
    """The backups of `database` that are there and that anybody can read."""
    made = [each.path for each in kept.remembered(database) if each.is_there]
    return tuple(path for path in made if path.suffix != ".age" and not driver.is_encrypted(path))


def _copy(raw: sqlite3.Connection, source: Path) -> None:
    set_up(raw)
    backup.check(raw, source)
    try:
        raw.execute("select sqlcipher_export('other')")
    except sqlite3.OperationalError as error:
        if fault(error, source):
            raise
        message = f"no whole copy of '{source}' could be written beside it; nothing was changed"
        raise FileUnusable(message, hint="check the disk, and the space on it") from None
    raw.execute(f"pragma other.user_version = {migrate.version(raw)}")
    raw.execute(f"pragma other.application_id = {migrate.APPLICATION_ID}")
    if not _is_same(raw):
        raise FileUnusable("the copy differs from the file; it was thrown away", hint="check the disk and try again")


def _is_same(raw: sqlite3.Connection) -> bool:
    """Whether both files hold the same schema and rows."""
    tables = "select name from pragma_table_list where schema = 'main' and type in ('table', 'shadow')"
    names = [name for (name,) in raw.execute(tables) if name != "sqlite_schema"]
    pairs = [(f'main."{name}"', f'other."{name}"') for name in names]
    pairs.append(
        ("(select type, name, sql from main.sqlite_schema)", "(select type, name, sql from other.sqlite_schema)")
    )
    return all(
        raw.execute(f"select not exists (select * from {one} except select * from {two})").fetchone()[0]
        for pair in pairs
        for one, two in (pair, pair[::-1])
    )


def _settle(part: Path, *, encrypted: bool) -> None:
    with closing(driver.connect(part, encrypted=encrypted)) as new:
        new.execute("pragma journal_mode = wal")
        backup.check(new, part)
    sync(part)


def _has_it_alone(raw: sqlite3.Connection) -> bool:
    """Whether nobody else has the file open; from then on nobody can, till the connection is closed."""
    raw.execute("pragma main.locking_mode = exclusive")
    try:
        raw.execute("begin exclusive")
        raw.execute("commit")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return False
    return True


def _overwrite(handle: int) -> None:
    """Leave nothing of the file, and nothing that whoever has just opened it could write to."""
    left = os.fstat(handle).st_size
    while left > 0:
        left -= os.write(handle, bytes(min(left, _CHUNK)))
    os.fsync(handle)
