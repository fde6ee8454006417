"""What an operation that is about to be taken back would change: the first records of it, a line each."""

import json
from collections.abc import Iterator, Mapping

from crmcli.core.wording import clipped, counted
from crmcli.db.reader import Reader
from crmcli.reports.changes import name_of, state_after

_CHANGED, _NEW = 20, 10
_CELLS = 40
_NAME_OF = "(select c.name from customer c where c.id = t.{})"
#: Tables whose rows are records of their own, each with the SQL of how one is told.
_RECORDS = {
    "customer": "name",
    "deal": "name",
    "interaction": "text",
    "task": "text",
    "relationship": f"{_NAME_OF.format('from_id')} || ' – ' || {_NAME_OF.format('to_id')}",
}
_PLACE = (
    "ltrim("
    + " || ".join(f"coalesce(', ' || t.{part}, '')" for part in ("street", "postcode", "city", "region", "country"))
    + ", ', ')"
)
#: What customers have several of, each as the SQL of whose it is, of what kind, and what it is.
_ADDED = {
    "contact_point": "t.customer_id, t.kind, t.value from contact_point t",
    "address": f"t.customer_id, 'address', coalesce(t.url, {_PLACE}) from address t",
    "customer_tag": "t.customer_id, 'tag', g.name from customer_tag t join tag g on g.id = t.tag_id",
}


def lines(db: Reader, operation: int) -> Iterator[str]:
    """`~` for what changes, with old and new; `+` for what is new; the first of each, and how many more there are."""
    yield from _changed(db, operation)
    yield from _added(db, operation)
    for table in _RECORDS:
        yield from _new(db, operation, table)


def _changed(db: Reader, operation: int) -> Iterator[str]:
    told = "from change where operation_id = :operation and action = 'update'"
    rows = db.rows(
        f"select min(id), table_name, row_id, old {told} group by table_name, row_id order by 1 limit :limit",
        operation=operation,
        limit=_CHANGED,
    )
    for change, table, row, old in list(rows):
        before, after = json.loads(old), state_after(db, change, table, row)
        fields = ", ".join(_fields(before, after))
        yield f"~ {table} {row} {clipped(name_of(db, table, before) or '', _CELLS)}: {fields}"
    count = db.value(f"select count(*) from (select 1 {told} group by table_name, row_id)", operation=operation)
    yield from _more(count - _CHANGED, "more changed record")


def _fields(before: Mapping[str, object], after: Mapping[str, object]) -> Iterator[str]:
    for name, was in before.items():
        if was != after.get(name):
            yield f"{name} {_text(was)} → {_text(after.get(name))}"


def _text(value: object) -> str:
    return "(none)" if value is None else clipped(str(value), _CELLS)


def _added(db: Reader, operation: int) -> Iterator[str]:
    """Addresses, numbers and tags that customers get who are there."""
    new = _ranges(db, operation, "customer")
    were_there = f"t.customer_id < {new[0][0]}" if new else "true"  # ids only grow
    count = 0
    for table, columns in _ADDED.items():
        for first, last in _ranges(db, operation, table):
            those = f"where t.id between {first} and {last} and {were_there}"
            left = max(_CHANGED - count, 0)
            for customer, kind, value in db.rows(f"select {columns} {those} order by t.id limit :left", left=left):
                called = db.value("select name from customer where id = :id", id=customer)
                yield f"~ customer {customer} {clipped(called, _CELLS)}: + {kind} {clipped(value, _CELLS)}"
            count += db.value(f"select count(*) from {table} t {those}")
    yield from _more(count - _CHANGED, "more address or tag")


def _new(db: Reader, operation: int, table: str) -> Iterator[str]:
    ranges = _ranges(db, operation, table)
    left = _NEW
    for first, last in ranges:
        rows = db.rows(
            f"select t.id, {_RECORDS[table]} from {table} t where t.id between :first and :last order by t.id limit :limit",
            first=first,
            last=last,
            limit=left,
        )
        for number, called in rows:
            left -= 1
            yield f"+ {table} {number} {clipped(called or '', _CELLS)}"
    yield from _more(sum(last - first + 1 for first, last in ranges) - _NEW, f"more new {table}")


def _ranges(db: Reader, operation: int, table: str) -> list[tuple[int, int]]:
    """The ids that the operation inserted."""
    rows = db.rows(
        "select row_id, coalesce(last_id, row_id) from change "
        "where operation_id = :operation and table_name = :table and action = 'insert' order by row_id",
        operation=operation,
        table=table,
    )
    return [(int(first), int(last)) for first, last in rows]


def _more(count: int, noun: str) -> Iterator[str]:
    if count > 0:
        yield f"  and {counted(count, noun)}"
