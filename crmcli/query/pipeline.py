"""What pipelines, their stages and the stage events can be asked."""

from crmcli.core.vocabulary import Category, Holds, Outcome
from crmcli.query.fields import Entity, Field, Many, State, named
from crmcli.query.parts import PIPELINES, STAGES

_STAGES = Many("stage s", "s.pipeline_id", "l.id", "s.archived_at is null", "s.position, s.id")


def _deals(condition: str) -> str:
    return f"""(
        select count(*) from passage g join deal d on d.id = g.deal_id
        where {condition} and g.ended_at is null and d.removed_at is null
    )"""


def _customers(condition: str) -> str:
    return f"""(
        select count(*) from passage g join customer c on c.id = g.customer_id
        where {condition} and g.ended_at is null and c.removed_at is null
    )"""


_REQUIRED = Many(
    """(
        select stage.id as stage_id, j.value as name, 0 as own, j.key as place
        from stage, json_each(stage.required_fields) j
        union all
        select q.stage_id, f.name, 1, q.id from requirement q join field f on f.id = q.field_id
    ) r""",
    "r.stage_id",
    "s.id",
    order="r.own, r.place",
)

#: How a deal in the stage counts in the forecast: as the stage says, else by its outcome.
CATEGORY = """coalesce(
    s.forecast_category, case s.outcome when 'open' then 'pipeline' when 'won' then 'closed' else 'omitted' end
)"""

PIPELINE = Entity(
    name="pipeline",
    plural="pipelines",
    source="pipeline l",
    key="l.id",
    base="l.archived_at is null",
    fields=named(
        Field("id", "id", "l.id", "its number"),
        Field("uid", "text", "l.uid", "its identifier for exchange"),
        Field("name", "text", "l.name", "name"),
        Field("stages", "text", "s.name", "its stages, in order", many=_STAGES),
        Field("holds", "text", "l.holds", "what goes through it", choices=tuple(Holds)),
        Field("deals", "integer", _deals("g.pipeline_id = l.id"), "how many deals are in it"),
        Field("customers", "integer", _customers("g.pipeline_id = l.id"), "how many customers are in it"),
        Field("is_default", "boolean", "l.is_default", "the one for deals that name none"),
        Field("archived", "instant", "l.archived_at", "when it was archived", lifts=True),
    ),
    columns=("id", "name", "stages", "holds", "deals", "customers", "is_default"),
    words=("name", "stages"),
    states=(State("archived", "l.archived_at is not null", "archived pipelines", lifts=True),),
)

STAGE = Entity(
    name="stage",
    plural="stages",
    source="stage s",
    key="s.id",
    joins={"l": "join pipeline l on l.id = s.pipeline_id"},
    fields=named(
        Field("id", "id", "s.id", "its number"),
        Field("pipeline", "text", "l.name", "its pipeline", joins=("l",), choices_sql=PIPELINES),
        Field("pipeline.id", "id", "s.pipeline_id", "the number of its pipeline"),
        Field("position", "integer", "s.position", "its place in the pipeline"),
        Field("name", "text", "s.name", "name"),
        Field("outcome", "text", "s.outcome", "what it means for a deal", choices=tuple(Outcome)),
        Field("probability", "integer", "s.probability", "how likely a deal in it is won, in percent"),
        Field("category", "text", CATEGORY, "how a deal in it counts in the forecast", choices=tuple(Category)),
        Field("rot_days", "integer", "s.rot_days", "after how many days a deal in it is stalled"),
        Field("required", "text", "r.name", "the fields that must be filled to enter it", many=_REQUIRED),
        Field("counted", "boolean", "s.is_counted", "whether nobody stands in it and newcomers are counted by the day"),
        Field("holds", "text", "l.holds", "what goes through its pipeline", joins=("l",), choices=tuple(Holds)),
        Field("deals", "integer", _deals("g.stage_id = s.id"), "how many deals stand in it"),
        Field("customers", "integer", _customers("g.stage_id = s.id"), "how many customers stand in it"),
        Field("archived", "instant", "s.archived_at", "when it was archived"),
    ),
    columns=(
        "id",
        "pipeline",
        "position",
        "name",
        "outcome",
        "probability",
        "category",
        "rot_days",
        "required",
        "deals",
        "archived",
    ),
    words=("name", "pipeline"),
    order="s.pipeline_id, s.position, s.id",
    states=(
        *(State(outcome, f"s.outcome = '{outcome}'", f"stages that mean {outcome}") for outcome in Outcome),
        State("archived", "s.archived_at is not null", "archived stages"),
    ),
)

# A deal that leaves one enters another: that event says it.
_LEFT = "case when g.customer_id is not null then g.ended_at end"

STAGE_EVENT = Entity(
    name="stage_event",
    plural="stage events",
    source="stage_event e",
    key="e.id",
    joins={
        "g": "join passage g on g.id = e.passage_id",
        "d": "left join deal d on d.id = g.deal_id",
        "c": "left join customer c on c.id = g.customer_id",
        "l": "join pipeline l on l.id = g.pipeline_id",
        "s": "join stage s on s.id = e.to_stage_id",
        "f": "left join stage f on f.id = e.from_stage_id",
        "o": "left join owner o on o.id = e.owner_id",
    },
    base="d.removed_at is null and c.removed_at is null",
    base_joins=("g", "d", "c"),
    fields=named(
        Field("id", "id", "e.id", "its number"),
        Field("deal.id", "id", "g.deal_id", "the number of the deal", joins=("g",)),
        Field("deal.uid", "text", "d.uid", "the deal's identifier", joins=("g", "d")),
        Field("deal", "text", "d.name", "the deal", joins=("g", "d")),
        Field("customer", "text", "c.name", "the customer, where no deal moved", joins=("g", "c")),
        Field("customer.id", "id", "g.customer_id", "the number of that customer", joins=("g",)),
        Field("customer.uid", "text", "c.uid", "that customer's identifier", joins=("g", "c")),
        Field("pipeline", "text", "l.name", "the pipeline", joins=("g", "l"), choices_sql=PIPELINES),
        Field("from", "text", "f.name", "the stage before", joins=("f",), order="f.position", choices_sql=STAGES),
        Field("stage", "text", "s.name", "the stage entered", joins=("s",), order="s.position", choices_sql=STAGES),
        Field("outcome", "text", "s.outcome", "what that stage means", joins=("s",), choices=tuple(Outcome)),
        Field("stage.position", "integer", "s.position", "the place of that stage in the pipeline", joins=("s",)),
        Field("amount", "money", "e.amount", "the amount from then on", currency="e.currency"),
        Field("currency", "text", "e.currency", "the currency of the amount", is_hidden=True),
        Field("close", "date", "e.close_on", "the expected close from then on", leans_ahead=True),
        Field("owner", "text", "o.name", "the owner from then on", joins=("o",)),
        Field("at", "instant", "e.occurred_at", "when it happened"),
        Field("left", "instant", _LEFT, "when that customer left the pipeline", joins=("g",)),
        Field("recorded", "instant", "e.recorded_at", "when it was recorded"),
        Field("note", "text", "e.note", "note"),
    ),
    columns=("deal.id", "deal", "customer", "pipeline", "from", "stage", "amount", "currency", "at"),
    exported=(
        *("deal.id", "deal.uid", "deal", "customer", "customer.uid", "pipeline", "from", "stage"),
        *("amount", "currency", "close", "owner", "at", "left", "note", "outcome", "stage.position"),
    ),
    words=("deal", "customer", "stage", "note"),
    order="e.passage_id, e.occurred_at, e.id",
    export_order="e.passage_id, e.occurred_at, e.id",
)

ENTITIES = {"pipeline": PIPELINE, "stage": STAGE, "stage_event": STAGE_EVENT}
