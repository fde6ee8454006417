"""How near the forecasts came: what was known when a period began, beside what was won in it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TypedDict

from crmcli.core.days import Period, covering, moved
from crmcli.core.money import Money
from crmcli.core.period import bounds
from crmcli.core.period import moment as instant
from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import Calendar, Category
from crmcli.core.wording import percent
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.query.past import Past
from crmcli.reports.chances import chances_at
from crmcli.reports.standing import Asked, Standing, standing

_COLUMNS = (
    Column("period"),
    Column("currency", is_hidden=True),
    Column("made_on", "date", "Made on"),
    Column("forecast", "money"),
    Column("actual", "money"),
    Column("accuracy", "rate"),
    Column("bias", "rate"),
)
FORMULAS = (
    "forecast: of the deals open when the period began and expected to close in it, the sum of amount × chance, both as they "
    "were then; actual: what was won in the period, of any deal",
    "accuracy = 1 − |forecast − actual| ÷ actual, below 0 where it was off by more than all of it; bias = (forecast − actual) "
    "÷ actual, above 0 where too much was expected; of the whole: the sums of |forecast − actual| and of actual",
)


@dataclass(frozen=True, slots=True)
class Row:
    """A period in one currency; no `forecast` where nothing was recorded yet, no rates where nothing was won."""

    period: str
    currency: str
    made_on: str
    forecast: Money | None
    actual: Money
    accuracy: float | None
    bias: float | None


class Total(TypedDict):
    """The rates of a currency over all its periods."""

    currency: str
    accuracy: float | None
    bias: float | None


@dataclass(frozen=True, slots=True)
class Accuracy:
    parameters: dict[str, object]
    totals: tuple[Total, ...]
    rows: tuple[Row, ...]
    notes: tuple[str, ...]


def accuracy(
    db: Reader,
    asked: Asked,
    *,
    moment: Moment,
    unit: Calendar = Calendar.QUARTER,
    periods: int = 4,
    is_known: bool = False,
) -> Accuracy:
    """The last whole periods up to the day, each with the forecast of its first day. Raises InvalidInput.

    The forecast is by what was recorded until then where `is_known`, else by what had happened.
    """
    deals = standing(replace(asked, by=None), db, moment)
    spans = list(_spans(deals.day, unit, periods))
    expected = _expected(db, deals, spans, moment, is_known=is_known)
    won = _won(db, deals, spans, moment)
    since = _first_record(db, moment) if is_known else None
    currencies = sorted({currency for _, currency in (*expected, *won)})
    rows = []
    for currency in currencies:
        for place, span in enumerate(spans):
            is_told = not is_known or (since is not None and since < span.start)
            forecast = expected.get((place, currency), 0) if is_told else None
            rows.append(_row(span, unit, currency, forecast, won.get((place, currency), 0)))
    parameters: dict[str, object] = {
        "query": " ".join(asked.words) or None, "unit": unit, "periods": periods,
        "by": "recorded" if is_known else "occurred",
        **deals.past.said, "currency": deals.currency,
    }  # fmt: skip
    notes = (*_notes(rows, is_known=is_known), *deals.past.notes)
    return Accuracy(parameters, tuple(_totals(rows)), tuple(rows), notes)


def report(found: Accuracy, *, explain: bool = False) -> Report:
    """The accuracy as renderers take it."""
    table = Table(
        _COLUMNS,
        [[getattr(row, column.name) for column in _COLUMNS] for row in found.rows],
        groups="currency" if len(found.totals) > 1 else None,
        empty="nothing was won or expected in these periods",
    )
    return Report(
        "forecast_accuracy", found.parameters, {"totals": list(found.totals)}, table,
        (*found.notes, *(FORMULAS if explain else ())),
    )  # fmt: skip


_Key = tuple[int, str]


def _spans(day: date, unit: Calendar, periods: int) -> Iterator[Period]:
    """The periods that are over at the end of the day, the earliest first."""
    running = covering(unit.value, day)
    last = running if running.last == day else covering(unit.value, moved(running.start, unit.value, -1))
    for back in range(periods - 1, -1, -1):
        yield covering(unit.value, moved(last.start, unit.value, -back))


def _expected(
    db: Reader, deals: Standing, spans: Sequence[Period], moment: Moment, *, is_known: bool
) -> dict[_Key, int]:
    """What was expected when each period began, by its place and currency."""
    begins = [bounds(span, moment.tz)[0] for span in spans]
    days = [span.start - timedelta(days=1) for span in spans]
    pasts = [
        Past(day, day, {"as_of": begin, "known_at": begin}) if is_known else Past(day, parameters={"as_of": begin})
        for day, begin in zip(days, begins, strict=True)
    ]
    known = chances_at(db, pasts)
    values = ", ".join(
        f"({place}, '{span.start}', '{span.end}', '{begin}')"
        for place, (span, begin) in enumerate(zip(spans, begins, strict=True))
    )
    until = "c.begins" if is_known else ":known_at" if deals.past.known_at else None
    recorded = f"and recorded_at < {until}" if until else ""
    rows = db.rows(
        f"""
        with span (place, first, behind, begins) as (values {values}),
        c as materialized (
            select distinct e.passage_id, s.place, s.first, s.behind, s.begins from stage_event e cross join span s
            where e.close_on >= s.first and e.close_on < s.behind and (e.occurred_at is null or e.occurred_at < s.begins)
        )
        select c.place, t.to_stage_id, t.currency, t.amount from c
        cross join passage p on p.id = c.passage_id
        cross join deal d on d.id = p.deal_id
        cross join stage_event t on t.id = coalesce(
            (select id from stage_event where passage_id = c.passage_id and occurred_at < c.begins {recorded}
                order by occurred_at desc, id desc limit 1),
            (select id from stage_event where passage_id = c.passage_id and occurred_at is null {recorded}
                order by id desc limit 1)
        )
        join stage s on s.id = t.to_stage_id
        where s.outcome = 'open' and t.close_on >= c.first and t.close_on < c.behind and d.removed_at is null
            and (p.ended_at is null or p.ended_at >= c.begins) and t.amount is not null
            and {deals.condition.replace("t.deal_id", "p.deal_id")}
        """,
        deals.parameters,
    )
    found: dict[_Key, int] = defaultdict(int)
    for place, stage, currency, amount in rows:
        chance = known[place][stage]
        if chance.category != Category.OMITTED:
            found[place, currency] += chance.weighted(amount)
    return found


def _won(db: Reader, deals: Standing, spans: Sequence[Period], moment: Moment) -> dict[_Key, int]:
    """What was won in each period, by its place and currency."""
    ends = [bounds(span, moment.tz) for span in spans]
    arms = " ".join(f"when t.entered_at < '{end}' then {place}" for place, (_, end) in enumerate(ends))
    rows = db.rows(
        f"""
        select case {arms} end, t.currency, sum(t.amount) from ({deals.source}) t join stage s on s.id = t.stage_id
        where {deals.condition} and s.outcome = 'won' and t.entered_at >= :first and t.entered_at < :behind
            and t.amount is not null group by 1, 2
        """,
        deals.parameters,
        first=ends[0][0],
        behind=ends[-1][1],
    )
    return {(place, currency): amount for place, currency, amount in rows}


def _first_record(db: Reader, moment: Moment) -> date | None:
    """The local day of the first operation; None in an empty file."""
    first = db.value("select min(recorded_at) from operation")
    return None if first is None else instant(str(first)).astimezone(moment.tz).date()


def _row(span: Period, unit: Calendar, currency: str, forecast: int | None, actual: int) -> Row:
    rates = _rates([(forecast, actual)])
    return Row(
        period=_name(span, unit),
        currency=currency,
        made_on=span.start.isoformat(),
        forecast=None if forecast is None else Money(forecast, currency),
        actual=Money(actual, currency),
        accuracy=rates[0],
        bias=rates[1],
    )


def _rates(pairs: Sequence[tuple[int | None, int]]) -> tuple[float | None, float | None]:
    """Accuracy and bias of (forecast, actual), the pairs without a forecast apart."""
    told = [(forecast, actual) for forecast, actual in pairs if forecast is not None]
    actual = sum(each for _, each in told)
    if actual <= 0:
        return None, None
    off = sum(abs(forecast - each) for forecast, each in told)
    return round(1 - off / actual, 4), round((sum(forecast for forecast, _ in told) - actual) / actual, 4)


def _name(span: Period, unit: Calendar) -> str:
    names: Mapping[Calendar, str] = {
        Calendar.YEAR: f"{span.start:%Y}",
        Calendar.QUARTER: f"{span.start:%Y}-Q{(span.start.month + 2) // 3}",
        Calendar.MONTH: f"{span.start:%Y-%m}",
    }
    return names[unit]


def _totals(rows: Sequence[Row]) -> Iterator[Total]:
    for currency in sorted({row.currency for row in rows}):
        pairs = [
            (row.forecast.amount if row.forecast else None, row.actual.amount)
            for row in rows
            if row.currency == currency
        ]
        rates = _rates(pairs)
        yield Total(currency=currency, accuracy=rates[0], bias=rates[1])


def _notes(rows: Sequence[Row], *, is_known: bool) -> Iterator[str]:
    how = "was recorded" if is_known else "had happened, even if it was recorded later,"
    yield f"forecast by what {how} when the period began, with the chances of that day; lost deals count nowhere"
    for total in _totals(rows):
        near, bias = total["accuracy"], total["bias"]
        if near is not None and bias is not None:
            yield f"{total['currency']}: accuracy {percent(near)}, bias {percent(bias, sign='+')}"
    silent = sorted({row.period for row in rows if row.forecast is None})
    if silent:
        yield f"nothing was recorded yet when {', '.join(silent)} began: --occurred goes by when things happened"
