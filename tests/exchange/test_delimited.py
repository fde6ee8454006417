import io
from collections.abc import Sequence
from datetime import UTC
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.result import Column, Table
from crmcli.core.vocabulary import Format
from crmcli.errors import InvalidInput
from crmcli.exchange.source import Row, open_sources
from crmcli.render import Style, delimited
from tests.exchange.conftest import Opened, faults, values

_NAMES = ("uid", "name", "city", "note")

# What a record can hold: no controls but tab and line end, nothing invisible. Our writers keep these as they are.
_CHARS = st.characters(exclude_categories=("Cs", "Cc", "Cf", "Cn", "Zl", "Zp")) | st.sampled_from("\t\n\\\"',;|=-@ ")
_CELLS = st.text(_CHARS, max_size=20).map(str.strip)
_ROWS = st.lists(st.tuples(st.text(_CHARS, min_size=1).map(lambda text: f"x{text.strip()}"), _CELLS, _CELLS, _CELLS))


def _written(rows: Sequence[Sequence[str]], form: Format) -> str:
    out = io.StringIO()
    delimited.write(Table([Column(name) for name in _NAMES], rows), Style(form, UTC), out)
    return out.getvalue()


@pytest.mark.slow
@pytest.mark.parametrize("form", [Format.CSV, Format.TSV])
@given(rows=_ROWS)
def test_what_export_wrote_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, form: Format, rows: list[tuple[str, ...]]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"back.{form}"
    path.write_text(_written(rows, form), "utf-8", newline="")

    [source] = open_sources([str(path)], entity="customers", profile=None, mapping={}, custom={})

    assert [tuple(row.values.values()) for row in source.rows() if isinstance(row, Row)] == rows


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_the_commonest_of_the_header(opened: Opened, delimiter: str) -> None:
    header = delimiter.join(["name", '"notes, and; more|things\twith them"', "city"])
    row = delimiter.join(["Ada", '"a,b;c|d"', "London"])

    source = opened(f"{header}\n{row}\n", "c.txt")

    assert values(source) == [{"name": "Ada", "city": "London"}]


def test_a_tsv_is_parted_by_tabs_whatever_else_is_in_it(opened: Opened) -> None:
    assert values(opened("name, or so\tcity\nAda\tLondon\n", "c.tsv", mapping={"name, or so": "name"})) == [
        {"name": "Ada", "city": "London"}
    ]


def test_a_foreign_tsv_has_quotes_and_keeps_its_backslashes(opened: Opened) -> None:
    assert values(opened('Name\tNotes\n"Smith, Inc"\tC:\\new\n', "c.tsv")) == [
        {"name": "Smith, Inc", "note": "C:\\new"}
    ]


def test_our_own_tsv_has_escapes_and_no_quotes(opened: Opened) -> None:
    source = opened('uid\tname\tnote\nu1\t"Bob"\tC:\\\\new\\n\\tline\n', "c.tsv")

    assert values(source) == [{"uid": "u1", "name": '"Bob"', "note": "C:\\new\n\tline"}]


@pytest.mark.parametrize("table", ["| name | city |\n| --- | --: |\n| Ada | Rome |\n", "|name|\n|:-|\n"])
def test_a_markdown_table_is_refused_whole(opened: Opened, table: str) -> None:
    with pytest.raises(InvalidInput, match=r"'c\.csv' is a Markdown table: that is for people to read"):
        opened(table)


def test_bars_alone_make_no_markdown_table(opened: Opened) -> None:
    assert [row["name"] for row in values(opened("|name|city\n|Ada|Rome\n|--|--\n"))] == ["Ada", "--"]


def test_a_record_may_span_lines_and_is_named_by_its_first(opened: Opened) -> None:
    source = opened('name,note\nAda,"one\ntwo"\n\nBob,x\n')

    assert [(row.line, row.values["name"]) for row in source.rows() if isinstance(row, Row)] == [(2, "Ada"), (5, "Bob")]


def test_blank_lines_are_left_out(opened: Opened) -> None:
    assert values(opened("\n\nname,city\n\n,\n  \nAda,London\n , \n\n")) == [{"name": "Ada", "city": "London"}]


def test_cells_are_stripped_and_kept_raw(opened: Opened) -> None:
    [row] = opened("name, city ,x\n  Ada ,\u00a0London , 1\n").rows()

    assert isinstance(row, Row)
    assert row.values == {"name": "Ada", "city": "London"}
    assert row.raw == ["  Ada ", "\u00a0London ", " 1"]


def test_too_many_or_few_fields_and_a_nul_are_faults_of_the_row(opened: Opened) -> None:
    source = opened("name,city\nAda\nBob,Paris,x\nEve,Rome\nMal\0,Bonn\nOle,Oslo\n")

    assert faults(source) == [
        (2, None, "1 field, expected 2"),
        (3, None, "3 fields, expected 2"),
        (5, None, "NUL character"),
    ]
    assert [row.values["name"] for row in source.rows() if isinstance(row, Row)] == ["Eve", "Ole"]


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "message"),
    [
        ('name,city\nAda,London\nBob,"Paris\nEve,Rome\n', "'c.csv': quote opened in line 3 is never closed"),
        ('name,"city\n', "'c.csv': quote opened in line 1 is never closed"),
        ('name,city\n"Ada"x,London\n', "'c.csv': line 2: text after a closing quote$"),
        (
            'name,city\n"Ada,London\nBob,"Paris"\n',
            "'c.csv': line 3: text after a closing quote; the quote may be one of line 2",
        ),
        ('name,city\n"' + "a\n" * 5_000_000 + '",x\n', "'c.csv': quote opened in line 2 is not closed within 8 MB"),
        (",,\n,,\n", "'c.csv': line 1 names no column"),
    ],
)
def test_quotes_and_headers_that_are_wrong_are_faults_of_the_file(opened: Opened, content: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        list(opened(content).rows())


def test_memory_does_not_grow_with_the_file(opened: Opened, tmp_path: Path) -> None:
    import tracemalloc

    source = opened("name,city\n" + "Ada Lovelace,London\n" * 50_000)
    tracemalloc.start()

    count = sum(1 for _ in source.rows())
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()

    assert count == 50_000
    assert peak < 500_000
