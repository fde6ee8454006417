"""The part of a text in which something was found."""

from collections.abc import Collection, Sequence

from crmcli.core.words import places

_LONGEST = 72
_BEFORE = 24


def snippet(pieces: Sequence[str | None], wanted: Collection[str], *, is_beginning: bool = False) -> str | None:
    """What stands around the first of the `wanted` words, in the piece that has most of them; else the first piece."""
    found = [(piece, _met(piece, wanted, is_beginning)) for piece in pieces if piece]
    if not found:
        return None
    piece, met = max(found, key=lambda each: len(set(each[1].values())))
    return _around(piece, min(met, default=0))


def _met(piece: str, wanted: Collection[str], is_beginning: bool) -> dict[int, str]:
    """Where in the piece which of the wanted words stand."""
    begun = tuple(wanted) if is_beginning else ()
    return {start: word for word, start, _ in places(piece) if word in wanted or (begun and word.startswith(begun))}


def _around(text: str, place: int) -> str:
    """A line of the text with what stands at `place`, cut between words where there are blanks."""
    if len(text) <= _LONGEST:
        return " ".join(text.split())
    start = max(0, min(place - _BEFORE, len(text) - _LONGEST))
    end = start + _LONGEST
    if start:
        blank = text.find(" ", start, place)
        start = blank + 1 if blank >= 0 else start
    if end < len(text):
        blank = text.rfind(" ", place, end)
        end = blank if blank > place else end
    line = " ".join(text[start:end].split())
    return f"{'…' * (start > 0)}{line}{'…' * (end < len(text))}"
