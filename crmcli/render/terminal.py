"""Tables, records and trees for a person, as wide as the terminal. No word is said by colour alone."""

from collections.abc import Iterable, Sequence
from itertools import groupby
from typing import TextIO

from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text
from rich.tree import Tree

from crmcli.core.drawing import Board, Node
from crmcli.core.result import Column, Record, Report, Result, Table
from crmcli.render import Style
from crmcli.render.board import draw as draw_board
from crmcli.render.columns import Row, is_filled, shown
from crmcli.render.grid import coloured, draw
from crmcli.render.layout import layout
from crmcli.render.panels import draw_panels
from crmcli.render.safety import lines, short, visible
from crmcli.render.values import LONGEST, aside, beside, heading, text, words

_TONES = {"strong": "green", "fair": "yellow", "weak": "red"}


class _Console(Console):
    def on_broken_pipe(self) -> None:
        """Leave it to the error boundary, where rich would end the process."""
        raise BrokenPipeError


def write(result: Result, style: Style, out: TextIO) -> None:
    """Draw `result`."""
    console = _Console(file=out, highlight=False, markup=False, emoji=False, soft_wrap=False)
    match result:
        case Table():
            _table(console, result, style, notes=result.notes)
        case Record():
            _record(console, result, style)
        case Report(tree=Node() as tree):
            console.print(_branch(tree), crop=False)
            _notes(console, result.notes)
        case Report(board=Board() as board):
            draw_board(console, board)
            _notes(console, result.notes)
        case Report(panels=tuple() as panels) if panels:
            draw_panels(console, panels)
            _notes(console, result.notes)
        case Report():
            _table(console, result.for_people, style, notes=(*result.table.notes, *result.notes))


def _record(console: Console, record: Record, style: Style) -> None:
    console.print(Text(visible(record.title), style="bold"))
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(style="dim", no_wrap=True)
    grid.add_column(overflow="fold")
    for column, value, below in beside(record):
        if is_filled(value):
            is_prose = isinstance(value, str) and column.kind == "text"
            said = coloured(lines(str(value)) if is_prose else text(value, column.kind, style.tz))
            grid.add_row(heading(column), said.append(aside(below, style.tz), style="dim"))
    console.print(grid)
    for name, part in record.parts.items():
        rows = list(part.rows)
        if rows:
            console.print()
            console.print(Text(visible(part.title or words(name)), style="bold"))
            _grid(console, part.columns, rows, style, groups=None)
            _notes(console, part.notes)


def _table(console: Console, table: Table, style: Style, *, notes: Sequence[str]) -> None:
    """The rows, and how many more there are; or what to say when there are none."""
    if table.title:
        console.print(Text(visible(table.title), style="bold"))
    rows = list(table.rows)
    if not rows:
        console.print(Text(visible(table.empty), style="dim"))
    _grid(console, table.columns, rows, style, groups=table.groups)
    is_cut = table.total is not None and table.total > len(rows)
    rest = (f"{len(rows):,} of {table.total:,}; --limit all shows the rest",) if is_cut else ()
    _notes(console, (*rest, *notes))


def _notes(console: Console, notes: Sequence[str]) -> None:
    if notes:
        console.print()
    for line in notes:
        console.print(Text(visible(line), style="dim"))


def _grid(
    console: Console, columns: Sequence[Column], rows: Sequence[Row], style: Style, *, groups: str | None
) -> None:
    """The rows in the same widths all through; where they have groups, a block for each under its name."""
    those = shown(columns, rows, style, groups=groups)
    group = next((each for each in those if each.column.name == groups), None)
    kept = [each for each in those if each is not group]
    plan = layout([each.need for each in kept], console.width)
    for name, block in groupby(range(len(rows)), key=lambda row: group.values[row] if group else None):
        found = list(block)
        if name is not None:
            if found[0]:
                console.print()
            console.print(Text(name, style="bold cyan"))
        draw(console, kept, range(found[0], found[-1] + 1), style, plan)


def _branch(node: Node) -> Tree:
    tree = Tree(_label(node), guide_style="dim")
    _grow(tree, node.children)
    return tree


def _grow(tree: Tree, children: Iterable[Node]) -> None:
    for child in children:
        _grow(tree.add(_label(child)), child.children)


def _label(node: Node) -> Text:
    label = Text(short(node.text, LONGEST))
    if node.note:
        label.append(f"  {short(node.note, LONGEST)}", style=_TONES.get(node.tone or "", "dim"))
    return label
