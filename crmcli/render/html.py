"""One self-contained page: no script, nothing fetched."""

from collections.abc import Iterator
from html import escape
from typing import TextIO

from crmcli.core.result import Result, Table
from crmcli.render import Style
from crmcli.render.markdown import human, sections
from crmcli.render.values import heading

_HEAD = """<!doctype html>
<html lang="en"><head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'unsafe-inline'">
<title>{title}</title><style>
:root {{ color-scheme: light dark; }}
body {{ font: 15px/1.5 system-ui, sans-serif; margin: 2rem auto; max-width: 75rem; padding: 0 1rem; }}
div {{ overflow-x: auto; }} table {{ border-collapse: collapse; }}
th, td {{ padding: .3rem .7rem; border-bottom: 1px solid #8884; text-align: left; vertical-align: top; }}
th {{ font-weight: 600; }} .n {{ text-align: right; font-variant-numeric: tabular-nums; }} p {{ opacity: .8; }}
</style></head><body>
"""


def write(result: Result, style: Style, out: TextIO) -> None:
    """The page of `result`; every character of a value is escaped."""
    for number, (title, table, notes) in enumerate(sections(result)):
        if not number:
            out.write(_HEAD.format(title=escape(title or "crm")))
        if title:
            out.write(f"<h{min(number + 1, 2)}>{escape(title)}</h{min(number + 1, 2)}>\n")
        out.write("<div><table>\n")
        out.writelines(_rows(table, style))
        out.write("</table></div>\n")
        out.writelines(f"<p>{escape(line)}</p>\n" for line in notes)
    out.write("</body></html>\n")


def _rows(table: Table, style: Style) -> Iterator[str]:
    classes = ["" if column.kind in ("text", "values") else ' class="n"' for column in table.columns]
    if style.has_header:
        cells = (f"<th{c}>{escape(heading(column))}</th>" for c, column in zip(classes, table.columns, strict=True))
        yield f"<tr>{''.join(cells)}</tr>\n"
    for row in table.rows:
        cells = (
            f"<td{c}>{escape(human(value, column.kind, style))}</td>"
            for c, value, column in zip(classes, row, table.columns, strict=True)
        )
        yield f"<tr>{''.join(cells)}</tr>\n"
