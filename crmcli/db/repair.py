"""Making anew what the tables themselves say how to make: indexes, triggers, and the end of an operation."""

import sqlite3
from contextlib import closing
from pathlib import Path

from crmcli.core.wording import counted
from crmcli.db import check
from crmcli.db.connection import connect, faults_of, recognise
from crmcli.db.transaction import begin_immediate

_ALL = 1_000_000
_EMPTY = """
    delete from operation where not exists (select 1 from change c where c.operation_id = operation.id)
    and not exists (select 1 from operation o where o.root_id = operation.id and o.id <> operation.id)
"""


def structure(database: Path, *, wait: float = 30.0) -> list[str]:
    """Make indexes and triggers anew where they are missing, differ or are damaged, and end what was left open.

    All in one transaction, which stands only if it leaves no new damage; what was done. A file whose tables are
    damaged is left alone.
    """
    recognise(database)
    with faults_of(database), closing(connect(database, "rw", wait)) as connection:
        begin_immediate(connection, database, wait=wait, waiting=lambda: None)
        before = check.integrity(connection, most=_ALL)
        done = _restructured(connection) if check.are_tables_whole(before) else []
        is_better = bool(done) and set(check.integrity(connection, most=_ALL)) <= set(before)
        connection.execute("commit" if is_better else "rollback")
    return done if is_better else []


def _restructured(connection: sqlite3.Connection) -> list[str]:
    is_damaged = any(map(check.is_of_an_index, check.integrity(connection)))
    try:
        done = _rebuilt(connection)
        if is_damaged:
            connection.execute("reindex")
            done.append("the indexes are made anew")
        return done + _ended(connection)
    except sqlite3.IntegrityError:  # two rows that only a unique index kept apart
        return []


def _rebuilt(connection: sqlite3.Connection) -> list[str]:
    done = []
    for part in check.schema(connection):
        if part.sql is not None and part.kind in ("index", "trigger"):
            connection.execute(f'drop {part.kind} if exists "{part.name}"')
            connection.execute(part.sql)
            done.append(f"{part.kind} {part.name} is made anew")
    return done


def _ended(connection: sqlite3.Connection) -> list[str]:
    opened = connection.execute("delete from current_operation").rowcount
    empty = connection.execute(_EMPTY).rowcount
    done = [f"{counted(opened, 'operation')} left open: closed"] if opened else []
    return [*done, f"{counted(empty, 'operation')} that changed nothing: removed"] if empty else done
