"""The ids alone, one a line: what a script passes on."""

from collections.abc import Iterable, Sequence
from typing import TextIO

from crmcli.core.result import Column, Record, Report, Result
from crmcli.errors import InvalidInput
from crmcli.render import Style
from crmcli.render.safety import visible


def write(result: Result, style: Style, out: TextIO) -> None:
    """The values of the column `id`, but of rows that have none, such as one of us in a graph. Raises InvalidInput."""
    columns, rows = _rows(result)
    names = [column.name for column in columns]
    if "id" not in names:
        raise InvalidInput("these rows have no id", hint=f"{style.format} goes with lists of records")
    place = names.index("id")
    out.writelines(f"{visible(str(row[place]))}\n" for row in rows if row[place] is not None)


def _rows(result: Result) -> tuple[Sequence[Column], Iterable[Sequence[object]]]:
    if isinstance(result, Record):
        return result.columns, [result.values]
    table = result.table if isinstance(result, Report) else result
    return table.columns, table.rows
