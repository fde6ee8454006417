"""Textbook figures, and what holds for any ends."""

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.survival import incidences, stay_quantiles
from tests.core.staying import survival

# Remission in weeks under 6-MP; Freireich et al. (1963), as printed with its estimate in Collett and in Cox & Oakes.
LEFT = [6, 6, 6, 7, 10, 13, 16, 22, 23]
THERE = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]


def test_the_survival_of_a_textbook() -> None:
    found = [(time, round(share, 3)) for time, share in survival(LEFT, THERE)]

    assert found == [(6, 0.857), (7, 0.807), (10, 0.753), (13, 0.690), (16, 0.627), (22, 0.538), (23, 0.448)]
    assert stay_quantiles(LEFT, THERE, (0.25, 0.5, 0.75)) == [13, 23, None]


def test_incidences_by_hand() -> None:
    # five are seen: won after 1, lost after 2, still open after 3, won after 4, still open after 5
    found = incidences([(1, 1), (2, 2), (3, 0), (4, 1), (5, 0)], (0, 1, 2, 3, 4, 6))

    assert [point.at_risk for point in found] == [5, 5, 4, 3, 2, 0]
    assert [point.incidence[0] for point in found] == pytest.approx([0, 0.2, 0.2, 0.2, 0.5, 0.5])
    assert [point.incidence[1] for point in found] == pytest.approx([0, 0, 0.2, 0.2, 0.2, 0.2])
    assert [point.survival for point in found] == pytest.approx([1, 0.8, 0.6, 0.6, 0.3, 0.3])


def test_without_anybody_still_there_an_incidence_is_a_share_with_its_binomial_variance() -> None:
    ends = [(day, 1) for day in range(1, 4)] + [(day, 2) for day in range(4, 11)]
    point = incidences(ends, [3])[0]

    # F = .3, se² = .3 x .7 / 10, reach = exp(1.96 x .144914 / (.3 x 1.203973)) = 2.19582
    assert point.incidence[0] == pytest.approx(0.3)
    assert [point.low[0], point.high[0]] == pytest.approx([0.0711, 0.5779], abs=5e-5)


def test_nothing_is_known_of_nobody() -> None:
    assert incidences([], [30])[0].at_risk == 0
    assert stay_quantiles([], [], (0.5,)) == [None]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 2)), max_size=40))
def test_incidences_and_survival_add_up_and_never_turn_back(ends: list[tuple[int, int]]) -> None:
    found = incidences(ends, range(21))

    for before, point in pairwise(found):
        assert sum(point.incidence) + point.survival == pytest.approx(1)
        assert all(low <= now <= high for low, now, high in zip(point.low, point.incidence, point.high, strict=True))
        assert before.survival >= point.survival
        assert all(a <= b for a, b in zip(before.incidence, point.incidence, strict=True))
    staying = dict(survival(*(sorted(time for time, kind in ends if bool(kind) is gone) for gone in (True, False))))
    assert all(share == pytest.approx(found[int(time)].survival) for time, share in staying.items())


@given(st.lists(st.integers(0, 20), max_size=40), st.lists(st.integers(0, 20), max_size=20))
def test_a_quantile_is_the_first_time_at_which_so_many_have_left(left: list[int], there: list[int]) -> None:
    left, there, shares = sorted(left), sorted(there), (0.1, 0.25, 0.5, 0.75, 0.9)

    curve = list(survival(left, there))

    assert stay_quantiles(left, there, shares) == [
        next((time for time, staying in curve if staying <= 1 - share + 1e-12), None) for share in shares
    ]
