"""What one operation changed, field by field."""

import json
from collections.abc import Iterator, Mapping
from typing import Literal, TypedDict

from crmcli.core.result import Column, Report, Table
from crmcli.core.wording import counted
from crmcli.db import migrate
from crmcli.db.reader import Reader
from crmcli.query import reference

_SHOWN = 20
_COUNTS: tuple[Literal["new", "changed", "unchanged", "skipped", "rejected"], ...] = (
    *("new", "changed", "unchanged", "skipped", "rejected"),
)

COLUMNS = (
    Column("record"),
    Column("id", "id"),
    Column("name"),
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
        "select command, options, actor, recorded_at, root_id, detail from operation where id = :number", number=number
    )
    command, options, actor, recorded_at, root, detail = head or ()
    said = {"operation": number, "command": command, "options": options, "actor": actor, "at": recorded_at}
    about = {"about": root} if root != number else {}
    table = Table(COLUMNS, _rows(db, number), title=f"operation {number}: {command}", empty="nothing changed")
    files: list[_File] = json.loads(detail or "{}").get("files", [])
    summary = {**said, **about, **({"files": files} if files else {})}
    return Report(
        "changes", {"operation": number}, summary, table, tuple(note for each in files for note in _file(each))
    )


class _File(TypedDict, total=False):
    """What an operation keeps of a file that was imported; older ones keep less."""

    file: str
    sha256: str | None
    entity: str
    profile: str
    mapping: dict[str, str]
    new: int
    changed: int
    unchanged: int
    skipped: int
    rejected: int
    rejects: list[tuple[int, str | None, str]]
    rejects_left_out: int


def _file(told: _File) -> Iterator[str]:
    """What came of a file that was imported, how it was understood, and which of its rows did not go in."""
    found = {name: told.get(name) for name in _COUNTS}
    counts = ", ".join(f"{count:,} {name}" for name, count in found.items() if count)
    digest = f", sha256 {told['sha256']}" if told.get("sha256") else ""
    yield f"{told.get('file')}: {counts or 'nothing'}{digest}"
    mapping = ", ".join(f"{column} = {field}" for column, field in told.get("mapping", {}).items())
    if mapping:
        yield f"read as {told.get('entity')} of {told.get('profile')}: {mapping}"
    rejects = told.get("rejects", [])
    for line, column, reason in rejects[:_SHOWN]:
        yield f"line {line}: {f'{column}: ' if column else ''}{reason}"
    left = len(rejects) - _SHOWN + told.get("rejects_left_out", 0)
    if left > 0:
        yield f"and {counted(left, 'more rejected row')}; -f json has {len(rejects):,} of them"


def _rows(db: Reader, operation: int) -> Iterator[tuple[object, ...]]:
    names: dict[tuple[str, int], str | None] = {}
    found = db.rows(
        "select id, table_name, row_id, coalesce(last_id, row_id), action, old from change "
        "where operation_id = :operation order by id",
        operation=operation,
    )
    for change, table, first, last, action, old in found:
        if old is None and action != "insert":
            yield table, first, None, action, "(erased)", None, None
            continue
        before = json.loads(old) if old else {}
        for row in range(first, last + 1):
            after = {} if action == "delete" else state_after(db, change, table, row)
            if (table, row) not in names:
                names = {(table, row): name_of(db, table, after or before)}  # of one row after the other: they are many
            for name in after or before:
                was, became = before.get(name), after.get(name)
                if name != "id" and was != became:
                    yield table, row, names[table, row], action, name, _text(was), _text(became)


_PARENTS = {
    "address": ("customer", "customer_id"),
    "contact_point": ("customer", "customer_id"),
    "customer_tag": ("customer", "customer_id"),
    "interaction_party": ("customer", "customer_id"),
    "passage": ("deal", "deal_id"),
    "relationship": ("customer", "from_id"),
    "stage_count": ("stage", "stage_id"),
    "stage_event": ("passage", "passage_id"),
}


def name_of(db: Reader, table: str, row: Mapping[str, object]) -> str | None:
    """What a person calls the record, or the one that it is a part of."""
    if table in _PARENTS:
        parent, column = _PARENTS[table]
        if table == "passage" and row.get("deal_id") is None:
            parent, column = "customer", "customer_id"
        state = _row(db, parent, row.get(column))
        return name_of(db, parent, state) if state else None
    for column in ("name", "text", "key"):
        if row.get(column) is not None:
            return str(row[column])[:60]
    return None


def _row(db: Reader, table: str, number: object) -> dict[str, object]:
    """The row as it stands now, or as it was last when it is gone."""
    columns = migrate.columns(db.connection, table)
    now = db.row(f"select {', '.join(columns)} from {table} where id = :row", row=number)
    if now:
        return dict(zip(columns, now, strict=True))
    old = db.value(
        "select old from change where table_name = :table and row_id = :row and old is not null order by id desc limit 1",
        table=table,
        row=number,
    )
    state: dict[str, object] = json.loads(old) if old else {}
    return state


def state_after(db: Reader, change: int, table: str, row: int) -> dict[str, object]:
    """The row as the change left it: what the next change of it found, or what stands there now."""
    later = db.row(
        "select old from change where table_name = :table and row_id = :row and id > :change and action <> 'insert' "
        "order by id limit 1",
        table=table,
        row=row,
        change=change,
    )
    if later is not None:
        state: dict[str, object] = json.loads(later[0]) if later[0] else {}
        return state
    columns = migrate.columns(db.connection, table)
    now = db.row(f"select {', '.join(columns)} from {table} where id = :row", row=row)
    return dict(zip(columns, now, strict=True)) if now else {}


def _text(value: object) -> str | None:
    return None if value is None else str(value)
