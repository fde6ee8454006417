"""What one operation changed, field by field."""

import json
from collections.abc import Iterator

from crmcli.core.result import Column, Report, Table
from crmcli.db import migrate
from crmcli.db.reader import Reader
from crmcli.query import reference

COLUMNS = (
    Column("record"),
    Column("id", "id"),
    Column("action"),
    Column("field"),
    Column("old"),
    Column("new"),
)


def changes(db: Reader, operation: str) -> Report:
    """A row for each field that the operation changed; of a record that it made, the fields that are filled.

    `new` is what the operation left behind, even where later ones changed it again. Raises NotFound.
    """
    number = reference.operation(db, operation)
    head = db.row(
        "select command, options, actor, recorded_at, root_id from operation where id = :number", number=number
    )
    command, options, actor, recorded_at, root = head or ()
    said = {"operation": number, "command": command, "options": options, "actor": actor, "at": recorded_at}
    about = {"about": root} if root != number else {}
    table = Table(COLUMNS, _rows(db, number), title=f"operation {number}: {command}", empty="nothing changed")
    return Report("changes", {"operation": number}, {**said, **about}, table)


def _rows(db: Reader, operation: int) -> Iterator[tuple[object, ...]]:
    found = db.rows(
        "select id, table_name, row_id, coalesce(last_id, row_id), action, old from change "
        "where operation_id = :operation order by id",
        operation=operation,
    )
    for change, table, first, last, action, old in found:
        before = json.loads(old) if old else {}
        for row in range(first, last + 1):
            after = {} if action == "delete" else _state_after(db, change, table, row)
            for name in after or before:
                was, became = before.get(name), after.get(name)
                if name != "id" and was != became:
                    yield table, row, action, name, _text(was), _text(became)


def _state_after(db: Reader, change: int, table: str, row: int) -> dict[str, object]:
    """The row as the change left it: what the next change of it found, or what stands there now."""
    later = db.value(
        "select old from change where table_name = :table and row_id = :row and id > :change and action <> 'insert' "
        "order by id limit 1",
        table=table,
        row=row,
        change=change,
    )
    if later is not None:
        state: dict[str, object] = json.loads(later)
        return state
    columns = migrate.columns(db.connection, table)
    now = db.row(f"select {', '.join(columns)} from {table} where id = :row", row=row)
    return dict(zip(columns, now, strict=True)) if now else {}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
