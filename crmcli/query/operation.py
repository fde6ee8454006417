"""What the history of operations can be asked."""

from crmcli.db import history
from crmcli.query.fields import Entity, Field, State, named

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
        Field("changes", "integer", _CHANGES, "how many records it changed"),
        Field("state", "text", _STATE, "done, undone, undo of N or redo of N"),
        Field("root", "id", "q.root_id", "the operation it is about: itself, or the one it takes back or puts again"),
    ),
    columns=("id", "at", "command", "options", "actor", "changes", "state"),
    words=("command", "options", "actor"),
    order="q.id desc",
    states=(
        State("done", f"{_CHAIN} % 2 = 1 and q.root_id = q.id", "those that stand"),
        State("undone", f"{_CHAIN} % 2 = 0 and q.root_id = q.id", "those taken back"),
    ),
)

ENTITIES = {"operation": OPERATION}
