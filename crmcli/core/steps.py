"""Steps from now, as words: `-3d`, `2 weeks ago`, `in 30m`, `3天后`."""

import re
from typing import Literal, NamedTuple

from crmcli.core.days import Unit

Lean = Literal["past", "future"]

_MINUTES = {
    **dict.fromkeys(("minute", "minutes", "min", "mins", "分钟", "分"), 1),
    **dict.fromkeys(("hour", "hours", "hr", "hrs", "h", "小时", "钟头"), 60),
}
_UNITS: dict[str, Unit] = {
    **dict.fromkeys(("day", "days", "d", "天", "日"), "day"),
    **dict.fromkeys(("week", "weeks", "wk", "wks", "w", "周", "星期", "礼拜"), "week"),
    **dict.fromkeys(("month", "months", "mo", "mos", "m", "月"), "month"),
    **dict.fromkeys(("quarter", "quarters", "q", "季度"), "quarter"),
    **dict.fromkeys(("year", "years", "yr", "yrs", "y", "年"), "year"),
}
_ENGLISH = r"(?P<ahead>in )?(?P<sign>[-+]?) ?(?P<count>[0-9]{1,5}) ?(?P<word>[a-z]+)(?P<tail> ago| from now| later)?"
_CHINESE = r"(?P<count>[0-9]{1,5}|[一二两三四五六七八九十]{1,3})个?(?P<word>[^\W0-9a-z]{1,2}?)(?P<tail>[以之]?[前后])"
_DIGITS = {"一": 1, "二": 2, "两": 2, "三": 3, "四": 4, "五": 5, "六": 6, "七": 7, "八": 8, "九": 9}


class DayStep(NamedTuple):
    """So many calendar units, negative into the past."""

    size: int
    unit: Unit


class ClockStep(NamedTuple):
    """So many minutes, negative into the past."""

    minutes: int


def step(text: str, lean: Lean) -> DayStep | ClockStep | None:
    """The step that a text in lower case names, None when it names none; `lean` gives a bare `3d` its direction.

    `m` is a month (`-1m`), but a minute in what is said as a sentence (`30m ago`, `in 30m`).
    """
    match = re.fullmatch(_ENGLISH, text)
    if match:
        directions = [part for part in (match["ahead"], match["sign"], match["tail"]) if part]
        is_back = directions[0] in ("-", " ago") if directions else lean == "past"
        word = "minute" if match["word"] == "m" and (match["ahead"] or match["tail"]) else match["word"]
        return _step(int(match["count"]), word, is_back=is_back) if len(directions) <= 1 else None
    match = re.fullmatch(_CHINESE, text)
    count = _number(match["count"]) if match else None
    if match is None or count is None:
        return None
    return _step(count, match["word"], is_back=match["tail"].endswith("前"))


def _step(count: int, word: str, *, is_back: bool) -> DayStep | ClockStep | None:
    signed = -count if is_back else count
    if word in _MINUTES:
        return ClockStep(signed * _MINUTES[word])
    return DayStep(signed, _UNITS[word]) if word in _UNITS else None


def _number(text: str) -> int | None:
    """1 to 99 in Chinese digits, or any in Arabic ones."""
    if text.isascii():
        return int(text)
    tens, ten, ones = text.rpartition("十")
    if any(len(digit) > 1 or digit not in ("", *_DIGITS) for digit in (tens, ones)):
        return None
    return (_DIGITS.get(tens, 1) * 10 if ten else 0) + _DIGITS.get(ones, 0)
