"""How long deals stay in each stage: those that have left, and those that are still there counted too."""

from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import quantile
from crmcli.core.survival import stay_quantiles
from crmcli.core.vocabulary import Outcome
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_asked import Asked, asked
from crmcli.reports.funnel_counts import UNKNOWN, Trail
from crmcli.reports.funnel_groups import in_order
from crmcli.reports.funnel_notes import several, window_said
from crmcli.reports.funnel_pipeline import Pipeline
from crmcli.reports.funnel_read import Timed, journeys
from crmcli.reports.funnel_request import FunnelRequest
from crmcli.reports.stage_times import DAY, dated

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
    """Seconds, of one group in one row; those `once` are completed, the latest and the sum of their deals all in one."""

    once: "array[int]" = field(default_factory=lambda: array("q"))
    completed: "array[int]" = field(default_factory=lambda: array("q"))
    running: "array[int]" = field(default_factory=lambda: array("q"))
    latest: "array[int]" = field(default_factory=lambda: array("q"))
    cumulative: "array[int]" = field(default_factory=lambda: array("q"))

    def add(self, columns: "Sequence[array[int]]", *, is_deep: bool) -> None:
        """The completed stays of some deals, a column for each time they were there; their last and their sum too."""
        if is_deep and not columns[1:]:
            self.once.extend(dated(columns[0]))
            return
        for stays in columns:
            self.completed.extend(dated(stays))
        if not is_deep:
            return
        for deal in zip(*columns, strict=True):
            if known := [stay for stay in deal if stay != UNKNOWN]:
                self.latest.append(known[-1])
                self.cumulative.append(sum(known))


@dataclass(slots=True)
class Found:
    """The stays by group and row, and how many deals came to where they stand on a day that nobody knows."""

    stays: dict[tuple[object, int], Stays] = field(default_factory=lambda: defaultdict(Stays))
    undated: int = 0


def stage_times(db: Reader, request: FunnelRequest, *, moment: Moment) -> StageTimes:
    """The times of each open stage of a pipeline, then those of winning. Raises InvalidInput and NotFound."""
    about = asked(db, request, moment)
    timed = Timed(about.pipeline, now=about.moment.now)
    trails = [trail for trail in journeys(db, about.deals, timed).trails if trail.left_out is None]
    found = gathered(about.pipeline, trails)
    groups = {trail.group for trail in trails}
    steps = [step for group in sorted(groups, key=in_order) for step in _steps(about, group, found.stays)]
    deals = sum(trail.deals for trail in trails)
    if about.deals.grouping is not None and about.deals.grouping.is_many:
        alone = journeys(db, about.ungrouped().deals).trails
        deals = sum(trail.deals for trail in alone if trail.left_out is None)
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


def gathered(pipeline: Pipeline, trails: Iterable[Trail], *, is_deep: bool = True, is_whole: bool = False) -> Found:
    """All stays of deals that were timed until now; the last and the sum of each deal's only where it `is_deep`.

    `is_whole` puts all groups into the one called None.
    """
    found = Found()
    for trail in trails:
        if trail.left_out is None:
            _gather(found, None if is_whole else trail.group, trail, pipeline, is_deep=is_deep)
    return found


def _gather(found: Found, group: object, trail: Trail, pipeline: Pipeline, *, is_deep: bool) -> None:
    """What each move ended; then what none did: a stay that still runs or ended with a hand-over, and winning."""
    columns: dict[int, list[array[int]]] = defaultdict(list)
    for stage, stays in trail.completed():
        if pipeline.outcome.get(stage) == Outcome.OPEN:
            columns[stage].append(stays)
    standing = trail.moves[-1][1]
    for stage, stays_there in columns.items():
        has_left = stage != standing or trail.is_ended
        found.stays[group, pipeline.place[stage]].add(stays_there, is_deep=is_deep and has_left)
    outcome = pipeline.outcome.get(standing)
    if outcome == Outcome.OPEN:
        found.undated += trail.deals - len(trail.last)
        kept = found.stays[group, pipeline.place[standing]]
        (kept.completed if trail.is_ended else kept.running).extend(trail.last)
    elif outcome == Outcome.WON:
        found.stays[group, len(pipeline.rows) - 1].completed.extend(trail.last)


def _steps(about: Asked, group: object, stays: Mapping[tuple[object, int], Stays]) -> Iterator[Step]:
    for row, stage in enumerate(about.pipeline.rows):
        kept = stays.get((group, row), Stays())
        once, running = sorted(kept.once), sorted(kept.running)
        left, latest, cumulative = (sorted([*once, *more]) for more in (kept.completed, kept.latest, kept.cumulative))
        is_open = stage.outcome == Outcome.OPEN
        median, p75 = stay_quantiles(left, running, (0.5, 0.75)) if is_open else (None, None)
        yield Step(
            group=about.called(group),
            stage=stage.name,
            position=stage.position,
            completed=len(left),
            median_days=_days(quantile(left, 0.5)),
            p75_days=_days(quantile(left, 0.75)),
            mean_days=_days(sum(left) / len(left)) if left else None,
            max_days=_days(left[-1]) if left else None,
            running=len(running),
            all_median_days=_days(median),
            all_p75_days=_days(p75),
            latest_median_days=_days(quantile(latest, 0.5)),
            cumulative_median_days=_days(quantile(cumulative, 0.5)),
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
