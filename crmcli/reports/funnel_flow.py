"""From which stage to which deals move: the steps forward, those over several stages, and those back."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import share
from crmcli.core.vocabulary import Outcome
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.funnel import tallies
from crmcli.reports.funnel_asked import Asked, asked
from crmcli.reports.funnel_counts import Tally
from crmcli.reports.funnel_groups import in_order
from crmcli.reports.funnel_notes import caveats, window_said
from crmcli.reports.funnel_pipeline import NOWHERE
from crmcli.reports.funnel_read import journeys
from crmcli.reports.funnel_request import FunnelRequest

_COLUMNS = (
    Column("group"),
    Column("from"),
    Column("to"),
    Column("kind"),
    Column("skips", "integer"),
    Column("moves", "integer", bar=True),
    Column("share", "rate"),
)
_BEGIN, _LOST, _HANDED_OVER, _STILL = "(begin)", "(lost)", "(handed over)", "(still there)"


@dataclass(frozen=True, slots=True)
class Move:
    """So many `moves` from one row of the funnel to another; `share` is that of all entries into the first.

    `kind` is begun, next, skipped (over `skips` stages), back, won, lost, handed over or still there.
    """

    group: str | None
    source: str
    target: str
    kind: str
    skips: int
    moves: int
    share: float | None


@dataclass(frozen=True, slots=True)
class Flow:
    """`matrix` has a line for each place to come from and a number for each to go to, of the whole."""

    parameters: dict[str, object]
    moves: tuple[Move, ...]
    targets: tuple[str, ...]
    matrix: tuple[tuple[str, tuple[int, ...]], ...]
    summary: dict[str, object]
    notes: tuple[str, ...]
    is_grouped: bool


Ends = Mapping[tuple[int | None, int | str | None], int]
"""The moves between rows, None for lost; to a text where an entry ended without a move."""


def flow(db: Reader, request: FunnelRequest, *, moment: Moment) -> Flow:
    """All moves between the stages of a pipeline. Raises InvalidInput and NotFound."""
    about = asked(db, request, moment)
    whole, groups = tallies(db, about, journeys(db, about.deals))
    moves = [move for group in sorted(groups, key=in_order) for move in _moves(about, group, groups[group])]
    stays = whole.stays()
    kinds = list(_moves(about, None, whole))
    summary: dict[str, object] = {
        "deals": whole.deals,
        "entries": sum(stays.entries),
        **{
            kind: sum(move.moves for move in kinds if move.kind == kind)
            for kind in ("next", "skipped", "back", "won", "lost")
        },
    }
    targets, matrix = _matrix(about, _ends(whole))
    return Flow(
        {**about.parameters, "basis": request.basis},
        tuple(moves),
        targets,
        matrix,
        summary,
        _notes(db, about, whole),
        about.deals.grouping is not None,
    )


def report(found: Flow) -> Report:
    """A row for each kind of move; for people, of all deals, a matrix."""
    rows = [
        (move.group, move.source, move.target, move.kind, move.skips, move.moves, move.share) for move in found.moves
    ]
    table = Table(_COLUMNS, rows, groups="group" if found.is_grouped else None, empty="no deals")
    pivot = None if found.is_grouped or not rows else _pivot(found)
    return Report("funnel_flow", found.parameters, found.summary, table, found.notes, pivot=pivot)


def _pivot(found: Flow) -> Table:
    columns = (Column("from"), *(Column(f"to {place}", "integer", name) for place, name in enumerate(found.targets)))
    return Table(columns, [[name, *(number or None for number in numbers)] for name, numbers in found.matrix])


def _ends(tally: Tally) -> Ends:
    stays = tally.stays()
    found: dict[tuple[int | None, int | str | None], int] = dict(tally.steps.items())
    for end, counts in ((_HANDED_OVER, stays.handed_over), (_STILL, stays.still_there)):
        found |= {(row, end): count for row, count in enumerate(counts) if count}
    return found


def _moves(about: Asked, group: object, tally: Tally) -> Iterator[Move]:
    entries = tally.stays().entries
    begun = sum(count for (row, _), count in tally.steps.items() if row == NOWHERE)
    lost = sum(count for (_, to), count in tally.steps.items() if to is None)
    for (row, to), count in sorted(_ends(tally).items(), key=lambda item: _place(*item[0])):
        came = lost if row is None else begun if row == NOWHERE else entries[row]
        kind, skips = _kind(about, row, to)
        yield Move(about.called(group), _name(about, row), _name(about, to), kind, skips, count, share(count, came))


def _place(row: int | None, to: int | str | None) -> tuple[int, int, str]:
    """Begin, the stages in order, lost; then where to in the same order, and what ended without a move."""
    last = 10_000
    order = to if isinstance(to, int) else last + isinstance(to, str)
    return (last if row is None else row), order, to if isinstance(to, str) else ""


def _kind(about: Asked, row: int | None, to: int | str | None) -> tuple[str, int]:
    """What kind of move it is, and over how many open stages it went."""
    if isinstance(to, str):
        return to.strip("()"), 0
    if to is None or row is None:
        return "lost" if to is None else "reopened", 0
    skips = max(to - row - 1, 0)
    if row == NOWHERE:
        return "begun", skips
    if to < row:
        return "back", 0
    is_won = about.pipeline.rows[to].outcome == Outcome.WON
    return "won" if is_won else "skipped" if skips else "next", skips


def _name(about: Asked, row: int | str | None) -> str:
    if isinstance(row, str):
        return row
    if row is None:
        return _LOST
    return _BEGIN if row == NOWHERE else about.pipeline.rows[row].name


def _matrix(about: Asked, ends: Ends) -> tuple[tuple[str, ...], tuple[tuple[str, tuple[int, ...]], ...]]:
    """The names of the places to go to that anybody went to, and the numbers for each place to come from."""
    rows: Sequence[int | None] = (NOWHERE, *range(len(about.pipeline.rows)), None)
    targets: list[int | str | None] = [*range(len(about.pipeline.rows)), None]
    targets += [end for end in (_HANDED_OVER, _STILL) if any(to == end for _, to in ends)]
    lines = tuple((_name(about, row), tuple(ends.get((row, to), 0) for to in targets)) for row in rows)
    return tuple(_name(about, to) for to in targets), tuple(line for line in lines if any(line[1]))


def _notes(db: Reader, about: Asked, whole: Tally) -> tuple[str, ...]:
    said = f"basis {about.request.basis}, {window_said(about)}; {counted(whole.deals, 'deal')}"
    return (said, about.pipeline_said, *caveats(db, about, whole))
