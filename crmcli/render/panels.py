"""The panels of a dashboard on a terminal, side by side where there is room. No figure is said by its bar alone."""

from collections.abc import Sequence

from rich.cells import cell_len, set_cell_size
from rich.console import Console
from rich.table import Table as Grid
from rich.text import Text

from crmcli.core.drawing import Bar, Panel
from crmcli.render.safety import visible

_TWO_FROM, _GAP, _LEAST_BAR = 76, 2, 4
_EIGHTHS = ("", "▏", "▎", "▍", "▌", "▋", "▊", "▉")
_LEVELS = "▁▂▃▄▅▆▇█"


def draw_panels(console: Console, panels: Sequence[Panel]) -> None:
    """The panels in two columns, or in one on a narrow terminal."""
    ways = 2 if console.width >= _TWO_FROM else 1
    width = (console.width - _GAP * (ways - 1)) // ways
    grid = Grid.grid(padding=(0, _GAP, 0, 0), pad_edge=False)
    for _ in range(ways):
        grid.add_column(width=width, no_wrap=True)
    drawn = [_panel(panel, width) for panel in panels]
    for first in range(0, len(drawn), ways):
        grid.add_row(*drawn[first : first + ways])
    console.print(grid)


def _panel(panel: Panel, width: int) -> Text:
    """The title, the figures, and a line that is empty."""
    said = Text(_cut(visible(panel.title), width), style="", no_wrap=True)
    said.stylize("bold cyan")
    for line in _lines(panel, width):
        said.append("\n").append_text(line)
    return said.append("\n")


def _lines(panel: Panel, width: int) -> list[Text]:
    lines = list(_bars(panel.bars, width)) if panel.bars else []
    if panel.columns:
        lines += _columns(panel.columns, width)
    if not lines:
        lines.append(Text(_cut(visible(panel.empty), width), style="dim"))
    for note in panel.notes:
        lines += [Text(part, style="dim") for part in _folded(visible(note), width)]
    return lines


def _bars(bars: Sequence[Bar], width: int) -> list[Text]:
    """A line each: label, bar, figure; the bar gives way where there is no room, then the label."""
    labels, texts = [visible(bar.label) for bar in bars], [visible(bar.text) for bar in bars]
    most = max(max(bar.end, bar.begin) for bar in bars)
    behind = max(map(cell_len, texts))
    before = min(max(map(cell_len, labels)), max(width - behind - 1, 8))
    room = width - before - behind - 2 if most > 0 else 0
    lines = []
    for bar, label, text in zip(bars, labels, texts, strict=True):
        line = Text(set_cell_size(_cut(label, before), before))
        if room >= _LEAST_BAR:
            line.append(" ").append(_bar(bar, most, room), style="cyan")
            line.append(" ").append(" " * (behind - cell_len(text)) + text)
        else:
            rest = width - before - 1
            line.append(" " * (1 + max(0, rest - cell_len(text)))).append(_cut(text, rest))
        lines.append(line)
    return lines


def _bar(bar: Bar, most: float, room: int) -> str:
    """The stretch from `begin` to `end` of `room` cells, in eighths; anything above nothing is seen."""
    start = min(round(max(bar.begin, 0) / most * room), room - 1)
    eighths = round(max(bar.end, 0) / most * room * 8) - start * 8
    eighths = max(1, eighths) if bar.end > 0 else 0
    return set_cell_size(" " * start + "█" * (eighths // 8) + _EIGHTHS[eighths % 8], room)


def _columns(columns: Sequence[Bar], width: int) -> list[Text]:
    """A sparkline, and what its ends and its greatest column stand for."""
    most = max(column.end for column in columns)
    step = max(1, min(3, width // len(columns)))
    levels = [_LEVELS[round(max(column.end, 0) / most * 7)] if most > 0 else _LEVELS[0] for column in columns]
    best = max(columns, key=lambda column: column.end)
    first, last = columns[0].label, columns[-1].label
    axis = f"{first}{last:>{max(step * len(columns) - len(first), len(last) + 1)}}"
    said = (f"now {visible(columns[-1].text)}", f"most {visible(best.label)}: {visible(best.text)}")
    lines = [Text("".join(level * (step - (step > 1)) + " " * (step > 1) for level in levels), style="cyan")]
    return [
        *lines,
        Text(_cut(axis, width), style="dim"),
        *(Text(part) for line in said for part in _folded(line, width)),
    ]


def _cut(text: str, width: int) -> str:
    if cell_len(text) <= width:
        return text
    return set_cell_size(text, max(width - 1, 0)).rstrip() + "…"


def _folded(text: str, width: int) -> list[str]:
    """The text in lines of at most `width` cells, parted at blanks."""
    lines = [""]
    for word in text.split():
        together = f"{lines[-1]} {word}".strip()
        if cell_len(together) <= width:
            lines[-1] = together
        else:
            lines.append(_cut(word, width))
    return [line for line in lines if line]
