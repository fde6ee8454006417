"""The columns of a table as text: what of each a person gets to see, and how much room it asks for."""

from collections.abc import Sequence
from dataclasses import dataclass

from rich.cells import cell_len

from crmcli.core.money import Money
from crmcli.core.result import Column
from crmcli.render import Style
from crmcli.render.layout import Need
from crmcli.render.values import heading, text

Row = Sequence[object]

_BAR, _SHORT_BAR = 20, 10
_HEAT = "·▁▂▃▄▅▆▇█"  # a rate in eighths
_LEFT = ("text", "values", "date", "instant", "boolean")
_KEYS = ("id", "uid", "handle")


@dataclass(frozen=True, slots=True)
class Shown:
    """A column: of each row its value, what stands small under it, and the length of the bar under it, 0..1.

    `currency` is the one that all of its amounts are in, so that the heading can say it instead of them.
    """

    column: Column
    subtitle: str
    values: tuple[str, ...]
    below: tuple[str, ...]
    bars: tuple[float, ...]
    currency: str | None

    @property
    def title(self) -> str:
        """The heading."""
        return heading(self.column)

    @property
    def titles(self) -> tuple[list[str], list[str], list[str]]:
        """The lines of the heading under each squeeze: whole, a word a line, a part of a word a line."""
        parts = heading(self.column, hyphen="-\n").replace(" ", "\n").split("\n")
        return [self.title], self.title.split(), parts

    @property
    def is_key(self) -> bool:
        """Whether it is what one types to name a row."""
        return self.column.kind == "id" or self.column.name in _KEYS

    @property
    def is_left(self) -> bool:
        """Whether its values begin at the same place, rather than end there."""
        return self.column.kind in _LEFT

    @property
    def tight(self) -> tuple[str, ...]:
        """The values where room is short: without the currency that the heading says."""
        return tuple(value.removesuffix(f" {self.currency}") for value in self.values) if self.currency else self.values

    @property
    def need(self) -> Need:
        """The room that it asks for."""
        whole, words, parts = map(_widest, self.titles)
        below = _widest((*self.below, self.subtitle))
        usual = max(whole, below, _widest(self.values), _BAR if self.bars else 0)
        tight = max(below, _widest((*self.tight, self.currency or "")), _SHORT_BAR if self.bars else 0)
        is_flexible = self.column.kind in ("text", "values") and not (self.is_key or self.column.is_whole)
        return Need((usual, max(tight, words), max(tight, parts)), is_flexible)


def shown(columns: Sequence[Column], rows: Sequence[Row], style: Style, *, groups: str | None = None) -> list[Shown]:
    """The columns for a person: not those for machines alone, nor those that no row fills.

    The first one gets the bars, the one that `groups` the rows aside.
    """
    places = {column.name: place for place, column in enumerate(columns)}
    filled = {column.name for column in columns if any(is_filled(row[places[column.name]]) for row in rows)}
    under = {name for column in columns for name in column.under}
    kept = [column for column in columns if column.name in filled - under and not column.is_hidden]
    bar = next((column.name for column in kept if column.bar), None)
    first = next((column for column in kept if column.name != groups), None)
    return [
        Shown(
            column,
            "–".join(heading(columns[places[name]]).lower() for name in column.under if name in filled),
            tuple(_value(row[places[column.name]], column, style) for row in rows),
            tuple(_below(row, [(places[name], columns[places[name]]) for name in column.under], style) for row in rows),
            _bars(rows, places[bar]) if bar and column is first else (),
            _currency(rows, places[column.name]),
        )
        for column in kept
    ]


def is_filled(value: object) -> bool:
    """Whether there is anything to show."""
    return value not in (None, "")


def _value(value: object, column: Column, style: Style) -> str:
    said = text(value, column.kind, style.tz)
    if not column.heat or not isinstance(value, int | float):
        return said
    return f"{said} {_HEAT[min(max(round(value * 8), 0), 8)]}"


def _below(row: Row, these: Sequence[tuple[int, Column]], style: Style) -> str:
    values = (text(row[place], column.kind, style.tz) for place, column in these)
    return "–".join(value.removesuffix(" %") for value in values if value)


def _bars(rows: Sequence[Row], place: int) -> tuple[float, ...]:
    numbers = [float(value) if isinstance(value := row[place], int | float) and value > 0 else 0.0 for row in rows]
    most = max(numbers, default=0.0)
    return tuple(number / most for number in numbers) if most else ()


def _currency(rows: Sequence[Row], place: int) -> str | None:
    amounts = [row[place] for row in rows if row[place] is not None]
    codes = {amount.currency if isinstance(amount, Money) else None for amount in amounts}
    return codes.pop() if len(codes) == 1 else None


def _widest(texts: Sequence[str]) -> int:
    return max(map(cell_len, texts), default=0)
