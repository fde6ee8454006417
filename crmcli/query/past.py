"""Deals as they stood at the end of a day, by what is known now or was known then."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, timedelta

from crmcli.core.days import covering
from crmcli.core.period import bounds, period
from crmcli.core.period import moment as parsed
from crmcli.core.vocabulary import Holds
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.closing import closing
from crmcli.query.comparison import Moment
from crmcli.query.fields import Entity, Field, State
from crmcli.query.parts import calendar

_LATEST = """coalesce(
    (select id from stage_event where passage_id = c.id and {known} order by occurred_at desc, id desc limit 1),
    (select id from stage_event where passage_id = c.id and {undated} order by id desc limit 1))"""
_ENTERED = """(
    select max(e.occurred_at) from stage_event e where e.passage_id = e_then.passage_id and e.to_stage_id = e_then.to_stage_id
    and e.from_stage_id is not e.to_stage_id and {known})"""
_CLOSED = "(select later.entered_at from stage w where w.id = e_then.to_stage_id and w.outcome <> 'open')"
_REACHED = """(
    select w.id from stage_event e join stage w on w.id = e.to_stage_id
    where e.passage_id = e_then.passage_id and w.outcome = 'open' and {all_known} order by w.position desc, w.id desc limit 1)"""
_NO_TERMS = "null as amount, '' as currency, null as close_on, null as owner_id"
#: The records that go through a pipeline, to join passages `p` with: id, created_at, removed_at, and the terms of a deal.
HELD = {
    Holds.DEAL: "deal d on d.id = p.deal_id",
    Holds.CUSTOMER: f"(select id, {_NO_TERMS}, created_at, removed_at from customer) d on d.id = p.customer_id",
}

#: What the rows of `Past.passages` have of a deal by themselves: SQL by the name of the field, `{rows}` for the rows.
OF_PASSAGES = {
    "owner": "(select name from owner where id = {rows}.owner_id)",
    **{each.name: each.sql for each in calendar("close", "{rows}.close_on", "it is expected to close in", is_day=True)},
    **{each.name: each.sql for each in calendar("created", "{rows}.created_at", "it began in")},
}

#: The same where no passage has ended: one that has is not where its deal is.
OF_RUNNING = OF_PASSAGES | {
    "stage": "(select name from stage where id = {rows}.stage_id)",
    "pipeline": "(select name from pipeline where id = {rows}.pipeline_id)",
}

#: A deal is handed over by the first event of the passage that follows.
_HANDED_OVER_LATER = """not exists (
    select 1 from passage n join stage_event e on e.passage_id = n.id
    where n.deal_id = p.deal_id and n.id > p.id and e.recorded_at < :known_at)"""
_PASSAGES = """
    select p.id, coalesce(p.deal_id, p.customer_id) as deal_id, p.pipeline_id, p.began_at, {columns},
        not ({running}) as is_ended, p.ended_at, {way} as way, d.created_at
    from passage p join {held} {joins} where d.removed_at is null{exists}
"""
_CALLED = {"g.stage_entered_at": "entered_at"}
_NOW = "p.stage_id, p.stage_entered_at as entered_at, p.reached_id, d.amount, d.currency, d.close_on, d.owner_id"
_CHANGED = """
    select c.id, e_then.id, {entered} from (
        select passage_id as id from stage_event where {since} union select id from passage where ended_at is not null
    ) c left join stage_event e_then on e_then.id = {latest}
"""
_PLANNED = """
    select count(*) from passage p join deal d on d.id = p.deal_id
    where p.stage_entered_at > :now and p.ended_at is null and d.removed_at is null
"""
# The event is looked up of those alone that something happened to since: all others stand as they stood.
_LATER = "id integer primary key, event_id integer, entered_at text"
# The terms of a deal that was handed over are those that it has on its way since.
_THEN = """left join {later} later on later.id = p.id
    left join stage_event e_then on e_then.id = later.event_id
    left join stage_event e_terms on e_terms.id = case when p.ended_at is null then later.event_id when exists (
        select 1 from passage n join {later} l on l.id = n.id where n.deal_id = p.deal_id and n.ended_at is null
    ) then {event} end"""
_EVENT = """(
    select e.id from passage y join {later} l on l.id = y.id join stage_event e on e.id = l.event_id
    where y.deal_id = {deal} order by e.occurred_at desc nulls last, y.id desc limit 1)"""
_DEALS = """deal d
    join passage p_now on p_now.deal_id = d.id and p_now.ended_at is null
    left join {later} later_now on later_now.id = p_now.id
    left join stage_event e_then on e_then.id = case when later_now.id is not null then {event} end
    left join {later} later on later.id = e_then.passage_id
    join passage p_then on p_then.id = case when later_now.id is null then p_now.id else e_then.passage_id end"""


@dataclass(frozen=True, slots=True)
class Past:
    """The local days asked for; `parameters` are the instants at which they end, which `:as_of` and `:known_at` name.

    Without a day it is the present. Stage, amount, close date and owner are those of the last event by then, whatever
    else is asked about a deal is as it is now. Of customers in a pipeline it is the stage alone.

    `later` is the table of the passages that do not stand as they stood, with the last event by then and when its stage
    was entered: something happened since, or was recorded. Those that ended are among them, as what they hold says
    nothing of the deal any more. In the present `planned` deals have come to their stage by a date that is to come.
    """

    as_of: date | None = None
    known_at: date | None = None
    parameters: Mapping[str, object] = field(default_factory=dict)
    holds: Holds = Holds.DEAL
    later: str = ""
    planned: int = 0

    @property
    def is_asked(self) -> bool:
        return self.as_of is not None

    @property
    def said(self) -> dict[str, object]:
        """The days as the parameters of a report."""
        days = {"as_of": self.as_of, "known_at": self.known_at}
        return {name: day.isoformat() if day else None for name, day in days.items()}

    @property
    def notes(self) -> tuple[str, ...]:
        """What the figures are taken from; of the present only what it runs ahead of."""
        if self.as_of is None:
            ahead = f"{counted(self.planned, 'deal')} moved by a date to come, a plan: counted as there already"
            return (f"{ahead}; --as-of today counts what has happened",) if self.planned else ()
        said = f"stage, amount, close date and owner are those of the end of {self.as_of}, all other fields as now"
        if self.holds == Holds.CUSTOMER:
            said = f"stages are those of the end of {self.as_of}; what a query or a group asks for is as now"
        if self.known_at is None:
            return (said,)
        return said, f"by what was recorded until the end of {self.known_at}; what was undone since was never known"

    def known(self, event: str = "stage_event") -> str:
        """The SQL condition that a dated event had occurred, and was known."""
        if self.as_of is None:
            return "true"
        return f"{event}.occurred_at < :as_of" + self._recorded(event)

    def all_known(self, event: str = "stage_event") -> str:
        """The same for events of any kind: one without a date comes first in its passage."""
        if self.as_of is None:
            return "true"
        return f"({event}.occurred_at is null or {event}.occurred_at < :as_of)" + self._recorded(event)

    def reached(self) -> str:
        """The SQL of the furthest open stage by then of the passage of `e_then`."""
        return _REACHED.format(all_known=self.all_known("e"))

    @property
    def running(self) -> str:
        """The SQL condition that a passage `p` had not ended."""
        if self.as_of is None:
            return "p.ended_at is null"
        unknown = "" if self.known_at is None else f" or p.deal_id is not null and {_HANDED_OVER_LATER}"
        return f"(p.ended_at is null or p.ended_at >= :as_of{unknown})"

    def passages(self) -> str:
        """The SELECT of how the passages `p` stood of all whom the pipelines hold, which more conditions may follow.

        Its columns: id, deal_id, pipeline_id, began_at, stage_id, entered_at, reached_id, amount, currency, close_on,
        owner_id, is_ended, ended_at, way (null where only the events say it), created_at. Those on which nothing happened
        since are as they are now: no event of theirs is looked up.
        """
        if self.as_of is None:
            return _PASSAGES.format(
                columns=_NOW, running=self.running, held=HELD[self.holds], joins="", exists="", way="p.way"
            )
        columns = (f"{sql} as {_CALLED.get(name, name[2:])}" for name, sql in self._told("p", "e_terms").items())
        return _PASSAGES.format(
            columns=", ".join(columns),
            running=self.running,
            held=HELD[self.holds],
            joins=_THEN.format(later=self.later, event=_EVENT.format(later=self.later, deal="p.deal_id")),
            exists=" and (later.id is null or e_then.id is not null)",
            way="case when later.id is null then p.way end",
        )

    def of(self, deals: Entity) -> Entity:
        """Deals as they were: what their fields, filters and groups take from the events is that of the past."""
        if self.as_of is None:
            return deals
        columns, closes = self._columns(), closing(self.all_known("e"))
        source = _DEALS.format(later=self.later, event=_EVENT.format(later=self.later, deal="d.id"))
        joins = {name: _moved(sql, columns) for name, sql in deals.joins.items() if name != "g"}
        return replace(
            deals,
            source=source,
            joins={"g": "", **joins},
            fields={
                name: _field(replace(each, sql=closes.get(name, each.sql)), columns)
                for name, each in deals.fields.items()
            },
            states=tuple(_state(each, columns) for each in deals.states),
        )

    def _columns(self) -> dict[str, str]:
        """What is another than it was, by the column that has it now."""
        closed = f"case when later.id is null then d.closed_at else {_CLOSED} end"
        same = {f"g.{name}": f"p_then.{name}" for name in ("id", "pipeline_id", "began_at")}
        return self._told("p_then", "e_then") | {"d.closed_at": closed} | same

    def _told(self, passage: str, last: str) -> dict[str, str]:
        """What the events keep of a deal `d` on its passage, as they have it, or as it stands where it stands as it did.

        `last` is the event that has its terms.
        """
        terms = {
            f"d.{name}": f"case when {last}.id is null then d.{name} else {last}.{name} end"
            for name in ("amount", "currency", "close_on", "owner_id")
        }
        way = {"stage_id": "e_then.to_stage_id", "stage_entered_at": "later.entered_at", "reached_id": self.reached()}
        return {
            f"g.{name}": f"case when later.id is null then {passage}.{name} else {then} end"
            for name, then in way.items()
        } | terms

    def changed(self) -> str:
        """The SELECT of what the table `later` holds."""
        since = "occurred_at >= :as_of" + (" or recorded_at >= :known_at" if self.known_at else "")
        undated = "occurred_at is null" + self._recorded("stage_event")
        return _CHANGED.format(
            since=since,
            latest=_LATEST.format(known=self.known(), undated=undated),
            entered=_ENTERED.format(known=self.known("e")),
        )

    def _recorded(self, event: str) -> str:
        return "" if self.known_at is None else f" and {event}.recorded_at < :known_at"


def past(db: Reader, moment: Moment, *, as_of: str | None = None, known_at: str | None = None) -> tuple[Past, Moment]:
    """The past that two options ask for, and its last moment: days without a date of their own are told from there.

    What was known on a day is about that day unless `as_of` names an earlier one. No day may come after today. Raises
    InvalidInput.
    """
    known = None if known_at is None else day(known_at, moment)
    asked = known if as_of is None else day(as_of, moment)
    if asked is None:
        return Past(planned=int(db.value(_PLANNED, moment.parameters))), moment
    if known is not None and asked > known:
        raise InvalidInput(
            f"--as-of {asked} comes after --known-at {known}", hint="leave --as-of out, or give an earlier day"
        )
    parameters: dict[str, object] = {"as_of": ending(asked, moment)}
    if known is not None:
        parameters["known_at"] = ending(known, moment)
        _refuse_before_the_first(db, known, str(parameters["known_at"]), moment)
    last = parsed(str(parameters["as_of"])) - timedelta(seconds=1)
    found = Past(asked, known, parameters)
    found = replace(found, later=db.kept(found.changed(), parameters, columns=_LATER))
    return found, replace(moment, now=min(last, moment.now))


def day(text: str, moment: Moment) -> date:
    """The day that is asked about, of a period its last. Raises InvalidInput for one that nobody knows yet."""
    found = period(text, now=moment.now, tz=moment.tz, order=moment.preferences.date_order).last
    today = moment.now.astimezone(moment.tz).date()
    if found > today:
        raise InvalidInput(f"nobody knows yet how it will stand at the end of {found}", hint=f"today is {today}")
    return found


def ending(day: date, moment: Moment) -> str:
    """The instant at which the local day ends."""
    return bounds(covering("day", day), moment.tz)[1]


def _refuse_before_the_first(db: Reader, day: date, end: str, moment: Moment) -> None:
    first = db.value("select min(recorded_at) from operation")
    if first is not None and end <= first:
        began = parsed(first).astimezone(moment.tz).date()
        raise InvalidInput(
            f"nothing was known at the end of {day}: the first operation is of {began}",
            hint="--as-of goes by what is known today, imported histories included",
        )


def _field(each: Field, columns: Mapping[str, str]) -> Field:
    told = {name: _moved(getattr(each, name), columns) for name in ("currency", "order") if getattr(each, name)}
    many = each.many and replace(each.many, key=_moved(each.many.key, columns))
    return replace(each, sql=_moved(each.sql, columns), many=many, **told)  # type: ignore[arg-type]  # both are SQL


def _state(each: State, columns: Mapping[str, str]) -> State:
    return replace(each, sql=_moved(each.sql, columns))


def _moved(sql: str, columns: Mapping[str, str]) -> str:
    """The SQL with each of the columns taken from where it stands now."""
    return re.sub(r"\b[dg]\.[a-z_]+\b", lambda found: columns.get(found[0], found[0]), sql)
