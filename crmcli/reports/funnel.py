"""How many deals pass through the stages of a pipeline, where they stop, and how long they stay."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from datetime import datetime

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import share, wilson, win_rate
from crmcli.core.vocabulary import Basis, Mode, Outcome
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_asked import Asked, asked
from crmcli.reports.funnel_cohort import Cohort
from crmcli.reports.funnel_counts import Path, Stays, Tally, counted, path
from crmcli.reports.funnel_groups import in_order
from crmcli.reports.funnel_held import can_count, with_counts
from crmcli.reports.funnel_held import counted as counted_days
from crmcli.reports.funnel_held import notes as of_held
from crmcli.reports.funnel_notes import notes
from crmcli.reports.funnel_pipeline import Pipeline
from crmcli.reports.funnel_read import Journeys, Timed, journeys
from crmcli.reports.funnel_request import FunnelRequest, Window
from crmcli.reports.stage_times import Times, TimesByRow, stage_times

__all__ = ["Funnel", "FunnelRequest", "Step", "Summary", "funnel", "report"]

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
    Column("amount_conversion", "rate", "Conver\u00adsion", is_hidden=True),
    Column("amount_cumulative", "rate", "Cumu\u00adlative", is_hidden=True),
    Column("entries", "integer", is_hidden=True),
    Column("advanced", "integer", is_hidden=True),
    Column("lost_here", "integer", is_hidden=True),
    Column("handed_over", "integer", is_hidden=True),
    Column("still_there", "integer", is_hidden=True),
)
# For people who ask for amounts: in this order, the money instead of the deals.
_BY_AMOUNT = ("group", "stage", "amount", "amount_conversion", "amount_cumulative", "reached", "lost", "open")


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
    amount_conversion: float | None
    amount_cumulative: float | None
    entries: int
    advanced: int
    lost_here: int
    handed_over: int
    still_there: int


_NO_STEP = Step(
    *(None, None, "", 0, 0, None, None, None, None, 0, 0, 0, 0, None, None, None), *(None, None), *(0, 0, 0, 0, 0)
)


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
    known_at: str | None


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
    about = asked(db, request, Moment(now, preferences))
    pipeline, deals = about.pipeline, about.deals
    is_everything = deals.has_everybody and deals.has_all_stays(db)
    found = journeys(db, deals, Timed(pipeline, has_stays=not is_everything))
    whole, groups = tallies(db, about, found)
    times = stage_times(db, pipeline, deals, found.trails, is_everything=is_everything)
    rows = _Rows(pipeline, request.basis, deals, deals.currency or found.currency, times)
    steps = tuple(step for group in sorted(groups, key=in_order) for step in rows.steps(group, groups[group]))
    counts = counted_days(db, pipeline, about.days) if can_count(request) else ()
    said = notes(db, about, whole, currencies=found.currencies)
    return Funnel(
        parameters={**about.parameters, "mode": request.mode, "basis": request.basis},
        summary=_summary(request, about.days, whole, rows.currency),
        steps=with_counts(steps, counts, _NO_STEP) if counts else steps,
        notes=of_held(said, pipeline, request, counts),
        is_grouped=deals.grouping is not None,
    )


def report(funnel: Funnel, *, by_amount: bool = False) -> Report:
    """The funnel as renderers take it; `by_amount` shows people the money in the place of the deals."""
    table = Table(
        columns=_for_money(_COLUMNS) if by_amount else _COLUMNS,
        rows=[[getattr(step, column.name) for column in _COLUMNS] for step in funnel.steps],
        groups="group" if funnel.is_grouped else None,
        empty="no deals",
    )
    summary = {each.name: getattr(funnel.summary, each.name) for each in fields(Summary)}
    return Report("funnel", funnel.parameters, summary, table, funnel.notes)


def tallies(db: Reader, about: Asked, found: Journeys) -> tuple[Tally, Mapping[object, Tally]]:
    """The sums of the whole, and of each group; those of the whole under None without a field to group by."""
    whole, groups = _sums(about, found)
    if about.deals.grouping is None:
        return whole, {None: whole}
    if about.deals.grouping.is_many:
        alone = about.ungrouped()
        whole, _ = _sums(alone, journeys(db, alone.deals))
    return whole, {group: tally for group, tally in groups.items() if tally.deals}


def _sums(about: Asked, found: Journeys) -> tuple[Tally, Mapping[object, Tally]]:
    pipeline, request = about.pipeline, about.request
    whole = Tally(len(pipeline.rows))
    groups: dict[object, Tally] = defaultdict(lambda: Tally(len(pipeline.rows)))
    ways: dict[tuple[object, bool], tuple[Path, frozenset[int]]] = {}
    for trail in found.trails:
        if (trail.moves, trail.is_ended) not in ways:
            way = path(trail, pipeline, is_within=about.deals.is_period)
            ways[trail.moves, trail.is_ended] = way, counted(way, request.mode, request.basis)
        way, rows = ways[trail.moves, trail.is_ended]
        whole.add(trail, way, rows)
        groups[trail.group].add(trail, way, rows)
    return whole, groups


def _for_money(columns: Sequence[Column]) -> list[Column]:
    return [
        replace(column, is_hidden=column.name not in _BY_AMOUNT, bar=column.name == "amount", under=())
        for column in columns
    ]


@dataclass(frozen=True, slots=True)
class _Rows:
    """What it takes to make steps of the sums of a group."""

    pipeline: Pipeline
    basis: Basis
    deals: Cohort
    currency: str | None
    times: TimesByRow

    def steps(self, group: object, tally: Tally) -> Iterator[Step]:
        label = self.deals.grouping.called(group) if self.deals.grouping else None
        currency = label if self.deals.grouping and self.deals.grouping.is_currency else self.currency
        stays = tally.stays()
        for row, stage in enumerate(self.pipeline.rows):
            times = self.times.get((group, row), Times())
            conversion, low, high, cumulative = self._rates(tally, row)
            of_amount, of_first = self._amount_rates(tally, row) if currency else (None, None)
            yield Step(
                group=label,
                currency=currency,
                stage=stage.name,
                position=stage.position,
                reached=tally.reached[row],
                conversion=conversion,
                conversion_low=low,
                conversion_high=high,
                cumulative=cumulative,
                skipped=tally.skipped[row],
                moved_back=stays.moved_back[row],
                lost=tally.lost[row],
                open=tally.open[row],
                amount=Money(tally.amount[row], currency) if currency else None,
                median_days=times.median,
                p75_days=times.p75,
                amount_conversion=of_amount,
                amount_cumulative=of_first,
                **_ends(stays, row),
            )

    def _rates(self, tally: Tally, row: int) -> tuple[float | None, float | None, float | None, float | None]:
        """The conversion, its interval, and the cumulative one; a snapshot has none."""
        if self.basis == Basis.SNAPSHOT:
            return None, None, None, None
        went, came = (tally.from_before[row], tally.reached[row - 1]) if row else (0, 0)
        low, high = wilson(went, came) or (None, None)
        return share(went, came), low, high, share(tally.from_first[row], tally.reached[0])

    def _amount_rates(self, tally: Tally, row: int) -> tuple[float | None, float | None]:
        if self.basis == Basis.SNAPSHOT:
            return None, None
        went, came = (tally.amount_from_before[row], tally.amount[row - 1]) if row else (0, 0)
        return share(went, came), share(tally.amount_from_first[row], tally.amount[0])


def _ends(stays: Stays, row: int) -> dict[str, int]:
    return {
        "entries": stays.entries[row],
        "advanced": stays.advanced[row],
        "lost_here": stays.lost[row],
        "handed_over": stays.handed_over[row],
        "still_there": stays.still_there[row],
    }


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
        **days.said,  # type: ignore[arg-type]  # the days by name
    )
