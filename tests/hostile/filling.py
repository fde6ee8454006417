"""A file with every payload in every text column, put in past the checks."""

import json
import re
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import suppress

from crmcli.db import migrate

#: Columns whose text is no free one: the program computes with it, and a check or the doctor keeps it right.
_COMPUTED = re.compile(r"(.*_(at|on)|since|until|every|currency|custom|choices|required_fields|detail|way)$")

#: The words of a query, as a JSON array.
WORDS = {("retention_rule", "query")}

_UNTRACKED = ("operation",)
_LEFT = ("setting",)


def fill(connection: sqlite3.Connection, payloads: Sequence[str]) -> dict[tuple[str, str], int]:
    """Put a row for each payload into every table, and the payload into each of its free text columns.

    What a row refers to is the row of the same payload, where that can be. Gives how many payloads each column took.
    """
    taken: dict[tuple[str, str], int] = {}
    made: dict[str, list[int]] = {}
    for table in (*migrate.tracked(connection), *_UNTRACKED):
        columns = free_columns(connection, table)
        template = _template(connection, table)
        if table in _LEFT or template is None:
            continue
        ids: list[int] = []
        for number, payload in enumerate(payloads):
            own = {parent: rows[number] for parent, rows in made.items()}
            ids.append(_clone(connection, table, template, payload, own))
            for column in columns:
                held = connection.execute(f"select {column} from {table} where id = ?", (ids[-1],)).fetchone()[0]
                held = "".join(json.loads(held)) if (table, column) in WORDS else held
                taken[table, column] = taken.get((table, column), 0) + (payload[:100] in held)
        made[table] = ids
    return taken


def free_columns(connection: sqlite3.Connection, table: str) -> list[str]:
    """The text columns of a table that hold what somebody wrote."""
    sql = connection.execute("select sql from sqlite_schema where name = ?", (table,)).fetchone()[0]
    listed = set(re.findall(r"(\w+) text[^,]*? check \(\1 in \(", sql))
    columns = connection.execute(f"pragma table_info({table})").fetchall()
    return [
        name for _, name, kind, *_ in columns if kind == "TEXT" and name not in listed and not _COMPUTED.match(name)
    ]


def _template(connection: sqlite3.Connection, table: str) -> dict[str, object] | None:
    cursor = connection.execute(f"select * from {table} order by id limit 1")
    row = cursor.fetchone()
    return None if row is None else dict(zip([each[0] for each in cursor.description], row, strict=True))


def _clone(
    connection: sqlite3.Connection,
    table: str,
    template: dict[str, object],
    payload: str,
    parents: dict[str, int],
) -> int:
    """The id of a new row like the template; of several tries the first that the constraints allow."""
    number = connection.execute(f"select max(id) + 1 from {table}").fetchone()[0]
    columns, unique = free_columns(connection, table), _unique(connection, table)
    tail = f" {number}"
    for limit in (None, 500):
        texts = {name: payload[: limit and limit - len(tail)] + (tail if name in unique else "") for name in columns}
        texts |= {name: json.dumps([texts[name]]) for name in columns if (table, name) in WORDS}
        for keys in _keys(connection, table, template, parents):
            row = {**template, **keys, **texts, "id": number}
            for flag in ("is_default", "is_me"):
                row.update({flag: 0} if flag in row else {})
            row.update({"root_id": number} if "root_id" in row else {})
            with suppress(sqlite3.IntegrityError):
                marks = ", ".join("?" * len(row))
                connection.execute(f"insert into {table} ({', '.join(row)}) values ({marks})", list(row.values()))
                return int(number)
    raise AssertionError((table, payload[:20]))


def _keys(
    connection: sqlite3.Connection, table: str, template: dict[str, object], parents: dict[str, int]
) -> Iterator[dict[str, int]]:
    """Where the row may point, other than the template: everything to rows of its own, all but where it is from, nothing."""
    found = connection.execute(f"pragma foreign_key_list({table})").fetchall()
    own = {child: parents[parent] for _, _, parent, child, *_ in found if parent in parents and template[child]}
    yield own
    yield {child: key for child, key in own.items() if not child.startswith("from_")}
    yield {}


def _unique(connection: sqlite3.Connection, table: str) -> set[str]:
    indexes = [row[1] for row in connection.execute(f"pragma index_list({table})") if row[2]]
    return {row[2] for index in indexes for row in connection.execute(f"pragma index_info({index})")}
