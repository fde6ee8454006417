"""The whole curve whose quantiles the product asks for, by its definition."""

from collections.abc import Iterator, Sequence


def survival(left: Sequence[float], there: Sequence[float]) -> Iterator[tuple[float, float]]:
    """(time, share that stays longer) at each time at which anybody left, ascending: Kaplan and Meier's estimator.

    `left` are the times after which somebody left, `there` those for which others have been there so far, both
    ascending. Source: Kaplan & Meier (1958), "Nonparametric estimation from incomplete observations", JASA 53.
    """
    staying, place, seen, everybody = 1.0, 0, 0, len(left) + len(there)
    while place < len(left):
        time, first = left[place], place
        while place < len(left) and left[place] == time:
            place += 1
        while seen < len(there) and there[seen] < time:
            seen += 1
        at_risk = everybody - first - seen
        staying = staying * (at_risk - place + first) / at_risk
        yield time, staying
