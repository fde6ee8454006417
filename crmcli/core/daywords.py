"""The days that a text names: `2026-03-31`, `2026-W48`, `last fri`, `eom`, `-3d`, `下周五`."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, timedelta

from crmcli.core.days import DECEMBER, MONTHS, Period, Unit, covering, days_in_month, moved, weeks_in_year
from crmcli.core.steps import DayStep, Lean, step
from crmcli.core.vocabulary import DateOrder
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput

FIRST_YEAR, LAST_YEAR = 1900, 2999

_SPAN_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("week", "周", "星期", "礼拜"), "week"),
    **dict.fromkeys(("month", "月"), "month"),
    **dict.fromkeys(("quarter", "季度"), "quarter"),
    **dict.fromkeys(("year", "年"), "year"),
}
_EDGE_UNITS: dict[str, Unit] = {"w": "week", "m": "month", "q": "quarter", "y": "year"}
_NAMED = {
    "today": 0, "yesterday": -1, "tomorrow": 1, "今天": 0, "今日": 0, "昨天": -1, "昨日": -1, "明天": 1, "明日": 1,
    "前天": -2, "后天": 2, "大前天": -3, "大后天": 3,
}  # fmt: skip
_CHINESE_WEEKDAYS = {"一": 0, "二": 1, "三": 2, "四": 3, "五": 4, "六": 5, "日": 6, "天": 6}
_WEEKDAYS = {
    "mon": 0, "monday": 0, "tue": 1, "tues": 1, "tuesday": 1, "wed": 2, "wednesday": 2, "thu": 3, "thur": 3,
    "thurs": 3, "thursday": 3, "fri": 4, "friday": 4, "sat": 5, "saturday": 5, "sun": 6, "sunday": 6,
    **{week + name: day for week in ("周", "星期", "礼拜") for name, day in _CHINESE_WEEKDAYS.items()},
}  # fmt: skip
_OFFSETS = {
    "last": -1, "previous": -1, "this": 0, "next": 1,
    "上上": -2, "上": -1, "去": -1, "本": 0, "这": 0, "今": 0, "下": 1, "明": 1, "下下": 2,
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Asked:
    """A text as the user wrote it, and what it is relative to."""

    text: str
    today: date
    order: DateOrder
    lean: Lean


def days(term: str, asked: Asked) -> Period | None:
    """The whole period that a term in lower case names, None when it names none.

    `lean` decides a bare `3d` and a bare weekday. Raises InvalidInput for a date that does not exist, can be read in
    two ways or lies outside 1900 to 2999.
    """
    try:
        found = _named(term, asked)
    except OverflowError:
        raise _outside(asked) from None
    if found and not (found.start.year >= FIRST_YEAR and found.last.year <= LAST_YEAR):
        raise _outside(asked)
    return found


def _named(term: str, asked: Asked) -> Period | None:
    if term in _NAMED:
        return covering("day", asked.today + timedelta(days=_NAMED[term]))
    if term in _WEEKDAYS:
        return _bare_weekday(_WEEKDAYS[term], asked)
    for pattern, rule in _RULES:
        match = re.fullmatch(pattern, term, re.ASCII)
        if match:
            return rule(match, asked)
    found = step(term, asked.lean)
    return covering("day", moved(asked.today, found.unit, found.size)) if isinstance(found, DayStep) else None


def _year_first(match: re.Match[str], asked: Asked) -> Period:
    return _day(asked, int(match["year"]), int(match["month"]), int(match["day"]))


def _year_last(match: re.Match[str], asked: Asked) -> Period:
    """Dots are always day first; with slashes or dashes the order decides, or a part that can be no month."""
    first, second, year = int(match[1]), int(match[3]), int(match[4])
    is_day_first = match[2] == "." or asked.order is DateOrder.DAY_FIRST
    if asked.order is DateOrder.UNKNOWN and not is_day_first:
        is_day_first = first > DECEMBER
        if first != second and min(first, second) > 0 and max(first, second) <= DECEMBER:
            raise InvalidInput(
                f"{match[0]} could be {first} {MONTHS[second - 1]} or {MONTHS[first - 1]} {second}: "
                f"write {year}-{second:02}-{first:02}, or set the date order with crm init --date-order"
            )
    return _day(asked, year, second, first) if is_day_first else _day(asked, year, first, second)


def _year(match: re.Match[str], asked: Asked) -> Period:
    return covering("year", _day(asked, int(match[1]), 1, 1).start)


def _month(match: re.Match[str], asked: Asked) -> Period:
    return covering("month", _day(asked, int(match[1]), int(match[2]), 1).start)


def _quarter(match: re.Match[str], asked: Asked) -> Period:
    year = int(match["year"]) if match["year"] else asked.today.year
    return covering("quarter", _day(asked, year, int(match["quarter"]) * 3, 1).start)


def _week(match: re.Match[str], asked: Asked) -> Period:
    year, week = int(match[1]), int(match[2])
    _day(asked, year, 1, 1)
    weeks = weeks_in_year(year)
    if not 1 <= week <= weeks:
        raise InvalidInput(f"date {shown(asked.text)} does not exist ({year} has {weeks} weeks)")
    return covering("week", date.fromisocalendar(year, week, 1))


def _edge(match: re.Match[str], asked: Asked) -> Period:
    period = covering(_EDGE_UNITS[match[2]], asked.today)
    return covering("day", period.start if match[1] == "so" else period.last)


def _relative(match: re.Match[str], asked: Asked) -> Period | None:
    """`last week` is a calendar week; `last fri` and `next fri` are the nearest before and after today."""
    offset, noun = _OFFSETS[match[1]], match[2]
    if noun in _SPAN_UNITS:
        return _span(_SPAN_UNITS[noun], offset, asked.today)
    if noun not in _WEEKDAYS:
        return None
    if offset == 0:
        return _weekday_of_week(0, _WEEKDAYS[noun], asked.today)
    ahead = (_WEEKDAYS[noun] - asked.today.weekday()) % 7
    return covering("day", asked.today + timedelta(days=(ahead or 7) if offset > 0 else ahead - 7))


def _bare_weekday(weekday: int, asked: Asked) -> Period:
    """The last such day, today included, when leaning to the past; the next one, today excluded, to the future."""
    ahead = (weekday - asked.today.weekday()) % 7
    distance = ahead or 7 if asked.lean == "future" else -(-ahead % 7)
    return covering("day", asked.today + timedelta(days=distance))


def _chinese_weekday(match: re.Match[str], asked: Asked) -> Period:
    return _weekday_of_week(_OFFSETS[match[1]], _CHINESE_WEEKDAYS[match[2]], asked.today)


def _chinese_span(match: re.Match[str], asked: Asked) -> Period | None:
    prefix, noun, edge = match.groups()
    if (not prefix and not edge) or (edge and _SPAN_UNITS[noun] == "week") or (prefix in _ONLY_YEARS and noun != "年"):
        return None
    period = _span(_SPAN_UNITS[noun], _OFFSETS.get(prefix, 0), asked.today)
    return period if not edge else covering("day", period.start if edge == "初" else period.last)


def _span(unit: Unit, offset: int, today: date) -> Period:
    return covering(unit, moved(covering(unit, today).start, unit, offset))


def _weekday_of_week(offset: int, weekday: int, today: date) -> Period:
    return covering("day", _span("week", offset, today).start + timedelta(days=weekday))


def _day(asked: Asked, year: int, month: int, day: int) -> Period:
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise _outside(asked)
    if not 1 <= month <= DECEMBER:
        raise InvalidInput(f"date {shown(asked.text)} does not exist (there is no month {month})")
    length = days_in_month(year, month)
    if not 1 <= day <= length:
        raise InvalidInput(f"date {shown(asked.text)} does not exist ({MONTHS[month - 1]} {year} has {length} days)")
    return covering("day", date(year, month, day))


def _outside(asked: Asked) -> InvalidInput:
    return InvalidInput(f"date {shown(asked.text)} lies outside {FIRST_YEAR} to {LAST_YEAR}")


_ONLY_YEARS = ("去", "今", "明")
_RULES: tuple[tuple[str, Callable[[re.Match[str], Asked], Period | None]], ...] = (
    (r"(?P<year>\d{4})([-/.])(?P<month>\d{1,2})\2(?P<day>\d{1,2})", _year_first),
    (r"(?P<year>\d{4})年(?P<month>\d{1,2})月(?P<day>\d{1,2})[日号]?", _year_first),
    (r"(\d{1,2})([-/.])(\d{1,2})\2(\d{4})", _year_last),
    (r"(\d{4})年?", _year),
    (r"(\d{4})[-年](\d{1,2})月?", _month),
    (r"(?P<year>\d{4})[- ]?q(?P<quarter>[1-4])", _quarter),
    (r"q(?P<quarter>[1-4])(?: (?P<year>\d{4}))?", _quarter),
    (r"(\d{4})-?w(\d{1,2})", _week),
    (r"([se]o)([wmqy])", _edge),
    (r"(last|previous|this|next) ([a-z]+)", _relative),
    (r"(上上|下下|上|下|本|这)个?(?:周|星期|礼拜)([一二三四五六日天])", _chinese_weekday),
    (r"(上上|下下|上|下|本|这|今|去|明)?个?(周|星期|礼拜|月|季度|年)(初|底|末)?", _chinese_span),
)
