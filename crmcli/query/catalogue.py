"""What owners, tags and custom fields can be asked."""

from crmcli.core.vocabulary import FieldOf, FieldType
from crmcli.query.fields import Entity, Field, Many, State, named


def _count(table: str) -> str:
    return f"(select count(*) from {table} x where x.owner_id = o.id and x.removed_at is null)"


OWNER = Entity(
    name="owner",
    plural="owners",
    source="owner o",
    key="o.id",
    base="o.removed_at is null",
    fields=named(
        Field("id", "id", "o.id", "its number"),
        Field("uid", "text", "o.uid", "its identifier for exchange"),
        Field("name", "text", "o.name", "name"),
        Field("email", "text", "o.email", "e-mail"),
        Field("manager", "text", "o.manager", "manager"),
        Field("region", "text", "o.region", "region"),
        Field("is_me", "boolean", "o.is_me", "the user of this file"),
        Field("customers", "integer", _count("customer"), "how many customers"),
        Field("deals", "integer", _count("deal"), "how many deals"),
        Field("removed", "instant", "o.removed_at", "when it was removed", lifts=True),
    ),
    columns=("id", "name", "email", "manager", "region", "customers", "deals", "is_me"),
    words=("name", "email", "manager", "region"),
    states=(State("removed", "o.removed_at is not null", "removed owners", lifts=True),),
)

_TAGGED = """(
    select count(*) from customer_tag k join customer c on c.id = k.customer_id
    where k.tag_id = t.id and c.removed_at is null
)"""

TAG = Entity(
    name="tag",
    plural="tags",
    source="tag t",
    key="t.id",
    fields=named(
        Field("id", "id", "t.id", "its number"),
        Field("name", "text", "t.name", "name"),
        Field("customers", "integer", _TAGGED, "how many customers have it"),
    ),
    columns=("id", "name", "customers"),
    words=("name",),
)

_CHOICES = Many("json_each(f.choices) j", "f.id", "f.id", order="j.key")
_REQUIRED = Many("requirement q join stage s on s.id = q.stage_id", "q.field_id", "f.id", order="s.position, q.id")

FIELD = Entity(
    name="field",
    plural="fields",
    source="field f",
    key="f.id",
    fields=named(
        Field("id", "id", "f.id", "its number"),
        Field("record", "text", "f.entity", "whose field it is", choices=tuple(FieldOf)),
        Field("name", "text", "f.name", "name"),
        Field("type", "text", "f.type", "what it holds", choices=tuple(FieldType)),
        Field("choices", "text", "j.value", "the values of a choice", many=_CHOICES),
        Field("required_at", "text", "s.name", "the stages that no deal enters without it", many=_REQUIRED),
        Field("created", "instant", "f.recorded_at", "when it was defined"),
    ),
    columns=("id", "record", "name", "type", "choices", "required_at"),
    words=("name",),
)

ENTITIES = {"owner": OWNER, "tag": TAG, "field": FIELD}
