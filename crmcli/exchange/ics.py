"""Tasks as iCalendar (RFC 5545), for any calendar that knows VTODO."""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

_WIDEST = 75  # octets of a line, without its end
_ESCAPED = {"\\": "\\\\", ";": "\\;", ",": "\\,", "\n": "\\n"}
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]")
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
            yield f"{_folded(line)}\r\n"
    yield "END:VCALENDAR\r\n"


def _properties(todo: Todo) -> Iterator[str]:
    yield f"UID:{_text(todo.uid)}"
    yield f"DTSTAMP:{_stamp(todo.changed)}"
    yield f"SUMMARY:{_text(todo.text)}"
    if todo.note:
        yield f"DESCRIPTION:{_text(todo.note)}"
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


def _text(value: str) -> str:
    r"""TEXT of section 3.3.11: backslash, semicolon, comma and line end escaped; other control characters left out."""
    plain = _CONTROL.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    return re.sub(r"[\\;,\n]", lambda match: _ESCAPED[match.group()], plain)


def _folded(line: str) -> str:
    """The line in pieces of at most 75 octets, none of which cuts a character; section 3.1."""
    pieces, piece, size = [], "", 0
    for char in line:
        width = len(char.encode())
        if size + width > _WIDEST:
            pieces.append(piece)
            piece, size = " ", 1
        piece += char
        size += width
    return "\r\n".join([*pieces, piece])
