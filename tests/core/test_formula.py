"""A spreadsheet computes nothing of ours, and takes nothing away for good."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from crmcli.core.formula import guarded, is_formula_like, unguarded

_TEXTS = st.text(st.sampled_from("'=+-@\t\r\n\0;＝＠ a1") | st.characters())


@pytest.mark.parametrize(
    ("cell", "written"),
    [
        ("Ada", "Ada"),
        ("", ""),
        ("=1+1", "'=1+1"),
        ("+4930901820", "'+4930901820"),
        ("-5", "'-5"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("＝1+1", "'＝1+1"),
        ("\t=1", "'\t'=1"),
        ("'=1", "''=1"),
        ("'quoted'", "'quoted'"),
        ("a=1", "a=1"),
        ("a;=cmd|' /C calc'!A0", "a;'=cmd|' /C calc'!A0"),
        ("one\n- two", "one\n'- two"),
    ],
)
def test_an_apostrophe_stands_before_what_would_be_a_formula(cell: str, written: str) -> None:
    assert guarded(cell) == written
    assert unguarded(written) == cell


@given(_TEXTS)
@example("'\t'\t=")
def test_the_guard_is_undone_exactly(cell: str) -> None:
    assert unguarded(guarded(cell)) == cell


@given(_TEXTS)
def test_no_part_of_a_guarded_cell_begins_a_formula(cell: str) -> None:
    for separator in ";\t\r\n":
        assert not any(part and part[0] in "=+-@＝＋－＠" for part in guarded(cell).split(separator))


@pytest.mark.parametrize("cell", ["=1", "@x", "-", "+1+cmd", "--5", "-5 EUR", "＝1", "\tx", "+49 30 901820", "-1;=2"])
def test_what_a_spreadsheet_would_compute(cell: str) -> None:
    assert is_formula_like(cell)


@pytest.mark.parametrize("cell", ["", "Ada", "5", "-5", "-12.50", "+4930901820", "+4930901820;+14155552671", "a=1"])
def test_numbers_and_words_are_not_computed(cell: str) -> None:
    assert not is_formula_like(cell)
