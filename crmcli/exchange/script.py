"""Lines of commands, as one types them behind `crm`: bytes to words, as a shell parts them (`shlex` takes n² time)."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_LONGEST = 1024 * 1024  # bytes of a line; a shell takes less

_BLANK = re.compile(r"[ \t\r]*")
_PIECE = re.compile(r"""([^ \t\r'"\\]+)|\\(.)|'([^']*)'|"((?:[^"\\]|\\.)*)\"""", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one line; `fault` says why it has none."""

    number: int
    words: tuple[str, ...] = ()
    fault: str | None = None


def lines_of(file: BinaryIO) -> Iterator[Line]:
    """The lines of `file` that hold a command, read one at a time; comments and blank lines are left out."""
    number = 0
    while raw := file.readline(_LONGEST + 1):
        number += 1
        line = _line(number, raw)
        if len(raw) > _LONGEST:
            while raw and not raw.endswith(b"\n"):
                raw = file.readline(_LONGEST)
        if line.words or line.fault:
            yield line


def _line(number: int, raw: bytes) -> Line:
    if len(raw) > _LONGEST:
        return Line(number, fault="the line is longer than 1 MiB")
    if b"\0" in raw:
        return Line(number, fault="the line holds a NUL byte")
    try:
        text = raw.decode("utf-8-sig" if number == 1 else "utf-8").rstrip("\r\n")
    except UnicodeDecodeError:
        return Line(number, fault="the line is not UTF-8")
    words: list[str] = []
    place, end = _end_of_blank(text, 0), len(text)
    while place < end and text[place] != "#":
        pieces = []
        while found := _PIECE.match(text, place):
            pieces.append(_unquoted(found))
            place = found.end()
        begins, place = place, _end_of_blank(text, place)
        if place == begins < end:
            is_quote = text[place:] != "\\"
            return Line(number, fault="a quote is not closed" if is_quote else "nothing follows the last \\")
        words.append("".join(pieces))
    return Line(number, tuple(words))


def _end_of_blank(text: str, place: int) -> int:
    blank = _BLANK.match(text, place)
    return blank.end() if blank else place


def _unquoted(piece: re.Match[str]) -> str:
    bare, escaped, single, double = piece.groups()
    return bare or escaped or single or re.sub(r'\\(["\\])', r"\1", double or "")
