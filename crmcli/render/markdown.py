"""A Markdown table, for notes and issues."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from typing import TextIO

from crmcli.core.result import Column, Record, Report, Result, Table
from crmcli.render import Style
from crmcli.render.safety import visible
from crmcli.render.values import aside, beside, heading, text, words


def write(result: Result, style: Style, out: TextIO) -> None:
    """The table, the record with its parts, or the report with its notes."""
    for title, table, notes in sections(result):
        if title:
            out.write(f"## {_cell(title)}\n\n")
        out.writelines(_table(table, style))
        out.writelines(f"\n{_cell(line)}\n" for line in notes)
        out.write("\n" if isinstance(result, Record) else "")


def sections(result: Result) -> Iterator[tuple[str | None, Table, tuple[str, ...]]]:
    """What a page of `result` holds: title, table and the notes under it, with every control character shown."""
    for title, table, notes in _sections(result):
        yield title and visible(title), _for_people(table), tuple(map(visible, notes))


def _for_people(table: Table) -> Table:
    """The table without the columns that are for machines alone; a mark among them stands behind what it is about."""
    places = [place for place, column in enumerate(table.columns) if not column.is_hidden]
    if len(places) == len(table.columns):
        return table
    hidden = {
        column.name: place for place, column in enumerate(table.columns) if column.is_hidden and column.kind == "text"
    }
    marks = {at: [hidden[name] for name in table.columns[at].under if name in hidden] for at in places}
    rows = ([_marked(row[at], [row[mark] for mark in marks[at]]) for at in places] for row in table.rows)
    return replace(table, columns=[table.columns[place] for place in places], rows=rows)


def _marked(value: object, marks: Sequence[object]) -> object:
    said = [str(mark) for mark in marks if mark not in (None, "")]
    return f"{value} ({', '.join(said)})" if said else value


def _sections(result: Result) -> Iterator[tuple[str | None, Table, tuple[str, ...]]]:
    match result:
        case Table():
            yield result.title, result, result.notes
        case Report():
            title = result.table.title or words(result.name)
            yield title, result.for_people, (*result.table.notes, *result.notes)
        case Record():
            fields = [(heading(column), (column, value, below)) for column, value, below in beside(result)]
            yield result.title, Table((Column("field"), Column("value")), fields), ()
            for name, part in result.parts.items():
                yield part.title or words(name), part, part.notes


def human(value: object, kind: str, style: Style) -> str:
    """A cell for a person; a record's value comes with its own column."""
    match value:
        case (column, inner, list(below)) if hasattr(column, "kind"):
            return text(inner, column.kind, style.tz) + aside(below, style.tz)
    return text(value, kind, style.tz)  # type: ignore[arg-type]


def _table(table: Table, style: Style) -> Iterator[str]:
    if style.has_header:
        yield "| " + " | ".join(_cell(heading(column)) for column in table.columns) + " |\n"
        yield (
            "|"
            + "|".join(" --- " if column.kind in ("text", "values") else " --: " for column in table.columns)
            + "|\n"
        )
    for row in table.rows:
        cells = (_cell(human(value, column.kind, style)) for value, column in zip(row, table.columns, strict=True))
        yield "| " + " | ".join(cells) + " |\n"


def _cell(value: str) -> str:
    """No character of the value is Markdown or HTML."""
    for char in "\\|`*_[]<>#":
        value = value.replace(char, f"\\{char}")
    return value.replace("&", "&amp;")
