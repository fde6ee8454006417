"""What the deals of a cohort did, read in one pass over their events."""

from array import array
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from crmcli.core.vocabulary import Outcome
from crmcli.db.reader import Reader, Row
from crmcli.reports.funnel_cohort import Cohort
from crmcli.reports.funnel_counts import Trail
from crmcli.reports.funnel_pipeline import Pipeline

Groups = Mapping[int, tuple[object, ...]]
"""The groups of each passage in the cohort; nothing where all of the pipeline are in it."""


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
    """The trails of the deals asked for, those left out of the cohort among them.

    `to_winning` are the seconds from the first dated event to winning, ascending, by group; `currencies` those of all
    amounts; `groups` who is in the cohort.
    """

    trails: tuple[Trail, ...]
    to_winning: Mapping[object, "array[int]"]
    currencies: frozenset[str]
    groups: Groups

    @property
    def currency(self) -> str | None:
        """The one currency of all amounts; None for none and for several."""
        return next(iter(self.currencies)) if len(self.currencies) == 1 else None


def journeys(db: Reader, cohort: Cohort, pipeline: Pipeline) -> Journeys:
    """What the deals of `cohort` did."""
    radix = 1 + int(db.value("select coalesce(max(id), 0) from stage"))
    trails: dict[tuple[object, ...], Trail] = {}
    cycles: dict[object, array[int]] = defaultdict(lambda: array("q"))
    groups: dict[int, tuple[object, ...]] = {}
    alone: dict[object, tuple[object, ...]] = {}  # one for all deals of a group
    currencies: set[str] = set()
    for row in db.rows(_sql(cohort, pipeline), cohort.parameters, radix=radix):
        key = row[:4]
        trail = trails.get(key)
        if trail is None:
            moves, is_ended, group, left_out = key
            trails[key] = trail = Trail(_pairs(moves, radix), bool(is_ended), group, left_out)
        trail.deals += 1
        passage, is_dated, amount, currency, began, won = row[4:]
        trail.undated += not is_dated
        if amount is None:
            trail.unpriced += 1
        else:
            trail.amount += amount
        if trail.left_out is not None:
            continue
        group = trail.group
        if not cohort.is_unrestricted:
            groups[passage] = (*groups[passage], group) if passage in groups else alone.setdefault(group, (group,))
        if amount is not None:
            currencies.add(currency)
        if began is not None and won is not None:
            cycles[group].append(_seconds(began, won))
    return Journeys(tuple(trails.values()), _sorted(cycles), frozenset(currencies), groups)


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


def _sql(cohort: Cohort, pipeline: Pipeline) -> str:
    """Along an index of the events, which holds them passage by passage in their order; amounts join in the same one."""
    won = ", ".join(str(stage) for stage, outcome in pipeline.outcome.items() if outcome == Outcome.WON) or "null"
    first = "(select min(occurred_at) from stage_event where passage_id = c.id and occurred_at < c.entered_at)"
    ended, within = "c.is_ended", ""
    if cohort.is_period:
        within = "".join(
            f" and c.entered_at {sign} :{name}"
            for name, sign in (("since", ">="), ("until", "<"))
            if name in cohort.parameters
        )
        ended = "c.is_ended and c.ended_at < :until" if "until" in cohort.parameters else ended
    is_won = f"c.stage_id in ({won}) and not c.is_ended{within}"
    return f"""
        select h.moves, {ended}, c.grp, c.left_out, c.id, c.began_at is not null, c.amount, c.currency,
            case when {is_won} then coalesce(c.began_at, {first}) end, case when {is_won} then c.entered_at end
        from (
            select passage_id, group_concat(coalesce(from_stage_id, 0) * :radix + to_stage_id) as moves
            from stage_event indexed by stage_event_passage
            where (from_stage_id is null or from_stage_id <> to_stage_id) and {cohort.known}
            group by passage_id
        ) h
        cross join ({cohort.source}) c on c.id = h.passage_id
    """


def _pairs(moves: str, radix: int) -> tuple[tuple[int, int], ...]:
    return tuple(divmod(int(move), radix) for move in moves.split(","))


def _seconds(began: str, ended: str) -> int:
    return int((datetime.fromisoformat(ended) - datetime.fromisoformat(began)).total_seconds())


def _sorted(cycles: "Mapping[object, array[int]]") -> "dict[object, array[int]]":
    return {group: array("q", sorted(seconds)) for group, seconds in cycles.items()}
