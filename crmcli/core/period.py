"""Instants, points in time and periods: how people write them, and the one form in which they are kept."""

import re
import unicodedata
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta, tzinfo

from crmcli.core.days import Period, covering, moved
from crmcli.core.daywords import Asked, days
from crmcli.core.steps import ClockStep, Lean, step
from crmcli.core.vocabulary import DateOrder
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput

__all__ = ["Lean", "Period", "When", "bounds", "duration", "instant", "moment", "period", "span", "when"]

_INSTANT = "YYYY-MM-DDTHH:MM:SSZ"
_LONGEST = 64
_NOON = 12
_LAST_HOUR, _LAST_MINUTE = 23, 59
_DAY_AND_TIME = (
    r"(?P<day>.*?)(?:^|(?<=[^0-9+.:-])|t| )(?:at )?(?P<hour>[0-9]{1,2})"
    r"(?::(?P<minute>[0-9]{2})(?::(?P<second>[0-9]{2})(?:\.[0-9]{1,9})?)?)? ?(?P<half>am|pm)?"
    r"(?: ?(?P<offset>z|utc|gmt|[-+][0-9]{2}(?::?[0-9]{2})?))?"
)
_ISO_DAY = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_ISO = r"(?:19|2[0-9])[0-9]{2}-[0-9]{2}-[0-9]{2}(?P<time>[T ][0-9]{2}:[0-9]{2}(?::[0-9]{2})?(?P<zone>Z)?)?"
_LONGEST_DURATION = 31 * 24 * 60
_HOURS_AND_MINUTES = r"([0-9]{1,4}) ?(?::|h|小时) ?([0-5][0-9]) ?(?:m|min|分钟)?"
_DURATION = r"([0-9]{1,5})(?:\.([0-9]{1,3}))? ?(m|min|mins|minutes?|分钟|h|hr|hrs|hours?|小时|d|days?|天)?"


@dataclass(frozen=True, slots=True)
class When:
    """A local day, with a local time if one was said; `time.fold` is 1 only where an offset said so."""

    day: date
    time: time | None

    @property
    def is_whole_day(self) -> bool:
        return self.time is None

    def instant(self, tz: tzinfo) -> str:
        """The UTC instant; a whole day gives its first. A time that the clock skips moves forward by the gap."""
        return instant(datetime.combine(self.day, self.time or time.min, tzinfo=tz))


def instant(moment: datetime) -> str:
    """The kept form, `2026-11-21T19:55:00Z`: UTC, 20 characters, seconds; raises ValueError for a naive datetime."""
    if moment.tzinfo is None:
        raise ValueError(f"no zone in {moment!r}")
    return moment.astimezone(UTC).replace(tzinfo=None, microsecond=0).isoformat() + "Z"


def moment(text: str) -> datetime:
    """The aware UTC datetime of an instant in the kept form; raises ValueError for any other."""
    if len(text) != len(_INSTANT) or text[10] != "T" or text[-1] != "Z":
        raise ValueError(f"{text!r} is not {_INSTANT}")
    return datetime.fromisoformat(text)


def when(text: str, *, now: datetime, tz: tzinfo, order: DateOrder, lean: Lean) -> When:
    """The point in time that a person names: `yesterday`, `fri 15:00`, `-3d`, `2h ago`, `2026-11-21T15:00Z`, `明天`.

    `now` is aware, `tz` the zone of what is said. `lean` gives a bare `3d`, a bare weekday and `Q1` their direction,
    and of a longer period its first day (past) or its last (future). A bare time is today's, whatever `now` is.
    """
    written = _iso(text.strip(), tz)
    if written:
        return written
    term, local = _term(text), now.astimezone(tz)
    exact = _clock(term, local, lean)
    if exact:
        return When(exact.date(), exact.time().replace(microsecond=0))
    asked = Asked(text, local.date(), order, lean)
    found = days(term, asked)
    if found:
        return When(_point(term, found, asked), None)
    return _day_and_time(term, asked, tz)


def period(text: str, *, now: datetime, tz: tzinfo, order: DateOrder, lean: Lean = "past") -> Period:
    """The whole local days that a text names: `2026`, `2026-03`, `Q1` of this year, `last month`, `-30d`, `fri`.

    What names a point in time gives its day.
    """
    asked = Asked(text, now.astimezone(tz).date(), order, lean)
    return days(_term(text), asked) or covering("day", when(text, now=now, tz=tz, order=order, lean=lean).day)


def span(text: str, *, now: datetime, tz: tzinfo, order: DateOrder, lean: Lean = "past") -> Period:
    """The period that a text names, or that from the first day of one to the last of another: `2026-10..2026-12`."""
    first, dots, last = (part.strip() for part in text.partition(".."))
    if not dots:
        return period(text, now=now, tz=tz, order=order, lean=lean)
    found = Period(
        period(first, now=now, tz=tz, order=order, lean=lean).start,
        period(last, now=now, tz=tz, order=order, lean=lean).end,
    )
    if found.start >= found.end:
        raise InvalidInput(f"the period {shown(text)} ends before it begins")
    return found


def bounds(period: Period, tz: tzinfo) -> tuple[str, str]:
    """The instants of the local midnights at which a period begins and ends, half-open like it."""
    return When(period.start, None).instant(tz), When(period.end, None).instant(tz)


def duration(text: str) -> int:
    """Minutes, at most 31 days: of `90`, `30m`, `1h30`, `1:30`, `1.5h` (rounded half up) or `2d` (24 hours each)."""
    term = _term(text)
    match = re.fullmatch(_HOURS_AND_MINUTES, term)
    if match:
        minutes = int(match[1]) * 60 + int(match[2])
    else:
        match = re.fullmatch(_DURATION, term)
        if match is None:
            raise InvalidInput(f"duration {shown(text)} is not understood; try 30m, 1h30, 1:30 or 90")
        unit = {"h": 60, "小": 60, "d": 24 * 60, "天": 24 * 60}.get((match[3] or "m")[0], 1)
        thousandths = int(match[1]) * 1000 + int((match[2] or "").ljust(3, "0"))
        minutes = (thousandths * unit + 500) // 1000
    if minutes > _LONGEST_DURATION:
        raise InvalidInput(f"duration {shown(text)} is longer than 31 days")
    return minutes


def _term(text: str) -> str:
    """Lower case, single spaces, full-width forms as ASCII; empty for what is too long to be a date."""
    if len(text) > _LONGEST:
        return ""
    plain = text if text.isascii() else unicodedata.normalize("NFKC", text)
    return " ".join(plain.lower().split())


def _iso(text: str, tz: tzinfo) -> When | None:
    """What is written as files write it, ISO 8601, without the grammar; None for all else, the impossible included."""
    match = re.fullmatch(_ISO, text)
    if match is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    local = found.astimezone(tz) if match["zone"] else found
    return When(local.date(), local.time() if match["time"] else None)


def _clock(term: str, local: datetime, lean: Lean) -> datetime | None:
    """The moment so many hours or minutes away, or now."""
    stepped = ClockStep(0) if term in ("now", "现在") else step(term, lean)
    if not isinstance(stepped, ClockStep):
        return None
    return (local.astimezone(UTC) + timedelta(minutes=stepped.minutes)).astimezone(local.tzinfo)


def _point(term: str, found: Period, asked: Asked) -> date:
    if re.fullmatch("q[1-4]", term):
        if asked.lean == "past" and found.start > asked.today:
            return moved(found.start, "year", -1)
        if asked.lean == "future" and found.last < asked.today:
            return covering("quarter", moved(found.start, "year", 1)).last
    return found.start if asked.lean == "past" else found.last


def _day_and_time(term: str, asked: Asked, tz: tzinfo) -> When:
    match = re.fullmatch(_DAY_AND_TIME, term)
    if match is None or not (match["minute"] or match["half"]):
        raise _not_understood(asked.text)
    spoken = match["day"].strip()
    at = _time(match, asked.text)
    found = days(spoken, asked) if spoken else covering("day", asked.today)
    if found is None or (match["offset"] and not re.fullmatch(_ISO_DAY, spoken)):
        raise _not_understood(asked.text)
    day = _point(spoken, found, asked)
    if not match["offset"]:
        return When(day, at)
    offset = "Z" if match["offset"].isalpha() else match["offset"]
    local = datetime.fromisoformat(f"{day}T{at}{offset}").astimezone(tz)
    return When(local.date(), local.time())


def _time(match: re.Match[str], text: str) -> time:
    hour, minute, second = (int(match[name] or 0) for name in ("hour", "minute", "second"))
    is_possible = minute <= _LAST_MINUTE and second <= _LAST_MINUTE
    if match["half"]:
        is_possible = is_possible and 1 <= hour <= _NOON
        hour = hour % _NOON + (_NOON if match["half"] == "pm" else 0)
    if not is_possible or hour > _LAST_HOUR:
        raise InvalidInput(f"date {shown(text)} has no such time (00:00 to 23:59)")
    return time(hour, minute, second)


def _not_understood(text: str) -> InvalidInput:
    return InvalidInput(f"date {shown(text)} is not understood; try 2026-03-31, yesterday, -3d, fri 15:00 or eom")
