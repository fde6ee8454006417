"""From events to passages: each case by hand."""

from crmcli.core.vocabulary import Outcome
from crmcli.services.importing.chains import (
    AMOUNT,
    CLOSE,
    OWNER,
    Event,
    Place,
    Told,
    appended,
    implied,
    in_order,
    is_alike,
    merged,
    passages,
)

ALL = AMOUNT | CLOSE | OWNER

LEAD, QUOTE = Place(1, 1, 1, Outcome.OPEN), Place(2, 1, 2, Outcome.OPEN)
WON = Place(3, 1, 3, Outcome.WON)
TALKS = Place(4, 2, 1, Outcome.OPEN)
TERMS = (100, "EUR", None, None)
DAY = "2026-01-{:02}T00:00:00Z"


def event(place: Place, day: int | None, **more: object) -> Event:
    return Event(place, None if day is None else DAY.format(day), TERMS, **more)  # type: ignore[arg-type]  # fields by name


def told(place: Place, *, created: int | None = None, entered: int | None = None, closed: int | None = None) -> Told:
    days = [None if day is None else DAY.format(day) for day in (created, entered, closed)]
    return Told(place, LEAD, QUOTE, TERMS, *days)


def stops(events: list[Event]) -> list[tuple[int, str | None]]:
    return [(each.place.id, each.at and each.at[8:10]) for each in events]


def test_a_passage_ends_where_the_next_pipeline_begins() -> None:
    first, second, third = passages([event(LEAD, 1), event(QUOTE, 2), event(TALKS, 5), event(LEAD, 7)])

    assert (first.began_at, first.ended_at, first.place, first.reached) == (DAY.format(1), DAY.format(5), QUOTE, QUOTE)
    assert (second.ended_at, second.place) == (DAY.format(7), TALKS)
    assert (third.ended_at, third.reached, third.entered_at) == (None, LEAD, DAY.format(7))
    assert [step.dwell for step in first.steps] == [None, 86_400]


def test_a_change_of_terms_is_no_move() -> None:
    [passage] = passages([event(QUOTE, 1), event(QUOTE, 4), event(LEAD, 5), event(WON, 9)])

    assert [(step.left and step.left.id, step.dwell) for step in passage.steps] == [
        (None, None),
        (2, None),
        (2, 4 * 86_400),
        (1, 4 * 86_400),
    ]
    assert passage.reached == QUOTE


def test_nothing_is_known_of_the_time_in_an_undated_stage() -> None:
    [passage] = passages([event(LEAD, None), event(QUOTE, 3)])

    assert [step.dwell for step in passage.steps] == [None, None]
    assert passage.began_at is None


def test_undated_events_come_first_and_equal_times_keep_their_order() -> None:
    assert stops(in_order([event(QUOTE, 2), event(WON, 2), event(LEAD, None)])) == [(1, None), (2, "02"), (3, "02")]


def test_what_a_deal_must_have_gone_through() -> None:
    assert stops(implied(told(QUOTE, created=1, entered=3))) == [(1, "01"), (2, "03")]
    assert stops(implied(told(LEAD, created=1, entered=3))) == [(1, "03")]
    assert stops(implied(told(QUOTE))) == [(2, None)]
    assert stops(implied(told(WON, created=1, closed=9))) == [(1, "01"), (3, "09")]
    assert stops(implied(told(WON, entered=2, closed=9))) == [(2, "02"), (3, "09")]
    assert stops(implied(told(WON, created=1, entered=2, closed=9))) == [(1, "01"), (2, "02"), (3, "09")]
    assert stops(implied(told(WON, created=1))) == [(3, None)]


def test_only_what_is_later_is_appended() -> None:
    known = [event(LEAD, 1), event(QUOTE, 5)]

    assert appended(known, told(QUOTE, created=1), now=DAY.format(20)) == []
    assert stops(appended(known, told(WON, created=1, closed=9), now=DAY.format(20))) == [(3, "09")]
    assert stops(appended(known, told(WON, created=1, closed=3), now=DAY.format(20))) == [(3, "20")]
    assert stops(appended(known, told(LEAD, created=1), now=DAY.format(20))) == [(1, "20")]
    assert stops(appended(known, told(LEAD, entered=6), now=DAY.format(20))) == [(1, "06")]
    assert stops(appended([event(LEAD, None)], told(WON, entered=2, closed=9), now=DAY.format(20))) == [
        (2, "02"),
        (3, "09"),
    ]
    assert stops(appended([event(LEAD, None)], told(QUOTE, created=4), now=DAY.format(20))) == [(2, "04")]
    assert stops(appended([event(LEAD, 25)], told(QUOTE), now=DAY.format(20))) == [(2, "25")]


def test_events_that_are_known_are_not_told_twice() -> None:
    known = [event(LEAD, 1, id=7), event(WON, 9, id=8)]

    both = merged(known, [event(LEAD, 1, row=1), event(QUOTE, 4, row=2), event(QUOTE, 4, row=3)], told=ALL)

    assert [(each.id, each.row) for each in both] == [(7, None), (None, 2), (None, 3), (8, None)]
    assert is_alike(known, [event(LEAD, 1), event(WON, 9)], told=ALL)
    assert not is_alike(known, [event(LEAD, 1)], told=0)
