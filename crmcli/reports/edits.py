"""What the operations of the history did to one customer itself: its fields, contact points, addresses and tags."""

import json
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby

from crmcli.db import migrate
from crmcli.db.reader import Reader

Row = Mapping[str, object]

#: Columns that say nothing of the customer.
_SILENT = {"id", "uid", "recorded_at", "custom"}
_ADDRESS = ("street", "postcode", "city", "region", "country", "url")
_LONGEST = 60


@dataclass(slots=True)
class Edit:
    """What one operation did: `is_new` where it made the customer, `said` each change for a person."""

    operation: int
    is_new: bool = False
    fields: set[str] = field(default_factory=set)
    said: list[str] = field(default_factory=list)


def edits(db: Reader, customer: int) -> list[Edit]:
    """What each operation changed, in their order; what was forgotten by an erasure is not told."""
    found: dict[int, Edit] = defaultdict(lambda: Edit(0))
    for operation, before, after in _steps(db, "customer", [customer]):
        edit = found[operation]
        edit.is_new = edit.is_new or before is None
        for name, old, new in _changed(db, before, after):
            edit.fields.add(name)
            edit.said.append(_told(name, old, new))
    for operation, before, after in _steps(db, "customer", _merged(db, customer)):
        if before and after and before["merged_into_id"] is None and after["merged_into_id"] == customer:
            found[operation].said.append(f"one with {after['id']} {after['name']}")
    for table in ("contact_point", "customer_tag", "address"):
        for operation, before, after in _steps(db, table, _parts(db, table, customer)):
            was, became = _part(db, table, before), _part(db, table, after)
            if was != became:
                found[operation].fields.add(table)
                found[operation].said += [f"-{was}"] * (was is not None) + [f"+{became}"] * (became is not None)
    for operation, edit in found.items():
        edit.operation = operation
    return [edit for _, edit in sorted(found.items()) if edit.is_new or edit.said]


def _steps(db: Reader, table: str, ids: Sequence[int]) -> Iterator[tuple[int, Row | None, Row | None]]:
    """(operation, row before, row after) of each operation that changed one of the rows; None where there is none."""
    chosen = json.dumps(ids)
    columns = migrate.columns(db.connection, table)
    standing = db.rows(
        f"select {', '.join(columns)} from {table} where id in (select value from json_each(:ids))", ids=chosen
    )
    now = {int(row[0]): dict(zip(columns, row, strict=True)) for row in standing}
    for number, group in groupby(_changes(db, table, chosen), key=lambda change: change[0]):
        known = list(group)
        firsts = [next(changes) for _, changes in groupby(known, key=lambda change: change[1])]
        states = [_state(action, old) for _, _, action, old in firsts]
        for (_, operation, action, old), before, after in zip(
            firsts, states, [*states[1:], now.get(int(number))], strict=True
        ):
            if action == "insert" or old is not None:
                yield operation, before, after


def _changes(db: Reader, table: str, ids: str) -> Iterator[tuple[int, int, str, str | None]]:
    """(row, operation, action, old) in the order they were made, those that came in a range too."""
    rows = db.rows(
        """
        select row_id, operation_id, action, old, id from change
        where table_name = :table and last_id is null and row_id in (select value from json_each(:ids))
        union all
        select j.value, r.operation_id, r.action, r.old, r.id from json_each(:ids) j join change r on r.id = (
            select id from change where table_name = :table and last_id is not null and row_id <= j.value
            order by row_id desc limit 1
        ) where r.last_id >= j.value
        order by 1, 5
        """,
        table=table,
        ids=ids,
    )
    for row, operation, action, old, _ in rows:
        yield int(row), int(operation), str(action), old


def _state(action: str, old: str | None) -> Row | None:
    if action == "insert" or old is None:
        return None
    state: Row = json.loads(old)
    return state


def _parts(db: Reader, table: str, customer: int) -> list[int]:
    """The rows of `table` that are or were the customer's."""
    rows = db.rows(
        f"""
        select id from {table} where customer_id = :customer
        union select row_id from change where table_name = :table and old is not null
        and old ->> 'customer_id' = :customer
        """,
        table=table,
        customer=customer,
    )
    return [int(number) for (number,) in rows]


def _merged(db: Reader, customer: int) -> list[int]:
    """The customers that are one with it now."""
    return [int(number) for (number,) in db.rows("select id from customer where merged_into_id = :id", id=customer)]


def _part(db: Reader, table: str, row: Row | None) -> str | None:
    """An address, a number or a tag, as a person knows it."""
    if row is None:
        return None
    if table == "address":
        return ", ".join(str(row[name]) for name in _ADDRESS if row[name])
    return str(row["value"]) if table == "contact_point" else _name(db, "tag", row["tag_id"])


def _changed(db: Reader, before: Row | None, after: Row | None) -> Iterator[tuple[str, object, object]]:
    """(name, old, new) of the fields that differ in a row that was there and stayed."""
    if before is None or after is None:
        return
    for name, old in before.items():
        new = after.get(name)
        if name == "custom" and old != new:
            was, became = json.loads(str(old)), json.loads(str(new))
            yield from (
                (key, was.get(key), became.get(key)) for key in {**was, **became} if was.get(key) != became.get(key)
            )
        elif name == "owner_id" and old != new:
            yield "owner", _name(db, "owner", old), _name(db, "owner", new)
        elif name not in _SILENT and old != new:
            yield name, old, new


def _name(db: Reader, table: str, number: object) -> str | None:
    """What a row is or was called."""
    found = db.value(
        f"""
        select coalesce((select name from {table} where id = :number), (
            select old ->> 'name' from change where table_name = :table and row_id = :number and old is not null
            order by id desc limit 1
        ))
        """,
        table=table,
        number=number,
    )
    return None if found is None else str(found)


def _told(name: str, old: object, new: object) -> str:
    if name == "removed_at":
        return "removed" if new else "restored"
    if name == "merged_into_id":
        return f"merged into customer {new}" if new else f"parted from customer {old}"
    if old in (None, ""):
        return f"{name} {_value(new)}"
    return f"no {name} (was {_value(old)})" if new in (None, "") else f"{name} {_value(old)} → {_value(new)}"


def _value(value: object) -> str:
    if isinstance(value, dict) and {"amount", "currency"} <= set(value):
        from crmcli.core.money import Money

        return str(Money(value["amount"], value["currency"]))
    text = " ".join(str(value).split())
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 1]}…"
