"""How long deals stay in each stage: those that have left, and those that are still there counted too."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from statistics import fmean

from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import quantile
from crmcli.core.survival import stay_quantiles
from crmcli.core.vocabulary import Outcome
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_asked import Asked, asked
from crmcli.reports.funnel_groups import in_order
from crmcli.reports.funnel_notes import several, window_said
from crmcli.reports.funnel_read import removed, stays
from crmcli.reports.funnel_request import FunnelRequest
from crmcli.reports.stage_times import DAY

_COLUMNS = (
    Column("group"),
    Column("stage"),
    Column("position", "integer", is_hidden=True),
    Column("completed", "integer", "Left"),
    Column("median_days", "days", "Median of them", under=("p75_days",)),
    Column("p75_days", "days", "p75"),
    Column("mean_days", "days", "Mean", is_hidden=True),
    Column("max_days", "days", "Longest"),
    Column("running", "integer", "Still there"),
    Column("all_median_days", "days", "Median of all", bar=True, under=("all_p75_days",)),
    Column("all_p75_days", "days", "p75"),
    Column("latest_median_days", "days", "Last stay"),
    Column("cumulative_median_days", "days", "All stays"),
)


@dataclass(frozen=True, slots=True)
class Step:
    """A stage; the last of a group is winning, from the first dated event.

    Median, p75, mean and longest are those of the completed stays; `all_` those of Kaplan and Meier, in which the
    running ones count for as long as they have lasted; None where fewer have left. The latest and the cumulative stay
    are medians over the deals that have left for good: of their last stay, and of the sum of theirs.
    """

    group: str | None
    stage: str
    position: int
    completed: int
    median_days: float | None
    p75_days: float | None
    mean_days: float | None
    max_days: float | None
    running: int
    all_median_days: float | None
    all_p75_days: float | None
    latest_median_days: float | None
    cumulative_median_days: float | None


@dataclass(frozen=True, slots=True)
class StageTimes:
    parameters: dict[str, object]
    steps: tuple[Step, ...]
    notes: tuple[str, ...]
    is_grouped: bool
    deals: int
    undated: int


@dataclass(slots=True)
class Stays:
    """Seconds, of one group in one row."""

    completed: "array[int]" = field(default_factory=lambda: array("q"))
    running: "array[int]" = field(default_factory=lambda: array("q"))
    latest: "array[int]" = field(default_factory=lambda: array("q"))
    cumulative: "array[int]" = field(default_factory=lambda: array("q"))


@dataclass(slots=True)
class Found:
    """The stays by group and row; `members` are the groups of each passage, and the stage where it stands, or 0."""

    stays: dict[tuple[object, int], Stays] = field(default_factory=lambda: defaultdict(Stays))
    members: dict[int, tuple[int, tuple[object, ...]]] = field(default_factory=dict)
    undated: int = 0


def stage_times(db: Reader, request: FunnelRequest, *, moment: Moment) -> StageTimes:
    """The times of each open stage of a pipeline, then those of winning. Raises InvalidInput and NotFound."""
    about = asked(db, request, moment)
    found = gathered(db, about)
    groups = {group for _, members in found.members.values() for group in members}
    steps = [step for group in sorted(groups, key=in_order) for step in _steps(about, group, found.stays)]
    deals = len(found.members)
    return StageTimes(
        about.parameters,
        tuple(steps),
        _notes(about, deals, found),
        about.deals.grouping is not None,
        deals,
        found.undated,
    )


def report(found: StageTimes) -> Report:
    """The times as renderers take them."""
    rows = [[getattr(step, column.name) for column in _COLUMNS] for step in found.steps]
    table = Table(_COLUMNS, rows, groups="group" if found.is_grouped else None, empty="no deals")
    summary = {"deals": found.deals, "undated": found.undated}
    return Report("funnel_time", found.parameters, summary, table, found.notes)


def gathered(db: Reader, about: Asked, *, is_deep: bool = True) -> Found:
    """All stays of the deals asked for; the last and the sum of each deal's only where it `is_deep`."""
    found = Found()
    if about.deals.has_everybody and not is_deep:
        _gather_everybody(db, about, found)
        return found
    _gather_standing(db, about, found)
    rows = {stage.id: row for row, stage in enumerate(about.pipeline.rows) if stage.outcome == Outcome.OPEN}
    groups = {group for _, members in found.members.values() for group in members}
    kept = {(group, stage): found.stays[group, row] for group in groups for stage, row in rows.items()}
    deal, latest, sums = 0, dict[int, int](), dict[int, int]()
    for passage, stage, seconds in stays(db, about.deals):
        if stage not in rows or passage not in found.members:
            continue
        for group in found.members[passage][1]:
            kept[group, stage].completed.append(seconds)
        if is_deep:
            if passage != deal:
                _finish(kept, found.members.get(deal), latest, sums)
                deal, latest, sums = passage, {}, {}
            if stage in latest:
                sums[stage] = sums.get(stage, latest[stage]) + seconds
            latest[stage] = seconds
    _finish(kept, found.members.get(deal), latest, sums)
    return found


def _gather_everybody(db: Reader, about: Asked, found: Found) -> None:
    """The stays of all deals, nobody looked up."""
    _gather_standing(db, about, found, is_open=True)
    rows = {stage.id: row for row, stage in enumerate(about.pipeline.rows) if stage.outcome == Outcome.OPEN}
    kept, nobody = {stage: found.stays[None, row] for stage, row in rows.items()}, removed(db)
    for passage, stage, seconds in stays(db, about.deals):
        if stage in kept and passage not in nobody:
            kept[stage].completed.append(seconds)


def _finish(
    kept: Mapping[tuple[object, int], Stays],
    member: tuple[int, tuple[object, ...]] | None,
    latest: Mapping[int, int],
    sums: Mapping[int, int],
) -> None:
    """Keep the last stay and the sum of the stays of a deal in the stages that it has left; `sums` where it was again."""
    if member is None:
        return
    standing, groups = member
    for stage, seconds in latest.items():
        if stage != standing:
            for group in groups:
                stays = kept[group, stage]
                stays.latest.append(seconds)
                stays.cumulative.append(sums.get(stage, seconds))


def _gather_standing(db: Reader, about: Asked, found: Found, *, is_open: bool = False) -> None:
    """Who is in the cohort; the stays that no event ends: those still running, those ended by a hand-over, and winning.

    `is_open` looks at the deals alone that stand in an open stage, or did when they were handed over.
    """
    now, last = about.moment.now, len(about.pipeline.rows) - 1
    alone: dict[tuple[int, object], tuple[int, tuple[object, ...]]] = {}
    first = "(select min(occurred_at) from stage_event where passage_id = c.id and occurred_at < c.entered_at)"
    still = ", ".join(str(stage) for stage, outcome in about.pipeline.outcome.items() if outcome == Outcome.OPEN)
    within = f" and c.stage_id in ({still or 'null'})" if is_open else ""
    sql = f"""
        select c.id, c.grp, c.stage_id, c.is_ended, c.entered_at, c.ended_at, coalesce(c.began_at, {first})
        from ({about.deals.source}) c where c.left_out is null{within}
    """
    for passage, group, stage, is_ended, entered, ended, began in db.rows(sql, about.deals.parameters):
        outcome, row = about.pipeline.outcome.get(stage), about.pipeline.place.get(stage, -1)
        standing = stage if outcome == Outcome.OPEN and not is_ended else 0
        member = alone.get((standing, group)) or alone.setdefault((standing, group), (standing, (group,)))
        if passage in found.members:
            member = standing, (*found.members[passage][1], group)
        found.members[passage] = member
        if outcome == Outcome.OPEN:
            end = datetime.fromisoformat(ended) if is_ended else now
            seconds = None if entered is None else max(int((end - datetime.fromisoformat(entered)).total_seconds()), 0)
            found.undated += seconds is None
            if seconds is not None:
                kept = found.stays[group, row]
                (kept.completed if is_ended else kept.running).append(seconds)
        elif outcome == Outcome.WON and not is_ended and began and entered:
            cycle = datetime.fromisoformat(entered) - datetime.fromisoformat(began)
            found.stays[group, last].completed.append(int(cycle.total_seconds()))


def _steps(about: Asked, group: object, stays: Mapping[tuple[object, int], Stays]) -> Iterator[Step]:
    for row, stage in enumerate(about.pipeline.rows):
        kept = stays.get((group, row), Stays())
        left, running = sorted(kept.completed), sorted(kept.running)
        is_open = stage.outcome == Outcome.OPEN
        median, p75 = stay_quantiles(left, running, (0.5, 0.75)) if is_open else (None, None)
        yield Step(
            group=about.called(group),
            stage=stage.name,
            position=stage.position,
            completed=len(left),
            median_days=_days(quantile(left, 0.5)),
            p75_days=_days(quantile(left, 0.75)),
            mean_days=_days(fmean(left)) if left else None,
            max_days=_days(left[-1]) if left else None,
            running=len(running),
            all_median_days=_days(median),
            all_p75_days=_days(p75),
            latest_median_days=_days(quantile(sorted(kept.latest), 0.5)),
            cumulative_median_days=_days(quantile(sorted(kept.cumulative), 0.5)),
        )


def _days(seconds: float | None) -> float | None:
    return None if seconds is None else seconds / DAY


def _notes(about: Asked, deals: int, found: Found) -> tuple[str, ...]:
    said = [f"{window_said(about)}; {counted(deals, 'deal')}", about.pipeline_said]
    said.append(
        "median of all: Kaplan-Meier, by any way out, with the deals still there; empty where too few have left"
    )
    said += about.days.past.notes
    if found.undated:
        said.append(f"left out: {counted(found.undated, 'deal')} whose coming to the stage has no date")
    return (*said, *several(about))
