"""How a message shows a value, and what it offers instead."""

from bisect import bisect_right
from collections.abc import Iterable
from itertools import accumulate

#: Cells of the longest escape: `\\U000e0001`.
_ESCAPE = 10


def shown(value: str, limit: int = 80) -> str:
    """The value in quotes for a message: one line, nothing that acts on a terminal, cut to `limit` characters."""
    return repr(value if len(value) <= limit else value[: limit - 1] + "…")


def named(file: str) -> str:
    """The name of a file in quotes for a message: whole, since its end says which it is."""
    return repr(file)


def did_you_mean(word: str, known: Iterable[str], otherwise: str = "") -> str:
    """The end of a message about an unknown word: `; did you mean 'EUR'?`, or `otherwise` when nothing is near."""
    import difflib  # here, because only a failing command pays for it

    spelled = {name.casefold(): str(name) for name in known}
    near = difflib.get_close_matches(word.casefold(), spelled, n=1)
    return f"; did you mean {spelled[near[0]]!r}?" if near else otherwise


def counted(number: int, noun: str) -> str:
    """So many of something, for a person: `1 tie`, `2,500 ties`."""
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def percent(share: float, digits: int = 1, *, sign: str = "-") -> str:
    """A share for a person: `12.5 %`; `sign` is that of a format, `+` for a change. Nothing is below zero by rounding."""
    return f"{100 * share:{sign}z.{digits}f} %"


def clipped(text: str, cells: int) -> str:
    """The text on one line, in at most so many cells of a terminal; `…` ends what was cut."""
    line = " ".join(text.split())
    ends = list(accumulate(map(_width, line)))
    if not ends or ends[-1] <= cells:
        return line
    return f"{line[: bisect_right(ends, cells - 1)]}…"


def cells(text: str) -> int:
    """How many cells of a terminal the text takes, as it is shown."""
    return sum(map(_width, text))


def _width(char: str) -> int:
    """Cells of a character as it is shown: one that does not print, as its escape."""
    from unicodedata import combining, east_asian_width

    if not char.isprintable():
        return _ESCAPE
    return 0 if combining(char) else 1 + (east_asian_width(char) in "WF")


def employs_nobody(number: int, name: str) -> str:
    """Why a person is no employer."""
    return f"customer {number} {name} is a person and employs nobody"
