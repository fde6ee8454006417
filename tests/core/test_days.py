from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.days import Period, Unit, covering, days_in_month, moved, plus_months, weeks_in_year

dates = st.dates(date(1900, 1, 1), date(2999, 12, 31))
units: st.SearchStrategy[Unit] = st.sampled_from(("day", "week", "month", "quarter", "year"))


@pytest.mark.parametrize(
    ("day", "months", "expected"),
    [
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 3, 31), -1, date(2026, 2, 28)),
        (date(2026, 11, 20), 2, date(2027, 1, 20)),
        (date(2026, 1, 15), -13, date(2024, 12, 15)),
    ],
)
def test_a_day_that_a_month_lacks_becomes_its_last(day: date, months: int, expected: date) -> None:
    assert plus_months(day, months) == expected


def test_lengths_of_months_and_years() -> None:
    assert [days_in_month(2026, month) for month in (1, 2, 4, 12)] == [31, 28, 30, 31]
    assert days_in_month(2000, 2) == 29
    assert [weeks_in_year(year) for year in (2025, 2026, 2027)] == [52, 53, 52]


@pytest.mark.parametrize(
    ("unit", "start", "end"),
    [
        ("day", date(2026, 11, 20), date(2026, 11, 21)),
        ("week", date(2026, 11, 16), date(2026, 11, 23)),
        ("month", date(2026, 11, 1), date(2026, 12, 1)),
        ("quarter", date(2026, 10, 1), date(2027, 1, 1)),
        ("year", date(2026, 1, 1), date(2027, 1, 1)),
    ],
)
def test_a_day_lies_in_one_unit_of_each_kind(unit: Unit, start: date, end: date) -> None:
    assert covering(unit, date(2026, 11, 20)) == Period(start, end)


@pytest.mark.parametrize(("unit", "count"), [("year", 9999), ("month", -99999), ("day", 10**7)])
def test_leaving_the_calendar_is_an_overflow(unit: Unit, count: int) -> None:
    with pytest.raises(OverflowError):
        moved(date(2026, 11, 20), unit, count)


@given(dates, units)
def test_units_tile_the_calendar(day: date, unit: Unit) -> None:
    period = covering(unit, day)

    assert period.start <= day <= period.last < period.end
    assert covering(unit, period.last) == period
    assert covering(unit, period.end).start == period.end
    assert covering(unit, period.start - timedelta(days=1)).end == period.start
