"""Our estimates against those of lifelines, where that is installed: `pip install -e .[test,curves]`."""

import random

import pytest

from crmcli.core.survival import incidences, stay_quantiles
from tests.core.staying import survival

lifelines = pytest.importorskip("lifelines", reason="lifelines is not installed: pip install -e .[test,curves]")

pytestmark = pytest.mark.filterwarnings("ignore::Warning")


def drawn(count: int, seed: int) -> list[tuple[float, int]]:
    """Ends of three kinds at times of which no two are the same: lifelines would move ties apart at random."""
    pick = random.Random(seed)
    times = pick.sample(range(1, 100 * count), count)
    return [(time / 10, pick.choice((0, 1, 1, 2))) for time in times]


@pytest.mark.parametrize("seed", range(3))
def test_incidences_and_their_intervals(seed: int) -> None:
    ends = drawn(200, seed)
    durations, kinds = zip(*ends, strict=True)
    times = [float(time) for time in sorted(durations)[5:190:5]]  # from the first ends of both kinds on
    ours = incidences(ends, times)

    for kind in (1, 2):
        theirs = lifelines.AalenJohansenFitter().fit(durations, kinds, event_of_interest=kind)
        bounds = theirs.confidence_interval_cumulative_density_
        high, low = (bounds[name] for name in bounds.columns)
        for point in (each for each in ours if each.incidence[kind - 1]):
            now = theirs.cumulative_density_[f"CIF_{kind}"].loc[point.time]
            assert point.incidence[kind - 1] == pytest.approx(now, abs=1e-9)
            assert sorted((high.loc[point.time], low.loc[point.time])) == pytest.approx(
                [point.low[kind - 1], point.high[kind - 1]], abs=1e-9
            )


@pytest.mark.parametrize("seed", range(3))
def test_survival_and_its_quantiles_with_ties(seed: int) -> None:
    pick = random.Random(seed)
    ends = [(float(pick.randint(0, 30)), pick.random() < 0.6) for _ in range(150)]
    durations, is_over = zip(*ends, strict=True)
    theirs = lifelines.KaplanMeierFitter().fit(durations, is_over)
    left, there = (sorted(time for time, gone in ends if gone is wanted) for wanted in (True, False))

    for time, staying in survival(left, there):
        assert staying == pytest.approx(theirs.survival_function_at_times(time).iloc[0], abs=1e-12)
    assert stay_quantiles(left, there, (0.5, 0.75)) == [theirs.percentile(0.5), theirs.percentile(0.25)]
