"""Fields that several kinds of record have."""

from collections.abc import Callable

from crmcli.query.fields import Field, Many, State
from crmcli.query.stalling import AGE, IDLE, IN_STAGE, LIMIT, SLOWEST_WIN, USUAL_DAYS, USUAL_STAY, whole

OWNER_JOIN = "left join owner o on o.id = {}.owner_id"

OWNER = (
    Field("owner", "text", "o.name", "who is responsible", joins=("o",)),
    Field("owner.email", "text", "o.email", "the owner's e-mail", joins=("o",)),
    Field("owner.manager", "text", "o.manager", "the owner's manager", joins=("o",)),
    Field("owner.region", "text", "o.region", "the owner's region", joins=("o",)),
)

#: The names of the stages, of every pipeline, in their order.
STAGES = "select name from stage order by pipeline_id, position"
PIPELINES = "select name from pipeline order by id"
TAGS = "select name from tag order by name, id"

#: What `is:` may need of a stage `s` besides: the usual stay in it, the slowest win of its pipeline.
STAGE_JOINS = {"u": USUAL_STAY, "z": SLOWEST_WIN}

#: What `is:` asks of a deal `d` on its passage `g` in the stage `s`, with `STAGE_JOINS`.
DEAL_STATES = (
    State("open", "s.outcome = 'open'", "still open", joins=("g", "s")),
    State("won", "s.outcome = 'won'", "won", joins=("g", "s")),
    State("lost", "s.outcome = 'lost'", "lost", joins=("g", "s")),
    State(
        "stalled",
        f"s.outcome = 'open' and {IN_STAGE} > {LIMIT}",
        f"open, and longer in the stage than its rot_days, else than the p75 of deals won, else {USUAL_DAYS} days",
        joins=("g", "s", "u"),
    ),
    State(
        "rotten",
        f"s.outcome = 'open' and {IDLE} > {LIMIT}",
        "open, and nothing done on it for longer than it may stand in its stage",
        joins=("g", "s", "u"),
    ),
    State("overdue", "s.outcome = 'open' and d.close_on < :today", "open past the close date", joins=("g", "s")),
    State(
        "zombie",
        f"s.outcome = 'open' and {whole(AGE)} > {whole('z.days')}",
        "open for more whole days than the slowest deal that its pipeline ever won",
        joins=("g", "s", "z"),
    ),
)


def customer_tag(source: str, customer: str, link: str, key: str) -> Field:
    """The tags of its customers: `source` pairs the record, as `link`, with the `customer`."""
    tags = f"{source} join customer_tag ct on ct.customer_id = {customer} join tag on tag.id = ct.tag_id"
    many = Many(tags, link, key, order="tag.name, tag.id")
    told = "tags of the customer; +vip is short for customer.tag=vip"
    return Field("customer.tag", "text", "tag.name", told, many=many, choices_sql=TAGS, is_searched=True)


def external(link: str, key: str) -> Field:
    """The keys that other systems know the record by."""
    many = Many("external_id x", f"x.{link}", key, order="x.id")
    return Field("external", "text", "x.source || ':' || x.key", "its keys in other systems, as source:key", many=many)


def removed(sql: str) -> Field:
    """When the record was removed; asking for it brings the removed ones back."""
    return Field("removed", "instant", sql, "when it was removed", lifts=True)


# No zone is a whole day from UTC: an instant that is a day from where a month or a quarter ends lies in the same one.
_WITHIN_A_MONTH = "substr({}, 9, 2) between '02' and '27'"
_WITHIN_A_QUARTER = "substr({}, 6, 5) not in ('12-31', '01-01', '03-31', '04-01', '06-30', '07-01', '09-30', '10-01')"


def calendar(name: str, sql: str, what: str, *, is_day: bool = False) -> tuple[Field, ...]:
    """The month, quarter and year in which `sql` lies, to group by: a local day, or an instant, in the file's zone."""
    month, quarter, year = _month(sql), _quarter(sql), _year(sql)
    if not is_day:
        month = local_month(sql)
        quarter, year = (_local(part, sql, _WITHIN_A_QUARTER) for part in (_quarter, _year))
    return (
        Field(f"{name}.month", "text", month, f"the month {what}: 2026-03"),
        Field(f"{name}.quarter", "text", quarter, f"the quarter {what}: 2026Q1"),
        Field(f"{name}.year", "text", year, f"the year {what}: 2026"),
    )


def local_month(instant: str) -> str:
    """The SQL of the month, `2026-03`, in which an instant, itself SQL, lies in the zone `:zone`."""
    return _local(_month, instant, _WITHIN_A_MONTH)


def _month(day: str) -> str:
    return f"substr({day}, 1, 7)"


def _quarter(day: str) -> str:
    return f"substr({day}, 1, 4) || 'Q' || ((cast(substr({day}, 6, 2) as integer) + 2) / 3)"


def _year(day: str) -> str:
    return f"substr({day}, 1, 4)"


def _local(part: Callable[[str], str], instant: str, is_within: str) -> str:
    exact = part(f"local_day({instant}, :zone)")
    return f"case when {is_within.format(instant)} then {part(instant)} else {exact} end"
