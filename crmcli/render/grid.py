"""A table drawn as wide as the terminal allows; where even that is too narrow, a block of lines for each row."""

from collections.abc import Sequence

from rich import box
from rich.cells import cell_len
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from crmcli.render import Style
from crmcli.render.columns import Shown
from crmcli.render.layout import Layout

_COLOURS = {"won": "green", "lost": "red", "open": "cyan", "undone": "dim"}
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")


def coloured(value: str) -> Text:
    """A value; a few words of the field have a colour beside what they say."""
    return Text(value, style=_COLOURS.get(value, ""))


def draw(console: Console, columns: Sequence[Shown], rows: range, style: Style, plan: Layout | None) -> None:
    """Those of the rows as `plan` has them, or each as a block of lines where it is None."""
    if plan is None:
        _stack(console, columns, rows)
        return
    is_ruled = style.has_header
    grid = Grid(
        box=box.SIMPLE_HEAD if is_ruled else None,
        show_edge=False,
        show_header=is_ruled,
        pad_edge=False,
        padding=(0, plan.gap - is_ruled, 0, 0),  # the rule takes a cell between the columns
    )
    for column, width in zip(columns, plan.widths, strict=True):
        grid.add_column(
            _heading(column, plan),
            width=width,
            no_wrap=True,
            justify="left" if column.is_left else "right",
            style="dim" if column.is_key else None,
        )
    texts = [column.tight if plan.squeeze else column.values for column in columns]
    for row in rows:
        grid.add_row(
            *(
                _cell(column, values[row], row, width)
                for column, values, width in zip(columns, texts, plan.widths, strict=True)
            )
        )
    console.print(grid)


def _heading(column: Shown, plan: Layout) -> Text:
    """The title; where room is short a word a line, and the currency; then what stands under the values."""
    below = [column.currency or ""] if plan.squeeze else []
    below.append(column.subtitle)
    head = Text("\n".join(column.titles[plan.squeeze]), style="bold")
    for line in filter(None, below):
        head.append(f"\n{line}", style="not bold dim")
    return head


def _cell(column: Shown, value: str, row: int, width: int) -> Text:
    cell = coloured(value)
    if column.below[row]:
        cell.append(f"\n{column.below[row]}", style="dim")
    if column.bars and column.bars[row]:
        cell.append(f"\n{_bar(column.bars[row], width)}", style="cyan")
    return cell


def _bar(share: float, cells: int) -> str:
    """A bar of up to `cells` in eighths; anything above nothing is seen."""
    eighths = max(1, round(share * cells * 8))
    return "█" * (eighths // 8) + _EIGHTHS[eighths % 8]


def _stack(console: Console, columns: Sequence[Shown], rows: range) -> None:
    widest = max(cell_len(column.title) for column in columns)
    for row in rows:
        if row != rows.start:
            console.print()
        grid = Grid.grid(padding=(0, 2))
        grid.add_column(style="dim", overflow="fold", min_width=min(widest, console.width // 2))
        grid.add_column(overflow="fold")
        for column in columns:
            if column.values[row]:
                small = f" ({column.subtitle} {column.below[row]})" if column.below[row] else ""
                grid.add_row(column.title, coloured(column.values[row]).append(small, style="dim"))
        console.print(grid)
