"""One command, one transaction, one operation: the only way to change the file."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa
from sqlmodel import Session

from crmcli.core.period import instant
from crmcli.core.preferences import Preferences
from crmcli.db import history, preferences
from crmcli.db.connection import faults_of, in_memory, open_to_write
from crmcli.db.faults import fault
from crmcli.db.history import Header
from crmcli.db.reader import Reader
from crmcli.errors import Busy

_PAUSE = (0.0005, 0.006)  # seconds; SQLite's own waiting starves all but one of many writers
_NOTICE_AFTER = 1.0
_USUAL = Preferences()


class Writer(Session):
    """A session that knows its clock, the file's preferences and the number of its operation."""

    now: datetime
    preferences: Preferences
    operation: int
    raw: sqlite3.Connection
    path: Path | None
    since: int  # the last change before this operation, or this part of it

    @property
    def recorded_at(self) -> str:
        """The instant that this operation writes as its own."""
        return instant(self.now)

    @property
    def reader(self) -> Reader:
        """What the transaction sees: everything before it and everything it did itself."""
        self.flush()
        return Reader(self.raw)

    @property
    def has_changes(self) -> bool:
        """Whether the operation, or this part of it, has changed anything so far."""
        self.flush()
        return _last_change(self.raw) > self.since

    @property
    def is_open(self) -> bool:
        """Whether the transaction is still under way: a full disk, for one, ends it."""
        return self.raw.in_transaction

    @contextmanager
    def part(self, *, dry_run: bool = False) -> Iterator["Writer"]:
        """A part of the operation that is taken back alone on an error or a `dry_run`; it begins as if just opened."""
        self.raw.execute("savepoint part")
        self.since = _last_change(self.raw)
        is_kept = False
        try:
            with faults_of(self.path), _unwrapped(self.path):
                yield self
                self.flush()
            is_kept = not dry_run
        finally:
            self.expunge_all()
            if self.is_open:
                if not is_kept:
                    self.raw.execute("rollback to part")
                _drop_temporary(self.raw)
                self.raw.execute("release part")

    @contextmanager
    def looking(self) -> Iterator[Reader]:
        """What the transaction sees, unable to change it."""
        self.raw.execute("pragma query_only = on")
        try:
            with faults_of(self.path), closing(Reader(self.raw)) as reader:
                yield reader
        finally:
            self.raw.execute("pragma query_only = off")


@contextmanager
def writing(
    path: Path | None,
    header: Header,
    *,
    now: datetime,
    dry_run: bool = False,
    wait: float = 30.0,
    waiting: Callable[[], None] = lambda: None,
    new: Preferences = _USUAL,
) -> Iterator[Writer]:
    """A transaction that is committed at the end of the block, and rolled back on an error or a `dry_run`.

    None for `path` stands for a file that is not there (a dry run makes none) and would begin with the preferences
    `new`. A block that changed nothing leaves no operation behind. Raises FileUnusable and Busy.
    """
    connection = in_memory(new) if path is None else open_to_write(path, wait)
    try:
        with faults_of(path), _unwrapped(path), _session(connection) as session:
            begin_immediate(connection, path, wait=wait, waiting=waiting)
            session.now = now
            session.path = path
            session.operation = history.begin(connection, header, recorded_at=instant(now))
            session.since = _last_change(connection)
            session.preferences = preferences.load(Reader(connection))
            yield session
            session.flush()
            if dry_run or not history.has_changes(connection, session.operation):
                connection.execute("rollback")
            else:
                history.end(connection)
                connection.execute("commit")
    finally:
        if connection.in_transaction:
            connection.execute("rollback")
        connection.close()


@contextmanager
def _session(connection: sqlite3.Connection) -> Iterator[Writer]:
    """A session over a connection of ours: the transaction is begun and ended here, not by SQLAlchemy."""
    engine = sa.create_engine(
        "sqlite://", creator=lambda: connection, poolclass=sa.pool.StaticPool, pool_reset_on_return=None
    )
    bound = engine.connect()  # looks at the connection and rolls back, so it comes before the transaction
    session = Writer(bound, autoflush=False, expire_on_commit=False)
    session.raw = connection
    try:
        yield session
    finally:
        session.expunge_all()
        bound.detach()  # ours to close


def begin_immediate(
    connection: sqlite3.Connection, path: Path | None, *, wait: float, waiting: Callable[[], None]
) -> None:
    """Take the write lock, with small random pauses for up to `wait` seconds; `waiting` is called once after a second.

    Raises Busy.
    """
    started = time.monotonic()
    noticed = False
    connection.execute("pragma busy_timeout = 0")
    try:
        while not _took_lock(connection):
            waited = time.monotonic() - started
            if waited >= wait:
                message = f"another process has held '{path}' for {wait:g} s; nothing was changed"
                raise Busy(message, hint="try again when it is done")
            if waited > _NOTICE_AFTER and not noticed:
                waiting()
                noticed = True
            time.sleep(random.uniform(*_PAUSE))  # noqa: S311 (no secret)
    finally:
        connection.execute(f"pragma busy_timeout = {int(wait * 1000)}")


def _last_change(connection: sqlite3.Connection) -> int:
    (number,) = connection.execute("select coalesce(max(id), 0) from change").fetchone()
    return int(number)


def _drop_temporary(connection: sqlite3.Connection) -> None:
    """A connection of one's own would begin without the tables that an import leaves."""
    for (name,) in connection.execute("select name from sqlite_temp_schema where type = 'table'").fetchall():
        connection.execute(f"drop table temp.{name}")


def _took_lock(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("begin immediate")
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY:
            raise
        return False
    return True


@contextmanager
def _unwrapped(path: Path | None) -> Iterator[None]:
    """Lets a fault of the file through SQLAlchemy's wrapping."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        known = fault(error.orig, path or "memory") if isinstance(error.orig, sqlite3.Error) else None
        if known is None:
            raise
        raise known from None
