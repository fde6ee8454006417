import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.spelling import near, slips_between

short = st.text("abc", max_size=6)


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        ("lovelase", "lovelace", 1),
        ("ada", "aad", 1),
        ("zoe", "zo", 1),
        ("zoe", "zoey", 1),
        ("mueller", "muler", 2),
        ("abc", "xyz", 3),
    ],
)
def test_slips_are_letters_too_many_too_few_wrong_or_swapped(one: str, other: str, expected: int) -> None:
    assert slips_between(one, other, 9) == expected
    assert slips_between(one, other, 1) == min(expected, 2)


@given(short, short)
def test_slips_are_the_same_both_ways_and_none_between_equals(one: str, other: str) -> None:
    assert slips_between(one, other, 9) == slips_between(other, one, 9)
    assert (slips_between(one, other, 9) == 0) == (one == other)


@given(st.text("abcd", min_size=3, max_size=8), st.text("abcd", min_size=1, max_size=9))
def test_the_shortcut_loses_nothing(word: str, other: str) -> None:
    allowed = 1 if len(word) < 6 else 2

    assert near(word, [(other, 1)]) == ([other] if slips_between(word, other, 9) <= allowed else [])


def test_the_nearest_and_then_the_commonest_come_first() -> None:
    known = [("mueller", 3), ("muller", 1), ("miller", 9), ("moller", 20), ("smith", 99)]

    assert near("muller", known) == ["muller", "moller", "miller", "mueller"]
    assert near("mu", known) == []
