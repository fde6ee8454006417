"""The counts of a funnel: what deals did is read as a few distinct trails, and each trail is judged once."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import get_args

from crmcli.core.vocabulary import Basis, Mode, Outcome
from crmcli.db.reader import Reader
from crmcli.reports.funnel_cohort import Cohort, LeftOut
from crmcli.reports.funnel_pipeline import Pipeline


@dataclass(frozen=True, slots=True)
class Trail:
    """Deals that made the same moves, (from, to) by id of the stage, 0 for nowhere.

    `stage_id` is where they stand, None for those handed over to another pipeline. `amount` is the sum in minor units
    over the `priced` deals; `currencies` are theirs, two at most of them.
    """

    moves: tuple[tuple[int, int], ...]
    stage_id: int | None
    group: object
    left_out: LeftOut | None
    deals: int
    undated: int
    priced: int
    amount: int
    currencies: frozenset[str]


@dataclass(frozen=True, slots=True)
class Path:
    """Where a trail led, in rows of the funnel: `reached` and `in_order` count rows from the first.

    `moved_back` holds a row for each backward move out of it. `standing` is the row where the deals are now, None for
    lost ones; deals handed over to another pipeline have neither `standing` nor `outcome`.
    """

    touched: frozenset[int]
    reached: int
    in_order: int
    moved_back: tuple[int, ...]
    standing: int | None
    outcome: Outcome | None


class Tally:
    """The sums of a group: one number for each row of the funnel, and those of the whole."""

    def __init__(self, rows: int) -> None:
        self.reached, self.from_before, self.from_first = [0] * rows, [0] * rows, [0] * rows
        self.skipped, self.moved_back, self.lost, self.open = [0] * rows, [0] * rows, [0] * rows, [0] * rows
        self.amount = [0] * rows
        self.deals = self.undated = self.unpriced = self.handed_over = self.never_open = self.won_amount = 0
        self.of = dict.fromkeys(Outcome, 0)
        self.left_out: dict[LeftOut, int] = dict.fromkeys(get_args(LeftOut), 0)
        self.currencies: set[str] = set()

    @property
    def currency(self) -> str | None:
        """The one currency of all amounts; None for none and for several."""
        return next(iter(self.currencies)) if len(self.currencies) == 1 else None

    def add(self, trail: Trail, path: Path, rows: frozenset[int]) -> None:
        """Count the deals of `trail` in the `rows` that count them, and in what they did."""
        if trail.left_out != "currency":
            self.undated += trail.undated
        if trail.left_out is not None:
            self.left_out[trail.left_out] += trail.deals
            return
        self._add_rows(trail, path, rows)
        self._add_whole(trail, path)

    def _add_rows(self, trail: Trail, path: Path, rows: frozenset[int]) -> None:
        for row in rows:
            self.reached[row] += trail.deals
            self.amount[row] += trail.amount
            self.from_before[row] += trail.deals * (row - 1 in rows)
            self.from_first[row] += trail.deals * (0 in rows)
        for row in frozenset(range(path.reached)) - path.touched:
            self.skipped[row] += trail.deals
        for row in path.moved_back:
            self.moved_back[row] += trail.deals
        if path.outcome == Outcome.LOST and path.reached:
            self.lost[path.reached - 1] += trail.deals
        if path.outcome == Outcome.OPEN and path.standing is not None:
            self.open[path.standing] += trail.deals

    def _add_whole(self, trail: Trail, path: Path) -> None:
        self.deals += trail.deals
        self.unpriced += trail.deals - trail.priced
        self.currencies |= trail.currencies
        if path.outcome is None:
            self.handed_over += trail.deals
        else:
            self.of[path.outcome] += trail.deals
        if path.outcome == Outcome.WON:
            self.won_amount += trail.amount
        if path.outcome == Outcome.LOST and not path.reached:
            self.never_open += trail.deals


def trails(db: Reader, cohort: Cohort, *, is_ordered: bool) -> Iterator[Trail]:
    """The distinct trails of the deals asked for, also of those left out of the cohort.

    The moves of a trail are in the order they were made only if `is_ordered`, which costs a sort of all events.
    """
    radix = 1 + int(db.value("select coalesce(max(id), 0) from stage"))
    found = db.rows(_sql(cohort, is_ordered=is_ordered), cohort.parameters, radix=radix)
    for moves, stage_id, group, left_out, deals, dated, priced, amount, one, other in found:
        pairs = tuple(divmod(int(move), radix) for move in moves.split(","))
        currencies = frozenset(currency for currency in (one, other) if currency)
        yield Trail(pairs, stage_id, group, left_out, deals, deals - dated, priced, amount or 0, currencies)


def path(trail: Trail, pipeline: Pipeline) -> Path:
    """What the deals of a trail did, by the present order of the stages."""
    open_rows, place = pipeline.open_rows, pipeline.place
    outcome = None if trail.stage_id is None else pipeline.outcome[trail.stage_id]
    firsts = list(dict.fromkeys(place[to] for _, to in trail.moves if place.get(to, open_rows) < open_rows))
    in_order = _in_order(firsts)
    reached = max(firsts, default=-1) + 1
    touched = frozenset(firsts)
    if outcome == Outcome.WON:
        in_order += in_order == open_rows
        reached, touched = open_rows + 1, touched | {open_rows}
    back = (place[before] for before, to in trail.moves if place.get(to, open_rows) < place.get(before, -1))
    standing = None if trail.stage_id is None else place.get(trail.stage_id)
    return Path(touched, reached, in_order, tuple(back), standing, outcome)


def counted(path: Path, mode: Mode, basis: Basis) -> frozenset[int]:
    """The rows that count a deal which went this path."""
    if basis == Basis.SNAPSHOT:
        return frozenset(() if path.standing is None else (path.standing,))
    if mode == Mode.TOUCHED:
        return path.touched
    return frozenset(range(path.in_order if mode == Mode.STRICT else path.reached))


def _in_order(firsts: list[int]) -> int:
    """How many rows from the first on were all touched, each for the first time after the one before it."""
    when = {row: number for number, row in enumerate(firsts)}
    count = 0
    while count in when and (count == 0 or when[count - 1] < when[count]):
        count += 1
    return count


def _sql(cohort: Cohort, *, is_ordered: bool) -> str:
    """One pass over the events along their index; amounts and states join in the same order."""
    known = "(occurred_at is null or occurred_at < :as_of)" if cohort.is_as_of else "true"
    groups = "1, 2" + ", 3" * (cohort.grouping is not None) + ", 4" * cohort.is_partial  # constants cost a sort as well
    order = "order by passage_id, occurred_at nulls first, id" if is_ordered else ""
    return f"""
        select h.moves, case when not c.is_ended then c.stage_id end, c.grp, c.left_out,
            count(*), count(c.began_at), count(c.amount), sum(c.amount),
            min(case when c.amount is not null then c.currency end),
            max(case when c.amount is not null then c.currency end)
        from (
            select passage_id, group_concat(move) as moves
            from (
                select passage_id, coalesce(from_stage_id, 0) * :radix + to_stage_id as move
                from stage_event where {known} and (from_stage_id is null or from_stage_id <> to_stage_id) {order}
            )
            group by passage_id
        ) h
        join ({cohort.source}) c on c.id = h.passage_id
        group by {groups}
    """
