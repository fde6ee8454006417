"""How it stands on one screen: funnel, forecast, velocity, what was won by month, stalled deals, tasks."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from crmcli.core.currency import currency as known_currency
from crmcli.core.days import Period, covering, moved
from crmcli.core.drawing import Bar, Panel
from crmcli.core.money import Money
from crmcli.core.period import bounds
from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import share
from crmcli.core.vocabulary import Trouble
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.query.past import Past
from crmcli.reports import chances, deal_formulas, forecast_notes, funnel_formulas
from crmcli.reports.forecast import Line, forecast
from crmcli.reports.funnel_pipeline import chosen
from crmcli.reports.listing import View, listing
from crmcli.reports.standing import Asked, Standing, standing
from crmcli.reports.velocity import FORMULAS as FORMULAS_OF_VELOCITY
from crmcli.reports.velocity import Velocity, velocity

_MONTHS, _MOST = 12, 5
FORMULAS = (
    f"funnel: {funnel_formulas.FORMULAS['funnel'][0]}",
    *(f"forecast: {line}" for line in (*forecast_notes.FORMULAS, chances.FORMULA)),
    *(f"velocity: {line}" for line in FORMULAS_OF_VELOCITY),
    f"stalled: {'; '.join(deal_formulas.FORMULAS[Trouble.STALLED][:2])}",
)
_COLUMNS = (
    Column("panel"),
    Column("ref"),
    Column("item"),
    Column("count", "integer"),
    Column("rate", "rate"),
    Column("amount", "money"),
    Column("currency", is_hidden=True),
    Column("note"),
)


@dataclass(frozen=True, slots=True)
class Item:
    """A line of a panel for machines; what does not apply is None."""

    panel: str
    item: str
    ref: str | None = None
    count: int | None = None
    rate: float | None = None
    amount: Money | None = None
    note: str | None = None


@dataclass(frozen=True, slots=True)
class Dash:
    """The same items as figures, and as panels to draw; amounts are those of one `currency`."""

    parameters: dict[str, object]
    items: tuple[Item, ...]
    panels: tuple[Panel, ...]
    notes: tuple[str, ...]


_Part = tuple[list[Item], Panel]


def dash(
    db: Reader,
    *,
    moment: Moment,
    currency: str | None = None,
    as_of: str | None = None,
    known_at: str | None = None,
) -> Dash:
    """Everything of today, or as of a day; other currencies than `currency` are named, never added. Raises InvalidInput."""
    code, others = _currency(db, moment, currency)
    asked = Asked(as_of=as_of, currency=code, known_at=known_at)
    expected, fast = forecast(db, asked, moment=moment), velocity(db, asked, moment=moment)
    priced, deals = standing(asked, db, moment), standing(replace(asked, currency=None), db, moment)
    then, today, days = deals.past, deals.day, covering("quarter", deals.day)
    parts = [
        _funnel(db, deals, currency and code),
        _forecast(next(iter(expected.totals), None), days),
        _won(db, priced, code),
        _velocity(next(iter(fast.rows), None)),
        _stalled(db, then, deals.moment, currency and code),
        _tasks(db, then, deals.moment),
    ]
    notes = [f"amounts in {code}; there are deals in {', '.join(others)} too: --currency shows those"] if others else []
    notes += then.notes
    if then.is_asked:
        notes.append("tasks: those that were there and not done yet, as they are now; quotas and limits as now")
    quarter = {"since": days.start.isoformat(), "until": days.end.isoformat()}
    return Dash(
        {"today": today.isoformat(), **quarter, "currency": code, **then.said},
        tuple(item for items, _ in parts for item in items),
        tuple(panel for _, panel in parts),
        tuple(notes),
    )


def report(found: Dash) -> Report:
    """The dashboard as renderers take it."""
    rows = [
        [
            each.panel,
            each.ref,
            each.item,
            each.count,
            each.rate,
            each.amount,
            each.amount and each.amount.currency,
            each.note,
        ]
        for each in found.items
    ]
    table = Table(_COLUMNS, rows, title="Dashboard", groups="panel")
    counts = {name: sum(item.panel == name for item in found.items) for name in ("stalled", "tasks")}
    return Report("dash", found.parameters, counts, table, found.notes, panels=found.panels)


def _currency(db: Reader, moment: Moment, asked: str | None) -> tuple[str, list[str]]:
    """The currency of the amounts, the usual one where deals have it, and the others that there are."""
    there = sorted(str(code) for (code,) in db.rows("select distinct currency from deal where removed_at is null"))
    code = known_currency(asked) if asked else moment.preferences.currency
    if asked is None and there and code not in there:
        code = there[0]
    return code, [each for each in there if each != code]


def _funnel(db: Reader, deals: Standing, code: str | None) -> _Part:
    """How many deals reached each stage, as `crm funnel show` counts them: those handed over as far as they came."""
    pipeline, _ = chosen(db, None)
    such = " and currency = :code" if code else ""
    rows = db.rows(
        f"""
        select stage_id, reached_id, count from {deals.counts(db)} where pipeline_id = :pipeline{such}
        union all
        select null, p.reached_id, count(*) from passage p join deal d on d.id = p.deal_id and d.removed_at is null
        where p.pipeline_id = :pipeline and p.ended_at {"< :as_of" if deals.past.is_asked else "is not null"}{such} group by 2
        """,
        deals.parameters,
        pipeline=pipeline.id,
        code=code,
    )
    reached = [0] * len(pipeline.rows)
    for stage, furthest, count in rows:
        is_won = pipeline.place.get(stage) == pipeline.open_rows
        for row in range(len(reached) if is_won else pipeline.place.get(furthest, -1) + 1):
            reached[row] += count
    items, bars = [], []
    for row, stage in enumerate(pipeline.rows):
        rate = share(reached[row], reached[row - 1]) if row else None
        items.append(Item("funnel", stage.name, count=reached[row], rate=rate))
        said = "" if rate is None else f" · {rate:.0%}".replace("%", " %")
        bars.append(Bar(stage.name, f"{reached[row]:,}{said}", 0, reached[row]))
    return items, Panel(f"Funnel of {pipeline.name}", tuple(bars), next="crm funnel show")


def _forecast(total: Line | None, days: Period) -> _Part:
    title = f"Forecast {days.start:%Y}-Q{(days.start.month + 2) // 3}"
    if total is None:
        return [], Panel(title, empty="nothing is expected to close", next="crm forecast")
    amounts = {"closed": total.closed, "weighted": total.weighted, "p10": total.p10, "p50": total.p50, "p90": total.p90}
    amounts["closed + open"] = Money(total.closed.amount + total.open.amount, total.currency)
    if total.quota is not None:
        amounts["quota"] = total.quota
    items = [Item("forecast", name, amount=amount) for name, amount in amounts.items()]
    bars = [
        Bar(name, str(amounts[name]), 0, amounts[name].amount)
        for name in ("closed", "weighted", "closed + open", "quota")
        if name in amounts
    ]
    likely = f"{_bare(total.p10)} – {total.p90}"
    bars.insert(2, Bar("P10 – P90", likely, total.p10.amount, total.p90.amount))
    notes = (f"coverage {total.coverage:.2f}",) if total.coverage is not None else ()
    return items, Panel(title, tuple(bars), notes=notes, next="crm forecast")


def _velocity(found: Velocity | None) -> _Part:
    title, more = "Velocity, 90 days", "crm velocity --explain"
    if found is None or found.velocity is None:
        return [], Panel(title, empty="nothing was won in 90 days", next=more)
    before = "" if found.before is None else f"before: {_bare(found.before)}"
    items = [
        Item("velocity", "a day", amount=found.velocity, note=before or None),
        Item("velocity", "closed", count=found.closed),
        Item("velocity", "win rate", rate=found.win_rate),
        Item("velocity", "mean won", amount=found.mean_won),
        Item("velocity", "days to win", note=f"{found.mean_days}"),
    ]
    bars = [Bar("a day", str(found.velocity), 0, found.velocity.amount)]
    if found.before is not None:
        bars.append(Bar("before", str(found.before), 0, found.before.amount))
    rate = f"{found.win_rate:.0%}".replace("%", " %")
    made_of = f"{found.closed:,} closed × {rate} won × {found.mean_won} ÷ {found.mean_days:g} days"
    return items, Panel(title, tuple(bars), notes=(made_of,), next=more)


def _won(db: Reader, deals: Standing, code: str) -> _Part:
    """What was won in each of the last months, the running one included."""
    running = covering("month", deals.day)
    months = [covering("month", moved(running.start, "month", -back)) for back in range(_MONTHS - 1, -1, -1)]
    ends = [bounds(month, deals.moment.tz) for month in months]
    arms = " ".join(f"when t.entered_at < '{end}' then {place}" for place, (_, end) in enumerate(ends))
    rows = db.rows(
        f"""
        select case {arms} end, count(*), coalesce(sum(t.amount), 0) from ({deals.source}) t
        join stage s on s.id = t.stage_id and s.outcome = 'won'
        where t.entered_at >= :first and t.entered_at < :behind and {deals.condition} group by 1
        """,
        deals.parameters,
        first=ends[0][0],
        behind=ends[-1][1],
    )
    found = {place: (count, amount) for place, count, amount in rows}
    items, columns = [], []
    for place, month in enumerate(months):
        count, amount = found.get(place, (0, 0))
        items.append(Item("won", f"{month.start:%Y-%m}", count=count, amount=Money(amount, code)))
        columns.append(Bar(f"{month.start:%Y-%m}", f"{Money(amount, code)}, {counted(count, 'deal')}", 0, amount))
    return items, Panel("Won by month", columns=tuple(columns), next="crm deal list is:won")


def _stalled(db: Reader, then: Past, moment: Moment, code: str | None) -> _Part:
    """Those that stand longest, and how many there are; of one currency where that is asked for."""
    words = ("is:stalled", *((f"currency:{code}",) if code else ()))
    longest = View(columns=("id",), sort="-in_stage", is_counted=False)
    numbers = [number for (number,) in listing(db, "deal", words, view=longest, moment=moment, past=then).rows]
    view = View(columns=("id", "name", "stage", "in_stage", "amount"), sort="-in_stage", is_counted=False)
    these = (f"id:{','.join(map(str, numbers[:_MOST]))}",)
    rows = listing(db, "deal", these, view=view, moment=moment, past=then).rows if numbers else ()
    items, bars = [], []
    for number, name, stage, days, amount in rows:
        worth = amount if isinstance(amount, Money) else None
        note = f"{counted(round(days), 'day')} in {stage}" if isinstance(days, float) else str(stage)
        items.append(Item("stalled", str(name), ref=f"D{number}", amount=worth, note=note))
        bars.append(Bar(f"D{number} {name}", note))
    return items, Panel(
        _titled("Stalled deals", len(numbers), bars), tuple(bars), empty="no deal is stalled", next="crm today"
    )


def _tasks(db: Reader, then: Past, moment: Moment) -> _Part:
    """The open tasks that are due first; of a past day those that were there by its end and not done."""
    view = View(columns=("id", "text", "due", "customer"), limit=_MOST)
    words: tuple[str, ...] = ("is:open",)
    if then.as_of is not None:
        after = then.as_of + timedelta(days=1)
        words = (f"created:..{then.as_of}", "(", "is:open", "or", f"done:{after}..", ")", "sort:due")
    found = listing(db, "task", words, view=view, moment=moment)
    today = str(moment.parameters["today"])
    items, bars = [], []
    for number, text, due, _ in found.rows:
        late = " (overdue)" if due is not None and str(due) < today else ""
        note = "no date" if due is None else f"{due}{late}"
        items.append(Item("tasks", str(text), ref=f"T{number}", note=note))
        bars.append(Bar(f"T{number} {text}", note))
    return items, Panel(
        _titled("Tasks", found.total, bars), tuple(bars), empty="nothing is to be done", next="crm task list"
    )


def _titled(title: str, total: int | None, bars: Sequence[Bar]) -> str:
    return title if total in (None, len(bars)) else f"{title}, {len(bars)} of {total:,}"


def _bare(amount: Money) -> str:
    return str(amount).removesuffix(f" {amount.currency}")
