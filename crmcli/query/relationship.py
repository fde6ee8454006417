"""What relationships, and their types, can be asked."""

from crmcli.query.contact import mark
from crmcli.query.fields import Entity, Field, Many, State, named
from crmcli.query.parts import customer_tag, external, removed

_ENDS = "select id, from_id as customer_id from relationship union all select id, to_id from relationship"
_EITHER = Many(f"({_ENDS}) e join customer c on c.id = e.customer_id", "e.id", "r.id", order="c.id")

_FIELDS = (
    Field("id", "id", "r.id", "its number"),
    Field("uid", "text", "r.uid", "its identifier for exchange"),
    Field("from", "text", "f.name", "whom it goes out from", joins=("f",), under="from.no_contact"),
    mark("f", "from.no_contact", joins=("f",)),
    Field("from.id", "id", "r.from_id", "the number of that customer", is_hidden=True),
    Field("from.uid", "text", "f.uid", "that customer's identifier", joins=("f",)),
    Field(
        "type",
        "text",
        "y.name",
        "how they are related",
        joins=("y",),
        choices_sql="select name from relation_type order by id",
    ),
    Field("to", "text", "t.name", "whom it leads to", joins=("t",), under="to.no_contact"),
    mark("t", "to.no_contact", joins=("t",)),
    Field("to.id", "id", "r.to_id", "the number of that customer", is_hidden=True),
    Field("to.uid", "text", "t.uid", "that customer's identifier", joins=("t",)),
    Field("customer", "text", "c.name", "either of the two", many=_EITHER),
    Field("customer.id", "id", "c.id", "the number of either", many=_EITHER),
    customer_tag(f"({_ENDS}) e", "e.customer_id", "e.id", "r.id"),
    Field("since", "date", "r.since", "since when"),
    Field("until", "date", "r.until", "until when; empty while it lasts"),
    Field("strength", "integer", "r.strength", "what was said of its strength, 0 to 100"),
    Field("note", "text", "r.note", "note"),
    Field("created", "instant", "r.created_at", "when it was added"),
    external("relationship_id", "r.id"),
    removed("r.removed_at"),
)

RELATIONSHIP = Entity(
    name="relationship",
    plural="relationships",
    source="relationship r",
    key="r.id",
    joins={
        "f": "join customer f on f.id = r.from_id",
        "t": "join customer t on t.id = r.to_id",
        "y": "join relation_type y on y.id = r.type_id",
    },
    base="r.removed_at is null",
    fields=named(*_FIELDS),
    columns=(
        "id",
        "from",
        "from.id",
        "type",
        "to",
        "to.id",
        "since",
        "until",
        "strength",
        "note",
        "from.no_contact",
        "to.no_contact",
    ),
    exported=(
        "id",
        "uid",
        "from",
        "from.uid",
        "type",
        "to",
        "to.uid",
        "since",
        "until",
        "strength",
        "note",
        "created",
        "external",
    ),
    words=("from", "type", "to", "note"),
    customers="customer.id",
    states=(
        State("removed", "r.removed_at is not null", "removed relationships", lifts=True),
        State("live", "r.until is null", "those that last"),
        State("ended", "r.until is not null", "those that have an end"),
    ),
)

_COUNT = "(select count(*) from relationship r where r.type_id = y.id and r.removed_at is null)"

RELATION_TYPE = Entity(
    name="relation_type",
    plural="relation types",
    source="relation_type y",
    key="y.id",
    fields=named(
        Field("id", "id", "y.id", "its number"),
        Field("name", "text", "y.name", "name, read from the first customer to the second"),
        Field("inverse", "text", "y.inverse", "name, read the other way"),
        Field("is_symmetric", "boolean", "y.is_symmetric", "the same both ways, and stored once"),
        Field("is_forest", "boolean", "y.is_forest", "one from for each to, and no cycle"),
        Field("weight", "integer", "y.weight", "how much it says, 0 to 100"),
        Field("relationships", "integer", _COUNT, "how many there are"),
    ),
    columns=("id", "name", "inverse", "is_symmetric", "weight", "relationships"),
    words=("name", "inverse"),
)

ENTITIES = {"relationship": RELATIONSHIP, "relation_type": RELATION_TYPE}
