"""When something happened, as the user says it, by the clock and the zone of the file."""

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path

import pytest

from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput
from crmcli.services import dates, preferences
from tests.conftest import NOW, wrote

LAST = "2026-11-10T10:00:00Z"


@pytest.fixture
def session(file: Path) -> Iterator[Writer]:
    with wrote(file) as writer:
        yield writer


@pytest.fixture
def berlin(file: Path) -> Iterator[Writer]:
    with wrote(file) as writer:
        preferences.change(writer, preferences.Wanted(zone="Europe/Berlin"))
    with wrote(file) as writer:
        yield writer


def test_nothing_said_is_now(session: Writer) -> None:
    assert dates.occurred(session, None) == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize(
    ("said", "instant"),
    [
        ("2026-11-19", "2026-11-19T00:00:00Z"),
        ("today", "2026-11-20T12:00:00Z"),
        ("2026-11-20", "2026-11-20T12:00:00Z"),
        ("2026-11-20 11:00", "2026-11-20T11:00:00Z"),
        ("2026-11-20 12:00", "2026-11-20T12:00:00Z"),
        ("fri", "2026-11-20T12:00:00Z"),
    ],
)
def test_a_day_is_its_beginning_and_today_is_now(said: str, instant: str, session: Writer) -> None:
    assert dates.occurred(session, said) == instant


def test_a_day_begins_in_the_zone_of_the_file(berlin: Writer) -> None:
    assert dates.occurred(berlin, "2026-07-01") == "2026-06-30T22:00:00Z"
    assert dates.occurred(berlin, "2026-11-19") == "2026-11-18T23:00:00Z"


def test_the_day_of_the_last_event_is_the_instant_of_that_event(session: Writer) -> None:
    assert dates.occurred(session, "2026-11-10", after=LAST) == LAST
    assert dates.occurred(session, "2026-11-11", after=LAST) == "2026-11-11T00:00:00Z"


@pytest.mark.parametrize("said", ["2026-11-09", "2026-11-10 09:59"])
def test_before_the_last_event_is_refused(said: str, session: Writer) -> None:
    with pytest.raises(InvalidInput, match="is before the last event at 2026-11-10 10:00"):
        dates.occurred(session, said, after=LAST)


def test_the_future_is_for_plans(session: Writer) -> None:
    with pytest.raises(InvalidInput, match="2026-11-20 12:01 is in the future"):
        dates.occurred(session, "12:01")

    assert dates.occurred(session, "12:01", allow_future=True) == "2026-11-20T12:01:00Z"


def test_a_plan_that_stands_keeps_later_events_behind_it(session: Writer) -> None:
    with pytest.raises(InvalidInput, match="before the last event"):
        dates.occurred(session, None, after="2026-12-01T00:00:00Z")


def test_a_weekday_is_the_last_one_for_what_was_and_the_next_one_for_what_will_be(session: Writer) -> None:
    assert dates.occurred(session, "mon") == "2026-11-16T00:00:00Z"
    assert dates.day(session, "mon") == "2026-11-23"
    assert dates.day(session, "mon", lean="past") == "2026-11-16"


def test_the_echo_is_for_people_in_the_zone_of_the_file(berlin: Writer) -> None:
    assert dates.echo(berlin, at="2026-11-19T23:30:00Z") == "at Fri 2026-11-20 00:30"
    assert dates.echo(berlin, close="2026-11-30") == "close Mon 2026-11-30"
    assert dates.echo(berlin, at=LAST, close="2026-11-30") == "at Tue 2026-11-10 11:00, close Mon 2026-11-30"
    assert dates.echo(berlin) is None


def test_the_clock_is_that_of_the_operation(file: Path) -> None:
    with wrote(file, now=datetime(2020, 1, 1, tzinfo=NOW.tzinfo)) as session:
        assert dates.occurred(session, "yesterday") == "2019-12-31T00:00:00Z"
