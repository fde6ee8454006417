"""What became of the pipeline of a period between two days, to the cent: start + what came − what went = end."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from operator import itemgetter
from typing import Literal

from crmcli.core.currency import currency
from crmcli.core.days import Period, covering
from crmcli.core.money import Money
from crmcli.core.period import bounds, period
from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import Outcome
from crmcli.db import reader
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.past import Past
from crmcli.reports.forecast import window
from crmcli.reports.standing import Asked, Standing, standing

Step = Literal["start", "new", "pulled_in", "increased", "decreased", "pushed_out", "lost", "won", "end"]
STEPS: tuple[Step, ...] = (
    "start", "new", "pulled_in", "increased", "decreased", "pushed_out", "lost", "won", "end",
)  # fmt: skip

_COLUMNS = (
    Column("step"),
    Column("currency", is_hidden=True),
    Column("deals", "integer"),
    Column("amount", "money"),
)
FORMULAS = (
    "start + new + pulled in + increased − decreased − pushed out − lost − won = end, each event in turn: a deal is in the "
    "pipeline while it is open and its expected close lies in the period",
    "new: begun or reopened; pulled in, pushed out: the expected close moved; increased, decreased: the amount changed while "
    "in it; a deal won in the period counts as won whenever it was expected to close, pulled in just before if it had to be",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A step: how many deals took it, and their amounts, negative where they left."""

    step: Step
    currency: str
    deals: int | None
    amount: Money


@dataclass(frozen=True, slots=True)
class Waterfall:
    parameters: dict[str, object]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class State:
    """A deal after an event; `is_in`: its expected close, or the day it was won on, lies in the period."""

    outcome: str
    amount: int
    currency: str
    is_in: bool

    @property
    def counts(self) -> bool:
        return self.outcome == Outcome.OPEN and self.is_in


Change = tuple[Step, str, int]


def changes(before: State | None, after: State) -> Iterator[Change]:
    """What an event changes, (step, currency, signed minor units); `before` is None for the first event of a deal."""
    if before is not None and before.counts:
        yield from _in_it(before, after)
        if not after.counts:
            step: Mapping[str, Step] = {Outcome.WON: "won", Outcome.LOST: "lost", Outcome.OPEN: "pushed_out"}
            yield step[after.outcome], after.currency, -after.amount
    elif after.is_in and after.outcome != Outcome.LOST:
        was_closed = before is None or before.outcome != Outcome.OPEN
        is_same = before is not None and before.outcome == after.outcome == Outcome.WON
        if not is_same:
            yield "new" if was_closed else "pulled_in", after.currency, after.amount
        if after.outcome == Outcome.WON and not is_same:
            yield "won", after.currency, -after.amount


def _in_it(before: State, after: State) -> Iterator[Change]:
    """The change of the amount; another currency takes all of it out of one and into the other."""
    if before.currency != after.currency:
        yield "increased" if before.amount < 0 else "decreased", before.currency, -before.amount
        yield "decreased" if after.amount < 0 else "increased", after.currency, after.amount
    elif after.amount != before.amount:
        more = after.amount - before.amount
        yield "increased" if more > 0 else "decreased", after.currency, more


@dataclass(slots=True)
class _Sums:
    """By step: the minor units, and the deals that took it at least once."""

    amounts: dict[Step, int] = field(default_factory=lambda: defaultdict(int))
    deals: dict[Step, int] = field(default_factory=lambda: defaultdict(int))


def waterfall(db: Reader, asked: Asked, *, start: str, end: str, moment: Moment, close: str | None = None) -> Waterfall:
    """From the beginning of the day `start` to the end of the day `end`, of deals that close in the period `close`.

    Without one it is the quarter of `end`. The deals are those that meet the query at the end. Raises InvalidInput.
    """
    deals = standing(Asked(asked.words, end, known_at=asked.known_at), db, moment)
    first = period(start, now=moment.now, tz=moment.tz, order=moment.preferences.date_order).start
    span = Period(first, covering("day", deals.day).end)
    if span.end <= span.start:
        raise InvalidInput(f"{span.last} is before {span.start}", hint="crm forecast waterfall FROM TO")
    days = covering("quarter", span.last) if close is None else window(close, deals)
    sums = _changes(db, deals, span, days)
    _ends(db, deals, days, sums)
    code = asked.currency and currency(asked.currency)
    parameters: dict[str, object] = {
        "query": " ".join(asked.words) or None, "from": span.start.isoformat(), "to": span.last.isoformat(),
        "since": days.start.isoformat(), "until": days.end.isoformat(), "currency": code,
        "known_at": deals.past.said["known_at"],
    }  # fmt: skip
    rows = tuple(_rows({key: found for key, found in sums.items() if code in (None, key)}))
    return Waterfall(parameters, rows, tuple(_notes(span, days, asked, deals.past)))


def report(found: Waterfall, *, explain: bool = False) -> Report:
    """The waterfall as renderers take it."""
    totals: dict[str, dict[str, str]] = defaultdict(dict)
    for row in found.rows:
        totals[row.currency][row.step] = row.amount.decimal
    table = Table(
        _COLUMNS,
        [(row.step, row.currency, row.deals, row.amount) for row in found.rows],
        groups="currency" if len(totals) > 1 else None,
        empty="no deal was expected to close in these days",
    )
    summary = {"totals": [{"currency": currency, **steps} for currency, steps in totals.items()]}
    notes = (*found.notes, *(FORMULAS if explain else ()))
    return Report("forecast_waterfall", found.parameters, summary, table, notes)


def _changes(db: Reader, deals: Standing, span: Period, days: Period) -> dict[str, _Sums]:
    """The changes by currency, from the events of every deal that anything happened to in between."""
    sums: dict[str, _Sums] = defaultdict(_Sums)
    for _, events in groupby(_events(db, deals, span, days), key=itemgetter(0)):
        known: Sequence[object] | None = None
        before: State | None = None
        taken: set[tuple[str, Step]] = set()
        for _, is_between, *state in events:
            if state == known:
                continue
            outcome, amount, code, is_in = known = state
            after = State(outcome, amount, code, bool(is_in))
            if is_between:
                _add(sums, changes(before, after), taken)
            before = after
        for code, step in taken:
            sums[code].deals[step] += 1
    return sums


def _events(db: Reader, deals: Standing, span: Period, days: Period) -> Iterator[reader.Row]:
    """(deal, whether in the span, then what a `State` holds), deal by deal and in order.

    Of the deals that anything happened to in the span, and that were ever in the pipeline of the period.
    """
    opens, closes = bounds(days, deals.moment.tz)
    is_in = """case when s.outcome = 'won' then e.occurred_at >= :opens and e.occurred_at < :closes
        else e.close_on >= :first and e.close_on < :behind end"""
    return db.rows(
        f"""
        with c as materialized (
            select distinct passage_id from stage_event where occurred_at >= :begins and {deals.past.known()}
        ), m as materialized (
            select deal_id, id from passage where deal_id in (select deal_id from passage where id in (select passage_id from c))
        ), i as materialized (
            select distinct m.deal_id from m cross join stage_event e on e.passage_id = m.id
            cross join stage s on s.id = e.to_stage_id where {is_in}
        )
        select t.deal_id, e.occurred_at >= :begins, s.outcome, coalesce(e.amount, 0), e.currency, coalesce({is_in}, 0)
        from (select deal_id, id from m where deal_id in (select deal_id from i) order by deal_id, id) t
        cross join deal d on d.id = t.deal_id cross join stage_event e on e.passage_id = t.id
        cross join stage s on s.id = e.to_stage_id
        where {deals.condition} and d.removed_at is null and {deals.past.all_known("e")}
        order by t.deal_id, t.id, e.occurred_at, e.id
        """,
        deals.parameters,
        begins=bounds(span, deals.moment.tz)[0],
        opens=opens,
        closes=closes,
        first=days.start.isoformat(),
        behind=days.end.isoformat(),
    )


def _add(sums: dict[str, _Sums], found: Iterable[Change], taken: set[tuple[str, Step]]) -> None:
    for step, code, amount in found:
        sums[code].amounts[step] += amount
        taken.add((code, step))


def _ends(db: Reader, deals: Standing, days: Period, sums: dict[str, _Sums]) -> None:
    """Put the pipeline at the end, and what it must have been at the start, to the changes."""
    rows = db.rows(
        f"""
        select t.currency, count(*), coalesce(sum(t.amount), 0) from ({deals.source}) t join stage s on s.id = t.stage_id
        where {deals.condition} and s.outcome = 'open' and t.close_on >= :first and t.close_on < :behind group by 1
        """,
        deals.parameters,
        first=days.start.isoformat(),
        behind=days.end.isoformat(),
    )
    for code, count, amount in rows:
        sums[code].deals["end"], sums[code].amounts["end"] = count, amount
    for found in sums.values():
        found.amounts["start"] = found.amounts["end"] - sum(found.amounts[step] for step in STEPS[1:-1])


def _rows(sums: Mapping[str, _Sums]) -> Iterator[Row]:
    for code in sorted(sums):
        for step in STEPS:
            deals = None if step == "start" else sums[code].deals[step]
            yield Row(step, code, deals, Money(sums[code].amounts[step], code))


def _notes(span: Period, days: Period, asked: Asked, then: Past) -> Iterator[str]:
    yield (
        f"open deals expected to close from {days.start} to {days.last}, and what became of them from the beginning of "
        f"{span.start} to the end of {span.last}"
    )
    if asked.words or asked.known_at:
        yield from then.notes
