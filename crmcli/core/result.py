"""The shapes that every renderer takes: a table, a record, a report."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

if TYPE_CHECKING:
    from crmcli.core.drawing import Board, Node, Panel  # few results have one

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
    tree: "Node | None" = None
    board: "Board | None" = None
    panels: "tuple[Panel, ...]" = ()
    pivot: Table | None = None

    @property
    def for_people(self) -> Table:
        """The rows, or what is drawn in their place."""
        return self.pivot or self.table


Result = Table | Record | Report


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
