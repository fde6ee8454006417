"""Lines of commands, as one types them behind `crm`: bytes to words."""

import re
import shlex
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO

_LONGEST = 1024 * 1024  # bytes of a line; a shell takes less

#: Everything before a `#` that begins a word outside of quotes.
_COMMENT = re.compile(
    r"""((?:[ \t\r]*+(?!\#)(?:[^ \t\r'"\\]++|\\.|'[^']*+'|"(?:\\.|[^"\\])*+")++)*+)[ \t\r]*+\#""", re.DOTALL
)


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
    comment = _COMMENT.match(text)
    try:
        return Line(number, tuple(shlex.split(comment[1] if comment else text)))
    except ValueError as error:
        return Line(
            number, fault="a quote is not closed" if "quotation" in str(error) else "nothing follows the last \\"
        )
