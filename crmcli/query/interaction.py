"""What interactions can be asked."""

from crmcli.core.vocabulary import Channel, Direction
from crmcli.query.contact import barred
from crmcli.query.fields import Entity, Field, Many, State, named
from crmcli.query.parts import OWNER, OWNER_JOIN, calendar, customer_tag, external, removed

_PARTIES = Many("interaction_party y join customer c on c.id = y.customer_id", "y.interaction_id", "i.id", order="y.id")

_BARRED = f"""(
    select iif(count(*) > 1, count({barred("c")}) || ' of ' || count(*) || ': ', '') || group_concat(distinct {barred("c")})
    from interaction_party y join customer c on c.id = y.customer_id where y.interaction_id = i.id
)"""

_FIELDS = (
    Field("id", "id", "i.id", "its number"),
    Field("uid", "text", "i.uid", "its identifier for exchange"),
    Field("at", "instant", "i.occurred_at", "when it took place"),
    *calendar("at", "i.occurred_at", "it took place in"),
    Field("channel", "text", "i.channel", "how it took place", choices=tuple(Channel)),
    Field("direction", "text", "i.direction", "in: they came to us; out: we to them", choices=tuple(Direction)),
    Field("customer", "text", "c.name", "with whom", many=_PARTIES, under="customer.no_contact"),
    Field(
        "customer.no_contact",
        "text",
        _BARRED,
        "why not to contact them, and how many of them",
        heading="No contact",
        is_hidden=True,
    ),
    Field("customer.id", "id", "c.id", "the numbers of the customers", many=_PARTIES),
    Field("customer.uid", "text", "c.uid", "the customers' identifiers", many=_PARTIES),
    customer_tag("interaction_party y", "y.customer_id", "y.interaction_id", "i.id"),
    Field("text", "text", "i.text", "what was said"),
    Field("duration", "integer", "i.duration_minutes", "how long it took", heading="minutes"),
    Field("deal", "text", "d.name", "the deal it was about", joins=("d",)),
    Field("deal.id", "id", "i.deal_id", "the number of the deal"),
    Field("deal.uid", "text", "d.uid", "the deal's identifier", joins=("d",)),
    *OWNER,
    Field("recorded", "instant", "i.recorded_at", "when it was logged"),
    external("interaction_id", "i.id"),
    removed("i.removed_at"),
)

INTERACTION = Entity(
    name="interaction",
    plural="interactions",
    source="interaction i",
    key="i.id",
    joins={"d": "left join deal d on d.id = i.deal_id", "o": OWNER_JOIN.format("i")},
    base="i.removed_at is null",
    fields=named(*_FIELDS),
    columns=("id", "at", "channel", "direction", "customer", "text", "customer.no_contact"),
    exported=(
        *(
            "id",
            "uid",
            "at",
            "channel",
            "direction",
            "customer",
            "customer.uid",
            "text",
            "duration",
            "deal",
            "deal.uid",
        ),
        *("owner", "external"),
    ),
    words=("text", "customer"),
    customers="customer.id",
    order="i.occurred_at desc, i.id desc",
    states=(State("removed", "i.removed_at is not null", "removed interactions", lifts=True),),
)

ENTITIES = {"interaction": INTERACTION}
