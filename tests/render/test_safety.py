"""No control byte leaves, and what is harmless stays as it is."""

import json
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.render.safety import cell, json_escaped, lines, short, visible


@pytest.mark.parametrize(
    ("given_", "shown"),
    [
        ("Ada", "Ada"),
        ("a\x1b[2Jb", r"a\x1b[2Jb"),
        ("a\nb\tc\rd", r"a⏎b→c\x0dd"),
        ("\x00\x7f\x9b", r"\x00\x7f\x9b"),
        ("a\u202egnp", r"a\u202egnp"),
        ("\U000e0041", r"\U000e0041"),
        ("\ud800", r"\ud800"),
        ("pay\xadpal\u180e", r"pay\xadpal\u180e"),
        ("\U0001d173", r"\U0001d173"),
        ("李雷 👩‍👩‍👧 می‌خواهم", "李雷 👩‍👩‍👧 می‌خواهم"),
        ("[red]x[/red] :smile:", "[red]x[/red] :smile:"),
    ],
)
def test_a_person_sees_what_it_is(given_: str, shown: str) -> None:
    assert visible(given_) == shown


def test_a_cell_keeps_newlines_and_tabs() -> None:
    assert cell("a\nb\tc\x1b\r") == "a\nb\tc\\x1b\\x0d"


def test_a_long_text_is_cut() -> None:
    assert short("x" * 201, 200) == "x" * 199 + "…"
    assert short("x" * 200, 200) == "x" * 200
    assert len(short("\x1b" * 200, 200)) == 200


@given(st.text())
def test_json_keeps_its_value_and_prints(text: str) -> None:
    written = json_escaped(json.dumps(text, ensure_ascii=False))

    assert json.loads(written) == text
    assert visible(written) == written


def test_prose_keeps_its_lines() -> None:
    assert lines("one\ntwo\x1b\n") == "one\ntwo\\x1b\n"


@given(st.text())
def test_nothing_that_acts_on_a_terminal_is_left(text: str) -> None:
    for char in visible(text):
        assert unicodedata.category(char) not in ("Cc", "Cs")
        assert unicodedata.bidirectional(char) not in ("RLO", "LRO", "RLE", "LRE", "PDF", "RLI", "LRI", "FSI", "PDI")


@given(st.text(alphabet=st.characters(exclude_categories=("C", "Z"))))
def test_what_prints_is_left_alone(text: str) -> None:
    assert visible(text) == cell(text) == text
