"""What will be won in a period: what is closed, what the open deals may add, and how far that covers the quota."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields, replace

from crmcli.core.days import Period, covering
from crmcli.core.money import Money
from crmcli.core.period import bounds, span
from crmcli.core.result import Column, Report, Table
from crmcli.core.spread import DRAWS, spread
from crmcli.core.vocabulary import Category
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.query.parts import calendar
from crmcli.query.sql import clock
from crmcli.reports import forecast_notes
from crmcli.reports.chances import Chance, chances
from crmcli.reports.quotas import Quotas, quotas
from crmcli.reports.standing import Asked, Standing, label, order, standing

CATEGORY = "category"
#: From the surest to the least sure; what is omitted is in no figure.
_ORDER = (Category.CLOSED, Category.COMMIT, Category.MOST_LIKELY, Category.BEST_CASE, Category.PIPELINE)

_COLUMNS = (
    Column("group"),
    Column("currency", is_hidden=True),
    Column("deals", "integer"),
    Column("closed", "money"),
    Column("open", "money"),
    Column("cumulative", "money"),
    Column("chance", "rate"),
    Column("weighted", "money"),
    Column("p10", "money", "P10"),
    Column("p50", "money", "P50"),
    Column("p90", "money", "P90"),
    Column("quota", "money"),
    Column("coverage", "number"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """A row, or the whole of a currency: `deals` in it, `closed` won in the period, `open` expected to close in it.

    `weighted` is what is closed and each open amount times its `chance`; at most `p10`, `p50` and `p90` are won with 10,
    50 and 90 %. `cumulative` adds the lines before, of categories. `coverage` is open ÷ (quota − closed); None without a
    quota, and when nothing is left to win.
    """

    group: str | None
    currency: str
    deals: int
    closed: Money
    open: Money
    cumulative: Money | None
    chance: float | None
    weighted: Money
    p10: Money
    p50: Money
    p90: Money
    quota: Money | None
    coverage: float | None
    is_exact: bool = True


@dataclass(frozen=True, slots=True)
class Forecast:
    """`totals` holds a line for each currency; they are never added up."""

    parameters: dict[str, object]
    totals: tuple[Line, ...]
    lines: tuple[Line, ...]
    chances: tuple[Chance, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class Pile:
    """Deals of one line: minor units won, and of each open deal its amount and chance."""

    closed: int = 0
    won: int = 0
    open: list[tuple[int, Chance]] = field(default_factory=list)

    @property
    def weighted(self) -> int:
        return self.closed + sum(chance.weighted(amount) for amount, chance in self.open)


def forecast(db: Reader, asked: Asked, *, moment: Moment, period: str | None = None) -> Forecast:
    """What deals expected to close in `period` bring, the quarter of the day without one. Raises InvalidInput."""
    deals = standing(replace(asked, by=None if asked.by == CATEGORY else asked.by), db, moment)
    by = deals.by or CATEGORY
    days = window(period, deals)
    known = chances(db, deals)
    piles, left = _piles(db, deals, days, known)
    goals = quotas(db, days)
    if by == "owner" and not asked.words:
        for currency, owner in goals.owners:
            if deals.currency in (None, currency):
                piles.setdefault((currency, owner), Pile())
    whole = _whole(piles)
    if not asked.words:
        for currency in goals.together if deals.currency is None else {deals.currency} & set(goals.together):
            whole.setdefault(currency, Pile())
    totals = tuple(_line(None, currency, whole[currency], goals, asked) for currency in sorted(whole))
    lines = tuple(_lines(piles, by, goals, asked))
    parameters: dict[str, object] = {
        "query": " ".join(asked.words) or None, "since": days.start.isoformat(), "until": days.end.isoformat(),
        "by": by, **deals.past.said, "currency": deals.currency,
    }  # fmt: skip
    notes = [*forecast_notes.notes(totals, left, deals, days, goals)]
    if asked.words and goals.together:
        notes.append("no quota beside a query: what is set is to be won by all deals")
    return Forecast(parameters, totals, lines, tuple(known.values()), tuple(notes))


def report(found: Forecast, *, explain: bool = False) -> Report:
    """The forecast as renderers take it."""
    names = [column.name for column in _COLUMNS]
    currencies = len({line.currency for line in found.lines}) > 1
    table = Table(
        _COLUMNS,
        [[getattr(line, name) for name in names] for line in found.lines],
        groups="currency" if currencies else None,
        empty="no deal was won or is expected to close in these days",
    )
    notes = (*found.notes, *(forecast_notes.explained(found.chances) if explain else ()))
    return Report("forecast", found.parameters, {"totals": [_plain(total) for total in found.totals]}, table, notes)


def window(text: str | None, deals: Standing) -> Period:
    """The days that a forecast is about. Raises InvalidInput."""
    if text is None:
        return covering("quarter", deals.day)
    moment = deals.moment
    return span(text, now=moment.now, tz=moment.tz, order=moment.preferences.date_order, lean="future")


_Key = tuple[str, str]


def _piles(
    db: Reader, deals: Standing, days: Period, known: Mapping[int, Chance]
) -> tuple[dict[_Key, Pile], forecast_notes.LeftOut]:
    """The deals of the period by currency and group, and what is not among them."""
    begins, ends = bounds(days, deals.moment.tz)
    group = _group(deals)
    rows = db.rows(
        f"""
        select t.currency, {group}, t.stage_id, s.outcome, t.close_on, t.amount
        from ({deals.source}) t join stage s on s.id = t.stage_id
        where {deals.condition}
            and (s.outcome = 'open' or s.outcome = 'won' and t.entered_at >= :begins and t.entered_at < :ends)
        """,
        deals.parameters | clock(group, deals.moment),
        begins=begins,
        ends=ends,
    )
    piles: dict[_Key, Pile] = defaultdict(Pile)
    left = forecast_notes.LeftOut()
    first, behind, today = days.start.isoformat(), days.end.isoformat(), deals.day.isoformat()
    for currency, group, stage, outcome, close_on, amount in rows:
        chance = known.get(stage)
        if outcome == "won" or chance is None:
            pile = piles[currency, label(group) if deals.by else Category.CLOSED]
            pile.won += 1
            pile.closed += amount or 0
            left.unpriced += amount is None
            continue
        if left.takes(close_on, chance, first, behind):
            continue
        left.unpriced += amount is None
        left.unknown += chance.p is None
        left.overdue += close_on < today
        piles[currency, label(group) if deals.by else chance.category].open.append((amount or 0, chance))
    return piles, left


def _group(deals: Standing) -> str:
    """The SQL of the group of a deal: a win is of the month, quarter or year it was won in, whenever it was expected."""
    won = {each.name: each.sql for each in calendar("close", "t.entered_at", "")}.get(deals.by or "")
    return deals.group if won is None else f"case s.outcome when 'won' then {won} else {deals.group} end"


def _whole(piles: Mapping[_Key, Pile]) -> dict[str, Pile]:
    """All of each currency."""
    whole: dict[str, Pile] = defaultdict(Pile)
    for (currency, _), pile in piles.items():
        into = whole[currency]
        into.closed, into.won = into.closed + pile.closed, into.won + pile.won
        into.open.extend(pile.open)
    return whole


def _lines(piles: Mapping[_Key, Pile], by: str, goals: Quotas, asked: Asked) -> Iterator[Line]:
    """The rows: categories from the surest on, each with those before it; else groups by name."""
    so_far: dict[str, int] = defaultdict(int)
    for currency, group in sorted(piles, key=lambda key: (key[0], _place(key[1], by))):
        pile = piles[currency, group]
        so_far[currency] += pile.closed + sum(amount for amount, _ in pile.open)
        cumulative = Money(so_far[currency], currency) if by == CATEGORY else None
        yield _line(group, currency, pile, goals, asked, by=by, cumulative=cumulative)


def _place(group: str, by: str) -> tuple[object, ...]:
    return (_ORDER.index(Category(group)),) if by == CATEGORY else order(group)


def _line(
    group: str | None,
    currency: str,
    pile: Pile,
    goals: Quotas,
    asked: Asked,
    *,
    by: str = "",
    cumulative: Money | None = None,
) -> Line:
    amounts = [(amount, float(chance.p or 0)) for amount, chance in pile.open]
    found = spread(amounts)
    open_ = sum(amount for amount, _ in pile.open)
    chance = {each.p for _, each in pile.open}
    quota = None
    if not asked.words:  # what is set is to be won by all deals
        quota = goals.together.get(currency) if group is None else goals.owners.get((currency, group))
        quota = quota if group is None or by == "owner" else None
    only = next(iter(chance)) if len(chance) == 1 and not pile.won else None
    return Line(
        group=str(group) if group is not None else None,
        currency=currency,
        deals=pile.won + len(pile.open),
        closed=Money(pile.closed, currency),
        open=Money(open_, currency),
        cumulative=cumulative,
        chance=None if only is None else float(only),
        weighted=Money(pile.weighted, currency),
        p10=Money(pile.closed + found.low, currency),
        p50=Money(pile.closed + found.median, currency),
        p90=Money(pile.closed + found.high, currency),
        quota=None if quota is None else Money(quota, currency),
        coverage=round(open_ / (quota - pile.closed), 4) if quota is not None and quota > pile.closed else None,
        is_exact=found.is_exact,
    )


def _plain(line: Line) -> dict[str, object]:
    """A total for machines."""
    left_out = ("group", "cumulative", "chance", "is_exact")
    found = {each.name: getattr(line, each.name) for each in fields(Line) if each.name not in left_out}
    method = "exact" if line.is_exact else f"{DRAWS} draws"
    return {name: value.decimal if isinstance(value, Money) else value for name, value in found.items()} | {
        "method": method
    }
