import pytest

from crmcli.core.wording import clipped, counted, did_you_mean, shown


def test_a_shown_value_cannot_act_on_a_terminal() -> None:
    assert shown("a\x1b[31m\n\u202e") == r"'a\x1b[31m\n\u202e'"


def test_a_shown_value_is_cut() -> None:
    assert shown("abcdef", limit=4) == "'abc…'"


def test_only_a_near_word_is_suggested() -> None:
    assert did_you_mean("propsal", ["proposal", "won"]) == "; did you mean 'proposal'?"
    assert did_you_mean("xyz", ["proposal", "won"], otherwise="; one of proposal, won") == "; one of proposal, won"


def test_one_is_singular() -> None:
    assert [counted(number, "tie") for number in (0, 1, 2, 2500)] == ["0 ties", "1 tie", "2 ties", "2,500 ties"]


@pytest.mark.parametrize(
    ("text", "cells", "expected"),
    [
        ("abc", 3, "abc"),
        ("abcd", 3, "ab…"),
        ("a\n b\tc", 9, "a b c"),
        ("漢字", 4, "漢字"),
        ("漢字漢", 5, "漢字…"),
        ("漢字漢", 4, "漢…"),
        ("e\u0301e\u0301", 2, "e\u0301e\u0301"),
        ("", 5, ""),
        ("abc", 1, "…"),
    ],
)
def test_a_text_is_clipped_to_cells(text: str, cells: int, expected: str) -> None:
    assert clipped(text, cells) == expected
