"""The events of a calendar (iCalendar, RFC 5545) as a table of interactions: one for each time that a meeting takes place."""

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from datetime import UTC, date, datetime, timedelta, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from crmcli.core.result import join_values
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput
from crmcli.exchange import contentline
from crmcli.exchange.contentline import Component, Property
from crmcli.exchange.layout import Foreign, Layout
from crmcli.exchange.record import Fault, Record
from crmcli.exchange.text import TextFile

_FIELDS = ("key", "at", "recipient.email", "duration", "text", "status")
LAYOUT = Layout(
    profile="icalendar",
    entity="interactions",
    headers={name: name for name in _FIELDS},
    fields=(*(name for name in _FIELDS if name != "status"), "channel", "direction"),
    constants={"channel": "meeting"},
    source="icalendar",
    foreign=Foreign("iCalendar (.ics)", skips={"status": frozenset({"CANCELLED"})}),
)

_MOST, _DIGITS = 1_000, 4  # times of one event; digits of a number in its rule
_DAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")
_STEPS = {"DAILY": 1, "WEEKLY": 7}
_DURATION = re.compile(r"P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:\d+S)?)?")
#: What Windows calls the zones of most of its users.
_WINDOWS = {
    "AUS Eastern Standard Time": "Australia/Sydney",
    "Central Europe Standard Time": "Europe/Budapest",
    "Central European Standard Time": "Europe/Warsaw",
    "Central Standard Time": "America/Chicago",
    "China Standard Time": "Asia/Shanghai",
    "E. South America Standard Time": "America/Sao_Paulo",
    "Eastern Standard Time": "America/New_York",
    "FLE Standard Time": "Europe/Kiev",
    "GMT Standard Time": "Europe/London",
    "India Standard Time": "Asia/Kolkata",
    "Mountain Standard Time": "America/Denver",
    "Pacific Standard Time": "America/Los_Angeles",
    "Romance Standard Time": "Europe/Paris",
    "Russian Standard Time": "Europe/Moscow",
    "Singapore Standard Time": "Asia/Singapore",
    "Tokyo Standard Time": "Asia/Tokyo",
    "W. Europe Standard Time": "Europe/Berlin",
}


class Meetings:
    """A calendar; a meeting that repeats is read until as often as its rule says. Raises InvalidInput."""

    header: tuple[str, ...] = _FIELDS
    layout = LAYOUT

    def __init__(self, file: TextFile) -> None:
        self._file = file
        if not any(line.strip().upper() == "BEGIN:VCALENDAR" for line in file.head):
            raise InvalidInput(f"{shown(file.name)} holds no calendar", hint="one begins with BEGIN:VCALENDAR")

    def records(self) -> Iterator[Record | Fault]:
        changed = self._changed()
        for event in contentline.components(self._file.lines(), "VEVENT"):
            try:
                yield from ((event.line, cells, (event.raw,)) for cells in _times(event, changed))
            except _Unreadable as error:
                yield Fault(self._file.name, event.line, error.name, error.reason, (event.raw,))

    def written(self, raws: Iterable[Sequence[str]]) -> Iterator[str]:
        yield "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//crmcli//rejected//EN\r\n"
        yield from (event if event.endswith("\n") else f"{event}\r\n" for (event,) in raws)
        yield "END:VCALENDAR\r\n"

    def _changed(self) -> set[tuple[str, str]]:
        """The times of meetings that repeat which have an event of their own."""
        if self._file.sha256() is None:
            return set()
        events = contentline.components(self._file.lines(), "VEVENT")
        return {
            (event.text("UID"), each.value) for event in events for each in event.all("RECURRENCE-ID") if each.value
        }


class _Unreadable(Exception):
    def __init__(self, name: str, reason: str) -> None:
        self.name, self.reason = name, reason


def _times(event: Component, changed: set[tuple[str, str]]) -> Iterator[list[str]]:
    """The cells of each time that the event takes place."""
    [*starts] = event.all("DTSTART")
    if not starts:
        raise _Unreadable("DTSTART", "is empty")
    start, own = _moment(starts[0]), event.text("RECURRENCE-ID")
    uid, minutes = event.text("UID"), _minutes(event, start)
    people = [*event.all("ORGANIZER"), *event.all("ATTENDEE")]
    text = "\n\n".join(filter(None, (event.text("SUMMARY"), event.text("LOCATION"), event.text("DESCRIPTION"))))
    for time in [start] if own else _repeated(start, event):
        stamp = _stamp(time)
        if not own and (uid, stamp) in changed:
            continue
        yield [
            f"{uid}/{own or stamp}" if uid else "",
            time.isoformat(),
            join_values(dict.fromkeys(filter(None, map(_address, people)))),
            f"{minutes}m" if minutes else "",
            text,
            event.text("STATUS").upper(),
        ]


def _moment(each: Property) -> date | datetime:
    """The day or the instant; one without a zone is local wherever it is read."""
    text = each.value.strip()
    try:
        if len(text) == len("20261124"):
            return datetime.strptime(text, "%Y%m%d").date()  # noqa: DTZ007 (a day has no zone)
        if text.endswith("Z"):
            return datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC)
        return datetime.strptime(text, "%Y%m%dT%H%M%S").replace(tzinfo=_zone(each.parameters))
    except ValueError:
        raise _Unreadable(each.name, f"{shown(text)} is not a time") from None


def _zone(parameters: Mapping[str, str]) -> tzinfo | None:
    named = parameters.get("TZID")
    if not named:
        return None
    try:
        return ZoneInfo(_WINDOWS.get(named, named))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise _Unreadable("DTSTART", f"no time zone {shown(named)}") from None


def _stamp(time: date | datetime) -> str:
    """The time as the calendar writes it."""
    if not isinstance(time, datetime):
        return f"{time:%Y%m%d}"
    return f"{time:%Y%m%dT%H%M%S}" + ("Z" if time.tzinfo is UTC else "")


def _minutes(event: Component, start: date | datetime) -> int:
    ends, lasts = event.all("DTEND"), _DURATION.fullmatch(event.text("DURATION"))
    if ends and isinstance(start, datetime):
        end = _moment(ends[0])
        if isinstance(end, datetime) and (end.tzinfo is None) == (start.tzinfo is None):
            return max(0, int((end - start).total_seconds()) // 60)
    if lasts and isinstance(start, datetime):
        weeks, days, hours, minutes = (int(part or 0) for part in lasts.groups())
        return ((weeks * 7 + days) * 24 + hours) * 60 + minutes
    return 0


def _address(each: Property) -> str:
    text = each.text.strip()
    return text[7:].strip().lower() if text.lower().startswith("mailto:") and "@" in text else ""


def _repeated(start: date | datetime, event: Component) -> Iterator[date | datetime]:
    """The times of a meeting that repeats by days or weeks; of another rule the first alone."""
    parts = (part.partition("=") for part in event.text("RRULE").upper().split(";") if part)
    rule = {name: value for name, _, value in parts}
    step = _STEPS.get(rule.get("FREQ", ""))
    if step is None or rule.keys() - {"FREQ", "INTERVAL", "COUNT", "UNTIL", "BYDAY", "WKST"}:
        yield start
        return
    left = {
        _stamp(_moment(Property(*_plain(each, text)))) for each in event.all("EXDATE") for text in each.value.split(",")
    }
    until, count = rule.get("UNTIL", ""), _number(rule.get("COUNT"), _MOST)
    every = max(1, _number(rule.get("INTERVAL"), 1))
    for number, time in enumerate(_steps(start, step * every, rule.get("BYDAY", ""))):
        if number >= min(count, _MOST) or (until and _stamp(time)[:8] > until[:8]):
            return
        if _stamp(time) not in left:
            yield time


def _plain(each: Property, text: str) -> tuple[str, str, str, Mapping[str, str], frozenset[str]]:
    return each.group, each.name, text, each.parameters, each.types


def _steps(start: date | datetime, step: int, by_day: str) -> Iterator[date | datetime]:
    """Every `step` days from `start` on; with days of the week, those of each such week. It ends with the calendar."""
    days = sorted(_DAYS.index(day) for day in by_day.split(",") if day in _DAYS) if step % 7 == 0 else []
    first = start - timedelta(days=start.weekday()) if days and start.toordinal() > len(_DAYS) else start
    with suppress(OverflowError):
        for number in range(_MOST):
            for day in days or [0]:
                time = first + timedelta(days=number * step + day)
                if time >= start:
                    yield time


def _number(text: str | None, otherwise: int) -> int:
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= _DIGITS else otherwise
