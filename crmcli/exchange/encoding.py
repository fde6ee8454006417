"""Which encoding a text is in: what the user says it is, and what to show of a line that is in another."""

import codecs

from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput

#: What files that are not UTF-8 are in most of the time: neither can be told from the other by its bytes.
_LIKELY = ("gb18030", "cp1252")
_OFFERED = ("utf-8", "utf-16", "gb18030", "cp1252", "latin-1", "big5", "shift-jis", "euc-kr", "koi8-r", "mac-roman")
_SHOWN = 60  # bytes of the odd line


def known(name: str) -> str:
    """The encoding of text called `name`, as the codecs call it. Raises InvalidInput for one that is none."""
    try:
        found = codecs.lookup(name.strip())
        "".encode(found.name)
    except (LookupError, ValueError):  # ValueError: a NUL in the name
        message = f"no encoding {shown(name)}{did_you_mean(name, _OFFERED)}"
        raise InvalidInput(message, hint=f"{', '.join(_OFFERED)} and others") from None
    return found.name


def odd(file: str, line: int, error: UnicodeDecodeError, *, is_told: bool) -> InvalidInput:
    """That `file` is not in the encoding it is read in, with the first such line as it may be meant.

    `line` is the first one that is not read yet; `is_told`: the user said which encoding it is.
    """
    where = f"{shown(file)}: line {line + _line_ends(error)}: not {_title(error)}"
    if _is_utf_16(error) and not is_told:
        return InvalidInput(where, hint="save it as UTF-8")
    piece = _piece(error)
    readings = {name: text for name in _LIKELY if name != error.encoding and (text := _read(piece, name)) is not None}
    told = "".join(f"; as {name} {shown(text)}" for name, text in readings.items())
    names = " or ".join(f"--encoding {name}" for name in readings)
    hint = f"{names}, whichever it is, or save it as UTF-8" if names else "--encoding NAME says which it is"
    return InvalidInput(where + told, hint=hint)


def _title(error: UnicodeDecodeError) -> str:
    if _is_utf_16(error):
        return "UTF-16"
    return "UTF-8" if error.encoding.startswith("utf-8") else error.encoding


def _read(piece: bytes, name: str) -> str | None:
    """The line in that encoding; None where it cannot be in it."""
    try:
        return codecs.getincrementaldecoder(name)().decode(piece)  # what is cut off at the end does not count
    except UnicodeDecodeError:
        return None


def _piece(error: UnicodeDecodeError) -> bytes:
    """The odd line, as far as it is at hand: from its beginning, or near the odd place where that is far."""
    chunk, start = error.object, error.start
    begin = max(chunk.rfind(b"\n", 0, start), chunk.rfind(b"\r", 0, start)) + 1
    begin = max(begin, start - _SHOWN // 2)
    ends = [place for mark in (b"\n", b"\r") if (place := chunk.find(mark, start)) >= 0]
    return chunk[begin : min([*ends, begin + _SHOWN])]


def _is_utf_16(error: UnicodeDecodeError) -> bool:
    return error.encoding.startswith("utf-16")


def _line_ends(error: UnicodeDecodeError) -> int:
    """How many lines end in the chunk that cannot be decoded, before the place where it cannot."""
    before = error.object[: error.start]
    if _is_utf_16(error):
        return before.count(b"\0\n" if error.encoding.endswith("be") else b"\n\0")
    return before.count(b"\n") + before.replace(b"\r\n", b"").count(b"\r")
