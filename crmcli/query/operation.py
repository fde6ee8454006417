"""What the history of operations can be asked."""

from crmcli.db import history
from crmcli.query.fields import Entity, Field, State, named

# What an operation was about: the kind of record that comes first here and that it changed, itself or a part of it.
_NAMES = {
    "interaction": "substr(text, 1, 60)",
    "deal": "name",
    "customer": "name",
    "relationship": "(select name from customer where id = from_id) || ' – ' || "
    "(select name from customer where id = to_id)",
    "stage": "name",
    "pipeline": "name",
    "setting": "key",
}
_PARTS = (  # (kind, table that was changed, its column that leads to the record)
    ("interaction", "interaction", None),
    ("interaction", "interaction_party", "interaction_id"),
    ("deal", "deal", None),
    ("deal", "passage", "deal_id"),
    ("customer", "customer", None),
    ("customer", "contact_point", "customer_id"),
    ("customer", "customer_tag", "customer_id"),
    ("customer", "address", "customer_id"),
    ("customer", "passage", "customer_id"),
    ("relationship", "relationship", None),
    ("stage", "stage", None),
    ("pipeline", "pipeline", None),
    ("setting", "setting", None),
)


def _about(kind: str, table: str, parent: str | None) -> str:
    """The first record's name, and how many others of its kind; NULL when the operation left `table` alone."""
    record = "c.row_id" if parent is None else f"coalesce(part.{parent}, json_extract(c.old, '$.{parent}'))"
    join = (
        ""
        if parent is None
        else f"left join {table} part on part.id between c.row_id and coalesce(c.last_id, c.row_id)"
    )
    ranges = " + coalesce(sum(c.last_id - c.row_id), 0)" if parent is None else ""
    column = "text" if kind == "interaction" else "key" if kind == "setting" else "name"
    return f"""(
        select coalesce(
            (select {_NAMES[kind]} from {kind} where id = first),
            (select substr(json_extract(old, '$.{column}'), 1, 60) from change
             where table_name = '{kind}' and row_id = first and old is not null order by id desc limit 1),
            '{kind} ' || first
        ) || case when number > 1 then ' +' || (number - 1) else '' end
        from (
            select min({record}) as first, count(distinct {record}){ranges} as number from change c {join}
            where c.operation_id = q.id and c.table_name = '{table}'
        ) where number > 0
    )"""


_ABOUT = f"coalesce({', '.join(_about(*part) for part in _PARTS)})"

_CHAIN = "(select count(*) from operation x where x.root_id = q.id)"
_BEFORE = "(select count(*) from operation x where x.root_id = q.root_id and x.id < q.id)"
_CHANGES = f"({history.records('q.id')})"

# The chain of a root is itself, its undo, its redo, … : it stands while the chain is odd.
_STATE = f"""case
    when q.root_id = q.id then case {_CHAIN} % 2 when 1 then 'done' else 'undone' end
    when {_BEFORE} % 2 = 1 then 'undo of ' || q.root_id
    else 'redo of ' || q.root_id
end"""

OPERATION = Entity(
    name="operation",
    plural="operations",
    source="operation q",
    key="q.id",
    fields=named(
        Field("id", "id", "q.id", "its number"),
        Field("at", "instant", "q.recorded_at", "when it was recorded"),
        Field("command", "text", "q.command", "which command"),
        Field("options", "text", "nullif(q.options, '')", "the names of the options given"),
        Field("actor", "text", "nullif(q.actor, '')", "who"),
        Field("about", "text", _ABOUT, "the first record it was about, and how many others of that kind"),
        Field("changes", "integer", _CHANGES, "how many records it changed"),
        Field("state", "text", _STATE, "done, undone, undo of N or redo of N"),
        Field("root", "id", "q.root_id", "the operation it is about: itself, or the one it takes back or puts again"),
    ),
    columns=("id", "at", "command", "about", "options", "actor", "changes", "state"),
    words=("command", "options", "actor"),
    order="q.id desc",
    states=(
        State("done", f"{_CHAIN} % 2 = 1 and q.root_id = q.id", "those that stand"),
        State("undone", f"{_CHAIN} % 2 = 0 and q.root_id = q.id", "those taken back"),
    ),
)

ENTITIES = {"operation": OPERATION}
