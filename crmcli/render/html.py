"""One self-contained page: no script, nothing fetched."""

from collections.abc import Iterator
from html import escape
from typing import TextIO

from crmcli.core.drawing import Board
from crmcli.core.result import Column, Record, Report, Result, Table
from crmcli.render import Style, charts
from crmcli.render.markdown import human, sections
from crmcli.render.safety import short, visible
from crmcli.render.values import LONGEST, heading

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 80rem; padding: 0 1rem; }}
h1 {{ font-size: 1.6rem; line-height: 1.25; overflow-wrap: anywhere; }} h2 {{ font-size: 1.1rem; margin: 0 0 .3rem; }}
div {{ overflow-x: auto; }} table {{ border-collapse: collapse; }}
th, td {{ padding: .3rem .7rem; border-bottom: 1px solid #8884; text-align: left; vertical-align: top; }}
th {{ font-weight: 600; }} .n {{ text-align: right; font-variant-numeric: tabular-nums; }} p {{ opacity: .8; }}
main {{ display: grid; gap: 1.8rem 2.5rem; }} section {{ min-width: 0; }}
.fields th {{ font-weight: 400; opacity: .75; padding-left: 0; }} .fields td {{ overflow-wrap: anywhere; white-space: pre-line; }}
.board {{ display: grid; grid-template-columns: repeat(auto-fit, minmax(11rem, 1fr)); gap: 1rem; }}
.board section {{ border-top: 2px solid #8888; padding-top: .5rem; }} .board p {{ margin: .2rem 0; }}
.board ul {{ list-style: none; margin: .6rem 0; padding: 0; display: grid; gap: .6rem; }}
.board li {{ border: 1px solid #8886; border-radius: .4rem; padding: .4rem .6rem; overflow-wrap: anywhere; }}
@media (min-width: 60rem) {{ main {{ grid-template-columns: minmax(0, 2fr) minmax(0, 3fr); align-items: start; }}
main > :first-child {{ grid-row: span 20; }} }}
{more}</style></head><body>
"""


def write(result: Result, style: Style, out: TextIO) -> None:
    """The page of `result`; every character of a value is escaped."""
    if isinstance(result, Report) and result.panels:
        _dashboard(result, out)
        return
    is_record = isinstance(result, Record)
    for number, (title, table, notes) in enumerate(sections(result)):
        if not number:
            out.write(_HEAD.format(title=escape(title or "crm"), more=""))
            out.write(f"<h1>{escape(title)}</h1>\n" if title else "")
            out.write("<main>\n" if is_record else "")
        out.write("<section>\n" if is_record else "")
        out.write(f"<h2>{escape(title)}</h2>\n" if title and number else "")
        if isinstance(result, Report) and result.board is not None:
            out.writelines(_board(result.board))
        else:
            out.writelines(_fields(table, style) if is_record and not number else _table(table, style))
        out.writelines(f"<p>{escape(line)}</p>\n" for line in notes)
        out.write("</section>\n" if is_record else "")
    out.write("</main>\n</body></html>\n" if is_record else "</body></html>\n")


def _dashboard(report: Report, out: TextIO) -> None:
    """The panels of a report, with their charts."""
    title = " · ".join(filter(None, (report.table.title, str(report.parameters.get("today", "")))))
    out.write(_HEAD.format(title=escape(visible(title)), more=charts.STYLE))
    out.write(f"<h1>{escape(visible(title))}</h1>\n")
    out.writelines(charts.panels(report.panels))
    out.writelines(f"<p>{escape(visible(line))}</p>\n" for line in report.notes)
    out.write("</body></html>\n")


def _fields(table: Table, style: Style) -> Iterator[str]:
    """The fields of a record that are filled."""
    yield '<table class="fields">\n'
    for name, value in table.rows:
        said = human(value, "text", style)
        if said:
            yield f'<tr><th scope="row">{escape(str(name))}</th><td>{escape(said)}</td></tr>\n'
    yield "</table>\n"


def _table(table: Table, style: Style) -> Iterator[str]:
    yield "<div><table>\n"
    if style.has_header:
        cells = (f'<th scope="col"{_class(column)}>{escape(heading(column))}</th>' for column in table.columns)
        yield f"<tr>{''.join(cells)}</tr>\n"
    count = 0
    for row in table.rows:
        cells = (
            f"<td{_class(column)}>{escape(human(value, column.kind, style))}</td>"
            for value, column in zip(row, table.columns, strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>\n"
        count += 1
    yield "</table></div>\n"
    if not count:
        yield f"<p>{escape(table.empty)}</p>\n"


def _board(board: Board) -> Iterator[str]:
    """The lanes as HTML; every character of a value is escaped."""
    yield '<div class="board">\n'
    for lane in board.lanes:
        yield f"<section>\n<h2>{_shown(lane.title)}</h2>\n<p>{_shown(lane.note)}</p>\n<ul>\n"
        for card in lane.cards:
            lines = "".join(f"<br>{_shown(line)}" for line in card.lines)
            yield f"<li><strong>{_shown(card.title)}</strong>{lines}</li>\n"
        yield "</ul>\n"
        yield f"<p>{lane.more:,} more</p>\n" if lane.more else ""
        yield "</section>\n"
    yield "</div>\n"


def _shown(text: str) -> str:
    return escape(short(text, LONGEST))


def _class(column: Column) -> str:
    return "" if column.kind in ("text", "values", "date", "instant") else ' class="n"'
