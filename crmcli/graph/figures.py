"""Figures of a graph of ties, such as stands on a screen."""

from collections.abc import Iterable
from dataclasses import dataclass


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
    around: dict[int, set[int]] = {node: set() for node in nodes}
    edges = list(ties)
    for one, other in edges:
        around[one].add(other)
        around[other].add(one)
    pairs = sum(map(len, around.values())) // 2
    possible = len(around) * (len(around) - 1) // 2
    best = min(around, key=lambda node: (-len(around[node]), node))
    corners = sum(len(around[one] & around[other]) for one in around for other in around[one])
    density = pairs / possible if possible else 0.0
    return Figures(len(around), len(edges), density, corners // 6, best, len(around[best]))
