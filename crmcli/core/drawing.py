"""What is drawn for people in the place of rows: a tree, a board, the panels of a dashboard."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Node:
    """A branch of a tree for people; `note` stands behind the text, dimmed, or coloured by its `tone`.

    A tone is strong, fair or weak, and the note says so in words too. The children may be a stream, read once.
    """

    text: str
    note: str = ""
    children: Iterable["Node"] = ()
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What stands in a lane of a board."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of a board; `more` cards are not among `cards`, which may be a stream, read once."""

    title: str
    note: str
    cards: Iterable[Card]
    more: int = 0


@dataclass(frozen=True, slots=True)
class Board:
    """Lanes side by side."""

    lanes: tuple[Lane, ...]


@dataclass(frozen=True, slots=True)
class Bar:
    """A labelled figure; drawn from `begin` to `end`, in a unit that all of a panel share, where these are given."""

    label: str
    text: str
    begin: float = 0
    end: float = 0


@dataclass(frozen=True, slots=True)
class Panel:
    """A part of a dashboard: bars under each other, or a series of `columns` side by side; `next` is a command."""

    title: str
    bars: tuple[Bar, ...] = ()
    columns: tuple[Bar, ...] = ()
    notes: tuple[str, ...] = ()
    empty: str = "nothing here yet"
    next: str = ""
