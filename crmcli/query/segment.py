"""What segments can be asked."""

from crmcli.query.fields import Entity, Field, State, named
from crmcli.query.parts import removed

SEGMENT = Entity(
    name="segment",
    plural="segments",
    source="segment g",
    key="g.id",
    base="g.removed_at is null",
    fields=named(
        Field("id", "id", "g.id", "its number"),
        Field("name", "text", "g.name", "name, as in segment:NAME"),
        Field("query", "text", "g.query", "which customers are in it"),
        Field("frozen", "boolean", "g.is_frozen", "keeps the members that it had when it was added"),
        Field("created", "instant", "g.recorded_at", "when it was added"),
        removed("g.removed_at"),
    ),
    columns=("id", "name", "query", "frozen"),
    words=("name", "query"),
    order="g.name collate nocase, g.id",
    states=(State("removed", "g.removed_at is not null", "removed segments", lifts=True),),
)

ENTITIES = {"segment": SEGMENT}
