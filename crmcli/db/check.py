"""What SQLite, and the tables themselves, say about the soundness of the file."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass

from crmcli.db import migrate
from crmcli.db.connection import in_memory
from crmcli.db.faults import DAMAGED

UNREADABLE = (sqlite3.Error, *DAMAGED)

#: What an instant and a date are when they are reckoned anew; without the days added 30 February would stay.
_FORMS = {"_at": "strftime('%Y-%m-%dT%H:%M:%SZ', {0}, '+0 days')", "_on": "date({0}, '+0 days')"}
_INDEX_ONLY = ("missing from index", "wrong # of entries in index", "non-unique entry in index")


@dataclass(frozen=True, slots=True)
class Cell:
    """Where a text stands that is none, or a time or day that is none."""

    table: str
    id: int
    column: str


@dataclass(frozen=True, slots=True)
class Part:
    """A table, index, trigger or view that is not as this version makes it; `sql` would make it, None drops it."""

    kind: str
    name: str
    fault: str
    sql: str | None


def integrity(connection: sqlite3.Connection, *, most: int = 20) -> list[str]:
    """What `integrity_check` finds, the first of it; nothing for a sound file."""
    try:
        found = [str(row[0]) for row in connection.execute(f"pragma integrity_check({most:d})")]
    except UNREADABLE:
        return ["the pages cannot be read"]
    return [] if found == ["ok"] else found or ["integrity_check says nothing"]


def is_of_an_index(damage: str) -> bool:
    """Whether what `integrity_check` said is gone once the indexes are made anew."""
    return any(words in damage for words in _INDEX_ONLY)


def are_tables_whole(damage: list[str]) -> bool:
    """Whether indexes and triggers can be made anew from the tables: a page that nobody uses does no harm."""
    return all(is_of_an_index(line) or "is never used" in line for line in damage)


def references(connection: sqlite3.Connection, *, most: int = 20) -> list[tuple[str, int, str]]:
    """(table, id, table that it refers to) of the first references that lead nowhere."""
    found = connection.execute("select [table], rowid, parent from pragma_foreign_key_check limit ?", (most,))
    return [(str(table), int(row or 0), str(parent)) for table, row, parent in found]


def texts(connection: sqlite3.Connection, *, most: int = 20) -> list[Cell]:
    """The first cells whose bytes are not UTF-8."""
    found: list[Cell] = []
    tables = (*migrate.tracked(connection), *migrate.UNTRACKED)
    usual, connection.text_factory = connection.text_factory, bytes
    try:
        for table in tables:
            for cell in _bad_cells(connection, table):
                found.append(cell)
                if len(found) == most:
                    return found
    finally:
        connection.text_factory = usual
    return found


def times(connection: sqlite3.Connection, *, most: int = 20) -> list[Cell]:
    """The first instants and dates, in the columns called so, that are not in the form in which they are kept."""
    found: list[Cell] = []
    for table in (*migrate.tracked(connection), *migrate.UNTRACKED):
        columns = connection.execute(f"pragma table_info({table})").fetchall()
        for _, name, *_ in columns:
            form = _FORMS.get(name[-3:])
            if form is not None and len(found) < most:
                sql = f"select id from {table} where {name} is not null and {form.format(name)} is not {name} limit ?"
                found += [Cell(table, int(row[0]), name) for row in connection.execute(sql, (most - len(found),))]
    return found


def schema(connection: sqlite3.Connection) -> list[Part]:
    """What is missing, differs or is not ours, compared with a file that this version makes."""
    with closing(in_memory()) as new:
        wanted = _parts(new)
    there = _parts(connection)
    missing = [Part(*key, "is missing", wanted[key]) for key in wanted if key not in there]
    both = [key for key in wanted if key in there]
    other = [Part(*key, "differs", wanted[key]) for key in both if _bare(there[key]) != _bare(wanted[key])]
    return missing + other + [Part(*key, "is not ours", None) for key in there if key not in wanted]


def _bad_cells(connection: sqlite3.Connection, table: str) -> Iterator[Cell]:
    """Only rows that are not plain ASCII are looked at one by one. A text after a NUL is hidden from GLOB, not from length."""
    names = [
        row[1].decode("ascii") for row in connection.execute(f"pragma table_info({table})") if row[2].lower() == b"text"
    ]
    if not names:
        return
    whole = " || ".join(f"coalesce({name}, '')" for name in names)
    rows = connection.execute(
        f"""
        select id, {", ".join(names)} from (select *, {whole} as whole from {table})
        where whole glob '*[^ -~]*' or length(whole) <> length(cast(whole as blob))
        """
    )
    for number, *values in rows:
        for name, value in zip(names, values, strict=True):
            if isinstance(value, bytes) and not _is_utf8(value):
                yield Cell(table, int(number), name)


def _is_utf8(value: bytes) -> bool:
    try:
        value.decode()
    except UnicodeDecodeError:
        return False
    return True


def _parts(connection: sqlite3.Connection) -> dict[tuple[str, str], str]:
    """(kind, name) and the SQL of everything that was made by hand, tables first."""
    rows = connection.execute(
        "select type, name, sql from sqlite_schema where name not like 'sqlite\\_%' escape '\\' "
        "order by type <> 'table', type, name"
    )
    return {(str(kind), str(name)): str(sql) for kind, name, sql in rows}


def _bare(sql: str) -> str:
    """Without what a later SQLite writes otherwise: quotes and white space."""
    return "".join(sql.replace('"', "").split()).lower()
