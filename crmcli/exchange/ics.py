"""Tasks as iCalendar (RFC 5545), for any calendar that knows VTODO."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crmcli.exchange.contentline import escaped, folded

_HEAD = ("BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//crmcli//tasks//EN", "CALSCALE:GREGORIAN")


@dataclass(frozen=True, slots=True)
class Todo:
    """A task: `due` is a day or an instant, `changed` and `done` are instants.

    A repeating one has no rule: the next is a task of its own, made when this one is done.
    """

    uid: str
    text: str
    changed: str
    due: str | None = None
    is_priority: bool = False
    note: str | None = None
    done: str | None = None


def calendar(todos: Iterable[Todo]) -> Iterator[str]:
    """The lines of the file, folded, each with its CRLF."""
    for line in _HEAD:
        yield f"{line}\r\n"
    for todo in todos:
        for line in ("BEGIN:VTODO", *_properties(todo), "END:VTODO"):
            yield folded(line)
    yield "END:VCALENDAR\r\n"


def _properties(todo: Todo) -> Iterator[str]:
    yield f"UID:{escaped(todo.uid)}"
    yield f"DTSTAMP:{_stamp(todo.changed)}"
    yield f"SUMMARY:{escaped(todo.text)}"
    if todo.note:
        yield f"DESCRIPTION:{escaped(todo.note)}"
    if todo.due:
        kind = "" if "T" in todo.due else ";VALUE=DATE"
        yield f"DUE{kind}:{_stamp(todo.due)}"
    if todo.is_priority:
        yield "PRIORITY:1"
    if todo.done:
        yield "STATUS:COMPLETED"
        yield f"COMPLETED:{_stamp(todo.done)}"
    else:
        yield "STATUS:NEEDS-ACTION"


def _stamp(time: str) -> str:
    """`2026-11-21T19:55:00Z` as `20261121T195500Z`, `2026-11-21` as `20261121`."""
    return time.replace("-", "").replace(":", "")
