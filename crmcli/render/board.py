"""A board on a terminal: as many lanes beside each other as there is room for, the others below."""

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from crmcli.core.drawing import Board, Card, Lane
from crmcli.render.safety import short
from crmcli.render.values import LONGEST

_LEAST, _GAP = 18, 2


def draw(console: Console, board: Board) -> None:
    """The lanes, in bands that are about equally wide."""
    most = max(1, (console.width + _GAP) // (_LEAST + _GAP))
    bands = -(-len(board.lanes) // most)
    size = -(-len(board.lanes) // bands)
    for begin in range(0, len(board.lanes), size):
        if begin:
            console.print()
        _band(console, board.lanes[begin : begin + size], width=(console.width + _GAP) // size - _GAP)


def _band(console: Console, lanes: tuple[Lane, ...], *, width: int) -> None:
    grid = Grid.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    for _ in lanes:
        grid.add_column(width=width, no_wrap=True, overflow="ellipsis", vertical="top")
    grid.add_row(*(Text(short(lane.title, LONGEST), style="bold") for lane in lanes))
    grid.add_row(*(Text(short(lane.note, LONGEST).replace("; ", "\n"), style="dim") for lane in lanes))
    grid.add_row(*("─" * width for _ in lanes))
    grid.add_row(*map(_cards, lanes))
    console.print(grid)


def _cards(lane: Lane) -> Text:
    said = Text()
    for number, card in enumerate(lane.cards):
        said.append("\n\n" if number else "")
        said.append(_card(card))
    if lane.more:
        said.append(f"\n\n{lane.more:,} more", style="dim")
    return said


def _card(card: Card) -> Text:
    said = Text(short(card.title, LONGEST))
    for line in card.lines:
        said.append(f"\n{short(line, LONGEST)}", style="dim")
    return said
