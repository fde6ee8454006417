"""Where the nodes of a graph stand in a drawing."""

import math
from itertools import combinations

from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.graph.layout import LENGTH, places

numbers = st.integers(1, 15)


def test_a_ring_is_a_ring() -> None:
    ring = [(n, n % 8 + 1) for n in range(1, 9)]

    found = places(range(1, 9), ring)

    middle = (sum(x for x, _ in found.values()) / 8, sum(y for _, y in found.values()) / 8)
    radii = [math.dist(middle, place) for place in found.values()]
    assert max(radii) < 1.2 * min(radii)
    tied = [math.dist(found[one], found[other]) for one, other in ring]
    assert min(tied) > LENGTH / 3
    assert max(tied) < 2 * LENGTH


@settings(max_examples=40, deadline=None)
@given(st.sets(numbers, min_size=1), st.lists(st.tuples(numbers, numbers), max_size=30))
def test_everybody_has_a_place_of_their_own_whatever_the_order(nodes: set[int], ties: list[tuple[int, int]]) -> None:
    ties = [(one, other) for one, other in ties if one in nodes and other in nodes]

    found = places(nodes, ties)

    assert found.keys() == nodes
    assert all(math.dist(one, other) > 1 for one, other in combinations(found.values(), 2))
    assert found == places(sorted(nodes, reverse=True), [(other, one) for one, other in reversed(ties)])


def test_parts_stand_apart() -> None:
    found = places(range(1, 7), [(1, 2), (2, 3), (4, 5)])

    for part in ({1, 2, 3}, {4, 5}, {6}):
        left, right = min(found[node][0] for node in part), max(found[node][0] for node in part)
        top, bottom = min(found[node][1] for node in part), max(found[node][1] for node in part)
        others = [found[node] for node in found if node not in part]
        assert not any(left <= x <= right and top <= y <= bottom for x, y in others)


def test_nobody_stands_nowhere() -> None:
    assert places([], []) == {}
