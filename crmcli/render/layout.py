"""How wide the columns of a table may be: numbers, dates and ids whole, texts as the room allows."""

from collections.abc import Sequence
from dataclasses import dataclass

_TRIES = ((2, False, 16, 24), (2, True, 12, 24), (1, True, 8, 8))  # gap, tight, the least width of a text, of the first


@dataclass(frozen=True, slots=True)
class Need:
    """What a column asks for: its width as usual, and where room is short; only a flexible one may be cut below."""

    usual: int
    tight: int
    is_flexible: bool


@dataclass(frozen=True, slots=True)
class Layout:
    """The widths, the blanks between them, and whether headings are broken into words and currencies stand in them."""

    widths: tuple[int, ...]
    gap: int
    is_tight: bool


def layout(needs: Sequence[Need], room: int) -> Layout | None:
    """The most generous layout that `room` cells hold; None where even the tightest does not fit.

    Room is taken from the widest text first; the first text, which names the row, keeps more of itself.
    """
    flexible = [place for place, need in enumerate(needs) if need.is_flexible]
    for gap, is_tight, least, least_name in _TRIES:
        asked = [need.tight if is_tight else need.usual for need in needs]
        excess = sum(asked) + gap * (len(asked) - 1) - room
        floors = {place: least_name if place == flexible[0] else least for place in flexible}
        widths = _shrunk(asked, floors, excess)
        if widths is not None:
            return Layout(tuple(widths), gap, is_tight)
    return None


def _shrunk(widths: list[int], floors: dict[int, int], excess: int) -> list[int] | None:
    """`widths` less `excess`, none under its floor; None where that leaves too little."""
    for _ in range(excess):
        places = [place for place, floor in floors.items() if widths[place] > floor]
        if not places:
            return None
        widths[max(places, key=lambda place: widths[place])] -= 1
    return widths
