"""One command, one transaction, one operation: the only way to change the file."""

import random
import sqlite3
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self, TypedDict, TypeVar, Unpack

from crmcli.core.period import instant
from crmcli.core.preferences import Preferences
from crmcli.db import history, preferences
from crmcli.db.connection import faults_of, in_memory, open_to_write
from crmcli.db.faults import damaged
from crmcli.db.history import Header
from crmcli.db.reader import Reader
from crmcli.errors import Busy

#: Seconds between two tries for the lock, at first and in the end: who has waited longer asks more often, so that nobody
#: starves, as all but one of many writers do by SQLite's own waiting.
_PAUSES = (0.012, 0.001)
_OLD_AFTER = 0.4
_NOTICE_AFTER = 1.0
_WAIT = 30.0
_USUAL = Preferences()


class Transaction:
    """A transaction that knows its clock, the file's preferences and the number of its operation."""

    now: datetime
    preferences: Preferences
    operation: int
    raw: sqlite3.Connection
    path: Path | None
    since: int  # the last change before this operation, or this part of it
    remarks: list[str]  # what was done besides, and a person should know

    def enter(self, file: "Opened") -> None:
        """Begin the operation in the transaction under way on `file`."""
        self.now, self.path, self.raw = file.now, file.path, file.raw
        self.operation = _begun(file)
        self.since = _last_change(file.raw)
        self.preferences = file.preferences
        self.remarks = []

    @contextmanager
    def begun(self) -> Iterator[Self]:
        """Itself, as an `Opened` file gives its transaction."""
        yield self

    def sync(self) -> None:
        """Write what waits to be written; nothing does, where every statement goes to the file at once."""

    def forget(self) -> None:
        """Forget what is known of the rows."""

    @property
    def recorded_at(self) -> str:
        """The instant that this operation writes as its own."""
        return instant(self.now)

    @property
    def reader(self) -> Reader:
        """What the transaction sees: everything before it and everything it did itself."""
        self.sync()
        return Reader(self.raw)

    @property
    def has_changes(self) -> bool:
        """Whether the operation, or this part of it, has changed anything so far."""
        self.sync()
        return _last_change(self.raw) > self.since

    @property
    def is_open(self) -> bool:
        """Whether the transaction is still under way: a full disk, for one, ends it."""
        return self.raw.in_transaction

    @contextmanager
    def part(self, *, dry_run: bool = False) -> Iterator[Self]:
        """A part of the operation that is taken back alone on an error or a `dry_run`; it begins as if just opened."""
        self.sync()
        self.raw.execute("savepoint part")
        before, self.since = self.since, _last_change(self.raw)
        said, is_kept, is_done = len(self.remarks), False, False
        try:
            with self._faults():
                yield self
                self.sync()
            is_kept, is_done = not dry_run, True
        finally:
            self.since = before
            if not is_done:
                del self.remarks[said:]
            self.forget()
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

    def _faults(self) -> AbstractContextManager[None]:
        return faults_of(self.path)


Kind = TypeVar("Kind", bound=Transaction)


class Opening(TypedDict, total=False):
    """How a file is opened."""

    dry_run: bool  # roll back in the end
    wait: float  # so many seconds for another writer, else 30
    waiting: Callable[[], None]  # is called once, after a second of that
    new: Preferences  # those of a file that is not there yet


@dataclass(frozen=True, slots=True)
class Opened:
    """A file that is open to be written, not locked yet: what can be done before, keeps nobody waiting."""

    raw: sqlite3.Connection
    path: Path | None
    header: Header
    now: datetime
    dry_run: bool
    wait: float
    waiting: Callable[[], None]

    @property
    def reader(self) -> Reader:
        return Reader(self.raw)

    @property
    def preferences(self) -> Preferences:
        """What the file says about the world it lives in."""
        return preferences.load(self.reader)

    def begun(self) -> AbstractContextManager[Transaction]:
        """The transaction without a session of models; otherwise as `locked`."""
        return self.locked(Transaction())

    @property
    def has_changes(self) -> bool:
        """Whether anything was ever changed in the file."""
        return _last_change(self.raw) > 0

    @contextmanager
    def locked(self, transaction: Kind) -> Iterator[Kind]:
        """The transaction, under way: committed at the end of the block, rolled back on an error or a dry run.

        A block that changed nothing leaves no operation behind. Raises Busy.
        """
        begin_immediate(self.raw, self.path, wait=self.wait, waiting=self.waiting)
        transaction.enter(self)
        yield transaction
        if self.dry_run or not transaction.has_changes:
            self.raw.execute("rollback")
        else:
            history.end(self.raw)
            self.raw.execute("commit")


@contextmanager
def opened(path: Path | None, header: Header, *, now: datetime, **how: Unpack[Opening]) -> Iterator[Opened]:
    """The file at `path`, to be written; None stands for one that is not there (a dry run makes none), empty.

    Raises FileUnusable and Busy.
    """
    wait = how.get("wait", _WAIT)
    connection = in_memory(how.get("new", _USUAL)) if path is None else open_to_write(path, wait)
    try:
        with faults_of(path):
            yield Opened(connection, path, header, now, how.get("dry_run", False), wait, how.get("waiting", _silently))
    finally:
        if connection.in_transaction:
            connection.execute("rollback")
        connection.close()


def begin_immediate(
    connection: sqlite3.Connection, path: Path | None, *, wait: float, waiting: Callable[[], None]
) -> None:
    """Take the write lock, with small random pauses for up to `wait` seconds; `waiting` is called once after a second.

    Raises Busy.
    """
    connection.execute("pragma busy_timeout = 0")
    try:
        patiently(lambda: _took_lock(connection), path, wait=wait, waiting=waiting)
    finally:
        connection.execute(f"pragma busy_timeout = {int(wait * 1000)}")


def patiently(took: Callable[[], bool], path: Path | None, *, wait: float, waiting: Callable[[], None]) -> None:
    """Try to take a lock until `took` says so. Raises Busy after `wait` seconds; `waiting` is called after one."""
    started = time.monotonic()
    noticed = False
    while not took():
        waited = time.monotonic() - started
        if waited >= wait:
            message = f"another process has held '{path}' for {wait:g} s; nothing was changed"
            raise Busy(message, hint="try again when it is done")
        if waited > _NOTICE_AFTER and not noticed:
            waiting()
            noticed = True
        time.sleep(_pause(waited) * random.uniform(0.3, 1))  # noqa: S311 (no secret)


def _pause(waited: float) -> float:
    first, last = _PAUSES
    return last + (first - last) * max(0.0, 1 - waited / _OLD_AFTER)


def _silently() -> None:
    pass


def _begun(file: Opened) -> int:
    """The number of the operation that begins. Raises FileUnusable where the file has forgotten how far it counted."""
    try:
        return history.begin(file.raw, file.header, recorded_at=instant(file.now))
    except sqlite3.IntegrityError:
        raise damaged(file.path or "memory") from None


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
