"""How long deals stayed: the median and p75 of the completed stays in each stage, and of the way to winning."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crmcli.core.statistics import Ascending, quantile
from crmcli.core.vocabulary import Outcome
from crmcli.db.reader import Reader, Row
from crmcli.reports.funnel_cohort import Cohort
from crmcli.reports.funnel_pipeline import Pipeline

_DAY = 86_400  # seconds


@dataclass(frozen=True, slots=True)
class Times:
    """Days; None where nobody has left yet."""

    median: float | None = None
    p75: float | None = None


#: By group and row of the funnel; what has no stay is absent.
TimesByRow = Mapping[tuple[object, int], Times]


def stage_times(db: Reader, cohort: Cohort, pipeline: Pipeline, *, is_everything: bool) -> TimesByRow:
    """The times of each row of the funnel: completed stays in the open stages, first event to winning in the last.

    `is_everything` says that the cohort is all there is in the pipeline, ungrouped: then their index answers.
    Stays without dates count nowhere.
    """
    stays = _all_stays(db, pipeline) if is_everything else _stays(db, cohort, pipeline)
    return {**stays, **_cycles(db, cohort, pipeline)}


class _Indexed:
    """The completed stays in one stage, ascending, each looked up in the index when it is asked for."""

    def __init__(self, db: Reader, stage_id: int) -> None:
        self._db, self._stage_id = db, stage_id
        sql = "select count(*) from stage_event where from_stage_id = :stage and dwell is not null"
        self._count = int(db.value(sql, stage=stage_id))

    def __len__(self) -> int:
        return self._count

    def __getitem__(self, place: int) -> int:
        sql = """
            select dwell from stage_event where from_stage_id = :stage and dwell is not null
            order by dwell limit 1 offset :place
        """
        return int(self._db.value(sql, stage=self._stage_id, place=place))


def _all_stays(db: Reader, pipeline: Pipeline) -> dict[tuple[object, int], Times]:
    rows = enumerate(pipeline.rows)
    return {(None, row): _times(_Indexed(db, stage.id)) for row, stage in rows if stage.outcome == Outcome.OPEN}


def _stays(db: Reader, cohort: Cohort, pipeline: Pipeline) -> dict[tuple[object, int], Times]:
    stages = {stage.id: row for row, stage in enumerate(pipeline.rows) if stage.outcome == Outcome.OPEN}
    deals = f"select c.grp, c.id from ({cohort.source}) c where c.left_out is null"
    sql = (
        f"select c.grp, e.from_stage_id, e.dwell from ({deals}) c join stage_event e on e.passage_id = c.id where true"
    )
    if cohort.is_unrestricted:  # then it is cheaper to name the few that are not in it
        removed = f"select p.id from passage p join {pipeline.held} where d.removed_at is not null"
        sql = f"select null, e.from_stage_id, e.dwell from stage_event e where e.passage_id not in ({removed})"
    known = " and e.occurred_at < :as_of" if cohort.is_as_of else ""
    stays = _collected(db.rows(f"{sql} and e.dwell is not null{known}", cohort.parameters))
    return {(group, stages[stage]): times for (group, stage), times in stays.items() if stage in stages}


def _cycles(db: Reader, cohort: Cohort, pipeline: Pipeline) -> dict[tuple[object, int], Times]:
    """From the first dated event to the entry into the won stage where the deal stands.

    Winning itself is no beginning for a deal whose earlier events have no date: such a deal counts nowhere.
    """
    won = ", ".join(str(stage) for stage, outcome in pipeline.outcome.items() if outcome == Outcome.WON) or "null"
    first = "(select min(occurred_at) from stage_event where passage_id = c.id and occurred_at < c.entered_at)"
    sql = f"""
        select c.grp, {len(pipeline.rows) - 1},
            strftime('%s', c.entered_at) - strftime('%s', coalesce(c.began_at, {first}))
        from ({cohort.source}) c
        where c.left_out is null and c.stage_id in ({won}) and not c.is_ended
    """
    return _collected(db.rows(sql, cohort.parameters))


def _collected(found: Iterable[Row]) -> dict[tuple[object, int], Times]:
    """The times of (group, key, seconds), by group and key."""
    stays: dict[tuple[object, int], list[int]] = defaultdict(list)
    for group, key, seconds in found:
        if seconds is not None:
            stays[group, key].append(seconds)
    return {key: _times(sorted(values)) for key, values in stays.items()}


def _times(ascending: Ascending) -> Times:
    median, p75 = quantile(ascending, 0.5), quantile(ascending, 0.75)
    return Times() if median is None or p75 is None else Times(median / _DAY, p75 / _DAY)
