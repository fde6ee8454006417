"""Everything that the file holds about one customer, table by table, in the history too."""

import re
from collections.abc import Iterator

from crmcli.core.preferences import Preferences
from crmcli.core.result import Column, Report, Table
from crmcli.db import migrate, subject
from crmcli.db.reader import Reader
from crmcli.query import reference

COLUMNS = (Column("record"), Column("id", "id"), Column("field"), Column("value"), Column("until", "instant"))

_Line = tuple[object, ...]


def report(db: Reader, ref: str, *, preferences: Preferences) -> Report:
    """A row for each field that is filled, or was until a change in the history. Raises NotFound and Ambiguous.

    A reference is followed by the name of what it leads to; another person stays a number.
    """
    number = reference.customer(db, ref, preferences=preferences, removed=True)
    found = subject.rows(db, number)
    summary = {table: len(ids) for table, ids in found.items()}
    table = Table(COLUMNS, _lines(db, found), title=f"all that is kept about customer {number}")
    return Report("subject", {"customer": number}, summary, table)


def _lines(db: Reader, found: subject.Rows) -> Iterator[_Line]:
    for table in migrate.tracked(db.connection):
        links = {each.column: each.parent for each in subject.references(db.connection) if each.child == table}
        told: set[tuple[int, str, object]] = set()
        for number, row, until in subject.versions(db, table, found.get(table, set())):
            for name, value in row.items():
                if name != "id" and value not in (None, "", "{}") and (number, name, value) not in told:
                    told.add((number, name, value))
                    yield table, number, name, str(value), until
                    yield from _name(db, links.get(name), (table, number, name), value, until)


def _name(
    db: Reader, parent: str | None, at: tuple[str, int, str], value: object, until: str | None
) -> Iterator[_Line]:
    """What the row that a reference leads to is called."""
    if parent is None or "name" not in migrate.columns(db.connection, parent):
        return
    known = "kind = 'organisation'" if parent == subject.ROOT else "true"
    name = db.value(f"select name from {parent} where id = :value and {known}", value=value)
    if name is not None:
        table, number, column = at
        yield table, number, re.sub("_id$", "", column), name, until
