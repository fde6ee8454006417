"""Figures of a graph of ties, by networkx."""

from collections.abc import Iterable
from dataclasses import dataclass

import networkx as nx


@dataclass(frozen=True, slots=True)
class Figures:
    """`density` is the share of pairs that are tied, 0..1; `best_tied` the node with most neighbours, by least id."""

    nodes: int
    edges: int
    density: float
    triangles: int
    best_tied: int
    most_ties: int


def figures(nodes: Iterable[int], ties: Iterable[tuple[int, int]]) -> Figures:
    """The figures of the undirected graph; two ties between the same nodes are one pair but two edges."""
    pairs = list(ties)
    graph: nx.Graph[int] = nx.Graph(pairs)
    graph.add_nodes_from(nodes)
    best = min(graph.nodes, key=lambda node: (-graph.degree[node], node))
    corners = sum(count for count in _triangles(graph).values())
    return Figures(graph.number_of_nodes(), len(pairs), nx.density(graph), corners // 3, best, graph.degree[best])


def _triangles(graph: "nx.Graph[int]") -> dict[int, int]:
    """In how many triangles each node is a corner."""
    found = nx.triangles(graph)
    return found if isinstance(found, dict) else {}
