"""What deals can be asked."""

from dataclasses import replace

from crmcli.core.vocabulary import Outcome
from crmcli.query.closing import closing
from crmcli.query.customer import CUSTOMER
from crmcli.query.fields import Entity, Field, State, named
from crmcli.query.parts import (
    DEAL_STATES,
    OWNER,
    OWNER_JOIN,
    PIPELINES,
    STAGE_JOINS,
    STAGES,
    calendar,
    external,
    removed,
)
from crmcli.query.stalling import AGE, IDLE, LIMIT, LIMIT_SOURCE, PLANNED

_CLOSING = closing()
_OF_CUSTOMER = ("id", "uid", "handle", "kind", "title", "city", "country", "industry", "source", "tag", "no_contact")


def of_customer(field: Field) -> Field:
    """A field of the deal's customer as one of the deal: `customer.city`."""
    return replace(field, name=f"customer.{field.name}", help=f"the customer's {field.name}", joins=("c",))


_OWN = (
    Field("id", "id", "d.id", "its number"),
    Field("uid", "text", "d.uid", "its identifier for exchange"),
    Field("name", "text", "d.name", "name"),
    Field("customer", "text", "c.name", "the customer's name", joins=("c",), under="customer.no_contact"),
    Field("pipeline", "text", "l.name", "the pipeline it is in", joins=("g", "l"), choices_sql=PIPELINES),
    Field("pipeline.id", "id", "g.pipeline_id", "the number of its pipeline", joins=("g",)),
    Field(
        "stage", "text", "s.name", "the stage it stands in", joins=("g", "s"), order="s.position", choices_sql=STAGES
    ),
    Field("outcome", "text", "s.outcome", "open, won or lost", joins=("g", "s"), choices=tuple(Outcome)),
    Field("stage.position", "integer", "s.position", "the place of its stage in the pipeline", joins=("g", "s")),
    Field("amount", "money", "d.amount", "what it is worth, in major units", currency="d.currency"),
    Field("currency", "text", "d.currency", "the currency of the amount", is_hidden=True),
    Field("close", "date", "d.close_on", "the expected close", leans_ahead=True),
    Field("source", "text", "d.source", "where the deal came from"),
    Field("product", "text", "d.product", "product"),
    Field("lost_reason", "text", "d.lost_reason", "why it was lost"),
    Field("note", "text", "d.note", "note"),
    Field("created", "instant", "d.created_at", "when it began"),
    *calendar("created", "d.created_at", "it began in"),
    Field("closed", "instant", "d.closed_at", "when it was won or lost"),
    *calendar("closed", "d.closed_at", "it was won or lost in"),
    *calendar("close", "d.close_on", "it is expected to close in", is_day=True),
)


def _days(begin: str, end: str) -> str:
    return f"round(julianday({end}) - julianday({begin}), 2)"


_TOLD = (
    Field("entered", "instant", "g.stage_entered_at", "when it came to its stage", joins=("g",)),
    Field(
        "reached", "text", "h.name", "the furthest stage ever", joins=("g", "h"), order="h.position", choices_sql=STAGES
    ),
    Field(
        "age", "days", _days("d.created_at", "coalesce(d.closed_at, :now)"), "days from its beginning to its end or now"
    ),
    Field("open_for", "days", f"round({AGE}, 2)", "days since it came into its pipeline", joins=("g",)),
    Field("slowest_win", "days", "round(z.days, 2)", "days of the slowest win of its pipeline", joins=("g", "s", "z")),
    Field("idle", "days", f"round({IDLE}, 2)", "days since anything was done on it"),
    Field("limit", "days", f"round({LIMIT}, 2)", "days it may stand in its stage or be idle", joins=("g", "s", "u")),
    Field("limit.source", "text", LIMIT_SOURCE, "who says so: the stage, deals won, or nobody", joins=("g", "s", "u")),
    Field("closed_from", "text", _CLOSING["closed_from"], "the stage that it was won or lost from", joins=("g", "s")),
    Field("first_close", "date", _CLOSING["first_close"], "the expected close that was said first", leans_ahead=True),
    Field("pushes", "integer", _CLOSING["pushes"], "how often the expected close moved to a later month"),
    Field("slip", "integer", _CLOSING["slip"], "days from the first expected close to the one that holds"),
    Field("planned", "date", PLANNED, "when its next open task is due", leans_ahead=True),
    Field("in_stage", "days", _days("g.stage_entered_at", ":now"), "days in its stage", joins=("g",)),
    external("deal_id", "d.id"),
    removed("d.removed_at"),
)

DEAL = Entity(
    name="deal",
    plural="deals",
    source="deal d",
    key="d.id",
    joins={
        "c": "left join customer c on c.id = d.customer_id",
        "o": OWNER_JOIN.format("d"),
        "g": "left join passage g on g.deal_id = d.id and g.ended_at is null",
        "s": "left join stage s on s.id = g.stage_id",
        "l": "left join pipeline l on l.id = g.pipeline_id",
        "h": "left join stage h on h.id = g.reached_id",
        **STAGE_JOINS,
    },
    base="d.removed_at is null",
    fields=named(*_OWN, *OWNER, *(of_customer(CUSTOMER.fields[name]) for name in _OF_CUSTOMER), *_TOLD),
    columns=("id", "name", "customer", "stage", "amount", "currency", "close", "owner", "customer.no_contact"),
    exported=(
        *(
            "id",
            "uid",
            "name",
            "customer",
            "customer.uid",
            "pipeline",
            "stage",
            "outcome",
            "amount",
            "currency",
            "close",
        ),
        *("owner", "owner.email", "owner.manager", "owner.region", "source", "product", "lost_reason", "note"),
        *("created", "closed", "external", "stage.position"),
    ),
    words=("name", "customer", "product", "note"),
    customers="customer.id",
    states=(
        *(replace(state, help=f"deals {state.help}") for state in DEAL_STATES),
        State("removed", "d.removed_at is not null", "removed deals", lifts=True),
    ),
)

ENTITIES = {"deal": DEAL}
