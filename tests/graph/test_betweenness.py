"""Betweenness, whole and estimated, against networkx."""

from random import Random

import networkx as nx
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.graph import betweenness as module
from crmcli.graph.betweenness import Ties, betweenness


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

    assert (found.sampled, found.margin) == (None, None)
    expected = nx.betweenness_centrality(graph, weight=weight)
    assert list(found.values) == pytest.approx([expected[node] for node in range(nodes)], abs=1e-12)


@pytest.mark.parametrize("weight", [None, "distance"])
@pytest.mark.parametrize("kind", ["hubs", "chance", "star"])
def test_an_estimate_says_how_far_it_may_be_off(kind: str, weight: str | None, monkeypatch: pytest.MonkeyPatch) -> None:
    graph = {
        "hubs": nx.barabasi_albert_graph(300, 2, seed=4),
        "chance": nx.gnm_random_graph(300, 450, seed=4),
        "star": nx.disjoint_union(nx.star_graph(200), nx.gnm_random_graph(99, 120, seed=4)),
    }[kind]
    for number, pair in enumerate(graph.edges):
        graph.edges[pair]["distance"] = 1.0 + number % 3
    monkeypatch.setattr(module, "_MOST_WALKED", 60 * graph.number_of_edges() * (2 if weight else 1))
    lines: list[str] = []

    found = betweenness(ties(graph, weight=weight), lines.append)

    assert lines == ["walking from 60 of 300 nodes…"]
    assert found.sampled == 60
    expected = nx.betweenness_centrality(graph, weight=weight)
    off = max(abs(found.values[node] - expected[node]) for node in graph)
    assert found.margin is not None
    assert 0 < off < found.margin < max(expected.values())
    assert betweenness(ties(graph, weight=weight), said) == found


def test_never_from_fewer_than_twenty(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_MOST_WALKED", 1)

    assert ties(nx.path_graph(21)).sampled == 20
    assert ties(nx.path_graph(20)).sampled is None
