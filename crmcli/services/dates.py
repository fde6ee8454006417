"""What the user says of a time, as the file keeps it."""

from datetime import date

from crmcli.core import period
from crmcli.core.period import Lean, When
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput


def when(session: Writer, text: str, *, lean: Lean = "past") -> When:
    """What `text` names, by the clock of the operation and the zone of the file. Raises InvalidInput."""
    said = session.preferences
    return period.when(text, now=session.now, tz=said.tz, order=said.date_order, lean=lean)


def day(session: Writer, text: str, *, lean: Lean = "future") -> str:
    """The date that `text` names. Raises InvalidInput."""
    return when(session, text, lean=lean).day.isoformat()


def occurred(session: Writer, text: str | None, *, after: str | None = None, allow_future: bool = False) -> str:
    """The instant that `--at` names, now without one.

    A day without a time is now for today, the instant `after` for the day of that, else the day's beginning. Raises
    InvalidInput for one in the future, unless allowed, and for one before `after`.
    """
    instant = session.recorded_at if text is None else _instant(session, text, after)
    if instant > session.recorded_at and not allow_future:
        raise InvalidInput(f"{_local(session, instant)} is in the future", hint="--allow-future is for plans")
    if after is not None and instant < after:
        raise InvalidInput(
            f"{_local(session, instant)} is before the last event at {_local(session, after)}",
            hint="give a later --at; crm deal show lists the events",
        )
    return instant


def echo(session: Writer, *, at: str | None = None, close: str | None = None, due: str | None = None) -> str | None:
    """How the times that the user gave were understood: `at Fri 2026-11-20 15:00, close Mon 2026-11-30`.

    Instants in the zone of the file, or days; None where the user gave none.
    """
    said = {"at": at, "close": close, "due": due}
    return ", ".join(f"{name} {_spoken(session, time)}" for name, time in said.items() if time) or None


def _spoken(session: Writer, time: str) -> str:
    """An instant or a day with its weekday."""
    if "T" not in time:
        return date.fromisoformat(time).strftime("%a %Y-%m-%d")
    return period.moment(time).astimezone(session.preferences.tz).strftime("%a %Y-%m-%d %H:%M")


def _instant(session: Writer, text: str, after: str | None) -> str:
    found = when(session, text)
    tz = session.preferences.tz
    if not found.is_whole_day:
        return found.instant(tz)
    if found.day == session.now.astimezone(tz).date():
        return session.recorded_at
    if after is not None and _day(after, session) == found.day.isoformat():
        return after
    return found.instant(tz)


def _day(instant: str, session: Writer) -> str:
    return period.moment(instant).astimezone(session.preferences.tz).date().isoformat()


def _local(session: Writer, instant: str) -> str:
    return period.moment(instant).astimezone(session.preferences.tz).strftime("%Y-%m-%d %H:%M")
