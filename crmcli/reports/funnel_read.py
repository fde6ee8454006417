"""What the deals of a cohort did, read in one pass over their events."""

from array import array
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from crmcli.core.vocabulary import Outcome
from crmcli.db.reader import Reader, Row
from crmcli.reports.funnel_cohort import Cohort
from crmcli.reports.funnel_counts import Trail
from crmcli.reports.funnel_pipeline import Pipeline

# Between the moves that were known: one that was recorded later parts no stay.
_STAYS_KNOWN = """
    select passage_id, stage_id, strftime('%s', occurred_at) - strftime('%s', came_at) from (
        select passage_id, occurred_at, to_stage_id, lag(to_stage_id) over way as stage_id, lag(occurred_at) over way as came_at
        from stage_event where from_stage_id is not to_stage_id and {known}
        window way as (partition by passage_id order by occurred_at, id)
    ) where came_at is not null and stage_id <> to_stage_id
"""


@dataclass(frozen=True, slots=True)
class Journeys:
    """The trails of the deals asked for, those left out of the cohort among them, and the currencies of all amounts."""

    trails: tuple[Trail, ...]
    currencies: frozenset[str]

    @property
    def currency(self) -> str | None:
        """The one currency of all amounts; None for none and for several."""
        return next(iter(self.currencies)) if len(self.currencies) == 1 else None


def journeys(db: Reader, cohort: Cohort) -> Journeys:
    """What the deals of `cohort` did."""
    radix = 1 + int(db.value("select coalesce(max(id), 0) from stage"))
    trails, currencies = [], set[str]()
    for moves, is_ended, group, left_out, *sums in db.rows(_trails(cohort), cohort.parameters, radix=radix):
        deals, dated, priced, amount, *ours = sums
        pairs = tuple(divmod(int(move), radix) for move in moves.split(","))
        trails.append(Trail(pairs, bool(is_ended), group, left_out, deals, deals - dated, deals - priced, amount or 0))
        currencies.update(currency for currency in ours if currency and left_out is None)
    return Journeys(tuple(trails), frozenset(currencies))


def members(db: Reader, cohort: Cohort) -> dict[int, tuple[object, ...]]:
    """The groups of each passage in the cohort."""
    found: dict[int, tuple[object, ...]] = {}
    alone: dict[object, tuple[object, ...]] = {}  # one for all deals of a group
    sql = f"select c.id, c.grp from ({cohort.source}) c where c.left_out is null"
    for passage, group in db.rows(sql, cohort.parameters):
        found[passage] = (*found[passage], group) if passage in found else alone.setdefault(group, (group,))
    return found


def removed(db: Reader) -> set[int]:
    """The passages of removed deals, which no cohort has."""
    sql = "select p.id from passage p join deal d on d.id = p.deal_id where d.removed_at is not null"
    return {int(passage) for (passage,) in db.rows(sql)}


def to_winning(db: Reader, cohort: Cohort, pipeline: Pipeline) -> "dict[object, array[int]]":
    """The seconds from the first dated event to winning, of deals that are won, by group.

    Winning itself is no beginning for a deal whose earlier events have no date: such a deal counts nowhere.
    """
    won = ", ".join(str(stage) for stage, outcome in pipeline.outcome.items() if outcome == Outcome.WON) or "null"
    first = "(select min(occurred_at) from stage_event where passage_id = c.id and occurred_at < c.entered_at)"
    sql = f"""
        select c.grp, coalesce(c.began_at, {first}), c.entered_at from ({cohort.source}) c
        where c.left_out is null and c.stage_id in ({won}) and not c.is_ended{_within(cohort)}
    """
    found: dict[object, array[int]] = defaultdict(lambda: array("q"))
    for group, began, entered in db.rows(sql, cohort.parameters):
        if began is not None and entered is not None:
            found[group].append(int((datetime.fromisoformat(entered) - datetime.fromisoformat(began)).total_seconds()))
    return dict(found)


def stays(db: Reader, cohort: Cohort) -> Iterator[Row]:
    """(passage, stage, seconds) of the completed stays that the cohort knows of, of other deals too, in their order."""
    if cohort.past.known_at is not None:
        return db.rows(_STAYS_KNOWN.format(known=cohort.known), cohort.parameters)
    return db.rows(
        f"""
        select passage_id, from_stage_id, dwell from stage_event indexed by stage_event_passage
        where dwell is not null and {cohort.known}
        """,
        cohort.parameters,
    )


def _trails(cohort: Cohort) -> str:
    """Along an index of the events, which holds them passage by passage in their order; amounts join in the same one."""
    groups = "1, 2" + ", 3" * (cohort.grouping is not None) + ", 4" * cohort.is_partial  # constants cost a sort as well
    is_cut = cohort.is_period and "until" in cohort.parameters
    return f"""
        select h.moves, {"c.is_ended and c.ended_at < :until" if is_cut else "c.is_ended"}, c.grp, c.left_out,
            count(*), count(c.began_at), count(c.amount), sum(c.amount),
            min(case when c.amount is not null then c.currency end),
            max(case when c.amount is not null then c.currency end)
        from (
            select passage_id, group_concat(coalesce(from_stage_id, 0) * :radix + to_stage_id) as moves
            from stage_event indexed by stage_event_passage
            where (from_stage_id is null or from_stage_id <> to_stage_id) and {cohort.known}
            group by passage_id
        ) h
        cross join ({cohort.source}) c on c.id = h.passage_id
        group by {groups}
    """


def _within(cohort: Cohort) -> str:
    """By the moves within a window only winning within it counts."""
    if not cohort.is_period:
        return ""
    signs = (("since", ">="), ("until", "<"))
    return "".join(f" and c.entered_at {sign} :{name}" for name, sign in signs if name in cohort.parameters)
