"""How often something comes again, and when next."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.days import moved
from crmcli.core.repeats import Repeat, repeat
from crmcli.errors import InvalidInput


@pytest.mark.parametrize(
    ("text", "kept", "days"),
    [
        ("3d", "3d", 3),
        ("2w", "2w", 14),
        ("every 2 weeks", "2w", 14),
        ("1m", "1m", 30),
        ("monthly", "1m", 30),
        ("quarter", "1q", 91),
        ("1 Year", "1y", 365),
    ],
)
def test_people_write_it_in_several_ways(text: str, kept: str, days: int) -> None:
    found = repeat(text)

    assert (str(found), found.days) == (kept, days)


@pytest.mark.parametrize("text", ["", "soon", "0d", "-2w", "2 weeks ago", "30min", "1000d", "2", "every"])
def test_anything_else_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not understood; try 3d, 2w"):
        repeat(text)


@pytest.mark.parametrize(
    ("every", "start", "behind", "next_"),
    [
        ("1w", "2026-11-02", "2026-11-02", "2026-11-09"),
        ("1w", "2026-11-02", "2026-11-19", "2026-11-23"),  # three missed Mondays make one
        ("1w", "2026-11-02", "2026-11-01", "2026-11-09"),  # done before it was due
        ("1m", "2026-01-31", "2026-01-31", "2026-02-28"),
        ("1m", "2026-01-31", "2026-02-28", "2026-03-31"),
        ("1y", "2024-02-29", "2026-06-01", "2027-02-28"),
        ("1y", "2024-02-29", "2027-06-01", "2028-02-29"),
        ("1q", "2026-11-30", "2026-11-30", "2027-02-28"),
    ],
)
def test_the_next_date_counts_from_the_first(every: str, start: str, behind: str, next_: str) -> None:
    found = repeat(every).after(date.fromisoformat(start), date.fromisoformat(behind))

    assert found.isoformat() == next_


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)), st.integers(1, 40), st.sampled_from("dwmqy"), st.integers(0, 3000))
def test_it_is_the_first_one_behind_the_day(start: date, count: int, unit: str, days: int) -> None:
    each: Repeat = repeat(f"{count}{unit}")
    behind = moved(start, "day", days)

    found = each.after(start, behind)

    series = (moved(start, each.unit, times * each.count) for times in range(1, 3100))
    assert found == next(day for day in series if day > behind)
