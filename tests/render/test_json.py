"""A report as JSON: indented as the standard library does it, whatever stands in its rows."""

import json
from datetime import UTC
from io import StringIO

import pytest

from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import Format
from crmcli.render import Style
from crmcli.render.json import write

_COLUMNS = (Column("id", "integer"), Column("name"), Column("tags", "values"), Column("rate", "rate"))
_ROWS = ((1, 'a "quoted"\nline, 中', "x;y", 0.5), (2, "", "", None), (3, "{}", "z", -1))


@pytest.mark.parametrize("width", [0, 2, 4])
@pytest.mark.parametrize("count", [0, 1, 3])
def test_rows_are_indented_like_all_else(width: int, count: int) -> None:
    out = StringIO()
    table = Table(_COLUMNS[:width], [row[:width] for row in _ROWS[:count]])

    write(Report("some", {"by": None}, {"n": [{"a": 1}]}, table), Style(Format.JSON, UTC), out)

    text = out.getvalue()
    assert text == json.dumps(json.loads(text), ensure_ascii=False, indent=2) + "\n"
    assert len(json.loads(text)["rows"]) == count


def test_what_does_not_print_is_escaped_in_rows() -> None:
    out = StringIO()
    table = Table([Column("name")], [["a\x9b\u202eb"]])

    write(Report("some", {}, {}, table), Style(Format.JSON, UTC), out)

    assert '\n      "name": "a\\u009b\\u202eb"\n' in out.getvalue()
