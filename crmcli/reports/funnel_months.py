"""Deals by the month they were created in: how far each month's have come, or how many were won so many days on."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import share
from crmcli.core.survival import CENSORED
from crmcli.core.vocabulary import Across, Outcome, Per
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.funnel import tallies
from crmcli.reports.funnel_asked import Asked, asked
from crmcli.reports.funnel_counts import Tally
from crmcli.reports.funnel_curve import WON, Ends, checked, ends
from crmcli.reports.funnel_groups import in_order
from crmcli.reports.funnel_notes import caveats, window_said
from crmcli.reports.funnel_read import journeys
from crmcli.reports.funnel_request import FunnelRequest

_COLUMNS = (
    Column("created"),
    Column("deals", "integer"),
    Column("open", "integer", is_hidden=True),
    Column("open_share", "rate"),
    Column("step"),
    Column("count", "integer"),
    Column("share", "rate"),
)
_FIRST = (Column("created"), Column("deals", "integer"), Column("open_share", "rate", "Open"))


@dataclass(frozen=True, slots=True)
class Cell:
    """Of the deals created in a month, how many came to a step: a stage, or winning within so many days.

    `count` and `share` are None while not every deal of the month has been there for so many days.
    """

    created: str | None
    deals: int
    open: int
    open_share: float | None
    step: str
    count: int | None
    share: float | None


@dataclass(frozen=True, slots=True)
class Months:
    parameters: dict[str, object]
    cells: tuple[Cell, ...]
    steps: tuple[str, ...]
    deals: int
    notes: tuple[str, ...]


def months(
    db: Reader, request: FunnelRequest, *, moment: Moment, across: Across, per: Per, days: Sequence[int]
) -> Months:
    """The months that deals were created in, oldest first; without a date last. Raises InvalidInput and NotFound."""
    about = asked(db, request.only(by=f"created.{per}"), moment)
    found = journeys(db, about.deals)
    whole, groups = tallies(db, about, found)
    ordered = sorted(groups, key=in_order)
    if across is Across.STAGES:
        steps = tuple(stage.name for stage in about.pipeline.rows)
        cells = [cell for group in ordered for cell in _stages(about, group, groups[group])]
    else:
        times = sorted(set(checked(days)))
        steps = tuple(f"won in {each} days" for each in times)
        of_groups, _ = ends(db, about)
        cells = [cell for group in ordered for cell in _days(about, group, groups[group], times, of_groups)]
    parameters = {**about.parameters, "mode": request.mode, "across": across, "per": per}
    return Months(parameters, tuple(cells), steps, whole.deals, _notes(db, about, whole, across))


def report(found: Months) -> Report:
    """A row for each cell; for people a row for each month."""
    rows = [[getattr(cell, column.name) for column in _COLUMNS] for cell in found.cells]
    columns = (*_FIRST, *(Column(f"step {place}", "rate", step, heat=True) for place, step in enumerate(found.steps)))
    width = len(found.steps)
    lines = [found.cells[place : place + width] for place in range(0, len(found.cells), width)]
    pivot = Table(
        columns,
        [[line[0].created, line[0].deals, line[0].open_share, *(cell.share for cell in line)] for line in lines],
        empty="no deals",
    )
    table = Table(_COLUMNS, rows, empty="no deals")
    summary = {"deals": found.deals, "cohorts": len(lines)}
    return Report("funnel_cohort", found.parameters, summary, table, found.notes, pivot=pivot)


def _stages(about: Asked, group: object, tally: Tally) -> Iterator[Cell]:
    for row, stage in enumerate(about.pipeline.rows):
        yield _cell(about, group, tally, stage.name, tally.reached[row])


def _days(
    about: Asked, group: object, tally: Tally, days: Sequence[int], of_groups: Mapping[object, Ends]
) -> Iterator[Cell]:
    found = of_groups.get(group, [])
    youngest = min((time for time, kind in found if kind <= CENSORED), default=None)
    for each in days:
        is_over = youngest is None or youngest >= each
        won = sum(kind == WON and time <= each for time, kind in found)
        yield _cell(about, group, tally, f"won in {each} days", won if is_over and found else None)


def _cell(about: Asked, group: object, tally: Tally, step: str, count: int | None) -> Cell:
    still = tally.of[Outcome.OPEN]
    of_all = None if count is None else share(count, tally.deals)
    return Cell(about.called(group), tally.deals, still, share(still, tally.deals), step, count, of_all)


def _notes(db: Reader, about: Asked, whole: Tally, across: Across) -> tuple[str, ...]:
    said = f"mode {about.request.mode}, {window_said(about)}" if across is Across.STAGES else window_said(about)
    still = f"{whole.of[Outcome.OPEN]:,} of {counted(whole.deals, 'deal')} still open"
    waits = ("empty while not every deal of the month has been there for so long",) if across is Across.DAYS else ()
    return (f"{said}; {still}", about.pipeline_said, *waits, *caveats(db, about, whole))
