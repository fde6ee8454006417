"""What consents and rules of retention can be asked."""

from crmcli.core.vocabulary import Channel, ConsentAction, LegalBasis, RetentionAction
from crmcli.query.contact import STANDING
from crmcli.query.fields import Entity, Field, State, named

_STANDS = f"t.id in (select id from {STANDING})"

CONSENT = Entity(
    name="consent",
    plural="consents",
    source="consent t",
    key="t.id",
    joins={"c": "join customer c on c.id = t.customer_id"},
    fields=named(
        Field("id", "id", "t.id", "its number"),
        Field("at", "instant", "t.occurred_at", "when it was said"),
        Field("action", "text", "t.action", "grant or withdraw", choices=tuple(ConsentAction)),
        Field("customer", "text", "c.name", "by whom", joins=("c",)),
        Field("customer.id", "id", "t.customer_id", "the number of the customer"),
        Field("purpose", "text", "t.purpose", "what for"),
        Field("channel", "text", "t.channel", "by which channel; empty for all", choices=tuple(Channel)),
        Field("basis", "text", "t.basis", "what allows it: GDPR, Article 6(1)", choices=tuple(LegalBasis)),
        Field("source", "text", "t.source", "where it was said"),
        Field("stands", "boolean", _STANDS, "granted and not withdrawn since"),
        Field("recorded", "instant", "t.recorded_at", "when it was recorded"),
    ),
    columns=("id", "at", "action", "purpose", "channel", "basis", "source", "stands"),
    words=("purpose", "source"),
    order="t.occurred_at desc, t.id desc",
    states=(State("standing", _STANDS, "granted and not withdrawn since"),),
)

_WORDS = "nullif((select group_concat(value, ' ') from json_each(u.query)), '')"

RETENTION_RULE = Entity(
    name="retention_rule",
    plural="retention rules",
    source="retention_rule u",
    key="u.id",
    fields=named(
        Field("id", "id", "u.id", "its number"),
        Field("name", "text", "u.name", "name"),
        Field("months", "integer", "u.months", "after how many months without a sign of life"),
        Field("action", "text", "u.action", "erase or remove", choices=tuple(RetentionAction)),
        Field("query", "text", _WORDS, "which customers; empty for all"),
        Field("recorded", "instant", "u.recorded_at", "when it was made"),
    ),
    columns=("id", "name", "months", "action", "query"),
    words=("name",),
)

ENTITIES = {"consent": CONSENT, "retention_rule": RETENTION_RULE}
