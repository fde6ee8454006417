"""How many deals pass through the stages of a pipeline, where they stop, and how long they stay."""

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, fields
from datetime import date, datetime

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import share, wilson, win_rate
from crmcli.core.vocabulary import Basis, Mode, Outcome
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_cohort import Cohort, cohort
from crmcli.reports.funnel_counts import Tally, counted, path, trails
from crmcli.reports.funnel_held import can_count, with_counts
from crmcli.reports.funnel_held import counted as counted_days
from crmcli.reports.funnel_held import notes as of_held
from crmcli.reports.funnel_notes import notes
from crmcli.reports.funnel_pipeline import Pipeline, chosen
from crmcli.reports.funnel_request import FunnelRequest, Window, window
from crmcli.reports.stage_times import Times, TimesByRow, stage_times

__all__ = ["Funnel", "FunnelRequest", "Step", "Summary", "funnel", "report"]

_NO_GROUP = "(none)"

_COLUMNS = (
    Column("group"),
    Column("currency", is_hidden=True),
    Column("stage"),
    Column("position", "integer", is_hidden=True),
    Column("reached", "integer", bar=True),
    Column("conversion", "rate", "Conver\u00adsion", under=("conversion_low", "conversion_high")),
    Column("conversion_low", "rate", "low"),
    Column("conversion_high", "rate", "high"),
    Column("cumulative", "rate", "Cumu\u00adlative"),
    Column("skipped", "integer"),
    Column("moved_back", "integer", "Back"),
    Column("lost", "integer"),
    Column("open", "integer"),
    Column("amount", "money"),
    Column("median_days", "days", "Median", under=("p75_days",)),
    Column("p75_days", "days", "p75"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A row: an open stage, or winning as the last of a group.

    `reached` are the deals that the mode counts here (in a snapshot those that stand here), `amount` is what they are
    worth. `conversion` is the share of those counted in the stage before, with its 95 % interval, `cumulative` that of
    the first. `skipped` deals came further without standing here, `moved_back` counts moves out of here to an earlier
    stage, `lost` deals came as far as here, `open` ones stand here. The days are those of completed stays here; for
    winning, from the first dated event to winning.
    """

    group: str | None
    currency: str | None
    stage: str
    position: int
    reached: int
    conversion: float | None
    conversion_low: float | None
    conversion_high: float | None
    cumulative: float | None
    skipped: int
    moved_back: int
    lost: int
    open: int
    amount: Money | None
    median_days: float | None
    p75_days: float | None


_NO_STEP = Step(None, None, "", 0, 0, None, None, None, None, 0, 0, 0, 0, None, None, None)


@dataclass(frozen=True, slots=True)
class Summary:
    """The whole cohort; `undated` deals are those asked for whose beginning is not known, in the window or not.

    `win_rate` is that of the closed deals alone; the dates are ISO, `until` is the first day outside.
    """

    cohort: int
    undated: int
    open: int
    won: int
    lost: int
    win_rate: float | None
    won_amount: Money | None
    currency: str | None
    mode: Mode
    basis: Basis
    since: str | None
    until: str | None
    as_of: str | None


@dataclass(frozen=True, slots=True)
class Funnel:
    """`parameters` are the request as it was understood, `notes` say what was counted and what was left out."""

    parameters: dict[str, object]
    summary: Summary
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    is_grouped: bool


def funnel(db: Reader, request: FunnelRequest, *, now: datetime, preferences: Preferences) -> Funnel:
    """The funnel of one pipeline: a step for each open stage in present order, then winning; by group where asked.

    Definitions: docs/glossary.md. Raises InvalidInput and NotFound.
    """
    moment = Moment(now, preferences)
    pipeline, why = chosen(db, request.pipeline)
    days = window(request, moment)
    deals = cohort(db, request, pipeline, window=days, moment=moment)
    whole, groups = _tallies(db, deals, pipeline, request)
    is_everything = deals.is_unrestricted and not deals.is_as_of and whole.deals == _passages(db, pipeline)
    times = stage_times(db, deals, pipeline, is_everything=is_everything)
    rows = _Rows(pipeline, request.basis, deals, deals.currency or whole.currency, times)
    counts = counted_days(db, pipeline, days) if can_count(request) else ()
    steps = tuple(step for group in sorted(groups, key=_by_value) for step in rows.steps(group, groups[group]))
    said = notes(request, days, whole, grouping=deals.grouping, pipeline=why)
    return Funnel(
        parameters=_parameters(request, pipeline, days, deals),
        summary=_summary(request, days, whole, rows.currency),
        steps=with_counts(steps, counts, _NO_STEP) if counts else steps,
        notes=of_held(said, pipeline, request, counts),
        is_grouped=deals.grouping is not None,
    )


def report(funnel: Funnel) -> Report:
    """The funnel as renderers take it."""
    table = Table(
        columns=_COLUMNS,
        rows=[[getattr(step, column.name) for column in _COLUMNS] for step in funnel.steps],
        groups="group" if funnel.is_grouped else None,
        empty="no deals",
    )
    summary = {each.name: getattr(funnel.summary, each.name) for each in fields(Summary)}
    return Report("funnel", funnel.parameters, summary, table, funnel.notes)


def _tallies(
    db: Reader, deals: Cohort, pipeline: Pipeline, request: FunnelRequest
) -> tuple[Tally, dict[object, Tally]]:
    """The sums of the whole, and of each group; those of the whole under None without a field to group by."""
    whole = Tally(len(pipeline.rows))
    groups: dict[object, Tally] = defaultdict(lambda: Tally(len(pipeline.rows)))
    is_strict = request.mode == Mode.STRICT and request.basis == Basis.COHORT
    for trail in trails(db, deals, is_ordered=is_strict):
        way = path(trail, pipeline)
        rows = counted(way, request.mode, request.basis)
        whole.add(trail, way, rows)
        groups[trail.group].add(trail, way, rows)
    if deals.grouping is None:
        return whole, {None: whole}
    if deals.grouping.field.many:
        whole, _ = _tallies(db, deals.ungrouped(), pipeline, request)
    return whole, {group: tally for group, tally in groups.items() if tally.deals}


def _passages(db: Reader, pipeline: Pipeline) -> int:
    return int(db.value("select count(*) from passage where pipeline_id = :pipeline", pipeline=pipeline.id))


@dataclass(frozen=True, slots=True)
class _Rows:
    """What it takes to make steps of the sums of a group."""

    pipeline: Pipeline
    basis: Basis
    deals: Cohort
    currency: str | None
    times: TimesByRow

    def steps(self, group: object, tally: Tally) -> Iterator[Step]:
        label = self._label(group)
        currency = label if self.deals.grouping and self.deals.grouping.is_currency else self.currency
        for row, stage in enumerate(self.pipeline.rows):
            low, high = self._interval(tally, row)
            times = self.times.get((group, row), Times())
            yield Step(
                group=label,
                currency=currency,
                stage=stage.name,
                position=stage.position,
                reached=tally.reached[row],
                conversion=self._conversion(tally, row),
                conversion_low=low,
                conversion_high=high,
                cumulative=None if self._is_snapshot else share(tally.from_first[row], tally.reached[0]),
                skipped=tally.skipped[row],
                moved_back=tally.moved_back[row],
                lost=tally.lost[row],
                open=tally.open[row],
                amount=Money(tally.amount[row], currency) if currency else None,
                median_days=times.median,
                p75_days=times.p75,
            )

    @property
    def _is_snapshot(self) -> bool:
        return self.basis == Basis.SNAPSHOT

    def _conversion(self, tally: Tally, row: int) -> float | None:
        return share(tally.from_before[row], tally.reached[row - 1]) if row and not self._is_snapshot else None

    def _interval(self, tally: Tally, row: int) -> tuple[float, float] | tuple[None, None]:
        found = wilson(tally.from_before[row], tally.reached[row - 1]) if row and not self._is_snapshot else None
        return found or (None, None)

    def _label(self, group: object) -> str | None:
        if self.deals.grouping is None:
            return None
        if group is None:
            return _NO_GROUP
        if self.deals.grouping.field.kind == "boolean":
            return "yes" if group else "no"
        return str(group)


def _by_value(group: object) -> tuple[bool, bool, float, str]:
    """Numbers by size, then texts, then the deals without a value."""
    number = group if isinstance(group, int | float) else 0
    return group is None, isinstance(group, str), number, str(group)


def _summary(request: FunnelRequest, days: Window, whole: Tally, currency: str | None) -> Summary:
    won, lost = whole.of[Outcome.WON], whole.of[Outcome.LOST]
    return Summary(
        cohort=whole.deals,
        undated=whole.undated,
        open=whole.of[Outcome.OPEN],
        won=won,
        lost=lost,
        win_rate=win_rate(won, lost),
        won_amount=Money(whole.won_amount, currency) if currency else None,
        currency=currency,
        mode=request.mode,
        basis=request.basis,
        since=_iso(days.since),
        until=_iso(days.until),
        as_of=_iso(days.as_of),
    )


def _parameters(request: FunnelRequest, pipeline: Pipeline, days: Window, deals: Cohort) -> dict[str, object]:
    return {
        "query": " ".join(request.words) or None,
        "pipeline": pipeline.name,
        "mode": request.mode,
        "basis": request.basis,
        "since": _iso(days.since),
        "until": _iso(days.until),
        "by": deals.grouping.field.name if deals.grouping else None,
        "as_of": _iso(days.as_of),
        "currency": deals.currency,
    }


def _iso(day: date | None) -> str | None:
    return day.isoformat() if day else None
