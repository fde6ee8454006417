"""Taking a person's words out of the file for good: no history of them, no copy in its free space."""

import json
import re
import sqlite3
import time
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from crmcli.core.phones import spellings
from crmcli.db import connection as connections
from crmcli.db import kept, migrate
from crmcli.errors import CrmError

_TAIL = 8  # characters for the number that makes a text differ
_TELLING = 6  # digits at the end of a phone that stand in every way to write it
_PHONE = re.compile(r"\+[0-9]{5,}(;ext=[0-9]+)?")
_PAUSE = 0.05  # seconds between two attempts to have the file alone

#: Text that is the name or key of somebody else's record, and so is not searched for mentions.
_KEYS = {"uid", "handle", "key", "digest", "kind", "value", "currency", "recorded_at", "created_at", "table_name"}
_NAMED = (("customer", "name"), ("owner", "name"), ("owner", "email"))


@contextmanager
def unrecorded(connection: sqlite3.Connection) -> Iterator[None]:
    """Changes made in the block leave no old rows behind: what they take away is not to be remembered."""
    connection.execute("pragma defer_foreign_keys = on")
    connection.execute("update current_operation set is_bulk = 1")
    yield
    connection.execute("update current_operation set is_bulk = 0")


def forget(connection: sqlite3.Connection, operation: int, table: str, ids: Iterable[int]) -> None:
    """Take the old rows of `table` with these ids out of the history, and note that `operation` did it.

    A change that is no insert and has no old row is one that was forgotten: no operation on such a row is turned round.
    """
    parameters = {"table": table, "ids": json.dumps(sorted(ids)), "operation": operation}
    those = "table_name = :table and row_id in (select value from json_each(:ids))"
    connection.execute(f"update change set old = null where {those} and old is not null", parameters)
    connection.execute(
        f"""
        insert into change (operation_id, table_name, row_id, action)
        select :operation, :table, value, iif(value in (select id from {table}), 'update', 'delete') from json_each(:ids)
        """,
        parameters,
    )


def replace_mentions(connection: sqlite3.Connection, words: Iterable[str], by: str) -> int:
    """Put `by` in the place of `words`, whole, in any case, phones in any form, in the texts of all records and of the history.

    How many texts of records had one. Names and keys of other records are left alone.
    """
    wanted = {word for word in words if word}
    if not wanted:
        return 0
    phones = {word for word in wanted if _PHONE.fullmatch(word)}
    spelled = {*wanted, *(json.dumps(word, ensure_ascii=False)[1:-1] for word in wanted)}
    pattern = "|".join(map(re.escape, sorted(spelled, key=len, reverse=True)))
    ways = [rf"(?<![\w@+])(?:{pattern})(?![\w@])", *map(spellings, sorted(phones))]
    whole = re.compile("|".join(ways), re.IGNORECASE)
    connection.create_function("unsaid", 1, lambda text: whole.sub(by, text), deterministic=True)
    held = {f"%{_literal(word)}%" for word in spelled} | {f"%{'%'.join(_last_digits(phone))}%" for phone in phones}
    likes = {f"w{place}": like for place, like in enumerate(sorted(held))}
    count = 0
    for table, column in _texts(connection):
        holds = _holds(column, likes)
        sql = f"update {table} set {column} = {{}} where ({holds}) and unsaid({column}) <> {column}"
        try:
            found = connection.execute(sql.format(f"unsaid({column})"), likes).rowcount
        except sqlite3.IntegrityError:  # taken by another name, or too long
            fitting = f"substr(unsaid({column}), 1, max(1, length({column}) - {_TAIL})) || ' ' || id"
            found = connection.execute(sql.format(fitting), likes).rowcount
        count += found if table not in migrate.UNTRACKED else 0
    return count


def mentions(connection: sqlite3.Connection, words: Iterable[str]) -> list[tuple[str, int]]:
    """(table, id) of the records whose texts hold one of `words`, as whole words or in a script without them."""
    ends = {word: (r"(?<!\w)", r"(?!\w)") if word.isascii() else ("", "") for word in words if word}
    if not ends:
        return []
    pattern = re.compile(
        "|".join(f"{ahead}{re.escape(word)}{behind}" for word, (ahead, behind) in ends.items()), re.IGNORECASE
    )
    connection.create_function("spoken", 1, lambda text: bool(pattern.search(text or "")), deterministic=True)
    found: set[tuple[str, int]] = set()
    for table, column in _texts(connection):
        if table not in migrate.UNTRACKED:
            found |= {
                (table, int(number))
                for (number,) in connection.execute(f"select id from {table} where spoken({column})")
            }
    return sorted(found)


def namesakes(connection: sqlite3.Connection, words: Iterable[str]) -> list[tuple[str, int]]:
    """(table, id) of the records of others that are called by one of `words`, such as an e-mail, or have it."""
    likes = {f"w{place}": f"%{_literal(word)}%" for place, word in enumerate(sorted(words)) if word}
    found: set[tuple[str, int]] = set()
    for table, column in _NAMED if likes else ():
        holds = _holds(column, likes)
        found |= {(table, int(row[0])) for row in connection.execute(f"select id from {table} where {holds}", likes)}
    return sorted(found)


def refresh_indexes(connection: sqlite3.Connection) -> None:
    """Make full-text indexes anew from what they are about."""
    made = "select name from sqlite_schema where type = 'table' and sql like 'create virtual table%using fts%'"
    for (name,) in connection.execute(made).fetchall():
        connection.execute(f"insert into {name} ({name}) values ('rebuild')")


def sweep(path: Path, *, wait: float) -> bool:
    """Write the file anew without its free space, and empty its log; False where that was not to be had in `wait` seconds.

    Pages that were rearranged can hold scraps that no statement reaches: only a new file is sure to be without.
    """
    until = time.monotonic() + wait
    steps = ["pragma wal_checkpoint(truncate)", "vacuum"]
    with suppress(CrmError, sqlite3.Error), closing(connections.open_to_write(path, 0)) as opened:
        while steps:
            if _is_done(opened, steps[-1]):
                steps.pop()
            elif time.monotonic() >= until:
                break
            else:
                time.sleep(_PAUSE)
    return not steps


def _is_done(connection: sqlite3.Connection, step: str) -> bool:
    """Whether a step went through; False where others use the file."""
    try:
        row = connection.execute(step).fetchone()
    except sqlite3.OperationalError as error:
        if error.sqlite_errorcode & 0xFF not in (sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED):
            raise
        return False
    return row is None or row[0] == 0


def holders(path: Path, uids: Iterable[str]) -> tuple[Path, ...]:
    """The copies beside the file, in a folder `backups` there and wherever a backup was made, that hold one of `uids`.

    One that cannot be looked into, or whose disk is away, may hold one.
    """
    place = path.resolve()
    wanted = json.dumps(list(uids))
    beside = [*place.parent.glob("*"), *(place.parent / "backups").glob("*")]
    copies = {each for each in beside if each != place and _is_copy(each, place)}
    copies |= {made.path for made in kept.remembered(path) if made.is_there is not False}
    return tuple(copy for copy in sorted(copies) if _may_hold(copy, wanted))


def _holds(column: str, likes: Iterable[str]) -> str:
    """The SQL condition that the column is like one of the parameters `likes`."""
    return " or ".join(rf"{column} like :{name} escape '\'" for name in likes)


def _last_digits(phone: str) -> str:
    return phone.partition(";")[0][-_TELLING:]


def _texts(connection: sqlite3.Connection) -> Iterator[tuple[str, str]]:
    ordinary = connection.execute("select name from pragma_table_list where schema = 'main' and type = 'table'")
    for (table,) in ordinary.fetchall():
        if table.startswith("sqlite_"):
            continue
        for row in connection.execute(f"pragma table_info({table})").fetchall():
            if row[2].lower() == "text" and row[1] not in _KEYS and (table, row[1]) not in _NAMED:
                yield table, row[1]


def _literal(word: str) -> str:
    return re.sub(r"([\\%_])", r"\\\1", word)


def _is_copy(each: Path, place: Path) -> bool:
    """A file of ours, or one that is called like a backup of the file."""
    if not each.is_file() or each.name in (f"{place.name}-wal", f"{place.name}-shm"):
        return False
    try:
        connections.recognise(each)
    except CrmError:
        return each.name.startswith(place.stem) and not {".bak", ".age"}.isdisjoint(each.suffixes)
    return True


def _may_hold(copy: Path, uids: str) -> bool:
    asked = """
        select exists (select 1 from customer where uid in (select value from json_each(:uids)))
        or exists (
            select 1 from change where table_name = 'customer' and old is not null
            and json_extract(old, '$.uid') in (select value from json_each(:uids))
        )
    """
    try:
        with closing(connections.connect(copy, "ro", 0, immutable=True)) as opened:
            return bool(opened.execute(asked, {"uids": uids}).fetchone()[0])
    except (sqlite3.Error, CrmError):
        return True
