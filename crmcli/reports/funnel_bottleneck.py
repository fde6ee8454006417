"""Where the funnel holds deals up: by those it loses, by the time they take, by what fell of late; and what it would bring."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta

from crmcli.core.money import Money
from crmcli.core.period import Period
from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import share
from crmcli.core.survival import stay_quantiles
from crmcli.core.vocabulary import Basis, Outcome
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.reports.funnel import tallies
from crmcli.reports.funnel_asked import Asked, asked
from crmcli.reports.funnel_compare import Change, both, changes
from crmcli.reports.funnel_counts import Tally
from crmcli.reports.funnel_notes import caveats, window_said
from crmcli.reports.funnel_read import Journeys, Timed, journeys
from crmcli.reports.funnel_request import FunnelRequest
from crmcli.reports.funnel_time import gathered
from crmcli.reports.stage_times import DAY, completed

_WEIGHT = 0.5
_DAYS = 90
_LONGEST = 3_650
_LEAST = 20  # deals of a quarter for its rate to count as the best

_COLUMNS = (
    Column("stage"),
    Column("position", "integer", is_hidden=True),
    Column("lost", "integer", is_hidden=True),
    Column("loss_share", "rate", "Of all lost", heat=True),
    Column("lost_amount", "money", is_hidden=True),
    Column("loss_amount_share", "rate", "In value"),
    Column("median_days", "days", "Median days"),
    Column("time_share", "rate", "Of the time", heat=True),
    Column("score", "number", "Both"),
    Column("conversion", "rate"),
    Column("before", "rate", is_hidden=True),
    Column("now", "rate", "Of late", under=("before",)),
    Column("p_adjusted", "number", is_hidden=True),
    Column("verdict"),
    Column("best_conversion", "rate", "Its best", under=("best_quarter",)),
    Column("best_quarter", heading="in"),
    Column("extra_wins", "number", "Extra wins"),
)


@dataclass(frozen=True, slots=True)
class Hold:
    """An open stage: what it costs, and what its own best quarter says it could give.

    `loss_share` and `loss_amount_share` are of all lost deals that never came further, `time_share` that of the medians
    of all stages; `score` is 100 times their mean, weighted. `conversion` is that to the next stage, `now` and `before`
    the same by the moves of the last days and of as many before, `verdict` what a test says of the two. `extra_wins` is
    how many more deals were won if it rose to that of the best quarter, all else equal.
    """

    stage: str
    position: int
    lost: int
    loss_share: float | None
    lost_amount: Money | None
    loss_amount_share: float | None
    median_days: float | None
    time_share: float | None
    score: float | None
    conversion: float | None
    before: float | None
    now: float | None
    p_adjusted: float | None
    verdict: str | None
    best_conversion: float | None
    best_quarter: str | None
    extra_wins: float | None


@dataclass(frozen=True, slots=True)
class Bottleneck:
    parameters: dict[str, object]
    summary: dict[str, object]
    holds: tuple[Hold, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Sums:
    """What the rows are made of: of the whole, of each quarter, the medians in days, and the changes of late."""

    whole: Tally
    quarters: Mapping[object, Tally]
    medians: tuple[float | None, ...]
    changes: tuple[Change, ...]
    currency: str | None


def bottleneck(
    db: Reader, request: FunnelRequest, *, moment: Moment, weight: float = _WEIGHT, days: int = _DAYS
) -> Bottleneck:
    """Every open stage of a pipeline. `weight` is how much losses count beside time. Raises InvalidInput and NotFound."""
    if not 0 <= weight <= 1:
        raise InvalidInput(f"--weight {weight} does not lie from 0 to 1", hint="--weight 0.5 counts both alike")
    if not 0 < days <= _LONGEST:
        raise InvalidInput(f"--days {days} is not a number of days from 1 to {_LONGEST:,}")
    about = asked(db, request.only(by="created.quarter"), moment)
    has_all = about.deals.has_all_stays(db)
    found = journeys(db, about.deals, Timed(about.pipeline, has_stays=not has_all, now=about.moment.now))
    whole, quarters = tallies(db, about, found)
    today = about.days.as_of or about.moment.now.astimezone(moment.tz).date()
    end, begin = today + timedelta(days=1), today - timedelta(days=days - 1)
    periods = Period(begin - timedelta(days=days), begin), Period(begin, end)
    of_late = changes(both(db, request.with_basis(Basis.PERIOD), periods, moment=moment))
    currency = about.deals.currency or found.currency
    sums = _Sums(whole, quarters, _medians(about, found, _others(db, about) if has_all else {}), of_late, currency)
    holds = tuple(_holds(about, sums, weight))
    parameters = {**about.parameters, "mode": request.mode, "weight": weight, "days": days}
    parameters.pop("by")
    summary = {"deals": whole.deals, "won": whole.of[Outcome.WON], "lost": whole.of[Outcome.LOST], **_greatest(holds)}
    return Bottleneck(parameters, summary, holds, _notes(db, about, whole, holds, periods))


def report(found: Bottleneck) -> Report:
    """The bottleneck as renderers take it."""
    rows = [[getattr(hold, column.name) for column in _COLUMNS] for hold in found.holds]
    return Report("funnel_bottleneck", found.parameters, found.summary, Table(_COLUMNS, rows), found.notes)


def _others(db: Reader, about: Asked) -> "dict[int, array[int]]":
    stages = [stage for stage in about.pipeline.place if about.pipeline.outcome[stage] == Outcome.OPEN]
    return completed(db, about.deals, stages)


def _medians(about: Asked, found: Journeys, others: Mapping[int, Iterable[int]]) -> tuple[float | None, ...]:
    """The Kaplan-Meier median of each open stage, in days, of the deals asked for.

    `others` are completed stays, in seconds by stage, that the trails do not know.
    """
    stays = gathered(about.pipeline, found.trails, is_deep=False, is_whole=True).stays
    for stage, seconds in others.items():
        stays[None, about.pipeline.place[stage]].completed.extend(seconds)
    kept = [stays[None, row] for row in range(about.pipeline.open_rows)]
    medians = [stay_quantiles(sorted(each.completed), sorted(each.running), (0.5,))[0] for each in kept]
    return tuple(None if median is None else median / DAY for median in medians)


def _holds(about: Asked, sums: _Sums, weight: float) -> Iterator[Hold]:
    whole, lost = sums.whole, sum(sums.whole.lost)
    amount, time = sum(whole.lost_amount), sum(filter(None, sums.medians))
    for row in range(about.pipeline.open_rows):
        stage, change = about.pipeline.rows[row], sums.changes[row] if row < len(sums.changes) else None
        of_lost, median = share(whole.lost[row], lost), sums.medians[row]
        of_time = median / time if median is not None and time else None
        rate = _rate(whole, row)
        best, quarter = _best(sums, row)
        yield Hold(
            stage=stage.name,
            position=stage.position,
            lost=whole.lost[row],
            loss_share=of_lost,
            lost_amount=Money(whole.lost_amount[row], sums.currency) if sums.currency else None,
            loss_amount_share=share(whole.lost_amount[row], amount) if sums.currency else None,
            median_days=median,
            time_share=of_time,
            score=_score(of_lost, of_time, weight),
            conversion=rate,
            before=share(*change.first) if change else None,
            now=share(*change.second) if change else None,
            p_adjusted=change.rounded if change else None,
            verdict=change.verdict if change else None,
            best_conversion=best,
            best_quarter=quarter,
            extra_wins=_extra(whole.of[Outcome.WON], rate, best),
        )


def _rate(tally: Tally, row: int) -> float | None:
    return share(tally.from_before[row + 1], tally.reached[row]) if row + 1 < len(tally.reached) else None


def _best(sums: _Sums, row: int) -> tuple[float | None, str | None]:
    """The highest conversion of a quarter with deals enough, and the quarter; the latest of several."""
    rates = [
        (rate, str(quarter))
        for quarter, tally in sums.quarters.items()
        if quarter is not None and tally.reached[row] >= _LEAST and (rate := _rate(tally, row)) is not None
    ]
    return max(rates, default=(None, None))


def _extra(won: int, rate: float | None, best: float | None) -> float | None:
    if not rate or best is None:
        return None
    return round(won * max(best / rate - 1, 0.0), 1)


def _score(of_lost: float | None, of_time: float | None, weight: float) -> float | None:
    if of_lost is None or of_time is None:
        return None
    return round(100 * (weight * of_lost + (1 - weight) * of_time), 1)


def _greatest(holds: tuple[Hold, ...]) -> dict[str, object]:
    """The stages at which most is lost, by number, and by time."""
    most_lost = max(holds, key=lambda hold: hold.loss_share or 0, default=None)
    slowest = max(holds, key=lambda hold: hold.time_share or 0, default=None)
    return {
        "most_lost_in": most_lost.stage if most_lost and most_lost.loss_share else None,
        "most_time_in": slowest.stage if slowest and slowest.time_share else None,
        "fell": [hold.stage for hold in holds if hold.verdict == "fell"],
    }


def _notes(
    db: Reader, about: Asked, whole: Tally, holds: tuple[Hold, ...], periods: tuple[Period, Period]
) -> tuple[str, ...]:
    greatest, (before, now) = _greatest(holds), periods
    said = [f"{window_said(about)}; {counted(whole.of[Outcome.LOST], 'deal')} lost, {whole.of[Outcome.WON]:,} won"]
    for name, what in (("most_lost_in", "most deals are lost"), ("most_time_in", "most time passes")):
        if greatest[name]:
            said.append(f"{what} in {greatest[name]}")
    said.append(f"of late: moves from {now.start} to {now.last}; under it those from {before.start} to {before.last}")
    said.append(
        f"its best: of a quarter of creation with {_LEAST} deals or more; extra wins: if it rose to that, all else equal"
    )
    return (*said, about.pipeline_said, *caveats(db, about, whole))
