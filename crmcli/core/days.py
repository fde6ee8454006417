"""The calendar: days, the units they fall into, and periods of days."""

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

Unit = Literal["day", "week", "month", "quarter", "year"]

DECEMBER = 12
MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_MONTHS_IN: dict[Unit, int] = {"month": 1, "quarter": 3, "year": 12}


@dataclass(frozen=True, slots=True)
class Period:
    """Whole days, half-open: `end` is the first day that is no longer in it."""

    start: date
    end: date

    @property
    def last(self) -> date:
        return self.end - timedelta(days=1)


def days_in_month(year: int, month: int) -> int:
    """28 to 31."""
    return 31 if month == DECEMBER else (date(year, month + 1, 1) - timedelta(days=1)).day


def weeks_in_year(year: int) -> int:
    """52 or 53 weeks of ISO 8601: 28 December always lies in the last."""
    return date(year, DECEMBER, 28).isocalendar().week


def plus_months(day: date, months: int) -> date:
    """The same day of another month, or its last one where it is shorter: 31 January plus 1 is 28 or 29 February."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, days_in_month(year, month + 1)))


def moved(day: date, unit: Unit, count: int) -> date:
    """The day so many units later, or earlier for a negative count; raises OverflowError outside the calendar."""
    if unit in _MONTHS_IN:
        try:
            return plus_months(day, count * _MONTHS_IN[unit])
        except ValueError as error:
            raise OverflowError(f"{count} {unit}s from {day}") from error
    return day + timedelta(days=count * (7 if unit == "week" else 1))


def covering(unit: Unit, day: date) -> Period:
    """The whole day, ISO week, month, quarter or year that the day falls into."""
    if unit == "day":
        start = day
    elif unit == "week":
        start = day - timedelta(days=day.weekday())
    elif unit == "year":
        start = day.replace(month=1, day=1)
    else:
        month = day.month if unit == "month" else (day.month - 1) // 3 * 3 + 1
        start = day.replace(month=month, day=1)
    return Period(start, moved(start, unit, 1))
