"""The rows that are about one customer, found by walking the references of the schema itself, in the history too."""

import json
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from typing import NamedTuple

from crmcli.db import migrate
from crmcli.db.reader import Reader

ROOT = "customer"

#: References that lead to somebody else's rows as well, so that they are not followed: what a customer took part in is
#: theirs by their own part in it, what others took part in is not theirs because it was about their deal, and a task
#: that came again can be about somebody else by then.
_SHARED = {("interaction_party", "interaction_id"), ("interaction", "deal_id"), ("task", "after_id")}

#: Tables that are a customer's by a row between: the link, its column that leads there.
_PARTIES = {"interaction": ("interaction_party", "interaction_id")}

Rows = Mapping[str, set[int]]


class Reference(NamedTuple):
    """A column of `child` that holds the id of a row of `parent`."""

    child: str
    column: str
    parent: str


def references(connection: sqlite3.Connection) -> tuple[Reference, ...]:
    """Every reference of the schema from one table of user data to another."""
    return tuple(
        Reference(table, row[3], row[2])
        for table in migrate.tracked(connection)
        for row in connection.execute(f"pragma foreign_key_list({table})")
    )


def tables(connection: sqlite3.Connection) -> tuple[str, ...]:
    """The tables with a path to customer, in the order they were made: all that can hold rows about one."""
    reached, before = {ROOT}, 0
    edges = references(connection)
    while len(reached) > before:
        before = len(reached)
        reached |= {edge.child for edge in edges if edge.parent in reached}
        reached |= {table for table, (link, _) in _PARTIES.items() if link in reached}
    return tuple(table for table in migrate.tracked(connection) if table in reached)


def rows(db: Reader, customer: int) -> Rows:
    """The ids of all rows about `customer`, of those that were merged into it, and of what is theirs, by table.

    Rows that are gone and stand in the history alone are among them; a row that is somebody else's by now is not. An
    interaction is theirs when they took part in
    it, whoever else did.
    """
    found: dict[str, set[int]] = defaultdict(set)
    found[ROOT] = {customer}
    edges = [edge for edge in references(db.connection) if (edge.child, edge.column) not in _SHARED]
    before = -1
    while (size := sum(map(len, found.values()))) > before:
        before = size
        for edge in edges:
            if found[edge.parent]:
                found[edge.child] |= _children(db, edge, found[edge.parent])
        for table, (link, column) in _PARTIES.items():
            found[table] |= _parents(db, link, column, found[link])
            found[table] |= _alone(db, found)
    return {table: ids for table, ids in found.items() if ids}


def shared(db: Reader, of: Rows) -> set[int]:
    """The interactions of `of` in which somebody else took part too."""
    sql = """
        select interaction_id from interaction_party
        where interaction_id in (select value from json_each(:mine)) and customer_id not in (select value from json_each(:who))
    """
    found = db.rows(sql, mine=_json(of.get("interaction", set())), who=_json(of[ROOT]))
    return {int(number) for (number,) in found}


def versions(db: Reader, table: str, ids: set[int]) -> Iterator[tuple[int, dict[str, object], str | None]]:
    """(id, row by column name, until when it stood so) of rows as they are, and before that in the history."""
    names = migrate.columns(db.connection, table)
    chosen = _json(ids)
    now = f"select {', '.join(names)} from {table} where id in (select value from json_each(:ids)) order by id"
    for row in db.rows(now, ids=chosen):
        yield int(row[0]), dict(zip(names, row, strict=True)), None
    old = """
        select c.row_id, c.old, o.recorded_at from change c join operation o on o.id = c.operation_id
        where c.table_name = :table and c.old is not null and c.row_id in (select value from json_each(:ids))
        order by c.row_id, c.id desc
    """
    for number, text, until in db.rows(old, table=table, ids=chosen):
        yield int(number), json.loads(text), str(until)


def _children(db: Reader, edge: Reference, parents: set[int]) -> set[int]:
    sql = f"""
        select id from {edge.child} where {edge.column} in (select value from json_each(:ids))
        union select row_id from change where table_name = :child and old is not null
        and old ->> :column in (select value from json_each(:ids)) and row_id not in (select id from {edge.child})
    """
    return {int(row[0]) for row in db.rows(sql, ids=_json(parents), child=edge.child, column=edge.column)}


def _parents(db: Reader, link: str, column: str, ids: set[int]) -> set[int]:
    sql = f"""
        select {column} from {link} where id in (select value from json_each(:ids))
        union select old ->> :column from change where table_name = :link and old is not null
        and row_id in (select value from json_each(:ids))
    """
    return {int(row[0]) for row in db.rows(sql, ids=_json(ids), link=link, column=column)} if ids else set()


def _alone(db: Reader, found: Rows) -> set[int]:
    """The interactions about their deals in which nobody took part."""
    sql = """
        select id from interaction i where deal_id in (select value from json_each(:ids))
        and not exists (select 1 from interaction_party p where p.interaction_id = i.id)
    """
    return {int(row[0]) for row in db.rows(sql, ids=_json(found.get("deal", set())))}


def _json(ids: set[int]) -> str:
    return json.dumps(sorted(ids))
