"""How long deals stayed: the median and p75 of the completed stays in each stage, and of the way to winning."""

from array import array
from collections import Counter, defaultdict
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from crmcli.core.statistics import Ascending, quantile
from crmcli.core.vocabulary import Outcome
from crmcli.db.reader import Reader
from crmcli.reports.funnel_cohort import Cohort
from crmcli.reports.funnel_counts import UNKNOWN, Trail
from crmcli.reports.funnel_pipeline import Pipeline
from crmcli.reports.funnel_read import numbers

DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Times:
    """Days; None where nobody has left yet."""

    median: float | None = None
    p75: float | None = None


#: By group and row of the funnel; what has no stay is absent.
TimesByRow = Mapping[tuple[object, int], Times]


def stage_times(
    db: Reader, pipeline: Pipeline, deals: Cohort, trails: Collection[Trail], *, is_everything: bool
) -> TimesByRow:
    """The times of each row of the funnel: completed stays in the open stages, first event to winning in the last.

    `trails` know of the last stays those that winning or a hand-over ended. `is_everything` says that the events tell
    the stays of the `deals`, ungrouped: those of now by an index of the file. Those without dates count nowhere.
    """
    rows = {stage.id: row for row, stage in enumerate(pipeline.rows) if stage.outcome == Outcome.OPEN}
    seconds: dict[tuple[object, int], array[int]] = defaultdict(lambda: array("q"))
    for trail in trails:
        if trail.left_out is not None:
            continue
        row = rows.get(trail.moves[-1][1]) if trail.is_ended else len(pipeline.rows) - 1
        if row is not None and trail.last:
            seconds[trail.group, row].extend(trail.last)
        for stage, stays in trail.completed():
            if stage in rows and not is_everything:
                seconds[trail.group, rows[stage]].extend(dated(stays))
    is_handed_over = any(row in rows.values() for _, row in seconds)
    is_indexed = is_everything and deals.known == "true" and not is_handed_over
    if is_everything and not is_indexed:
        for stage, stays in completed(db, deals, rows).items():
            seconds[None, rows[stage]].extend(stays)
    found = {key: times(sorted(values)) for key, values in seconds.items() if values}
    return {**found, **_by_index(db, pipeline, trails)} if is_indexed else found


def completed(db: Reader, deals: Cohort, stages: Collection[int]) -> dict[int, "array[int]"]:
    """The seconds of all completed stays in each of the `stages` by then, where the events tell those of the `deals`."""
    if not stages:
        return {}
    index = "stage_event_dwell" if deals.known == "true" else "stage_event_passage"
    each = ", ".join(f"group_concat(dwell) filter (where from_stage_id = {stage:d})" for stage in stages)
    sql = f"select {each} from stage_event indexed by {index} where dwell is not null and {deals.known}"
    return dict(zip(stages, map(numbers, db.row(sql, deals.parameters) or ()), strict=True))


def dated(stays: "array[int]") -> "array[int]":
    """Those that have a beginning and an end."""
    return array("q", (each for each in stays if each != UNKNOWN)) if UNKNOWN in stays else stays


def times(ascending: Ascending) -> Times:
    """The days of seconds."""
    median, p75 = quantile(ascending, 0.5), quantile(ascending, 0.75)
    return Times() if median is None or p75 is None else Times(median / DAY, p75 / DAY)


class _Indexed:
    """The completed stays in one stage, ascending, looked up in the index two at a time when they are asked for."""

    def __init__(self, db: Reader, stage_id: int, count: int) -> None:
        self._db, self._stage_id, self._count = db, stage_id, count
        self._known: dict[int, int] = {}

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> int:
        if place not in self._known:
            self._look_up(place)
        return self._known[place]

    def _look_up(self, place: int) -> None:
        """From the end that is nearer."""
        is_late = place > self._count // 2
        order, skipped = ("desc", max(self._count - place - 2, 0)) if is_late else ("asc", place)
        sql = f"""
            select dwell from stage_event where from_stage_id = :stage and dwell is not null
            order by dwell {order} limit 2 offset :skipped
        """
        found = self._db.rows(sql, stage=self._stage_id, skipped=skipped)
        pair = [int(dwell) for (dwell,) in found] or [0]  # a damaged file: more moves than stays
        first = self._count - skipped - len(pair) if is_late else skipped
        self._known.update(enumerate(reversed(pair) if is_late else pair, start=first))


def _by_index(db: Reader, pipeline: Pipeline, trails: Collection[Trail]) -> dict[tuple[object, int], Times]:
    counts = Counter[int]()
    if any(trail.undated for trail in trails):  # whose first stays nobody knows, and who knows which others
        sql = "select from_stage_id, count(*) from stage_event where dwell is not null group by 1"
        counts.update(dict(db.rows(sql)))
    else:
        for trail in trails:
            for stage, to in trail.moves:
                counts[stage] += trail.deals * (stage != to)
    rows = enumerate(pipeline.rows)
    return {
        (None, row): times(_Indexed(db, stage.id, counts[stage.id]))
        for row, stage in rows
        if stage.outcome == Outcome.OPEN
    }
