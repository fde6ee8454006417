"""A transaction with a session of models over it: what most services write through."""

import sqlite3
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Unpack

import sqlalchemy as sa
from sqlmodel import Session

from crmcli.db.connection import faults_of
from crmcli.db.history import Header
from crmcli.db.transaction import Opening, Transaction, opened


class Writer(Session, Transaction):
    """A session in the transaction of an operation."""

    def sync(self) -> None:
        self.flush()

    def forget(self) -> None:
        self.expunge_all()

    @contextmanager
    def _faults(self) -> Iterator[None]:
        with faults_of(self.path), _unwrapped():
            yield


@contextmanager
def writing(path: Path | None, header: Header, *, now: datetime, **how: Unpack[Opening]) -> Iterator[Writer]:
    """A session whose transaction is committed at the end of the block; otherwise as `opened` and `Opened.locked`."""
    with (
        opened(path, header, now=now, **how) as file,
        _unwrapped(),
        _session(file.raw) as session,
        file.locked(session),
    ):
        yield session


def _load_dialect() -> None:
    """Load SQLAlchemy's SQLite without what is for asyncio, which nothing here uses."""
    unused = "sqlalchemy.dialects.sqlite.aiosqlite"
    if unused not in sys.modules:
        sys.modules[unused] = ModuleType(unused)
        import_module("sqlalchemy.dialects.sqlite")
        del sys.modules[unused]


@contextmanager
def _session(connection: sqlite3.Connection) -> Iterator[Writer]:
    """A session over a connection of ours: the transaction is begun and ended here, not by SQLAlchemy."""
    _load_dialect()
    engine = sa.create_engine(
        "sqlite://", creator=lambda: connection, poolclass=sa.pool.StaticPool, pool_reset_on_return=None
    )
    bound = engine.connect()  # looks at the connection and rolls back, so it comes before the transaction
    session = Writer(bound, autoflush=False, expire_on_commit=False)
    sa.orm.configure_mappers()  # by whoever is first; better before the file is locked
    try:
        yield session
    finally:
        session.expunge_all()
        bound.detach()  # ours to close


@contextmanager
def _unwrapped() -> Iterator[None]:
    """Takes SQLAlchemy's wrapping off an error of the file."""
    try:
        yield
    except sa.exc.DBAPIError as error:
        if not isinstance(error.orig, sqlite3.Error):
            raise
        raise error.orig from None
