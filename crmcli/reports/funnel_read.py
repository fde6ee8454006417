"""What the deals of a cohort did, read in one pass over their events."""

from array import array
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from json import loads

from crmcli.core.period import instant
from crmcli.core.vocabulary import Outcome
from crmcli.db.reader import Reader
from crmcli.query.sql import APART, seconds
from crmcli.query.stalling import won_since
from crmcli.reports.funnel_cohort import Cohort
from crmcli.reports.funnel_counts import UNKNOWN, Trail
from crmcli.reports.funnel_pipeline import Pipeline

_NEVER = -(10**12)  # seconds; before any date that SQLite knows
_MOVES = "(from_stage_id is null or from_stage_id <> to_stage_id)"


@dataclass(frozen=True, slots=True)
class Timed:
    """Which times to tell: those of winning in any case, the completed stays where `has_stays`, the last ones up to `now`."""

    pipeline: Pipeline
    has_stays: bool = True
    now: datetime | None = None


@dataclass(frozen=True, slots=True)
class Journeys:
    """The trails of the deals asked for, those left out of the cohort among them, and the currencies of all amounts."""

    trails: tuple[Trail, ...]
    currencies: frozenset[str]

    @property
    def currency(self) -> str | None:
        """The one currency of all amounts; None for none and for several."""
        return next(iter(self.currencies)) if len(self.currencies) == 1 else None


def journeys(db: Reader, cohort: Cohort, timed: Timed | None = None) -> Journeys:
    """What the deals of `cohort` did, and how long it took where that is asked for."""
    radix = 1 + int(db.value("select coalesce(max(id), 0) from stage"))
    parameters = cohort.parameters | ({"now_at": instant(timed.now)} if timed and timed.now else {})
    trails, currencies = [], set[str]()
    for moves, is_ended, group, left_out, *sums, stays, last in db.rows(
        _trails(cohort, timed), parameters, radix=radix
    ):
        if moves is None:  # a damaged file; every passage begins with an event
            continue
        deals, dated, priced, amount, *ours = sums
        pairs = tuple(_pairs(moves, radix))
        times = tuple(_stays(stays, len(pairs), is_dated=cohort.past.known_at is not None)), numbers(last)
        undated, unpriced = deals - dated, deals - priced
        trails.append(Trail(pairs, bool(is_ended), group, left_out, deals, undated, unpriced, amount or 0, *times))
        currencies.update(currency for currency in ours if currency and left_out is None)
    return Journeys(tuple(trails), frozenset(currencies))


def _pairs(moves: str, radix: int) -> Iterator[tuple[int, int]]:
    """Each move from where the one before it led; the first one says itself where from."""
    found = numbers(moves)
    before = found[0] // radix
    for number in found:
        yield before, number % radix
        before = number % radix


def _stays(joined: str | None, width: int, *, is_dated: bool) -> Iterator["array[int]"]:
    """A column for each of the `width` moves of a trail, of what stands for its deals one after the other."""
    if joined is None:
        return
    found = numbers(joined)
    columns = [found[place::width] for place in range(width)]
    if not is_dated:
        yield from columns
        return
    yield array("q", [UNKNOWN]) * len(columns[0])
    for came, left in pairwise(columns):
        pairs = zip(came, left, strict=True)
        yield array("q", (UNKNOWN if _NEVER in pair else pair[1] - pair[0] for pair in pairs))


def numbers(joined: str | None) -> "array[int]":
    """Numbers with commas between; read as JSON they cost half."""
    return array("q", loads(f"[{joined}]") if joined else ())


def _trails(cohort: Cohort, timed: Timed | None) -> str:
    """The ways of the deals, and how many went each of them, with the sums of what they are worth."""
    groups = "1, 2" + ", 3" * (cohort.grouping is not None) + ", 4" * cohort.is_partial  # constants cost a sort as well
    is_cut = cohort.is_period and "until" in cohort.parameters
    has_stays = timed is not None and timed.has_stays
    if cohort.is_period or has_stays:
        moves, source = "h.moves", _along_events(cohort, _stay(cohort) if has_stays else None)
    else:
        moves, source = _known_way(cohort), f"({cohort.source}) c"
    return f"""
        select moves, is_over, grp, left_out, count(*), sum(is_dated), count(amount), sum(amount),
            min(currency), max(currency), {"group_concat(stays)" if has_stays else "null"}, {"group_concat(last)" if timed else "null"}
        from (
            select {moves} as moves, {"c.is_ended and c.ended_at < :until" if is_cut else "c.is_ended"} as is_over, c.grp,
                c.left_out, c.began_at is not null as is_dated, c.amount,
                case when c.amount is not null then c.currency end as currency, {"h.stays" if has_stays else "null"} as stays,
                {_last(cohort, timed) if timed else "null"} as last
            from {source}
            {APART}
        )
        group by {groups}
    """


def _known_way(cohort: Cohort) -> str:
    """The SQL of the way that a passage `c` knows, else of what its events say."""
    events = f"""
        select to_stage_id from stage_event where passage_id = c.id and {_MOVES} and {cohort.known} order by occurred_at, id
    """
    return f"coalesce(c.way, (select group_concat(to_stage_id) from ({events})))"


def _along_events(cohort: Cohort, stay: str | None) -> str:
    """Passages along an index of the events, which holds them one by one in their order; the rest joins in the same one.

    The first move of a passage that is in sight comes from elsewhere by the moves of a period alone.
    """
    move = "coalesce(from_stage_id, 0) * :radix + to_stage_id" if cohort.is_period else "to_stage_id"
    stays = f"group_concat({stay})" if stay else "null"
    events = f"""
        select passage_id, group_concat({move}) as moves, {stays} as stays
        from stage_event indexed by stage_event_passage where {_MOVES} and {cohort.known} group by passage_id
    """
    return f"({events}) h cross join ({cohort.source}) c on c.id = h.passage_id"


def _stay(cohort: Cohort) -> str:
    """The SQL of the seconds before a move; where not all moves were known, of when it was, as others parted the stays."""
    if cohort.past.known_at is not None:
        return f"coalesce(unixepoch(occurred_at), {_NEVER})"
    return f"coalesce(dwell, {UNKNOWN})"


def _last(cohort: Cohort, timed: Timed) -> str:
    """The SQL of the seconds that no move ended, of the deals that have them.

    Winning itself is no beginning for a deal whose earlier events have no date: such a deal counts nowhere.
    """
    won, still = (standing_in(timed.pipeline, outcome) for outcome in (Outcome.WON, Outcome.OPEN))
    took = seconds(won_since("c", "c.entered_at"), "c.entered_at")
    arms = f"when c.stage_id in ({won}) and not c.is_ended{_within(cohort, 'c.entered_at')} then {took}"
    stayed = seconds("c.entered_at", "c.ended_at")
    arms += f" when c.stage_id in ({still}) and c.is_ended{_within(cohort, 'c.ended_at')} then max({stayed}, 0)"
    if timed.now is not None:
        arms += f" when c.stage_id in ({still}) then max({seconds('c.entered_at', ':now_at')}, 0)"
    return f"case {arms} end"


def standing_in(pipeline: Pipeline, outcome: Outcome) -> str:
    """The ids of the stages of an outcome, for SQL."""
    return ", ".join(str(stage) for stage, its in pipeline.outcome.items() if its == outcome) or "null"


def _within(cohort: Cohort, at: str) -> str:
    """By the moves within a window only what was `at` a time within it counts."""
    if not cohort.is_period:
        return ""
    signs = (("since", ">="), ("until", "<"))
    return "".join(f" and {at} {sign} :{name}" for name, sign in signs if name in cohort.parameters)
