"""How deals stood at the end of a day, or stand now: stage, amount, close date and owner, in one row each."""

from dataclasses import dataclass, field, replace
from datetime import date

from crmcli.core.currency import currency
from crmcli.core.period import bounds, period
from crmcli.core.period import moment as parsed
from crmcli.core.wording import did_you_mean
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.entities import entity
from crmcli.query.sql import Where, clock, select, where
from crmcli.query.syntax import parse

_COLUMNS = "p.deal_id, p.id as passage_id, p.pipeline_id, p.began_at"
_NOW = f"""
    select {_COLUMNS}, p.stage_id, p.stage_entered_at as entered_at, p.reached_id,
        d.amount, d.currency, d.close_on, d.owner_id
    from passage p join deal d on d.id = p.deal_id where d.removed_at is null and p.ended_at is null
"""
_LAST = """coalesce(
    (select id from stage_event where passage_id = p.id and {dated} order by occurred_at desc, id desc limit 1),
    (select id from stage_event where passage_id = p.id and {undated} order by id desc limit 1))"""
_ENTERED = """(
    select max(x.occurred_at) from stage_event x where x.passage_id = p.id and x.to_stage_id = e.to_stage_id
    and x.from_stage_id is not x.to_stage_id and {dated})"""
_REACHED = """(
    select w.id from stage_event x join stage w on w.id = x.to_stage_id
    where x.passage_id = p.id and w.outcome = 'open' and ({dated} or {undated}) order by w.position desc, w.id desc limit 1)"""

#: What a report may be grouped by as it stood that day, by the name of the field; every other field is as it is now.
_AS_IT_STOOD = {
    "owner": "(select name from owner where id = t.owner_id)",
    "stage": "(select name from stage where id = t.stage_id)",
    "pipeline": "(select name from pipeline where id = t.pipeline_id)",
    "close.month": "substr(t.close_on, 1, 7)",
    "close.quarter": "substr(t.close_on, 1, 4) || '-Q' || ((substr(t.close_on, 6, 2) + 2) / 3)",
}
_ALIASES = {"month": "close.month", "quarter": "close.quarter", "industry": "customer.industry"}


@dataclass(frozen=True, slots=True)
class Asked:
    """As it was typed: `words` is the query, `as_of` a date, `by` a field. `is_known`: by what was recorded until then."""

    words: tuple[str, ...] = ()
    as_of: str | None = None
    by: str | None = None
    currency: str | None = None
    is_known: bool = False


@dataclass(frozen=True, slots=True)
class Standing:
    """`source` is a SELECT: deal_id, pipeline_id, stage_id, entered_at, reached_id, amount, currency, close_on, owner_id.

    `condition` chooses among its rows `t`, `group` is the SQL of what they are grouped by, `by` its name. `day` is the
    day at whose end they stood: today where nobody asked for another.
    """

    source: str
    condition: str
    group: str
    by: str | None
    day: date
    is_past: bool
    currency: str | None
    is_known: bool = False
    parameters: dict[str, object] = field(default_factory=dict)

    @property
    def notes(self) -> tuple[str, ...]:
        """What is said of a past day; nothing about now."""
        if not self.is_past:
            return ()
        known = ", as far as it was recorded then" if self.is_known else ""
        return (
            f"as of the end of {self.day}{known}: stage, amount, close date and owner are those of that day; other fields, "
            "and so the query, are as they are now",
        )


def standing(asked: Asked, db: Reader, moment: Moment) -> Standing:
    """How the deals that are asked for stood. Raises InvalidInput."""
    deals = entity("deal", db)
    today = moment.now.astimezone(moment.tz).date()
    found = Standing(
        _NOW, "true", "null", None, today, is_past=False, currency=asked.currency and currency(asked.currency)
    )
    if asked.as_of is not None:
        days = period(asked.as_of, now=moment.now, tz=moment.tz, order=moment.preferences.date_order)
        found = at_end_of(found, days.last, moment, is_known=asked.is_known)
        if asked.is_known:
            _refuse_before_the_first(db, found, moment)
    if found.currency is not None:
        found.parameters["currency"] = found.currency
        found = replace(found, condition="t.currency = :currency")
    if asked.words:
        condition = where(parse(asked.words), deals, moment=moment)
        found.parameters.update(condition.parameters)
        these = select(deals, [deals.key], condition)
        found = replace(found, condition=f"{found.condition} and t.deal_id in ({these})")
    return _grouped(found, asked.by, db, moment) if asked.by else found


def at_end_of(found: Standing, day: date, moment: Moment, *, is_known: bool = False) -> Standing:
    """The same deals as they stood at the end of another day; `is_known`: by what was recorded until then."""
    days = period(day.isoformat(), now=moment.now, tz=moment.tz, order=moment.preferences.date_order)
    end = bounds(days, moment.tz)[1]
    source = past("known" if is_known else "occurred")
    return replace(
        found, source=source, day=day, is_past=True, is_known=is_known, parameters={**found.parameters, "as_of": end}
    )


def _refuse_before_the_first(db: Reader, found: Standing, moment: Moment) -> None:
    first = db.value("select min(recorded_at) from operation")
    if first is not None and str(found.parameters["as_of"]) <= first:
        began = parsed(first).astimezone(moment.tz).date()
        raise InvalidInput(
            f"nothing was known at the end of {found.day}: the first operation is of {began}",
            hint="--as-of goes by what is known today, imported histories included",
        )


def past(by: str) -> str:
    """The SELECT of how all deals stood at `:as_of`, by what had `occurred` or also was `known`.

    Those that nothing happened to since stand as they stand now, which spares looking their events up. It is one SELECT,
    so that a column that nobody asks for costs nothing.
    """
    recorded = " and {0}recorded_at < :as_of" if by == "known" else ""
    dated, undated = "{0}occurred_at < :as_of" + recorded, "{0}occurred_at is null" + recorded
    last = _LAST.format(dated=dated.format(""), undated=undated.format(""))
    here = {"dated": dated.format("x."), "undated": undated.format("x.")}
    entered, reached = _ENTERED.format(**here), _REACHED.format(**here)
    told = ", ".join(
        f"case when later.id is null then d.{name} else e.{name} end as {name}"
        for name in ("amount", "currency", "close_on", "owner_id")
    )
    later = "occurred_at >= :as_of" + (" or recorded_at >= :as_of" if by == "known" else "")
    return f"""
        select {_COLUMNS}, case when later.id is null then p.stage_id else e.to_stage_id end as stage_id,
            case when later.id is null then p.stage_entered_at else {entered} end as entered_at,
            case when later.id is null then p.reached_id else {reached} end as reached_id,
            {told}
        from passage p join deal d on d.id = p.deal_id
        left join (
            select passage_id as id from stage_event where {later} union select id from passage where ended_at >= :as_of
        ) later on later.id = p.id
        left join stage_event e on e.id = case when later.id is not null then {last} end
        where d.removed_at is null and (p.ended_at is null or p.ended_at >= :as_of)
            and (later.id is null or e.id is not null)
    """


def _grouped(found: Standing, name: str, db: Reader, moment: Moment) -> Standing:
    deals = entity("deal", db)
    wanted = _ALIASES.get(name.casefold(), name.casefold())
    if wanted in _AS_IT_STOOD:
        return replace(found, by=wanted, group=_AS_IT_STOOD[wanted])
    each = deals.find(wanted)
    if each is None:
        near = did_you_mean(name, (*_ALIASES, *_AS_IT_STOOD, *deals.fields))
        raise InvalidInput(f"cannot group by unknown field {name!r}{near}", hint="crm help columns deal lists them")
    if each.kind == "money" or each.many is not None:
        why = "nearly every deal has an amount of its own" if each.kind == "money" else "a deal can have several"
        raise InvalidInput(f"cannot group by {each.name!r}: {why}")
    value = select(deals, [each.sql], Where(f"{deals.key} = t.deal_id"), joins=each.joins)
    found.parameters.update(clock(value, moment))
    return replace(found, by=each.name, group=f"({value})")


def label(group: object) -> str:
    """What a group is called."""
    return "(none)" if group is None or group == "" else str(group)


def order(group: str) -> tuple[bool, str]:
    """Groups by name, the deals without a value last."""
    return group == "(none)", group
