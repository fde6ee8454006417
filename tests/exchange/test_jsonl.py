import io
from datetime import UTC

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.result import Column, Table, split_values
from crmcli.core.vocabulary import Format
from crmcli.errors import InvalidInput
from crmcli.exchange.source import Row, open_sources
from crmcli.render import Style, json
from tests.exchange.conftest import Opened, faults, values

_TEXTS = st.text(st.characters(exclude_categories=("Cs", "Cc"))).map(str.strip)


@pytest.mark.slow
@pytest.mark.parametrize("form", [Format.JSON, Format.JSONL])
@given(rows=st.lists(st.tuples(_TEXTS, _TEXTS), min_size=1))
def test_what_export_wrote_reads_back_equal(
    tmp_path_factory: pytest.TempPathFactory, form: Format, rows: list[tuple[str, str]]
) -> None:
    path = tmp_path_factory.getbasetemp() / f"back.{form}"
    out = io.StringIO()
    json.write(Table([Column("name"), Column("note")], rows), Style(form, UTC), out)
    path.write_text(out.getvalue(), "utf-8", newline="")

    [source] = open_sources([str(path)], entity="customers", profile=None, mapping={}, custom={})

    assert [tuple(row.values.values()) for row in source.rows() if isinstance(row, Row)] == rows


def test_values_become_text(opened: Opened) -> None:
    source = opened(
        '{"name": " Ada ", "amount": 1200.50, "tag": ["a;b", "c"], "note": null, "do_not_contact": true}\n',
        "c.jsonl",
        entity="customers",
        custom={"customers": ("amount",)},
    )

    assert values(source) == [
        {"name": "Ada", "amount": "1200.50", "tag": "a\\;b;c", "note": "", "do_not_contact": "true"}
    ]
    assert split_values(values(source)[0]["tag"]) == ("a;b", "c")


def test_columns_are_the_keys_of_all_first_objects(opened: Opened) -> None:
    source = opened('{"name": "Ada"}\n\n{"city": "Paris", "name": "Bob", "shoe": 1}\n', "c.json")

    assert values(source) == [{"name": "Ada", "city": ""}, {"name": "Bob", "city": "Paris"}]
    assert source.unknown == ("shoe",)


def test_an_array_of_one_object_a_line_is_taken_from_a_stream_too(opened: Opened) -> None:
    assert values(opened('[\n  {"name": "Ada"},\n  {"name": "Bob"}\n]\n', "c.unknown")) == [
        {"name": "Ada"},
        {"name": "Bob"},
    ]


def test_objects_that_cannot_be_taken_are_faults_of_the_row(opened: Opened) -> None:
    lines = [
        '{"name": "Ada"}',
        '{"name": "Bob", "name": "Eve"}',
        '{"name": NaN}',
        '["name"]',
        '{"name": {"first": "Ada"}}',
        '{"name": ["Ada", ["x"]]}',
        '{"name": "Ada"',
        "[" * 100_000,
        '{"name": "\\u0000"}',
        "17",
    ]

    assert faults(opened("\n".join(lines), "c.jsonl")) == [
        (2, "name", "the key occurs twice"),
        (3, None, "NaN is not a value"),
        (4, None, "not a JSON object"),
        (5, "name", "an object or array within"),
        (6, "name", "an object or array within"),
        (7, None, "not a JSON object: expecting ',' delimiter at 15"),
        (8, None, "not a JSON object: nested too deeply"),
        (10, None, "not a JSON object"),
    ]


def test_a_key_that_comes_late_is_a_fault_of_the_row(opened: Opened) -> None:
    source = opened('{"name": "Ada"}\n' * 1000 + '{"name": "Bob", "city": "Paris"}\n', "c.jsonl")

    assert faults(source) == [(1001, "city", "a key that the first objects do not have")]


@pytest.mark.parametrize(
    ("content", "hint"),
    [
        ('[\n  {\n    "name": "Ada"\n  }\n]\n', "jq -c '.[]' FILE writes one object a line"),
        (
            '{\n  "rows": []\n}\n',
            "jq -c '.rows[]' FILE writes those of a report; crm graph export --format csv, ties that are read",
        ),
        ("name\nAda\n", None),
        ("{}\n", None),
    ],
)
def test_json_without_an_object_a_line_is_refused(opened: Opened, content: str, hint: str | None) -> None:
    with pytest.raises(InvalidInput, match=r"'c.json' has no line with one JSON object") as caught:
        opened(content, "c.json")

    assert caught.value.hint == hint
