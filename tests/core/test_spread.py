"""What chances add up to."""

from itertools import product
from math import prod

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core import spread as module
from crmcli.core.spread import Spread, spread

CHANCES = st.lists(st.tuples(st.integers(0, 9), st.sampled_from((0.0, 0.25, 0.5, 0.8, 1.0))), max_size=6)


@pytest.mark.parametrize(
    ("chances", "found"),
    [
        ([], (0, 0, 0)),
        ([(100, 1.0)], (100, 100, 100)),
        ([(100, 0.0)], (0, 0, 0)),
        ([(100, 0.5)], (0, 0, 100)),  # at 0 one half of it is reached already
        ([(100, 0.5), (200, 0.5)], (0, 100, 300)),  # 0, 100, 200, 300: a quarter each
        ([(10, 0.95), (1, 1.0)], (11, 11, 11)),
        ([(1, 0.5)] * 10, (3, 5, 7)),  # binomial(10, 1/2): F(2) .055, F(3) .172, F(4) .377, F(5) .623, F(7) .945
    ],
)
def test_the_quantiles_by_hand(chances: list[tuple[int, float]], found: tuple[int, int, int]) -> None:
    assert spread(chances) == Spread(*found, is_exact=True)


@given(CHANCES)
def test_the_quantiles_are_those_of_all_outcomes(chances: list[tuple[int, float]]) -> None:
    outcomes = sorted(
        (sum(amount for (amount, _), came in zip(chances, comes, strict=True) if came),
         prod(p if came else 1 - p for (_, p), came in zip(chances, comes, strict=True)))
        for comes in product((False, True), repeat=len(chances))
    )  # fmt: skip

    def least(share: float) -> int:
        return next(s for s, _ in outcomes if sum(p for total, p in outcomes if total <= s) >= share - 1e-9)

    found = spread(chances)

    assert (found.low, found.median, found.high) == (least(0.1), least(0.5), least(0.9))
    assert spread(reversed(chances)) == found


def test_draws_come_near_the_exact_figures_and_are_always_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    chances = [(amount, 0.3) for amount in range(1_000, 1_400, 10)] + [(5_000, 0.5)]
    exact = spread(chances)
    monkeypatch.setattr(module, "_MOST_SUMS", 10)

    drawn = spread(chances)

    assert (exact.is_exact, drawn.is_exact) == (True, False)
    for mine, theirs in ((drawn.low, exact.low), (drawn.median, exact.median), (drawn.high, exact.high)):
        assert abs(mine - theirs) < 300  # of a standard deviation of 4,300
    assert spread(reversed(chances)) == drawn


def test_many_small_amounts_are_as_the_normal_distribution_has_them() -> None:
    found = spread((1_000 + place, 0.5) for place in range(10_000))

    mean, deviation = 29_997_500, 324_000  # half of the sum of 1,000 to 10,999; the root of a quarter of their squares
    assert not found.is_exact
    assert abs(found.median - mean) < 0.05 * deviation
    assert abs(found.high - (mean + 1.2816 * deviation)) < 0.05 * deviation
    assert abs(found.low - (mean - 1.2816 * deviation)) < 0.05 * deviation
