from datetime import UTC, date, datetime, time, timedelta, timezone
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.period import Lean, Period, When, bounds, duration, instant, moment, period, when
from crmcli.core.vocabulary import DateOrder
from crmcli.errors import InvalidInput

BERLIN = ZoneInfo("Europe/Berlin")
EARLIEST, LATEST = datetime(1900, 1, 2), datetime(2999, 12, 30)  # noqa: DTZ001
NOW = datetime(2026, 11, 20, 14, 30, tzinfo=UTC)  # Friday, 15:30 in Berlin


def at(text: str, lean: Lean = "past") -> When:
    return when(text, now=NOW, tz=BERLIN, order=DateOrder.UNKNOWN, lean=lean)


def over(text: str) -> Period:
    return period(text, now=NOW, tz=BERLIN, order=DateOrder.UNKNOWN)


def test_an_instant_is_utc_text_of_one_width() -> None:
    assert instant(datetime(2026, 11, 21, 19, 55, 0, 999, tzinfo=UTC)) == "2026-11-21T19:55:00Z"
    assert instant(datetime(2026, 11, 21, 1, 0, tzinfo=timezone(timedelta(hours=2)))) == "2026-11-20T23:00:00Z"


def test_a_moment_without_a_zone_is_no_instant() -> None:
    with pytest.raises(ValueError, match="no zone"):
        instant(datetime(2026, 11, 21))  # noqa: DTZ001


@pytest.mark.parametrize(
    "text", ["2026-11-21", "2026-11-21T19:55:00", "2026-11-21 19:55:00Z", "2026-11-21T19:55+00:0Z", ""]
)
def test_only_the_kept_form_is_a_moment(text: str) -> None:
    with pytest.raises(ValueError, match=r"is not YYYY-MM-DDTHH:MM:SSZ|Invalid isoformat"):
        moment(text)


@given(st.datetimes(EARLIEST, LATEST, timezones=st.just(BERLIN)))
def test_an_instant_is_read_back_to_the_second(local: datetime) -> None:
    assert moment(instant(local)) == local.astimezone(UTC).replace(microsecond=0)


@given(st.datetimes(EARLIEST, LATEST, timezones=st.just(UTC)))
def test_a_written_instant_comes_back_through_the_local_clock(utc: datetime) -> None:
    assert at(instant(utc)).instant(BERLIN) == instant(utc)


@pytest.mark.parametrize(
    ("text", "day", "clock"),
    [
        ("2026-11-21", date(2026, 11, 21), None),
        ("2026-11-21T15:00", date(2026, 11, 21), time(15)),
        (" 2026-11-21  15:00:30 ", date(2026, 11, 21), time(15, 0, 30)),
        ("2026-11-21t15:00:00.5", date(2026, 11, 21), time(15)),
        ("2026-11-21T23:30Z", date(2026, 11, 22), time(0, 30)),
        ("2026-11-21 13:28:00 UTC", date(2026, 11, 21), time(14, 28)),
        ("2026-11-21 15:00+02:00", date(2026, 11, 21), time(14)),
        ("2026-11-21T15:00-0500", date(2026, 11, 21), time(21)),
        ("now", date(2026, 11, 20), time(15, 30)),
        ("2h ago", date(2026, 11, 20), time(13, 30)),
        ("30m ago", date(2026, 11, 20), time(15)),
        ("in 10h", date(2026, 11, 21), time(1, 30)),
        ("2小时前", date(2026, 11, 20), time(13, 30)),
        ("Yesterday", date(2026, 11, 19), None),
        ("FRI 15:00", date(2026, 11, 20), time(15)),
        ("fri at 3pm", date(2026, 11, 20), time(15)),
        ("mon 9am", date(2026, 11, 16), time(9)),
        ("3 days ago 12am", date(2026, 11, 17), time(0)),
        ("today 12pm", date(2026, 11, 20), time(12)),
        ("21.11.2026 8:05", date(2026, 11, 21), time(8, 5)),
        ("明天15:00", date(2026, 11, 21), time(15)),
        ("15:00", date(2026, 11, 20), time(15)),
        ("9 am", date(2026, 11, 20), time(9)),
        ("３天后", date(2026, 11, 23), None),
    ],
)
def test_a_point_in_time_is_read_as_people_write_it(text: str, day: date, clock: time | None) -> None:
    assert at(text) == When(day, clock)
    assert at(text).is_whole_day == (clock is None)


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("2026-03", date(2026, 3, 1), date(2026, 3, 31)),
        ("2026-W48", date(2026, 11, 23), date(2026, 11, 29)),
        ("2026-Q1", date(2026, 1, 1), date(2026, 3, 31)),
        ("Q1", date(2026, 1, 1), date(2027, 3, 31)),
        ("Q4", date(2026, 10, 1), date(2026, 12, 31)),
        ("next month", date(2026, 12, 1), date(2026, 12, 31)),
        ("fri", date(2026, 11, 20), date(2026, 11, 27)),
        ("3d", date(2026, 11, 17), date(2026, 11, 23)),
    ],
)
def test_a_lean_chooses_the_day_of_a_period_and_the_direction(text: str, past: date, future: date) -> None:
    assert (at(text).day, at(text, "future").day) == (past, future)


def test_a_quarter_still_to_come_is_last_years_when_leaning_to_the_past() -> None:
    january = datetime(2026, 1, 15, tzinfo=UTC)

    found = when("Q3", now=january, tz=UTC, order=DateOrder.UNKNOWN, lean="past")

    assert found == When(date(2025, 7, 1), None)


def test_today_is_the_day_of_the_zone() -> None:
    found = when("today", now=NOW, tz=ZoneInfo("Pacific/Auckland"), order=DateOrder.UNKNOWN, lean="past")

    assert found.day == date(2026, 11, 21)


@pytest.mark.parametrize(
    "text",
    ["", "foo", "fri 15", "15:00Z", "fri 15:00Z", "-15:00", "2026-11-21-15:00", "15:00 15:00", "x" * 10_000, "\x1b"],
)
def test_what_is_no_date_is_refused_with_examples(text: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        at(text)

    assert str(caught.value).endswith("is not understood; try 2026-03-31, yesterday, -3d, fri 15:00 or eom")


@pytest.mark.parametrize("text", ["25:00", "fri 3:60", "13pm", "0am", "2026-11-21T24:00", "2026-11-21 10:00:60"])
def test_a_time_that_no_clock_shows_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"has no such time \(00:00 to 23:59\)"):
        at(text)


def test_a_date_that_does_not_exist_is_refused_with_its_reason() -> None:
    with pytest.raises(InvalidInput, match="February 2026 has 28 days"):
        at("2026-02-31T10:00")


def test_a_skipped_time_moves_forward_and_a_repeated_one_is_the_first() -> None:
    assert at("2026-03-29 02:30").instant(BERLIN) == "2026-03-29T01:30:00Z"  # 03:30 of summer time
    assert at("2026-10-25 02:30").instant(BERLIN) == "2026-10-25T00:30:00Z"
    assert at("2026-10-25T01:30Z").instant(BERLIN) == "2026-10-25T01:30:00Z"


@given(st.text(max_size=30), st.sampled_from(["past", "future"]))
def test_any_text_is_a_point_in_time_or_refused(text: str, lean: Lean) -> None:
    try:
        found = at(text, lean)
    except InvalidInput:
        return
    assert len(found.instant(BERLIN)) == 20


@pytest.mark.slow
@given(
    st.from_regex(
        r"(in |-|\+)?[0-9]{1,5} ?(m|h|d|w|mo|q|y|minutes|天)( ago|后)?( [0-9]{1,2}(:[0-9]{2}|am))?", fullmatch=True
    )
)
def test_any_step_is_a_point_in_time_or_refused(text: str) -> None:
    try:
        found = at(text)
    except InvalidInput:
        return
    assert 1899 < found.day.year < 3000


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", date(2026, 1, 1), date(2027, 1, 1)),
        ("Q1", date(2026, 1, 1), date(2026, 4, 1)),
        ("-30d", date(2026, 10, 21), date(2026, 10, 22)),
        ("fri", date(2026, 11, 20), date(2026, 11, 21)),
        ("last month", date(2026, 10, 1), date(2026, 11, 1)),
        ("2026-11-21 15:00", date(2026, 11, 21), date(2026, 11, 22)),
        ("16h ago", date(2026, 11, 19), date(2026, 11, 20)),
    ],
)
def test_a_query_means_the_whole_period_that_it_names(text: str, start: date, end: date) -> None:
    assert over(text) == Period(start, end)


def test_a_period_is_bounded_by_local_midnights() -> None:
    assert bounds(over("2026-03-29"), BERLIN) == ("2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z")


def test_a_day_without_a_midnight_begins_when_its_clock_does() -> None:
    cairo = ZoneInfo("Africa/Cairo")  # at 00:00 on 24 April 2026 the clock shows 01:00

    assert bounds(over("2026-04-24"), cairo) == ("2026-04-23T22:00:00Z", "2026-04-24T21:00:00Z")


@pytest.mark.parametrize(
    ("text", "minutes"),
    [
        ("30m", 30),
        ("90", 90),
        ("1h", 60),
        ("1h30", 90),
        ("1h 30 min", 90),
        ("1:30", 90),
        ("1.5h", 90),
        ("0.75 hours", 45),
        ("1.333h", 80),
        ("2d", 2880),
        ("31 days", 44640),
        ("2小时", 120),
    ],
)
def test_a_duration_is_in_minutes(text: str, minutes: int) -> None:
    assert duration(text) == minutes


@pytest.mark.parametrize("text", ["", "x", "-5", "1:75", "1h5", "1e9", "nan", "1 fortnight", "5" * 99])
def test_what_is_no_duration_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not understood; try 30m, 1h30, 1:30 or 90"):
        duration(text)


def test_a_duration_ends_within_31_days() -> None:
    with pytest.raises(InvalidInput, match="duration '32d' is longer than 31 days"):
        duration("32d")
