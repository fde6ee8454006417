import statistics as library

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.statistics import difference, holm, quantile, share, wilson, win_rate


def test_win_rate_of_the_closed_alone() -> None:
    assert win_rate(3, 1) == 0.75
    assert win_rate(0, 2) == 0.0
    assert win_rate(0, 0) is None
    assert share(1, 4) == 0.25


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"),
    [
        # Newcombe (1998), "Two-sided confidence intervals for the single proportion", Statistics in Medicine 17,
        # table I, method 3 (score, no continuity correction)
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        # by hand: z² = 3.841459; (0.1 + 0.019207 ± sqrt(0.03841459 (0.09 + 0.00960365))) / 1.0384146
        (10, 100, 0.0552, 0.1744),
    ],
)
def test_wilson_gives_the_published_intervals(successes: int, trials: int, low: float, high: float) -> None:
    assert wilson(successes, trials) == pytest.approx((low, high), abs=5e-5)


def test_no_interval_without_trials() -> None:
    assert wilson(0, 0) is None


@given(st.integers(1, 10**7).flatmap(lambda trials: st.tuples(st.integers(0, trials), st.just(trials))))
def test_the_interval_holds_the_proportion_and_mirrors_its_complement(of: tuple[int, int]) -> None:
    successes, trials = of

    interval, complement = wilson(successes, trials), wilson(trials - successes, trials)

    assert interval is not None
    assert complement is not None
    assert 0 <= interval[0] <= successes / trials <= interval[1] <= 1
    assert interval == pytest.approx((1 - complement[1], 1 - complement[0]), abs=1e-9)


def test_quantile_lies_between_neighbours() -> None:
    assert quantile([1, 2, 3, 4], 0.5) == 2.5
    assert quantile([1, 2, 3, 4], 0.75) == 3.25
    assert quantile([10, 20, 30], 0.75) == 25.0
    assert quantile([7], 0.75) == 7.0
    assert quantile([1, 2], 1.0) == 2.0
    assert quantile([], 0.5) is None


@given(st.lists(st.integers(0, 10**9), min_size=2).map(sorted))
def test_quantile_agrees_with_the_standard_library(values: list[int]) -> None:
    quartiles = library.quantiles(values, n=4, method="inclusive")

    assert [quantile(values, p) for p in (0.25, 0.5, 0.75)] == pytest.approx(quartiles)


def test_the_difference_of_two_proportions() -> None:
    # 21 of 50 and 9 of 50: pooled .3, z = .24 / sqrt(.3 x .7 x 2/50) = 2.6186
    assert difference((21, 50), (9, 50)) == pytest.approx(0.00883, abs=5e-6)
    assert difference((0, 50), (0, 20)) == 1.0
    assert difference((1, 2), (0, 0)) is None


def test_holm_counts_each_test_among_all() -> None:
    assert holm([0.01, 0.04, None, 0.03, 0.005]) == pytest.approx([0.03, 0.06, None, 0.06, 0.02])
    assert holm([0.6, 0.9]) == [1.0, 1.0]
