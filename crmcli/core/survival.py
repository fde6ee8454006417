"""What becomes of those who are still under way: time to an end, with everybody counted while nobody knows theirs."""

from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from math import ceil, exp, log, sqrt
from statistics import NormalDist

_Z = NormalDist().inv_cdf(0.975)
_ROUNDING = 1e-12

#: How an observation ended: not by the time it was last seen, or by one of the ends that compete.
CENSORED = 0


@dataclass(frozen=True, slots=True)
class Point:
    """The state at a time, all in 0..1: `survival` are those whose end is still to come, `incidence` who met each end.

    `low` and `high` are the bounds of the 95 % interval of each incidence; `at_risk` how many were seen for so long.
    The incidences and the survival add up to 1.
    """

    time: float
    at_risk: int
    survival: float
    incidence: tuple[float, ...]
    low: tuple[float, ...]
    high: tuple[float, ...]


def incidences(ends: Iterable[tuple[float, int]], times: Sequence[float], *, kinds: int = 2) -> list[Point]:
    """The cumulative incidence of competing ends at each of `times`, ascending: Aalen and Johansen's estimator.

    `ends` are (time, kind), the kinds 1 to `kinds`, or `CENSORED`; who is censored at a time was at risk at it. The
    variance is Marubini and Valsecchi's, the interval that of log(-log F). Source: Aalen & Johansen (1978), "An
    empirical transition matrix for non-homogeneous Markov chains based on censored observations", Scand. J. Stat. 5;
    Collett (2015), "Modelling Survival Data in Medical Research", 3rd edition, p. 411.
    """
    ordered = sorted(ends)
    state = _State(kinds)
    found, place = [], 0
    for time in times:
        while place < len(ordered) and ordered[place][0] <= time:
            place = _step(state, ordered, place)
        found.append(state.point(time, _at_risk(ordered, time, place)))
    return found


def _at_risk(ordered: Sequence[tuple[float, int]], time: float, place: int) -> int:
    """Those seen for at least so long."""
    while place and ordered[place - 1][0] >= time:
        place -= 1
    return len(ordered) - place


def _step(state: "_State", ordered: Sequence[tuple[float, int]], place: int) -> int:
    """Let everybody leave whose time is that of the one at `place`; the place of the next."""
    time, at_risk = ordered[place][0], len(ordered) - place
    counts = [0] * (state.kinds + 1)
    while place < len(ordered) and ordered[place][0] == time:
        counts[ordered[place][1]] += 1
        place += 1
    state.leave(at_risk, counts[1:])
    return place


@dataclass(slots=True)
class _State:
    """The estimates so far, and the sums that the variance of a later time is made of."""

    kinds: int
    survival: float = 1.0
    incidence: list[float] = field(default_factory=list)
    sums: list[list[float]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.incidence = [0.0] * self.kinds
        self.sums = [[0.0] * 6 for _ in range(self.kinds)]

    def leave(self, at_risk: int, counts: Sequence[int]) -> None:
        """Of `at_risk` so many meet each end."""
        gone = sum(counts)
        if not gone:
            return
        weight = gone / (at_risk * (at_risk - gone)) if gone < at_risk else 0.0  # of nobody who is left
        for kind, count in enumerate(counts):
            self.incidence[kind] += self.survival * count / at_risk
            now, sums = self.incidence[kind], self.sums[kind]
            share = self.survival * count / at_risk**2
            terms = (weight, weight * now, weight * now**2, self.survival * share * (at_risk - count) / at_risk)
            for place, term in enumerate((*terms, share, share * now)):
                sums[place] += term
        self.survival *= 1 - gone / at_risk

    def point(self, time: float, at_risk: int) -> Point:
        bounds = [_bounds(now, self._variance(kind)) for kind, now in enumerate(self.incidence)]
        low, high = zip(*bounds, strict=True)
        return Point(time, at_risk, self.survival, tuple(self.incidence), low, high)

    def _variance(self, kind: int) -> float:
        """With F(t) - F(t_i) multiplied out, so that the sums over the times before t need no second look at them."""
        now = self.incidence[kind]
        one, first, second, own, share, crossed = self.sums[kind]
        return max(now**2 * one - 2 * now * first + second + own - 2 * (now * share - crossed), 0.0)


def _bounds(incidence: float, variance: float) -> tuple[float, float]:
    """Within 0..1; of nothing and of everything it is that."""
    if not 0 < incidence < 1:
        return incidence, incidence
    reach = exp(_Z * sqrt(variance) / (incidence * abs(log(incidence))))
    return incidence**reach, incidence ** (1 / reach)


def stay_quantiles(left: Sequence[float], there: Sequence[float], shares: Sequence[float]) -> list[float | None]:
    """The times by which such shares, ascending, have left by Kaplan and Meier; None where fewer have.

    `left` are the times after which somebody left, `there` those for which others have been there so far, both
    ascending. Source: Kaplan & Meier (1958), "Nonparametric estimation from incomplete observations", JASA 53.
    While nobody else is lost sight of, the estimate falls by the share of those at risk that leave: a look at each of
    `there` is enough.
    """
    found: list[float | None] = []
    staying, place, everybody = 1.0, 0, len(left) + len(there)
    for seen in range(len(there) + 1):
        behind = bisect_right(left, there[seen], place) if seen < len(there) else len(left)
        if behind == place:
            continue
        at_risk = everybody - place - seen
        while len(found) < len(shares):
            wanted = ceil(at_risk * (1 - (1 - shares[len(found)] + _ROUNDING) / staying))
            if wanted > behind - place:
                break
            found.append(left[place + max(wanted, 1) - 1])
        if len(found) == len(shares):
            break
        staying *= (at_risk - behind + place) / at_risk
        place = behind
    return found + [None] * (len(shares) - len(found))
