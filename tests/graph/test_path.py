"""Warmest paths, against every path there is."""

import math
from itertools import pairwise, permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.graph.look import Look
from crmcli.graph.path import paths
from tests.graph.test_neighbourhood import KNOWS, LOOK, SUPPLIES, Arc, graph, graphs

ANYBODY = "c.removed_at is null"
WEIGHT = {KNOWS: 40, SUPPLIES: 50}


def brute(customers: int, arcs: list[Arc], *, hops: int, barred: set[int]) -> list[float]:
    """The warmth of every simple path from the first to the last, the warmest first."""
    start, end = 1, customers
    strength: dict[frozenset[int], int] = {}
    for one, kind, other in arcs:
        pair = frozenset((one, other))
        strength[pair] = max(strength.get(pair, 0), WEIGHT[kind])
    between = [each for each in range(1, customers + 1) if each not in (start, end) and each not in barred]
    found = []
    for length in range(hops):
        for middle in permutations(between, length):
            way = (start, *middle, end)
            steps = [strength.get(frozenset(pair), 0) for pair in pairwise(way)]
            if all(steps):
                found.append(100 * math.prod(step / 100 for step in steps))
    return sorted(found, reverse=True)


@pytest.mark.slow
@settings(deadline=None, max_examples=40)
@given(graphs(most=7), st.integers(1, 4), st.sets(st.integers(2, 6), max_size=2))
def test_the_warmest_paths_are_those_of_brute_force(drawn: tuple[int, list[Arc]], hops: int, barred: set[int]) -> None:
    customers, arcs = drawn
    end = customers
    if end == 1:
        return

    with graph(customers, arcs) as db:
        passable = f"c.id not in ({', '.join(map(str, barred)) or 'null'})" if barred else ANYBODY
        found = paths(db, 1, end, LOOK, hops=hops, most=5, passable=passable)

    expected = brute(customers, arcs, hops=hops, barred=barred)
    assert [round(path.warmth, 6) for path in found] == [round(each, 6) for each in expected[:5]]
    for path in found:
        nodes = [path.edges[0].near, *(edge.far for edge in path.edges)]
        assert (nodes[0], nodes[-1]) == (1, end)
        assert len(set(nodes)) == len(nodes)
        assert not barred & set(nodes[1:-1])


@pytest.mark.parametrize(("day", "hops"), [("2026-01-01", [[1, 2, 3]]), ("2026-06-01", [])])
def test_a_tie_that_ended_leads_nowhere_from_that_day_on(day: str, hops: list[list[int]]) -> None:
    with graph(3, [(1, KNOWS, 2), (2, KNOWS, 3)]) as db:
        db.connection.execute("update relationship set until = '2026-06-01' where id = 2")
        look = Look("2026-11-20T12:00:00Z", day)

        found = paths(db, 1, 3, look, hops=3, most=3, passable=ANYBODY)

    assert [[path.edges[0].near, *(edge.far for edge in path.edges)] for path in found] == hops
