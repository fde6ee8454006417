"""Sales velocity: what a pipeline earns in a day, and what that is made of."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields, replace
from datetime import date, timedelta
from fractions import Fraction

from crmcli.core.money import Money
from crmcli.core.period import When, when
from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import win_rate
from crmcli.core.vocabulary import Outcome
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.sql import seconds
from crmcli.query.stalling import won_since
from crmcli.reports.standing import Asked, Standing, label, order, standing

_USUAL_DAYS = 90
_DAY = 86_400
_COLUMNS = (
    Column("group"),
    Column("currency", is_hidden=True),
    Column("velocity", "money", "A day"),
    Column("closed", "integer"),
    Column("won", "integer", is_hidden=True),
    Column("win_rate", "rate", "Win rate"),
    Column("mean_won", "money", "Mean won"),
    Column("mean_days", "number", "Days to win"),
    Column("before", "money", "A day before"),
    Column("change", "rate", "change", is_hidden=True),
    Column("open", "integer"),
    Column("forward", "money", "A day ahead"),
)
FORMULAS = (
    "velocity = N × W × V ÷ L: N deals closed, W won ÷ closed, V mean amount of those won, L mean days from their beginning "
    "to winning; that is what was won ÷ L where all of them have an amount",
    "ahead = open deals × W × V ÷ L; before: the same figure for as many days up to the window; change = velocity ÷ before − 1",
)
_BEGAN = f"""coalesce(
    case when t.created_at <= t.entered_at then t.created_at end, {won_since("t", "t.entered_at")})"""


@dataclass(frozen=True, slots=True)
class Velocity:
    """A row: money by the day, in one currency, of one group.

    `closed` is N, `win_rate` W, `mean_won` V, `mean_days` L. `before` is the velocity of the window before, `forward`
    that of the deals open at its end. None where there is nothing to divide by.
    """

    group: str | None
    currency: str
    velocity: Money | None
    closed: int
    won: int
    win_rate: float | None
    mean_won: Money | None
    mean_days: float | None
    before: Money | None
    change: float | None
    open: int
    forward: Money | None


@dataclass(frozen=True, slots=True)
class Velocities:
    parameters: dict[str, object]
    rows: tuple[Velocity, ...]
    notes: tuple[str, ...]


@dataclass(slots=True)
class _Sums:
    """What one window holds: of deals won, those `priced` have an amount and those `dated` a beginning."""

    closed: int = 0
    won: int = 0
    priced: int = 0
    amount: int = 0
    dated: int = 0
    seconds: int = 0

    def daily(self, deals: int) -> Fraction | None:
        """Minor units a day for so many deals; None where nothing was won, or in no time."""
        if not (self.closed and self.priced and self.dated and self.seconds):
            return None
        rate = Fraction(self.won, self.closed) * Fraction(self.amount, self.priced)
        return deals * rate * self.dated * _DAY / self.seconds


def velocity(
    db: Reader, asked: Asked, *, moment: Moment, since: str | None = None, until: str | None = None
) -> Velocities:
    """The velocity of deals closed from `since` on and before `until`, else of 90 days; a row for each currency.

    Raises InvalidInput.
    """
    deals = standing(asked, db, moment)
    first, behind = _window(deals.day, deals.moment, since, until)
    length = (behind - first).days
    sums, opens = _read(db, deals, (first - timedelta(days=length), first, behind), moment)
    keys = sorted({*opens, *(key for key, _ in sums)}, key=lambda key: (key[1], order(key[0])))
    rows = tuple(_row(key, sums[key, 1], sums[key, 0], opens.get(key, 0), bool(deals.by)) for key in keys)
    parameters: dict[str, object] = {
        "query": " ".join(asked.words) or None, "since": first.isoformat(), "until": behind.isoformat(),
        "by": deals.by, **deals.past.said, "currency": deals.currency,
    }  # fmt: skip
    return Velocities(parameters, rows, tuple(_notes(sums, deals, first, behind)))


def report(found: Velocities, *, explain: bool = False) -> Report:
    """The velocities as renderers take them."""
    names = [each.name for each in fields(Velocity)]
    is_one = len({row.currency for row in found.rows}) <= 1
    table = Table(
        [replace(column, is_hidden=column.is_hidden and (is_one or column.name != "currency")) for column in _COLUMNS],
        [[getattr(row, name) for name in names] for row in found.rows],
        groups=None if is_one else "currency",
        empty="no deal was closed in these days, and none is open",
    )
    summary: dict[str, object] = {
        "closed": sum(row.closed for row in found.rows),
        "won": sum(row.won for row in found.rows),
        "open": sum(row.open for row in found.rows),
    }
    return Report("velocity", found.parameters, summary, table, (*found.notes, *(FORMULAS if explain else ())))


_Key = tuple[str, str]


def _window(day: date, moment: Moment, since: str | None, until: str | None) -> tuple[date, date]:
    """The first day, and the first one behind."""

    def said(text: str) -> date:
        return when(text, now=moment.now, tz=moment.tz, order=moment.preferences.date_order, lean="past").day

    behind = said(until) if until else day + timedelta(days=1)
    first = said(since) if since else behind - timedelta(days=_USUAL_DAYS)
    if first >= behind:
        raise InvalidInput(f"the window from {first} until before {behind} is empty", hint="give --until a later day")
    return first, behind


def _read(
    db: Reader, deals: Standing, days: tuple[date, date, date], moment: Moment
) -> tuple[dict[tuple[_Key, int], _Sums], dict[_Key, int]]:
    """The sums by group and window, 1 for the one asked for and 0 for that before it; and the open deals by group."""
    before, first, behind = (When(day, None).instant(moment.tz) for day in days)
    rows = db.rows(
        f"""
        select {deals.group} as grp, t.currency, s.outcome, t.entered_at >= :first, count(*), count(t.amount),
            coalesce(sum(t.amount), 0), count({_BEGAN}),
            coalesce(sum({seconds(_BEGAN, "t.entered_at")}), 0)
        from ({deals.source}) t join stage s on s.id = t.stage_id
        where {deals.condition} and (s.outcome = 'open' or t.entered_at >= :before and t.entered_at < :behind)
        group by 1, 2, 3, 4
        """,
        deals.parameters,
        before=before,
        first=first,
        behind=behind,
    )
    sums: dict[tuple[_Key, int], _Sums] = defaultdict(_Sums)
    opens: dict[_Key, int] = defaultdict(int)
    for group, currency, outcome, place, count, priced, amount, dated, lasted in rows:
        key = (label(group), str(currency))
        if outcome == Outcome.OPEN:
            opens[key] += count
            continue
        found = sums[key, place]
        found.closed += count
        if outcome == Outcome.WON:
            found.won, found.priced, found.amount = count, priced, amount
            found.dated, found.seconds = dated, lasted
    return sums, opens


def _row(key: _Key, now: _Sums, before: _Sums, opens: int, is_grouped: bool) -> Velocity:
    group, currency = key
    daily, past = now.daily(now.closed), before.daily(before.closed)
    return Velocity(
        group=group if is_grouped else None,
        currency=currency,
        velocity=_money(daily, currency),
        closed=now.closed,
        won=now.won,
        win_rate=win_rate(now.won, now.closed - now.won),
        mean_won=_money(Fraction(now.amount, now.priced) if now.priced else None, currency),
        mean_days=round(now.seconds / now.dated / _DAY, 2) if now.dated else None,
        before=_money(past, currency),
        change=round(float(daily / past) - 1, 4) if daily is not None and past else None,
        open=opens,
        forward=_money(now.daily(opens), currency),
    )


def _money(exact: Fraction | None, currency: str) -> Money | None:
    return None if exact is None else Money(round(exact), currency)


def _notes(sums: dict[tuple[_Key, int], _Sums], deals: Standing, first: date, behind: date) -> Iterator[str]:
    yield f"deals closed from {first} and before {behind}; before: as many days up to {first}"
    yield from deals.past.notes
    these = [found for (_, place), found in sums.items() if place]
    unpriced, undated = (sum(f.won - f.priced for f in these), sum(f.won - f.dated for f in these))
    if unpriced:
        yield f"left out of the mean amount: {counted(unpriced, 'deal')} won without an amount"
    if undated:
        yield f"left out of the mean days: {counted(undated, 'deal')} won whose beginning nobody knows"
