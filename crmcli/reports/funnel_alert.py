"""Which step of the funnel fell of late, and the groups that explain it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from json import loads

from crmcli.core.period import Period
from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import share
from crmcli.core.vocabulary import Basis
from crmcli.core.wording import counted, percent
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_asked import asked
from crmcli.reports.funnel_compare import Change, Side, both, changes, contributions, counts_of
from crmcli.reports.funnel_counts import Tally
from crmcli.reports.funnel_groups import Grouping
from crmcli.reports.funnel_request import FunnelRequest

#: What the fall of a step is explained by, where nothing else is asked for.
FIELDS = ("owner", "source", "product", "customer.industry")

_BEFORE = 3  # times as long as the days that are looked at
_LONGEST = 3_650
_MOST_GROUPS = 3

_COLUMNS = (
    Column("step"),
    Column("before", "rate"),
    Column("now", "rate", under=("before",)),
    Column("change", "rate"),
    Column("p_adjusted", "number", "p"),
    Column("verdict", under=("p_adjusted",)),
    Column("field"),
    Column("group", under=("field",)),
    Column("group_before", "rate", "before"),
    Column("group_now", "rate", "Its now", under=("group_before",)),
    Column("group_deals", "integer", "Its deals"),
    Column("effect", "rate", "Of the change"),
)


@dataclass(frozen=True, slots=True)
class Alert:
    """`fallen` are the steps that fell. Of `rows` each step has one; one that fell has one for each group behind it."""

    parameters: dict[str, object]
    steps: tuple[Change, ...]
    fallen: tuple[Change, ...]
    rows: tuple[tuple[object, ...], ...]
    notes: tuple[str, ...]


def alert(
    db: Reader, request: FunnelRequest, *, moment: Moment, days: int = 30, fields: Sequence[str] = FIELDS
) -> Alert:
    """The steps whose conversion in the last `days` fell against three times as many days before. Raises InvalidInput."""
    if not 0 < days <= _LONGEST:
        raise InvalidInput(f"--days {days} is not a number of days from 1 to {_LONGEST:,}")
    about = asked(db, request, moment)
    today = about.days.as_of or about.moment.now.astimezone(moment.tz).date()
    end, begin = today + timedelta(days=1), today - timedelta(days=days - 1)
    periods = Period(begin - timedelta(days=_BEFORE * days), begin), Period(begin, end)
    by_moves = request.with_basis(Basis.PERIOD)
    sides = both(db, by_moves.only(by=",".join(fields)), periods, moment=moment)
    steps = changes(sides)
    fallen = tuple(step for step in steps if step.verdict == "fell")
    grouped = _by_field(sides) if fallen else {}
    rows = tuple(row for step in steps for row in _rows(step, grouped if step in fallen else {}))
    parameters = {**about.parameters, "mode": request.mode, "days": days, "begin": begin.isoformat()}
    notes = (*_notes(periods, steps, fallen), *about.days.past.notes)
    return Alert(parameters, steps, fallen, rows, notes)


def report(found: Alert) -> Report:
    """The alert as renderers take it."""
    summary = {"fell": len(found.fallen), "steps": [step.step for step in found.fallen], "tested": len(found.steps)}
    return Report("funnel_alert", found.parameters, summary, Table(_COLUMNS, found.rows), found.notes)


def _by_field(sides: tuple[Side, Side]) -> dict[Grouping, tuple[Side, Side]]:
    """The sides by each of the fields that they are grouped by."""
    grouping = sides[0].about.deals.grouping
    parts = grouping.parts if grouping else ()
    if grouping and not parts:
        return {grouping: sides}
    return {part: (_alone(sides[0], place), _alone(sides[1], place)) for place, part in enumerate(parts)}


def _alone(side: Side, place: int) -> Side:
    """The side by one of the crossed fields."""
    groups: dict[object, Tally] = defaultdict(lambda: Tally(len(side.about.pipeline.rows)))
    for group, tally in side.groups.items():
        groups[loads(str(group))[place]].include(tally)
    return replace(side, groups=groups)


def _rows(step: Change, grouped: Mapping[Grouping, tuple[Side, Side]]) -> Iterator[tuple[object, ...]]:
    head = (step.step, share(*step.first), share(*step.second), step.change, step.rounded, step.verdict)
    pulls = [
        (effect, field, sides, group)
        for field, sides in grouped.items()
        if len({*sides[0].groups, *sides[1].groups}) > 1  # one group explains nothing
        for group, effect in contributions(sides, step.step).items()
        if effect < 0
    ]
    pulls.sort(key=lambda pull: (pull[0], pull[1].name, str(pull[3])))
    for effect, field, (first, second), group in pulls[:_MOST_GROUPS]:
        before, now = counts_of(first, group, step.step), counts_of(second, group, step.step)
        yield *head, field.name, field.called(group), share(*before), share(*now), now[1], effect
    if not pulls:
        yield *head, None, None, None, None, None, None


def _notes(periods: tuple[Period, Period], steps: Sequence[Change], fallen: Sequence[Change]) -> tuple[str, ...]:
    before, now = periods
    said = f"moves from {now.start} to {now.last} against {before.start} to {before.last}"
    found = ", ".join(f"{step.step} {percent(step.change or 0, sign='+')}" for step in fallen) or "nothing fell"
    return (
        f"{said}: {found}",
        f"fell: by a two-proportion test at 5 %, Holm-adjusted over {counted(len(steps), 'step')}",
    )
