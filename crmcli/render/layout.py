"""How wide the columns of a table may be: numbers, dates and ids whole, texts as the room allows."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum


class Squeeze(IntEnum):
    """What is done about headings where room is short."""

    NONE = 0
    WORDS = 1  # a word a line; the currency of all amounts stands there instead of beside each
    PARTS = 2  # a part of a word a line, too


# squeeze, gap, the least width of a text, of the first one
_TRIES = (
    (Squeeze.NONE, 2, 16, 24),
    (Squeeze.WORDS, 2, 12, 24),
    (Squeeze.WORDS, 1, 12, 12),
    (Squeeze.PARTS, 1, 8, 8),
)


@dataclass(frozen=True, slots=True)
class Need:
    """The width that a column asks for under each squeeze; only a flexible one may be cut below."""

    widths: tuple[int, int, int]
    is_flexible: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The widths, the blanks between them, and what is done about the headings."""

    widths: tuple[int, ...]
    gap: int
    squeeze: Squeeze


def layout(needs: Sequence[Need], room: int) -> Layout | None:
    """The most generous layout that `room` cells hold; None where even the tightest does not fit.

    Room is taken from the widest text first; the first text, which names the row, keeps more of itself.
    """
    flexible = [place for place, need in enumerate(needs) if need.is_flexible]
    for squeeze, gap, least, least_name in _TRIES:
        asked = [need.widths[squeeze] for need in needs]
        excess = sum(asked) + gap * (len(asked) - 1) - room
        floors = {place: least_name if place == flexible[0] else least for place in flexible}
        widths = _shrunk(asked, floors, excess)
        if widths is not None:
            return Layout(tuple(widths), gap, squeeze)
    return None


def _shrunk(widths: list[int], floors: dict[int, int], excess: int) -> list[int] | None:
    """`widths` less `excess`, none under its floor; None where that leaves too little."""
    for _ in range(excess):
        places = [place for place, floor in floors.items() if widths[place] > floor]
        if not places:
            return None
        widths[max(places, key=lambda place: widths[place])] -= 1
    return widths
