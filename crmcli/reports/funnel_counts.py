"""The counts of a funnel: deals that did the same make one trail, and each trail is judged once."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass, field
from operator import add
from typing import get_args

from crmcli.core.vocabulary import Basis, Mode, Outcome
from crmcli.reports.funnel_cohort import LeftOut
from crmcli.reports.funnel_pipeline import NOWHERE, Pipeline

#: Of a stay whose beginning or end has no date.
UNKNOWN = -1


@dataclass(frozen=True, slots=True)
class Trail:
    """Deals that made the same moves, (from, to) by id of the stage in the order they were made, 0 for nowhere.

    `is_ended` are those handed over to another pipeline. `amount` is the sum in minor units but for the `unpriced` ones.
    Where times were asked for, all in seconds: `stays` has a column for each move, with the stay of each deal that it
    ended or `UNKNOWN`; `last` what no move ended, of the dated deals: from the first dated event to winning, in an open
    stage until now or until the deal was handed over.
    """

    moves: tuple[tuple[int, int], ...]
    is_ended: bool
    group: object
    left_out: LeftOut | None
    deals: int
    undated: int
    unpriced: int
    amount: int
    stays: "tuple[array[int], ...]" = ()
    last: "array[int]" = field(default_factory=lambda: array("q"))

    def completed(self) -> "Iterator[tuple[int, array[int]]]":
        """(stage, stays there in the order of the deals) for each move out of a stage."""
        for (stage, to), stays in zip(self.moves, self.stays, strict=False):
            if stage and stage != to:
                yield stage, stays


@dataclass(frozen=True, slots=True)
class Stays:
    """What became of the entries into the rows of a funnel; for each row they add up to its entries.

    An entry ends in a later row (`advanced`), in an earlier one (`moved_back`), in losing, in another pipeline
    (`handed_over`), or the deal is `still_there`.
    """

    entries: tuple[int, ...]
    advanced: tuple[int, ...]
    moved_back: tuple[int, ...]
    lost: tuple[int, ...]
    handed_over: tuple[int, ...]
    still_there: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Path:
    """Where a trail led, in rows of the funnel: `reached` and `in_order` count rows from the first.

    `steps` are the moves between rows, `NOWHERE` before the first, None for lost. `standing` is the row where the
    deals are, None for lost ones; deals handed over to another pipeline have neither `standing` nor `outcome`.
    """

    touched: frozenset[int]
    reached: int
    in_order: int
    steps: tuple[tuple[int | None, int | None], ...]
    standing: int | None
    outcome: Outcome | None


class Tally:
    """The sums of a group: one number for each row of the funnel, and those of the whole."""

    def __init__(self, rows: int) -> None:
        self.reached, self.from_before, self.from_first = [0] * rows, [0] * rows, [0] * rows
        self.skipped, self.lost, self.open = [0] * rows, [0] * rows, [0] * rows
        self.amount, self.amount_from_before, self.amount_from_first = [0] * rows, [0] * rows, [0] * rows
        self.lost_amount = [0] * rows
        self.steps: dict[tuple[int | None, int | None], int] = {}
        self.handed_over_in, self.standing = [0] * rows, [0] * rows
        self.deals = self.undated = self.unpriced = self.handed_over = self.never_open = self.won_amount = 0
        self.of = dict.fromkeys(Outcome, 0)
        self.left_out: dict[LeftOut, int] = dict.fromkeys(get_args(LeftOut), 0)

    def add(self, trail: Trail, path: Path, rows: frozenset[int]) -> None:
        """Count the deals of `trail` in the `rows` that count them, and in what they did."""
        if trail.left_out != "currency":
            self.undated += trail.undated
        if trail.left_out is not None:
            self.left_out[trail.left_out] += trail.deals
            return
        self._add_rows(trail, path, rows)
        self._add_whole(trail, path)
        self._add_steps(trail, path)

    def include(self, other: "Tally") -> None:
        """Count what another one counted in its rows."""
        for mine, theirs in (
            (self.reached, other.reached),
            (self.from_before, other.from_before),
            (self.from_first, other.from_first),
        ):
            mine[:] = map(add, mine, theirs)

    def stays(self) -> Stays:
        """What became of each entry."""
        rows = range(len(self.reached))
        found = {name: [0] * len(rows) for name in ("entries", "advanced", "moved_back", "lost")}
        for (row, to), deals in self.steps.items():
            if to is not None:
                found["entries"][to] += deals
            if row is not None and row != NOWHERE:
                end = "lost" if to is None else "advanced" if to > row else "moved_back"
                found[end][row] += deals
        sums = {name: tuple(values) for name, values in found.items()}
        return Stays(**sums, handed_over=tuple(self.handed_over_in), still_there=tuple(self.standing))

    def _add_rows(self, trail: Trail, path: Path, rows: frozenset[int]) -> None:
        for row in rows:
            is_before, is_first = row - 1 in rows, 0 in rows
            self.reached[row] += trail.deals
            self.amount[row] += trail.amount
            self.from_before[row] += trail.deals * is_before
            self.from_first[row] += trail.deals * is_first
            self.amount_from_before[row] += trail.amount * is_before
            self.amount_from_first[row] += trail.amount * is_first
        for row in frozenset(range(path.reached)) - path.touched:
            self.skipped[row] += trail.deals
        if path.outcome == Outcome.LOST and path.reached:
            self.lost[path.reached - 1] += trail.deals
            self.lost_amount[path.reached - 1] += trail.amount
        if path.outcome == Outcome.OPEN and path.standing is not None:
            self.open[path.standing] += trail.deals

    def _add_whole(self, trail: Trail, path: Path) -> None:
        self.deals += trail.deals
        self.unpriced += trail.unpriced
        if path.outcome is None:
            self.handed_over += trail.deals
        else:
            self.of[path.outcome] += trail.deals
        if path.outcome == Outcome.WON:
            self.won_amount += trail.amount
        if path.outcome == Outcome.LOST and not path.reached:
            self.never_open += trail.deals

    def _add_steps(self, trail: Trail, path: Path) -> None:
        for step in path.steps:
            self.steps[step] = self.steps.get(step, 0) + trail.deals
        last = path.steps[-1][1] if path.steps else None
        if last is not None:
            (self.handed_over_in if trail.is_ended else self.standing)[last] += trail.deals


def path(trail: Trail, pipeline: Pipeline, *, is_within: bool = False) -> Path:
    """What the deals of a trail did, by the present order of the stages.

    `is_within` says that the moves are those within a window: a deal that stood in a row before counts as come to it.
    """
    open_rows = pipeline.open_rows
    steps = _steps(trail, pipeline, is_within=is_within)
    firsts = list(dict.fromkeys(row for _, row in steps if row is not None and row < open_rows))
    in_order = _in_order(firsts)
    reached = max(firsts, default=-1) + 1
    touched = frozenset(firsts)
    outcome = None if trail.is_ended else pipeline.outcome[trail.moves[-1][1]]
    if outcome == Outcome.WON:
        in_order += in_order == open_rows
        reached, touched = open_rows + 1, touched | {open_rows}
    standing = None if trail.is_ended else steps[-1][1] if steps else None
    return Path(touched, reached, in_order, steps, standing, outcome)


def counted(path: Path, mode: Mode, basis: Basis) -> frozenset[int]:
    """The rows that count a deal which went this path."""
    if basis == Basis.SNAPSHOT:
        return frozenset(() if path.standing is None else (path.standing,))
    if mode == Mode.TOUCHED:
        return path.touched
    return frozenset(range(path.in_order if mode == Mode.STRICT else path.reached))


def _steps(trail: Trail, pipeline: Pipeline, *, is_within: bool) -> tuple[tuple[int | None, int | None], ...]:
    """The moves between rows: each from where the one before it led, whatever its event says; staying is none."""
    found: list[tuple[int | None, int | None]] = []
    before = pipeline.row(trail.moves[0][0]) if is_within else NOWHERE
    if before not in (None, NOWHERE):
        found.append((NOWHERE, before))
    for _, to in trail.moves:
        after = pipeline.row(to)
        if after != before:
            found.append((before, after))
            before = after
    return tuple(found)


def _in_order(firsts: list[int]) -> int:
    """How many rows from the first on were all touched, each for the first time after the one before it."""
    when = {row: number for number, row in enumerate(firsts)}
    count = 0
    while count in when and (count == 0 or when[count - 1] < when[count]):
        count += 1
    return count
