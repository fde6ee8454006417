"""Betweenness: who stands on the shortest paths between others. Of a large graph an estimate, and how far it may be off."""

import heapq
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import sqrt
from random import Random

from crmcli.graph.answers import SEED, Sample, Say
from crmcli.graph.pairs import between

#: So many steps are walked in all, some seconds of CPU: each walk from a node goes over all edges.
_MOST_WALKED = 10_000_000
_LEAST_NODES, _LEAST_PAIRS = 20, 100
_LONGER = 2  # what a step costs more where ties have lengths
_ERRORS = 3

Walk = tuple[list[int], list[float], list[float]]


@dataclass(frozen=True, slots=True)
class Ties:
    """For each node, by its place, the places that it is tied to and, unless each is one long, how long these ties are."""

    around: Sequence[Sequence[int]]
    lengths: Sequence[Sequence[float]] | None = None

    @property
    def affordable(self) -> int:
        """From how many nodes one can walk."""
        steps = sum(map(len, self.around)) // 2 * (_LONGER if self.lengths else 1)
        return max(_LEAST_NODES, _MOST_WALKED // max(1, steps))


@dataclass(frozen=True, slots=True)
class Between:
    """The values by place, 1 for being on all paths; of a large graph estimates from a sample."""

    values: Sequence[float]
    sample: Sample | None = None


def betweenness(ties: Ties, say: Say) -> Between:
    """Freeman's (1977), by Brandes (2001), "A faster algorithm for betweenness centrality".

    Where that would take too long it is estimated from a sample, which is always the same one.
    """
    size, some = len(ties.around), ties.affordable
    if some >= size:
        say(f"walking from each of {size:,} nodes…")
        sums, _ = _sums(ties, range(size))
        return Between([each / max(1, (size - 1) * (size - 2)) for each in sums])
    return _of_pairs(ties.around, say) if ties.lengths is None else _of_nodes(ties, some, say)


def _of_pairs(around: Sequence[Sequence[int]], say: Say) -> Between:
    """By a shortest path for each of some pairs, drawn by chance.

    Riondato & Kornaropoulos (2016), "Fast approximation of betweenness centrality through sampling"; by two searches
    that meet as in Borassi & Natale (2016), "KADABRA is an ADaptive Algorithm for Betweenness via Random Approximation".
    """
    say("walking between pairs of nodes…")
    luck, size, pairs, steps = Random(SEED), len(around), 0, 0  # noqa: S311 (no secret)
    counts = [0] * size
    while steps < _MOST_WALKED or pairs < _LEAST_PAIRS:
        one, other = luck.sample(range(size), 2)
        inner, walked = between(around, one, other, luck)
        pairs, steps = pairs + 1, steps + walked + len(inner)
        for node in inner:
            counts[node] += 1
    scale = size / (size - 2) / pairs
    most = max(1, *counts)
    error = sqrt(most * (1 - most / pairs)) * scale
    return Between([count * scale for count in counts], Sample(pairs, "pairs", _ERRORS * error))


def _of_nodes(ties: Ties, some: int, say: Say) -> Between:
    """By the paths from some nodes to all others, which count the more for a node the further on it lies.

    Geisberger, Sanders & Schultes (2008), "Better approximation of betweenness centrality".
    """
    size = len(ties.around)
    say(f"walking from {some:,} of {size:,} nodes…")
    sums, squares = _sums(ties, Random(SEED).sample(range(size), some))  # noqa: S311 (no secret)
    spread = max(square - total * total / some for square, total in zip(squares, sums, strict=True)) / (some - 1)
    scale = size / some / ((size - 1) * (size - 2))
    error = sqrt(some * (1 - some / size) * max(0.0, spread)) * scale
    return Between([each * scale for each in sums], Sample(some, "nodes", _ERRORS * error))


def _sums(ties: Ties, starts: Iterable[int]) -> tuple[list[float], list[float]]:
    """The shares of each node in the paths from `starts`, summed, and their squares."""
    sums, squares = [0.0] * len(ties.around), [0.0] * len(ties.around)
    for start in starts:
        for node, share in _shares(ties, start):
            sums[node] += share
            squares[node] += share * share
    return sums, squares


def _shares(ties: Ties, start: int) -> Iterator[tuple[int, float]]:
    """Each node between `start` and others, with its share of the paths to them."""
    order, far, paths = _near(ties.around, start) if ties.lengths is None else _far(ties.around, ties.lengths, start)
    behind = [0.0] * len(far)  # for one of the paths to a node: what it and those behind it count
    for node in reversed(order[1:]):
        at, around = far[node], ties.around[node]
        if ties.lengths is None:
            rest = sum([behind[other] for other in around if far[other] > at])
        else:
            pairs = zip(around, ties.lengths[node], strict=True)
            rest = sum([behind[other] for other, length in pairs if far[other] == at + length])
        behind[node] = 1 / at / paths[node] + rest
        if rest:
            yield node, 2 * at * paths[node] * rest


def _near(around: Sequence[Sequence[int]], start: int) -> Walk:
    """Who is within reach, the nearest first; how far each node is, -1 for never; and by how many shortest paths."""
    far, paths, order = [-1.0] * len(around), [0.0] * len(around), [start]
    far[start], paths[start] = 0.0, 1.0
    for node in order:
        there, count = far[node] + 1, paths[node]
        for other in around[node]:
            if far[other] < 0:
                far[other], paths[other] = there, count
                order.append(other)
            elif far[other] == there:
                paths[other] += count
    return order, far, paths


def _far(around: Sequence[Sequence[int]], lengths: Sequence[Sequence[float]], start: int) -> Walk:
    """What `_near` gives, where ties have lengths: Dijkstra (1959)."""
    far, paths, order = [-1.0] * len(around), [0.0] * len(around), list[int]()
    best, waiting = {start: 0.0}, [(0.0, start)]
    paths[start] = 1.0
    while waiting:
        at, node = heapq.heappop(waiting)
        if far[node] >= 0:
            continue
        far[node] = at
        order.append(node)
        for other, length in zip(around[node], lengths[node], strict=True):
            there = at + length
            if other not in best or there < best[other]:
                best[other], paths[other] = there, paths[node]
                heapq.heappush(waiting, (there, other))
            elif there == best[other]:
                paths[other] += paths[node]
    return order, far, paths
