"""The shapes that every renderer takes: a table, a record, a report."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["text", "id", "integer", "number", "money", "rate", "date", "instant", "days", "values", "boolean"]


@dataclass(frozen=True, slots=True)
class Column:
    """`name` is the key in JSON and the header in CSV; `heading` is for people.

    The raw value by kind: `text` str; `id`, `integer` and `boolean` int or bool; `number` int or float; `money` Money;
    `rate` 0..1; `date` and `instant` ISO text; `days` float; `values` several texts in one (see `join_values`).
    None is always "unknown" or "none". For people alone: `bar` draws the number as a bar under the first column, `heat`
    a rate as a block beside it, `under` names the columns whose values stand small under this one, `is_hidden` leaves a
    column to the machines, one that `is_whole` is never cut; a soft hyphen says where a heading may be broken.
    """

    name: str
    kind: Kind = "text"
    heading: str | None = None
    bar: bool = False
    heat: bool = False
    under: tuple[str, ...] = ()
    is_hidden: bool = False
    is_whole: bool = False


@dataclass(frozen=True, slots=True)
class Table:
    """Rows hold raw values (a rate is 0.25, not "25 %"); they may be a stream, read once.

    `total` is how many rows there are when `rows` holds only the first of them, `groups` the column whose change of
    value begins a new block for people, `empty` what to say to a person when there is no row.
    """

    columns: Sequence[Column]
    rows: Iterable[Sequence[object]]
    title: str | None = None
    total: int | None = None
    groups: str | None = None
    empty: str = "nothing here yet"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Record:
    """One thing in full: its fields, then the tables that belong to it, by key."""

    title: str
    columns: Sequence[Column]
    values: Sequence[object]
    parts: Mapping[str, Table] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Node:
    """A branch of a tree for people; `note` stands behind the text, dimmed, or coloured by its `tone`.

    A tone is strong, fair or weak, and the note says so in words too.
    """

    text: str
    note: str = ""
    children: tuple["Node", ...] = ()
    tone: str | None = None


@dataclass(frozen=True, slots=True)
class Card:
    """What stands in a lane of a board."""

    title: str
    lines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Lane:
    """A column of a board; `more` cards are not among `cards`."""

    title: str
    note: str
    cards: tuple[Card, ...]
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


@dataclass(frozen=True, slots=True)
class Report:
    """A computed answer: what was asked, the figures of the whole, and the rows.

    `notes` say what was left out and why; `tree` is drawn instead of the rows on a terminal where it is given, `board`
    or `panels` on a page too, `pivot` wherever a person reads.
    """

    name: str
    parameters: Mapping[str, object]
    summary: Mapping[str, object]
    table: Table
    notes: tuple[str, ...] = ()
    tree: Node | None = None
    board: Board | None = None
    panels: tuple[Panel, ...] = ()
    pivot: Table | None = None

    @property
    def for_people(self) -> Table:
        """The rows, or what is drawn in their place."""
        return self.pivot or self.table


Result = Table | Record | Report


@dataclass(frozen=True, slots=True)
class Vertex:
    """A customer of a graph, or one of us, numbered below one; `no_contact` says why they must not be contacted."""

    id: int
    name: str
    kind: str
    city: str | None = None
    industry: str | None = None
    no_contact: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A tie of a graph, `source` *type* `target`; one that is no relationship is numbered below one."""

    id: int
    source: int
    target: int
    type: str
    inverse: str
    is_symmetric: bool
    strength: float
    since: str | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """A graph, for other programs."""

    nodes: Sequence[Vertex]
    edges: Sequence[Link]

    @property
    def noun(self) -> str:
        """What its nodes are called."""
        return "node" if any(node.id < 1 for node in self.nodes) else "customer"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to colour customers: groups of them by name; who is in two is coloured as of the first."""

    name: str
    groups: Mapping[str, Collection[int]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A graph as it is drawn: where each customer stands, how they can be coloured, and what is open with them."""

    network: Network
    places: Mapping[int, tuple[float, float]]
    schemes: Sequence[Scheme]
    deals: Mapping[int, str]


@dataclass(frozen=True, slots=True)
class Change:
    """What a writing command did: the ids of what it is about, a sentence, and the next useful command.

    `echo` is how a time that the user said was understood.
    """

    ids: tuple[int, ...]
    sentence: str
    next: str | None = None
    warnings: tuple[str, ...] = ()
    echo: str | None = None


def join_values(values: Iterable[str]) -> str:
    r"""Several values in one cell, joined by `;`; a `;` or `\` inside is escaped by `\`."""
    return ";".join(value.replace("\\", "\\\\").replace(";", "\\;") for value in values)


def split_values(text: str) -> tuple[str, ...]:
    """The values that `join_values` joined; none for an empty text."""
    if "\\" not in text:
        return tuple(text.split(";")) if text else ()
    values, current, escaped = [], "", False
    for char in text:
        if escaped or char not in "\\;":
            current, escaped = current + char, False
        elif char == "\\":
            escaped = True
        else:
            values.append(current)
            current = ""
    return (*values, current)
