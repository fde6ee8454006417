"""The few statistics that reports share, without numpy."""

from collections.abc import Sequence
from math import erfc, sqrt
from typing import Protocol

_Z = 1.959963984540054
"""The 97.5 % quantile of the normal distribution: 95 % lie within it on both sides."""


class Ascending(Protocol):
    """Numbers from the least to the greatest, each looked up by its place: a list, or an index of the file."""

    def __len__(self) -> int: ...

    def __getitem__(self, place: int, /) -> float: ...


def share(part: int, whole: int) -> float | None:
    """The part of the whole, 0..1; None of nothing."""
    return part / whole if whole else None


def win_rate(won: int, lost: int) -> float | None:
    """Share of closed deals that were won, 0..1; None when nothing has closed."""
    return share(won, won + lost)


def wilson(successes: int, trials: int) -> tuple[float, float] | None:
    """The 95 % score interval of a proportion, (low, high) in 0..1; None without trials.

    Without continuity correction. Source: Wilson (1927), "Probable inference, the law of succession, and statistical
    inference", JASA 22.
    """
    if not trials:
        return None
    rate, spread = successes / trials, _Z * _Z / trials
    centre = rate + spread / 2
    reach = sqrt(spread * (rate * (1 - rate) + spread / 4))
    low = (centre - reach) / (1 + spread) if successes else 0.0
    high = (centre + reach) / (1 + spread) if successes < trials else 1.0
    return low, high


def quantile(ascending: Ascending, p: float) -> float | None:
    """The value below which the share `p` lies, in the unit of the values; None of no values.

    Type 7 of Hyndman & Fan (1996), "Sample quantiles in statistical packages": linear between the two neighbours of
    position (n - 1) p, as in R, NumPy and a spreadsheet's PERCENTILE. Looks at no more than two values.
    """
    if not len(ascending):
        return None
    position = (len(ascending) - 1) * p
    below = int(position)
    low = ascending[below]
    if position == below:
        return float(low)
    return low + (ascending[below + 1] - low) * (position - below)


def difference(first: tuple[int, int], second: tuple[int, int]) -> float | None:
    """The p-value of two proportions, (successes, trials) each, being one; None where either has no trials.

    Two-sided, by the pooled z test without continuity correction; 1 where all or none succeeded in both.
    """
    (one, of_one), (two, of_two) = first, second
    if not of_one or not of_two:
        return None
    pooled = (one + two) / (of_one + of_two)
    spread = sqrt(pooled * (1 - pooled) * (1 / of_one + 1 / of_two))
    return erfc(abs(one / of_one - two / of_two) / spread / sqrt(2)) if spread else 1.0


def holm(found: Sequence[float | None]) -> list[float | None]:
    """The p-values of a family of tests, each as it counts among all of them; None stays, and is no test.

    Source: Holm (1979), "A simple sequentially rejective multiple test procedure", Scand. J. Stat. 6.
    """
    ordered = sorted((p, place) for place, p in enumerate(found) if p is not None)
    adjusted: list[float | None] = [None] * len(found)
    highest = 0.0
    for number, (p, place) in enumerate(ordered):
        highest = max(highest, min(1.0, p * (len(ordered) - number)))
        adjusted[place] = highest
    return adjusted
