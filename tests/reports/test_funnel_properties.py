"""What holds for any history: against the definitions told again deal by deal, and against the caches."""

from collections.abc import Sequence
from dataclasses import astuple, dataclass, replace
from datetime import UTC, datetime, timedelta
from itertools import accumulate, groupby, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import Basis, Mode
from crmcli.query.comparison import Moment
from crmcli.reports import funnel_time
from crmcli.reports.funnel import Funnel, FunnelRequest, funnel
from crmcli.reports.funnel_bottleneck import bottleneck
from crmcli.reports.funnel_cohort import cohort
from crmcli.reports.funnel_pipeline import chosen
from crmcli.reports.funnel_read import Timed, journeys
from crmcli.reports.funnel_request import window
from crmcli.reports.stage_times import stage_times

from .conftest import STAGES, START, Histories, Move, new_file

NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
OPEN = ("lead", "contact", "needs", "quote")
ROWS = (*OPEN, "won")
SUMS = ("reached", "skipped", "moved_back", "lost", "open")


@dataclass(frozen=True, slots=True)
class Deal:
    moves: tuple[Move, ...]
    amount: int | None
    source: str | None

    def counts(self, row: str, mode: Mode) -> bool:
        """The definitions of domain.md 1.1, word for word."""
        stages = [stage for stage, _ in self.moves]
        is_won = stages[-1] == "won"
        if row == "won":
            return is_won and (mode != Mode.STRICT or self.counts("quote", mode))
        if mode == Mode.REACHED:
            return is_won or not set(stages).isdisjoint(OPEN[OPEN.index(row) :])
        wanted = OPEN[: OPEN.index(row) + 1] if mode == Mode.STRICT else (row,)
        firsts = [stages.index(stage) for stage in wanted if stage in stages]
        return len(firsts) == len(wanted) and firsts == sorted(firsts)

    def until(self, days: int) -> "Deal":
        """What was known of it at the end of so many days."""
        return replace(self, moves=tuple((stage, day) for stage, day in self.moves if day is None or day < days))


@st.composite
def deals(draw: st.DrawFn) -> Deal:
    """Any way through the stages in quarters of a day, several moves at one instant included."""
    drawn = draw(st.lists(st.sampled_from(list(STAGES)), min_size=1, max_size=8))
    stages = [stage for stage, _ in groupby(drawn)]
    gaps = draw(st.lists(st.integers(0, 6), min_size=len(stages), max_size=len(stages)))
    undated = draw(st.sampled_from([0, 0, 0, 1, 2]))
    days = [None if place < undated else day / 4 for place, day in enumerate(accumulate(gaps))]
    amount = draw(st.none() | st.integers(-5, 100))
    return Deal(tuple(zip(stages, days, strict=True)), amount, draw(st.sampled_from([None, "fair", "web"])))


def filled(file: Histories, of: Sequence[Deal]) -> Histories:
    for deal in of:
        if deal.moves:
            file.deal(*deal.moves, amount=deal.amount, source=deal.source)
    return file


def shown(file: Histories, request: FunnelRequest) -> Funnel:
    return funnel(file.db, request, now=NOW, preferences=Preferences())


quickly = settings(deadline=None, max_examples=60)  # each example makes a file
any_deals = st.lists(deals(), max_size=12)


@pytest.mark.slow
@quickly
@given(any_deals, st.sampled_from(Mode))
def test_each_mode_counts_by_its_definition(of: list[Deal], mode: Mode) -> None:
    with new_file() as file:
        steps = shown(filled(file, of), FunnelRequest(mode=mode)).steps

    for row, step in zip(ROWS, steps, strict=True):
        counted = [deal for deal in of if deal.counts(row, mode)]
        assert step.reached == len(counted)
        assert step.amount is None or step.amount.amount == 100 * sum(deal.amount or 0 for deal in counted)
    for (before, after), step in zip(pairwise(ROWS), steps[1:], strict=True):
        came = [deal for deal in of if deal.counts(before, mode)]
        went = sum(deal.counts(after, mode) for deal in came)
        assert step.conversion == (went / len(came) if came else None)


@pytest.mark.slow
@quickly
@given(any_deals)
def test_strict_is_within_touched_within_reached_and_only_touched_may_rise(of: list[Deal]) -> None:
    with new_file() as file:
        filled(file, of)
        counts = {mode: [step.reached for step in shown(file, FunnelRequest(mode=mode)).steps] for mode in Mode}
        furthest = file.db.rows(
            "select s.position, c.outcome from passage p left join stage s on s.id = p.reached_id "
            "join stage c on c.id = p.stage_id"
        )
        cached = [len(ROWS) if outcome == "won" else position or 0 for position, outcome in furthest]

    assert all(
        a <= b <= c for a, b, c in zip(counts[Mode.STRICT], counts[Mode.TOUCHED], counts[Mode.REACHED], strict=True)
    )
    for mode in (Mode.REACHED, Mode.STRICT):
        assert counts[mode] == sorted(counts[mode], reverse=True)
    assert counts[Mode.REACHED] == [sum(row < reached for reached in cached) for row in range(len(ROWS))]


@pytest.mark.slow
@quickly
@given(any_deals, st.sampled_from(Mode), st.sampled_from(Basis))
def test_every_deal_is_somewhere_and_groups_add_up(of: list[Deal], mode: Mode, basis: Basis) -> None:
    with new_file() as file:
        filled(file, of)
        whole = shown(file, FunnelRequest(mode=mode, basis=basis))
        grouped = shown(file, FunnelRequest(mode=mode, basis=basis, by="source"))

    assert sum(step.open for step in whole.steps) == whole.summary.open
    assert whole.summary.open + whole.summary.won + whole.summary.lost == whole.summary.cohort == len(of)
    nowhere = sum(deal.moves[-1][0] == "lost" and not deal.counts("lead", Mode.REACHED) for deal in of)
    assert sum(step.lost for step in whole.steps) + nowhere == whole.summary.lost
    for step in whole.steps:
        same = [each for each in grouped.steps if each.stage == step.stage]
        assert [sum(getattr(each, name) for each in same) for name in SUMS] == [getattr(step, name) for name in SUMS]
        if step.amount is not None and same:
            assert sum(each.amount.amount for each in same if each.amount) == step.amount.amount
    assert grouped.summary == whole.summary


@quickly
@given(any_deals, st.integers(0, 12), st.sampled_from(Mode))
@pytest.mark.slow
def test_as_of_a_day_is_the_file_as_it_was(of: list[Deal], days: int, mode: Mode) -> None:
    day = (START + timedelta(days=days)).date()
    with new_file() as file, new_file() as earlier:
        then = shown(filled(file, of), FunnelRequest(mode=mode, as_of=day.isoformat()))
        was = shown(filled(earlier, [deal.until(days + 1) for deal in of]), FunnelRequest(mode=mode))

    assert then.steps == was.steps
    assert astuple(then.summary)[:-2] == astuple(was.summary)[:-2]


@pytest.mark.slow
@quickly
@given(any_deals, st.sampled_from(Mode), st.sampled_from(Basis), st.sampled_from([None, "2026-01-02"]))
def test_a_way_that_is_not_kept_is_read_off_its_events(
    of: list[Deal], mode: Mode, basis: Basis, as_of: str | None
) -> None:
    with new_file() as file:
        request = FunnelRequest(mode=mode, basis=basis, as_of=as_of)
        kept = shown(filled(file, of), request)
        file.db.connection.execute("update passage set way = null where id % 2")
        half = shown(file, request)
        file.db.connection.execute("update passage set way = null")

        assert kept == half == shown(file, request)


@pytest.mark.slow
@quickly
@given(any_deals, st.none() | st.integers(0, 8))
def test_the_events_of_everybody_tell_the_stays_as_each_trail_does(of: list[Deal], day: int | None) -> None:
    as_of = None if day is None else (START + timedelta(days=day)).date().isoformat()
    with new_file() as file:
        db, request, moment = filled(file, of).db, FunnelRequest(as_of=as_of), Moment(NOW, Preferences())
        pipeline, _ = chosen(db, None)
        days, moment = window(db, request, moment)
        everything = cohort(db, request, pipeline, window=days, moment=moment)
        trails = journeys(db, everything, Timed(pipeline)).trails
        by_event = stage_times(db, pipeline, everything, trails, is_everything=True)
        by_deal = stage_times(db, pipeline, everything, trails, is_everything=False)

    assert {key: times for key, times in by_event.items() if times.median is not None} == by_deal


@pytest.mark.slow
@quickly
@given(any_deals, st.none() | st.integers(0, 8), st.booleans())
def test_a_bottleneck_has_the_medians_of_the_times(of: list[Deal], day: int | None, is_one_removed: bool) -> None:
    as_of = None if day is None else (START + timedelta(days=day)).date().isoformat()
    with new_file() as file:
        db, request, moment = filled(file, of).db, FunnelRequest(as_of=as_of), Moment(NOW, Preferences())
        if is_one_removed:
            file.db.connection.execute("update deal set removed_at = recorded_at where id = 1")
        held = bottleneck(db, request, moment=moment).holds
        times = funnel_time.stage_times(db, request, moment=moment).steps

    medians = {step.stage: step.all_median_days for step in times}
    assert [hold.median_days for hold in held] == [medians.get(hold.stage) for hold in held]


@pytest.mark.slow
@quickly
@given(any_deals, st.sampled_from(Mode), st.sampled_from(Basis), st.integers(0, 8), st.integers(1, 8))
def test_entries_are_accounted_for_and_modes_nest_on_every_basis(
    of: list[Deal], mode: Mode, basis: Basis, first: int, length: int
) -> None:
    since, until = ((START + timedelta(days=days)).date().isoformat() for days in (first, first + length))
    with new_file() as file:
        filled(file, of)
        for choice in (
            FunnelRequest(mode=mode, basis=basis),
            FunnelRequest(mode=mode, basis=basis, since=since, until=until),
        ):
            steps = shown(file, choice).steps
            for step in steps:
                ends = step.advanced + step.lost_here + step.moved_back + step.handed_over + step.still_there
                assert step.entries == ends
        counts = {
            each: [step.reached for step in shown(file, replace(choice, mode=each, basis=Basis.PERIOD)).steps]
            for each in Mode
        }

    nested = zip(counts[Mode.STRICT], counts[Mode.TOUCHED], counts[Mode.REACHED], strict=True)
    assert all(strict <= touched <= reached for strict, touched, reached in nested)
    for each in (Mode.REACHED, Mode.STRICT):
        assert counts[each] == sorted(counts[each], reverse=True)


@pytest.mark.slow
@quickly
@given(any_deals, st.sampled_from(Mode), st.sampled_from([None, "source", "owner"]))
def test_as_of_now_is_now(of: list[Deal], mode: Mode, by: str | None) -> None:
    with new_file() as file:
        filled(file, of)
        now, then = (shown(file, FunnelRequest(mode=mode, by=by, as_of=day)) for day in (None, "today"))
        known = shown(file, FunnelRequest(mode=mode, by=by, known_at="today"))

    assert now.steps == then.steps == known.steps
    assert astuple(now.summary)[:-2] == astuple(then.summary)[:-2]
