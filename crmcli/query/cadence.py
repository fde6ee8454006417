"""What cadences can be asked."""

from crmcli.query.contact import mark
from crmcli.query.fields import Entity, Field, State, named
from crmcli.query.parts import removed

#: Whom a cadence is for, as one types it.
TARGET = "coalesce(c.name, '+' || t.name, 'segment:' || g.name)"
JOINS = {
    "c": "left join customer c on c.id = a.customer_id",
    "t": "left join tag t on t.id = a.tag_id",
    "g": "left join segment g on g.id = a.segment_id",
}
_KIND = "case when a.tag_id is not null then 'tag' when a.segment_id is not null then 'segment' else 'customer' end"

CADENCE = Entity(
    name="cadence",
    plural="cadences",
    source="cadence a",
    key="a.id",
    joins=JOINS,
    base="a.removed_at is null",
    fields=named(
        Field("id", "id", "a.id", "its number"),
        Field("for", "text", TARGET, "a customer, +tag or segment:name", joins=("c", "t", "g"), under="no_contact"),
        mark("c", joins=("c",)),
        Field("kind", "text", _KIND, "what it is for", choices=("customer", "tag", "segment")),
        Field("customer.id", "id", "a.customer_id", "the number of the customer"),
        Field("days", "integer", "a.days", "be in touch every so many days"),
        Field("created", "instant", "a.recorded_at", "when it was set first"),
        removed("a.removed_at"),
    ),
    columns=("id", "for", "kind", "days", "no_contact"),
    words=("for",),
    order="a.customer_id is null, a.segment_id is not null, a.id",
    states=(State("removed", "a.removed_at is not null", "cadences that were cleared", lifts=True),),
)

ENTITIES = {"cadence": CADENCE}
