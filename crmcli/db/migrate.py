"""Numbered SQL files bring any older file up to date; `pragma user_version` counts them."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from functools import cache
from pathlib import Path

from crmcli.core.preferences import Preferences
from crmcli.db import driver
from crmcli.db.faults import fault, refused, unconfirmed
from crmcli.db.files import part_of, publish, remove, sync
from crmcli.errors import Conflict, FileUnusable

_FOLDER = Path(__file__).parent / "migrations"

APPLICATION_ID = 0x43524D31  # "CRM1"

#: Tables that describe the history itself, and so have none.
UNTRACKED = ("operation", "change", "current_operation", "search_state")


@cache
def scripts() -> tuple[tuple[int, str], ...]:
    """(number, SQL) of every migration, in order."""
    return tuple(sorted((int(file.name[:4]), file.read_text("utf-8")) for file in _FOLDER.glob("*.sql")))


@cache
def latest() -> int:
    """The schema that this version writes. Reads names only: every command asks."""
    return max(int(name[:4]) for name in os.listdir(_FOLDER) if name.endswith(".sql"))


def version(connection: sqlite3.Connection) -> int:
    """The schema of the file."""
    number: int = connection.execute("pragma user_version").fetchone()[0]
    return number


def apply(connection: sqlite3.Connection) -> None:
    """Run the scripts that the file lacks and make its triggers anew, all in one transaction or not at all."""
    connection.execute("pragma foreign_keys = off")  # ignored inside a transaction
    try:
        connection.execute("begin exclusive")
        _drop_triggers(connection)  # a script may change rows, and tables that they read
        had = version(connection)  # asked under the lock: another may have been quicker
        for number, script in scripts():
            if number <= had:
                continue
            for statement in _statements(script):
                connection.execute(statement)
            connection.execute(f"pragma user_version = {number}")
        connection.execute(f"pragma application_id = {APPLICATION_ID}")
        for statement in triggers(connection):
            connection.execute(statement)
        if connection.execute("pragma foreign_key_check").fetchone():
            raise FileUnusable("the file has references that lead nowhere and cannot be migrated; nothing was changed")
        connection.execute("commit")
    except BaseException:
        if connection.in_transaction:
            connection.execute("rollback")
        raise
    finally:
        connection.execute("pragma foreign_keys = on")


def _drop_triggers(connection: sqlite3.Connection) -> None:
    names = connection.execute(
        "select name from sqlite_schema where type = 'trigger' and name like 'change\\_%' escape '\\'"
    )
    for (name,) in names.fetchall():
        connection.execute(f"drop trigger {name}")


def _statements(script: str) -> Iterator[str]:
    """The statements of a script: `executescript` would end the transaction before it begins."""
    statement = ""
    for line in script.splitlines(keepends=True):
        statement += line
        if sqlite3.complete_statement(statement):
            yield statement
            statement = ""


def create(path: Path, preferences: Preferences, *, encrypted: bool = False) -> bool:
    """Make the file at `path`, whole or not at all; False when somebody else was quicker. Raises FileUnusable."""
    path = Path(os.path.realpath(path))
    with drafted(path, preferences, encrypted=encrypted) as new:
        try:
            name(new, path)
        except Conflict:
            return False
    return True


def name(new: Path, path: Path) -> None:
    """Give the finished draft its name: from then on others read beside a writer. Raises Conflict and FileUnusable."""
    try:
        with closing(driver.connect(new)) as connection:
            mode = connection.execute("pragma journal_mode = wal").fetchone()[0]
        if mode != "wal" or _is_filled(Path(f"{new}-wal")):
            raise FileUnusable(f"'{path}' could not be written to its end; nothing was changed", hint="check the disk")
        sync(new)
        publish(new, path)
    except OSError as error:
        raise (unconfirmed(path) if path.exists() else refused(error, path)) from None
    except sqlite3.Error as error:
        raise fault(error, path) or error from None


def _is_filled(log: Path) -> bool:
    return log.exists() and log.stat().st_size > 0


@contextmanager
def drafted(path: Path, preferences: Preferences, *, encrypted: bool = False) -> Iterator[Path]:
    """A new file beside `path` under a name that nobody knows; it is gone at the end. Raises FileUnusable.

    Nobody reads it while it is written, so it needs no log beside it, which would write every page twice.
    """
    new = path.with_name(f".{path.name}.{os.getpid()}.new")
    with ExitStack() as stack:
        try:
            stack.enter_context(part_of(new))
            with closing(driver.connect(new, encrypted=encrypted)) as connection:
                prepare(connection, preferences)
        except OSError as error:
            raise refused(error, path) from None
        except sqlite3.Error as error:
            raise fault(error, path) or error from None
        try:
            yield new
        finally:
            for suffix in ("-wal", "-shm", "-journal"):
                remove(Path(f"{new}{suffix}"))


def prepare(connection: sqlite3.Connection, preferences: Preferences) -> None:
    """Give an empty file its schema and preferences: the one write without an operation, since nothing was before."""
    apply(connection)
    connection.execute("drop trigger change_setting_insert")
    rows = [("zone", preferences.zone), ("phone_region", preferences.phone_region)]
    rows += [("currency", preferences.currency), ("date_order", preferences.date_order.value)]
    connection.executemany("insert into setting (key, value) values (?, ?)", [row for row in rows if row[1]])
    connection.execute(_trigger("setting", "insert", "new", "null"))


def tracked(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The tables of user data, in the order they were made: no table refers to a later one, itself aside."""
    names = connection.execute(
        """
        select name from sqlite_schema where type = 'table' and name not like 'sqlite_%'
        and name not in (select name from pragma_table_list where type in ('virtual', 'shadow')) order by rowid
        """
    )
    return tuple(name for (name,) in names if name not in UNTRACKED)


def columns(connection: sqlite3.Connection, table: str) -> tuple[str, ...]:
    """The columns of `table`, in order."""
    return tuple(row[1] for row in connection.execute(f"pragma table_info({table})"))


def row_as_json(connection: sqlite3.Connection, table: str, alias: str) -> str:
    """The SQL expression that gives a row of `table` as JSON by column name."""
    pairs = ", ".join(f"'{name}', {alias}.{name}" for name in columns(connection, table))
    return f"json_object({pairs})"


def triggers(connection: sqlite3.Connection) -> list[str]:
    """The statements that make the change triggers of every tracked table anew."""
    statements = []
    for table in tracked(connection):
        row = row_as_json(connection, table, "old")
        for action, alias, before in (("insert", "new", "null"), ("update", "old", row), ("delete", "old", row)):
            statements.append(_trigger(table, action, alias, before))
    return statements


def _trigger(table: str, action: str, alias: str, before: str) -> str:
    """Lean: an insert keeps the key, an update or delete the old row. In bulk mode the writer records for itself."""
    return f"""
        create trigger change_{table}_{action} after {action} on {table}
        when not exists (select 1 from current_operation where is_bulk)
        begin
            insert into change (operation_id, table_name, row_id, action, old)
            values ((select operation_id from current_operation), '{table}', {alias}.id, '{action}', {before});
        end"""
