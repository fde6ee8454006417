"""What a set of chances may add up to: the distribution of a sum of independent amounts, each of which comes or not."""

import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from math import sqrt

DRAWS, SEED = 10_000, 1
#: Beyond this many different sums, or steps on the way to them, the sums are drawn.
_MOST_SUMS, _MOST_STEPS = 20_000, 500_000
#: Amounts with less than this share of the variance are drawn together, as the normal distribution that a sum of many is.
_LEAST_SHARE = 0.02
_SLACK = 1e-12

Chance = tuple[int, float]
"""An amount, and the probability that it comes."""


@dataclass(frozen=True, slots=True)
class Spread:
    """With 10, 50 and 90 % the sum is at most so much; `is_exact`, or of draws with a fixed seed."""

    low: int
    median: int
    high: int
    is_exact: bool


def spread(chances: Iterable[Chance]) -> Spread:
    """The spread of the sum; the same for the same chances in any order."""
    ordered = sorted((amount, p) for amount, p in chances if amount and p)
    certain = sum(amount for amount, p in ordered if p >= 1)
    open_ = [(amount, p) for amount, p in ordered if p < 1]
    sums = _convolved(open_)
    low, median, high = _quantiles(sums) if sums is not None else _drawn(open_)
    return Spread(certain + low, certain + median, certain + high, sums is not None)


def _convolved(chances: Sequence[Chance]) -> Mapping[int, float] | None:
    """The probability of each sum; None where there are too many."""
    sums, steps = {0: 1.0}, 0
    for amount, p in chances:
        steps += len(sums)
        if len(sums) > _MOST_SUMS or steps > _MOST_STEPS:
            return None
        more = {total: known * (1 - p) for total, known in sums.items()}
        for total, known in sums.items():
            more[total + amount] = more.get(total + amount, 0.0) + known * p
        sums = more
    return sums


def _quantiles(sums: Mapping[int, float]) -> tuple[int, int, int]:
    """The least sum that the total probability up to it reaches 10, 50 and 90 % at."""
    ordered = sorted(sums)
    reached = list(accumulate(sums[total] for total in ordered))
    low, median, high = (
        next(total for total, so_far in zip(ordered, reached, strict=True) if so_far >= share * reached[-1] - _SLACK)
        for share in (0.1, 0.5, 0.9)
    )
    return low, median, high


def _drawn(chances: Sequence[Chance]) -> tuple[int, int, int]:
    by_weight = sorted(chances, key=lambda chance: (-_variance(chance), chance))
    least = _LEAST_SHARE * sum(map(_variance, by_weight))
    alone = [chance for chance in by_weight if _variance(chance) >= least]
    together = by_weight[len(alone) :]
    mean, deviation = sum(amount * p for amount, p in together), sqrt(sum(map(_variance, together)))
    pick = random.Random(SEED)  # noqa: S311 (a simulation, no secret)
    draw = pick.random
    found = sorted(
        sum(amount for amount, p in alone if draw() < p) + (round(pick.gauss(mean, deviation)) if together else 0)
        for _ in range(DRAWS)
    )
    return found[DRAWS // 10 - 1], found[DRAWS // 2 - 1], found[DRAWS * 9 // 10 - 1]


def _variance(chance: Chance) -> float:
    amount, p = chance
    return amount * amount * p * (1 - p)
