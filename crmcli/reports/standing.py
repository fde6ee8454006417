"""How deals stood at the end of a day, or stand now: stage, amount, close date and owner, in one row each."""

from dataclasses import dataclass, field, replace
from datetime import date

from crmcli.core.currency import currency
from crmcli.core.wording import did_you_mean
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.entities import entity
from crmcli.query.fields import Entity, Field
from crmcli.query.past import OF_RUNNING, Past, past
from crmcli.query.sql import Where, clock, select, where
from crmcli.query.syntax import unordered

_KEPT = "id, deal_id, pipeline_id, began_at, stage_id, entered_at, reached_id, amount, currency, close_on, owner_id, created_at"
_ALIASES = {"month": "close.month", "quarter": "close.quarter", "industry": "customer.industry"}


@dataclass(frozen=True, slots=True)
class Asked:
    """As it was typed: `words` is the query, `as_of` and `known_at` are dates, `by` is a field."""

    words: tuple[str, ...] = ()
    as_of: str | None = None
    by: str | None = None
    currency: str | None = None
    known_at: str | None = None


@dataclass(frozen=True, slots=True)
class Standing:
    """`source` is a SELECT of deals in their pipelines, with the columns of `Past.passages`.

    `condition` chooses among its rows `t`, `group` is the SQL of what they are grouped by, `by` its name. `day` is the
    day at whose end they stood: today where nobody asked for another. Dates without one are told from `moment`.
    """

    source: str
    condition: str
    group: str
    by: str | None
    day: date
    moment: Moment
    past: Past
    currency: str | None
    parameters: dict[str, object] = field(default_factory=dict)

    def counts(self, db: Reader) -> str:
        """The name of a table of how many deals stand where: pipeline_id, stage_id, reached_id, currency, count."""
        columns = "pipeline_id integer, stage_id integer, reached_id integer, currency text, count integer"
        return db.kept(counts_of(self.source), self.past.parameters, columns=columns)


def counts_of(source: str) -> str:
    """The SELECT of how many of the deals that another SELECT gives stand where, in the columns of `Standing.counts`."""
    return f"select pipeline_id, stage_id, reached_id, currency, count(*) as count from ({source}) group by 1, 2, 3, 4"


def standing(asked: Asked, db: Reader, moment: Moment) -> Standing:
    """How the deals that are asked for stood. Raises InvalidInput."""
    then, moment = past(db, moment, as_of=asked.as_of, known_at=asked.known_at)
    now = entity("deal", db)
    deals = then.of(now)
    source = f"{then.passages()} and {then.running}"
    if then.is_asked:
        columns = _KEPT.replace("id", "id integer primary key", 1)
        source = f"select * from {db.kept(f'select {_KEPT} from ({source})', then.parameters, columns=columns)}"
    found = Standing(
        source=source,
        condition="true",
        group="null",
        by=None,
        day=moment.now.astimezone(moment.tz).date(),
        moment=moment,
        past=then,
        currency=asked.currency and currency(asked.currency),
        parameters=dict(then.parameters),
    )
    if found.currency is not None:
        found.parameters["currency"] = found.currency
        found = replace(found, condition="t.currency = :currency")
    if asked.words:
        condition = where(unordered(asked.words), deals, moment=moment)
        found.parameters.update(condition.parameters)
        these = select(deals, [deals.key], condition)
        if then.is_asked:  # what deals were costs a look at the events of each: once for all passes
            these = f"select id from {db.kept(these, found.parameters, columns='id integer primary key')}"
        found = replace(found, condition=f"{found.condition} and t.deal_id in ({these})")
    return _grouped(found, asked.by, deals, now) if asked.by else found


def _grouped(found: Standing, name: str, deals: Entity, now: Entity) -> Standing:
    """The same by a field of the `deals`; those of `now` answer where it is the same, which costs less."""
    wanted = _ALIASES.get(name.casefold(), name.casefold())
    if wanted in OF_RUNNING:
        group = OF_RUNNING[wanted].format(rows="t")
        found.parameters.update(clock(group, found.moment))
        return replace(found, by=wanted, group=group)
    each = _field(deals, wanted, name)
    if each == now.find(wanted) and all(deals.joins[join] == now.joins[join] for join in each.joins):
        value = select(now, [each.sql], Where(f"{now.key} = t.deal_id"), joins=each.joins)
        found.parameters.update(clock(value, found.moment))
        return replace(found, by=each.name, group=f"({value})")
    values = select(deals, [f"{deals.key} as deal_id", f"{each.sql} as value"], Where(), joins=each.joins)
    found.parameters.update(clock(values, found.moment))
    source = f"select t.*, v.value from ({found.source}) t left join ({values}) v on v.deal_id = t.deal_id"
    return replace(found, by=each.name, source=source, group="t.value")


def _field(deals: Entity, wanted: str, name: str) -> Field:
    each = deals.find(wanted)
    if each is None:
        near = did_you_mean(name, (*_ALIASES, *OF_RUNNING, *deals.fields))
        raise InvalidInput(f"cannot group by unknown field {name!r}{near}", hint="crm help columns deal lists them")
    if each.kind == "money" or each.many is not None:
        why = "nearly every deal has an amount of its own" if each.kind == "money" else "a deal can have several"
        raise InvalidInput(f"cannot group by {each.name!r}: {why}")
    return each


def label(group: object) -> str:
    """What a group is called."""
    return "(none)" if group is None or group == "" else str(group)


def order(group: str) -> tuple[bool, str]:
    """Groups by name, the deals without a value last."""
    return group == "(none)", group
