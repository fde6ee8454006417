"""Betweenness, whole and estimated, against networkx."""

from collections import Counter
from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.graph import betweenness as module
from crmcli.graph.betweenness import Ties, betweenness
from crmcli.graph.pairs import between


def said(_: str) -> None: ...


def ties(graph: "nx.Graph[int]", *, weight: str | None = None) -> Ties:
    around = [sorted(graph.adj[node].items()) for node in range(len(graph))]
    lengths = [[edge[weight] for _, edge in each] for each in around] if weight else None
    return Ties([[other for other, _ in each] for each in around], lengths)


@settings(deadline=None)
@given(st.integers(0, 9), st.integers(0, 20), st.integers(0, 1000), st.sampled_from([None, "distance"]))
def test_it_is_that_of_networkx(nodes: int, edges: int, seed: int, weight: str | None) -> None:
    luck, graph = Random(seed), nx.gnm_random_graph(nodes, edges, seed=seed)
    for one, other in graph.edges:
        graph[one][other]["distance"] = luck.choice((1.0, 1.5, 2.0, 3.0))

    found = betweenness(ties(graph, weight=weight), said)

    assert found.sample is None
    expected = nx.betweenness_centrality(graph, weight=weight)
    assert list(found.values) == pytest.approx([expected[node] for node in range(nodes)], abs=1e-12)


GRAPHS = {
    "hubs": nx.barabasi_albert_graph(300, 2, seed=4),
    "chance": nx.gnm_random_graph(300, 450, seed=4),
    "star": nx.disjoint_union(nx.star_graph(200), nx.gnm_random_graph(99, 120, seed=4)),
    "diamonds": nx.grid_2d_graph(3, 100),
}


@pytest.mark.slow
@pytest.mark.parametrize("weight", [None, "distance"])
@pytest.mark.parametrize("kind", sorted(GRAPHS))
def test_an_estimate_says_how_far_it_may_be_off(kind: str, weight: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    graph: nx.Graph[int] = nx.convert_node_labels_to_integers(GRAPHS[kind])
    for number, pair in enumerate(graph.edges):
        graph.edges[pair]["distance"] = 1.0 + number % 3
    monkeypatch.setattr(module, "_MOST_WALKED", 60 * graph.number_of_edges() * (2 if weight else 1))
    lines: list[str] = []

    found = betweenness(ties(graph, weight=weight), lines.append)

    sample = found.sample
    assert sample is not None
    if weight:
        assert (lines, sample.size, sample.of) == (["walking from 60 of 300 nodes…"], 60, "nodes")
    else:
        assert (lines, sample.size >= 100, sample.of) == (["walking between pairs of nodes…"], True, "pairs")
    expected = nx.betweenness_centrality(graph, weight=weight)
    off = max(abs(found.values[node] - expected[node]) for node in graph)
    assert 0 < off < sample.margin < max(expected.values())
    assert betweenness(ties(graph, weight=weight), said) == found


@pytest.mark.parametrize(("weight", "least"), [(None, (100, "pairs")), ("distance", (20, "nodes"))])
def test_a_sample_is_never_too_small(
    weight: str | None, least: tuple[int, str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "_MOST_WALKED", 1)
    graph: nx.Graph[int] = nx.path_graph(21)
    for pair in graph.edges:
        graph.edges[pair]["distance"] = 1.0

    sample = betweenness(ties(graph, weight=weight), said).sample

    assert sample is not None
    assert (sample.size, sample.of) == least
    assert betweenness(ties(nx.path_graph(20)), said).sample is None


def test_more_paths_than_a_number_of_the_machine_holds() -> None:
    rungs = 1100  # each doubles the paths
    graph = nx.Graph([(3 * n + at, 3 * n + to) for n in range(rungs) for at, to in ((0, 1), (0, 2), (1, 3), (2, 3))])
    around = ties(graph).around

    inner, _ = between(around, 0, 3 * rungs, Random(1))

    assert len(inner) == 2 * rungs - 1
    assert {3 * n for n in range(1, rungs)} <= set(inner)


def test_every_shortest_path_is_as_likely_and_where_there_is_none_there_is_nobody() -> None:
    graph = nx.grid_2d_graph(3, 3)
    around = ties(nx.convert_node_labels_to_integers(nx.disjoint_union(graph, nx.path_graph(2)))).around
    luck = Random(3)

    drawn = Counter(tuple(sorted(between(around, 0, 8, luck)[0])) for _ in range(6_000))

    assert len(drawn) == 6
    assert all(850 < count < 1150 for count in drawn.values())
    assert between(around, 0, 9, luck)[0] == []
    assert between(around, 0, 1, luck)[0] == []
