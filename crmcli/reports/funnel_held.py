"""What a funnel of customers has of its own: stages that are counted by the day, and the words of its notes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol, TypeVar

from crmcli.core.statistics import share, wilson
from crmcli.core.vocabulary import Basis, Holds
from crmcli.db.reader import Reader
from crmcli.reports.funnel_pipeline import Pipeline, Stage
from crmcli.reports.funnel_request import FunnelRequest, Window

_AMOUNTS = "the amounts leave out"


class _Step(Protocol):
    @property
    def position(self) -> int: ...
    @property
    def reached(self) -> int: ...


S = TypeVar("S", bound=_Step)


@dataclass(frozen=True, slots=True)
class Counted:
    """A counted stage, and how many came to it in the days asked for."""

    stage: Stage
    count: int


def counted(db: Reader, pipeline: Pipeline, days: Window) -> tuple[Counted, ...]:
    """The counted stages of a pipeline, in order."""
    sql = """
        select coalesce(sum(count), 0) from stage_count where stage_id = :stage
        and (:since is null or counted_on >= :since) and (:until is null or counted_on < :until)
        and (:as_of is null or counted_on <= :as_of)
    """
    asked = {"since": days.since, "until": days.until, "as_of": days.as_of}
    said = {name: day.isoformat() if day else None for name, day in asked.items()}
    return tuple(Counted(stage, int(db.value(sql, said, stage=stage.id))) for stage in pipeline.counted)


def can_count(request: FunnelRequest) -> bool:
    """Whether counts of all alike say anything: nobody is asked for in particular, and not where they stand."""
    return not (request.words or request.by or request.currency) and request.basis != Basis.SNAPSHOT


def with_counts(steps: Sequence[S], counts: Sequence[Counted], blank: S) -> tuple[S, ...]:
    """The steps with one more, made of `blank`, for each counted stage; the rate of the step behind it is by its count.

    The cumulative rates are by the count of the first stage of all. A rate above 1 is none: not all were counted.
    """
    added = [
        replace(blank, stage=each.stage.name, position=each.stage.position, reached=each.count)  # type: ignore[type-var]
        for each in counts
    ]
    is_counted = {id(step) for step in added}
    merged = sorted([*added, *steps], key=lambda step: step.position)
    found: list[S] = []
    for number, step in enumerate(merged):
        new = step
        if number and not {id(step), id(merged[number - 1])}.isdisjoint(is_counted):
            low, high = _interval(step.reached, merged[number - 1].reached)
            rate = _rate(step.reached, merged[number - 1].reached)
            new = replace(new, conversion=rate, conversion_low=low, conversion_high=high)  # type: ignore[type-var]
        if id(merged[0]) in is_counted:
            new = replace(new, cumulative=_rate(step.reached, merged[0].reached))  # type: ignore[type-var]
        found.append(new)
    return tuple(found)


def notes(
    said: Sequence[str], pipeline: Pipeline, request: FunnelRequest, counts: Sequence[Counted]
) -> tuple[str, ...]:
    """The notes `said` of deals as those of what the pipeline holds, and what is to be known of its counts."""
    lines = list(said)
    if pipeline.holds != Holds.DEAL:
        lines = [line for line in lines if not line.startswith(_AMOUNTS)]
        first, *rest = lines
        named = [line for line in rest if line.startswith("pipeline ")]
        lines = [_of_customers(first), *named, *(_of_customers(line) for line in rest if line not in named)]
    if pipeline.counted:
        names = " and ".join(stage.name for stage in pipeline.counted)
        if not can_count(request):
            lines.append(f"without {names}: what is counted by the day is counted of all alike")
        else:
            lines += [f"{each.stage.name}: {each.count:,} by the counts of the days" for each in counts]
    return tuple(lines)


def _of_customers(line: str) -> str:
    return line.replace("deal", "customer").replace("handed over to another pipeline", "left the pipeline")


def _rate(part: int, whole: int) -> float | None:
    return share(part, whole) if part <= whole else None


def _interval(part: int, whole: int) -> tuple[float, float] | tuple[None, None]:
    found = wilson(part, whole) if part <= whole else None
    return found or (None, None)
