"""How deals come to be won and lost as time goes by, the open ones among them counted."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import datetime

from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import share, win_rate
from crmcli.core.survival import CENSORED, Point, incidences
from crmcli.core.vocabulary import Outcome
from crmcli.core.wording import counted, did_you_mean
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput, NotFound
from crmcli.query.comparison import Moment
from crmcli.query.stalling import won_since
from crmcli.reports.funnel_asked import Asked, asked
from crmcli.reports.funnel_groups import in_order
from crmcli.reports.funnel_notes import several, window_said
from crmcli.reports.funnel_read import standing_in
from crmcli.reports.funnel_request import FunnelRequest

USUAL_DAYS = (30, 60, 90, 180)

WON, LOST, HANDED_OVER = 1, 2, -1
_LONGEST = 36_500

_COLUMNS = (
    Column("group"),
    Column("days", "days", "Within days"),
    Column("deals", "integer", is_hidden=True),
    Column("at_risk", "integer"),
    Column("won", "rate", bar=True, under=("won_low", "won_high")),
    Column("won_low", "rate", "low"),
    Column("won_high", "rate", "high"),
    Column("lost", "rate", under=("lost_low", "lost_high")),
    Column("lost_low", "rate", "low"),
    Column("lost_high", "rate", "high"),
    Column("open", "rate"),
    Column("closed_only", "rate", "Closed only"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """The state so many days after the beginning: `won`, `lost` and `open` add up to 1, with 95 % intervals.

    `at_risk` deals were seen for so long without an end; `closed_only` is the win rate of the group's closed deals.
    """

    group: str | None
    days: float
    deals: int
    at_risk: int
    won: float | None
    won_low: float | None
    won_high: float | None
    lost: float | None
    lost_low: float | None
    lost_high: float | None
    open: float | None
    closed_only: float | None


@dataclass(frozen=True, slots=True)
class Summary:
    """`won_so_far` is the share of all dated deals; `past_slowest_win` are open for longer than any deal took to be won."""

    deals: int
    undated: int
    open: int
    won: int
    lost: int
    closed_only: float | None
    won_so_far: float | None
    slowest_win_days: float | None
    past_slowest_win: int
    handed_over: int


@dataclass(frozen=True, slots=True)
class Curve:
    parameters: dict[str, object]
    summary: Summary
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    is_grouped: bool


Ends = list[tuple[int, int]]
"""Whole days from the beginning, and what came then: won, lost, handed over, which is no end here, or not yet an end."""


def curve(
    db: Reader, request: FunnelRequest, *, moment: Moment, days: Sequence[int] = USUAL_DAYS, start: str | None = None
) -> Curve:
    """The incidence of winning and losing at so many `days` after the beginning, and at the last end of a deal.

    The beginning is the first dated event, or the first entry into the stage `start`. Raises InvalidInput and NotFound.
    """
    about = asked(db, request, moment)
    groups, undated = ends(db, about, _stage(about, start))
    whole = groups.get(None, []) if about.deals.grouping is None else _whole(db, about, groups, start)
    times = sorted(set(checked(days)))
    steps = [
        step for group in sorted(groups, key=in_order) for step in _steps(about.called(group), groups[group], times)
    ]
    return Curve(
        {**about.parameters, "from": start, "days": list(times)},
        _summary(whole, undated),
        tuple(steps),
        _notes(about, _summary(whole, undated), start),
        about.deals.grouping is not None,
    )


def report(found: Curve) -> Report:
    """The curve as renderers take it."""
    rows = [[getattr(step, column.name) for column in _COLUMNS] for step in found.steps]
    groups = "group" if found.is_grouped else None
    table = Table(_COLUMNS, rows, groups=groups, empty="no deals with a date")
    return Report("funnel_curve", found.parameters, asdict(found.summary), table, found.notes)


def _whole(db: Reader, about: Asked, groups: Mapping[object, Ends], start: str | None) -> Ends:
    """Everybody once."""
    if about.deals.grouping is not None and about.deals.grouping.is_many:
        alone = about.ungrouped()
        return ends(db, alone, _stage(alone, start))[0].get(None, [])
    return [end for found in groups.values() for end in found]


def checked(days: Sequence[int]) -> Sequence[int]:
    """The days, none of them too many. Raises InvalidInput."""
    for each in days:
        if not 0 < each <= _LONGEST:
            raise InvalidInput(f"--days {each} is not a number of days from 1 to {_LONGEST:,}")
    return days


def _stage(about: Asked, name: str | None) -> int | None:
    if name is None:
        return None
    rows = {stage.name.casefold(): stage.id for stage in about.pipeline.rows if stage.outcome == Outcome.OPEN}
    if name.casefold() not in rows:
        names = [stage.name for stage in about.pipeline.rows if stage.outcome == Outcome.OPEN]
        otherwise = f"; one of {', '.join(names)}"
        raise NotFound(
            f"no open stage {name!r} in pipeline {about.pipeline.name!r}{did_you_mean(name, names, otherwise)}"
        )
    return rows[name.casefold()]


def ends(db: Reader, about: Asked, stage: int | None = None) -> tuple[dict[object, Ends], int]:
    """The ends of each group, and how many deals have none because a date is missing."""
    outcomes = {number: outcome for number, outcome in about.pipeline.outcome.items() if outcome != Outcome.OPEN}
    last = about.moment.now
    groups: dict[object, Ends] = defaultdict(list)
    undated = 0
    for group, began, standing, is_ended, entered, ended in db.rows(
        _sql(about, stage), about.deals.parameters, stage=stage
    ):
        kind, end = (HANDED_OVER if is_ended else CENSORED), last
        if began is None or (entered is None and standing in outcomes):
            undated += 1
            continue
        if is_ended:
            end = datetime.fromisoformat(ended)
        elif standing in outcomes:
            kind = WON if outcomes[standing] == Outcome.WON else LOST
            end = datetime.fromisoformat(entered)
        groups[group].append((max((end - datetime.fromisoformat(began)).days, 0), kind))
    return dict(groups), undated


def _sql(about: Asked, stage: int | None) -> str:
    known = about.deals.past.known()
    came = "" if stage is None else " and to_stage_id = :stage and from_stage_id is not to_stage_id"
    first = f"(select min(occurred_at) from stage_event where passage_id = c.id and {known}{came})"
    if stage is None:
        won, since = standing_in(about.pipeline, Outcome.WON), won_since("c", "c.entered_at")
        first = (
            f"case when c.stage_id in ({won}) and not c.is_ended then {since} else coalesce(c.began_at, {first}) end"
        )
    been = (
        ""
        if stage is None
        else f" and exists (select 1 from stage_event where passage_id = c.id {came} and {about.deals.past.all_known()})"
    )
    return f"""
        select c.grp, {first}, c.stage_id, c.is_ended, c.entered_at, c.ended_at
        from ({about.deals.source}) c where c.left_out is null{been}
    """


def _steps(group: str | None, of: Ends, days: Sequence[int]) -> Iterator[Step]:
    """At each of the days, then at the last end."""
    final = max((time for time, kind in of if kind > CENSORED), default=None)
    times = sorted({*days, *([] if final is None else [final])})
    kinds = [kind for _, kind in of]
    rate = win_rate(kinds.count(WON), kinds.count(LOST))
    for point in incidences([(time, max(kind, CENSORED)) for time, kind in of], times):
        yield _step(group, point, len(of), rate)


def _step(group: str | None, point: Point, deals: int, rate: float | None) -> Step:
    """Of a time that nobody was seen for nothing is known."""
    if not point.at_risk:
        return Step(group, point.time, deals, 0, None, None, None, None, None, None, None, rate)
    (won, lost), (won_low, lost_low), (won_high, lost_high) = point.incidence, point.low, point.high
    spread = (won, won_low, won_high, lost, lost_low, lost_high)
    return Step(group, point.time, deals, point.at_risk, *spread, point.survival, rate)


def _summary(of: Ends, undated: int) -> Summary:
    won = [time for time, kind in of if kind == WON]
    lost = sum(kind == LOST for _, kind in of)
    waiting = [time for time, kind in of if kind == CENSORED]
    slowest = max(won, default=None)
    return Summary(
        deals=len(of),
        undated=undated,
        open=len(waiting),
        won=len(won),
        lost=lost,
        closed_only=win_rate(len(won), lost),
        won_so_far=share(len(won), len(of)),
        slowest_win_days=slowest,
        past_slowest_win=0 if slowest is None else sum(time > slowest for time in waiting),
        handed_over=sum(kind == HANDED_OVER for _, kind in of),
    )


def _notes(about: Asked, summary: Summary, start: str | None) -> tuple[str, ...]:
    beginning = "first dated event" if start is None else f"first entry into {start}"
    said = [
        f"{window_said(about)}, from the {beginning}; {summary.open:,} of {counted(summary.deals, 'deal')} still open"
    ]
    if summary.closed_only is not None and summary.won_so_far is not None:
        rates = f"closed-only win rate {summary.closed_only:.2%}, won so far {summary.won_so_far:.2%} of all"
        said.append(f"{rates}; the curve counts the open ones too: Aalen-Johansen".replace("%", " %"))
    said.append(about.pipeline_said)
    if summary.slowest_win_days is not None:
        older = f"{summary.past_slowest_win:,} of {summary.open:,} open deals are older than the slowest win"
        said.append(f"{older}, {summary.slowest_win_days:.0f} days")
    if summary.handed_over:
        said.append(f"{counted(summary.handed_over, 'deal')} handed over to another pipeline: at risk until then")
    said += about.days.past.notes
    if summary.undated:
        said.append(f"left out: {counted(summary.undated, 'deal')} without a date to count from or to")
    return (*said, *several(about))
