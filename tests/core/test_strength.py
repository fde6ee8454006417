"""The strength that interactions give, worked out by hand."""

import math

import pytest

from crmcli.core.strength import Contact, Weights, score, warmth, word
from crmcli.errors import InvalidInput

USUAL = Weights()


def meetings(*ages: float) -> list[Contact]:
    return [Contact("meeting", None, age) for age in ages]


def test_a_monthly_meeting_is_70_before_the_direction_factor() -> None:
    # 3 (1 + 2^(-1/3) + 2^(-2/3) + …) = 3 / (1 - 2^(-1/3)) = 14.54; 1 - e^(-14.54 / 12.1) = .699
    found = warmth(meetings(*range(0, 3600, 30)), USUAL)

    assert round(found.strength) == 70
    assert found.factor == 1


def test_one_meeting_today_is_22_and_half_as_many_points_after_90_days() -> None:
    # 1 - e^(-3 / 12.1) = 1 - e^(-.24793) = .2196; 1 - e^(-1.5 / 12.1) = 1 - e^(-.12397) = .1166
    assert warmth(meetings(0), USUAL).strength == 22.0
    assert warmth(meetings(90), USUAL).strength == 11.7


@pytest.mark.parametrize(
    ("channel", "points"),
    [
        ("meeting", 3), ("visit", 3), ("call", 2), ("email", 1), ("chat", 1), ("social", 0.5), ("web", 0.5), ("note", 0)
    ],
)  # fmt: skip
def test_a_channel_weighs(channel: str, points: float) -> None:
    assert warmth([Contact(channel, None, 0)], USUAL).raw == points


@pytest.mark.parametrize(
    ("directions", "way", "factor"),
    [
        (["in", "out"], "both ways", 1.25),
        (["out", "out"], "one way only", 0.5),
        (["in"], "one way only", 0.5),
        ([None], "none told", 1),
        (["out", None], "not told of all", 1),
        (["in", "out", None], "both ways", 1.25),
    ],
)
def test_direction_makes_more_or_less_of_it(directions: list[str | None], way: str, factor: float) -> None:
    found = warmth([Contact("call", each, 0) for each in directions], USUAL)

    assert (found.way, found.factor) == (way, factor)
    assert found.raw == 2 * len(directions) * factor


def test_a_note_has_no_direction_and_no_weight() -> None:
    found = warmth([Contact("call", "out", 0), Contact("note", "in", 0)], USUAL)

    assert (found.factor, found.count) == (0.5, 1)


def test_nothing_is_nothing() -> None:
    found = warmth([], USUAL)

    assert (found.strength, found.latest, found.parts) == (0, None, ())


def test_the_weights_are_the_users() -> None:
    mine = Weights.of({"meeting": 6, "half_life": 30, "scale": 6, "nonsense": 1})

    # 6 x 2^(-30 / 30) = 3; 1 - e^(-3 / 6) = .3935
    assert warmth(meetings(30), mine).strength == 39.3
    assert mine.channels["call"] == 2


def test_the_strongest_tie_stays_below_100() -> None:
    assert warmth(meetings(*[0] * 100), USUAL).strength <= 100
    assert math.isclose(warmth(meetings(*[0] * 100), USUAL).strength, 100)


@pytest.mark.parametrize(
    ("strength", "said"), [(0, "weak"), (29.4, "weak"), (30, "fair"), (69.4, "fair"), (69.9, "strong"), (70, "strong")]
)
def test_a_strength_has_a_word(strength: float, said: str) -> None:
    assert word(strength) == said


@pytest.mark.parametrize("text", ["", "x", "-1", "101", "1e2", "٣", "9" * 5000])
def test_a_score_is_a_whole_number_up_to_100(text: str) -> None:
    with pytest.raises(InvalidInput):
        score(text, name="weight")
