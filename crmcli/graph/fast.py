"""Questions about the whole graph on arrays, by the extra `graph`: numpy, rustworkx and networkit.

The figures are those of `whole`, but for communities, which are Leiden's. A random choice is always the same one.
"""

from collections import defaultdict
from dataclasses import dataclass
from itertools import chain

import numpy as np
import rustworkx
from numpy.typing import NDArray

from crmcli.core.vocabulary import Centrality
from crmcli.db.reader import Reader
from crmcli.graph import whole
from crmcli.graph.answers import (
    DAMPING,
    MOST_STEPS,
    MOST_WALKED,
    NEAR_ENOUGH,
    SEED,
    Division,
    Part,
    Ranked,
    Ranking,
    Say,
)
from crmcli.graph.contacts import beside, warmths
from crmcli.graph.look import LASTING, Look

Numbers = NDArray[np.int64]
Values = NDArray[np.float64]

#: Two numbers of customers in the bits of one.
_HALF = 31

_TIES = f"select r.from_id, r.to_id from relationship r where {LASTING}"
_STRONG = f"""
    select r.from_id, r.to_id, max(t.weight, coalesce(r.strength, 0))
    from relationship r join relation_type t on t.id = r.type_id where {LASTING}
"""


@dataclass(frozen=True, slots=True)
class Fast:
    """`ids` are the nodes, by number; edge n ties the nodes at the places `one[n]` and `other[n]` of them."""

    db: Reader
    look: Look
    ids: Numbers
    one: Numbers
    other: Numbers
    strength: Values | None
    has_us: bool
    say: Say

    @property
    def nodes(self) -> int:
        return len(self.ids)

    @property
    def edges(self) -> int:
        return len(self.one)

    @property
    def degree(self) -> Numbers:
        ends: Numbers = np.bincount(np.concatenate((self.one, self.other)), minlength=self.nodes)
        return ends

    def central(self, by: Centrality, limit: int | None) -> Ranking:
        match by:
            case Centrality.DEGREE if self.strength is not None:
                return self._ranked(_sums(self, self.strength), limit)
            case Centrality.DEGREE:
                return self._ranked(self.degree / max(1, self.nodes - 1), limit)
            case Centrality.PAGERANK:
                return self._ranked(self._pagerank(), limit)
            case Centrality.BRIDGE:
                return self._ranked(self._bridges(), limit, least=2)
            case Centrality.BETWEENNESS if self.strength is None and self.nodes * self.edges <= MOST_WALKED:
                self.say(f"walking from each of {self.nodes:,} nodes…")
                found = rustworkx.graph_betweenness_centrality(self._rustworkx())
                return self._ranked(np.fromiter(found.values(), np.float64, self.nodes), limit)
            case Centrality.BETWEENNESS:
                asked = {"is_weighted": self.strength is not None, "has_us": self.has_us}
                return whole.load(self.db, self.look, **asked, say=self.say).central(by, limit)

    def communities(self) -> tuple[Division, float, str]:
        import networkit

        self.say("looking for communities…")
        networkit.setNumberOfThreads(1)  # more would make another choice each time
        networkit.setSeed(SEED, False)
        weights = np.ones(self.edges) if self.strength is None else self.strength
        ends = (self.one.astype(np.uint64), self.other.astype(np.uint64))
        graph = networkit.GraphFromCoo((weights, ends), n=self.nodes, weighted=True, directed=False)
        leiden = networkit.community.ParallelLeiden(graph, randomize=False)
        leiden.run()
        labels = np.array(leiden.getPartition().getVector(), dtype=np.int64)
        return self._division(labels), self._modularity(labels, weights), "Leiden"

    def components(self) -> Division:
        """By the least number within reach, handed on from tie to tie."""
        least = np.arange(self.nodes)
        while True:
            ends = least[self.one], least[self.other]
            lower, found = np.minimum(*ends), least.copy()
            for each in ends:
                np.minimum.at(found, each, lower)
            while not np.array_equal(found, found[found]):
                found = found[found]
            if np.array_equal(found, least):
                return self._division(least)
            least = found

    def _ranked(self, values: Values, limit: int | None, *, least: float = 0) -> Ranking:
        some = np.flatnonzero(values >= least)
        order = some[np.lexsort((some, -np.round(values[some], 12)))][:limit]
        degree = self.degree
        first = [Ranked(int(self.ids[at]), float(values[at]), int(degree[at])) for at in order]
        return Ranking(first, len(some))

    def _pagerank(self) -> Values:
        """As `whole.pagerank`, the ties sorted by where they lead to."""
        if not self.nodes:
            return np.zeros(0)
        order = np.argsort(np.concatenate((self.other, self.one)), kind="stable")
        source = np.concatenate((self.one, self.other))[order]
        weights = None if self.strength is None else np.concatenate((self.strength, self.strength))[order]
        total = self.degree.astype(np.float64) if self.strength is None else _sums(self, self.strength)
        starts = np.concatenate(([0], np.cumsum(self.degree)[:-1]))
        ranks = np.full(self.nodes, 1 / self.nodes)
        for _ in range(MOST_STEPS):
            given = (ranks / total)[source] if weights is None else (ranks / total)[source] * weights
            last, ranks = ranks, (1 - DAMPING) / self.nodes + DAMPING * np.add.reduceat(given, starts)
            if np.abs(ranks - last).sum() < self.nodes * NEAR_ENOUGH:
                break
        return ranks

    def _bridges(self) -> Values:
        """How many parts without a bridge each node is in."""
        parts: dict[int, set[int]] = defaultdict(set)
        for ends, part in rustworkx.biconnected_components(self._rustworkx()).items():
            for end in ends:
                parts[end].add(part)
        return np.array([len(parts[at]) for at in range(self.nodes)], dtype=np.float64)

    def _rustworkx(self) -> "rustworkx.PyGraph[None, None]":
        graph: rustworkx.PyGraph[None, None] = rustworkx.PyGraph(multigraph=False)
        graph.add_nodes_from([None] * self.nodes)
        graph.extend_from_edge_list(list(zip(self.one.tolist(), self.other.tolist(), strict=True)))
        return graph

    def _modularity(self, labels: Numbers, weights: Values) -> float:
        all_of_it = weights.sum()
        if not all_of_it:
            return 0.0
        ends = np.bincount(labels, _sums(self, weights))
        within = weights[labels[self.one] == labels[self.other]].sum()
        return float(within / all_of_it - ((ends / (2 * all_of_it)) ** 2).sum())

    def _division(self, labels: Numbers) -> Division:
        """The parts by their labels: the largest first, of equal ones that with the least number."""
        _, first, labels, sizes = np.unique(labels, return_index=True, return_inverse=True, return_counts=True)
        order = np.lexsort((first, -sizes))
        place = np.argsort(order)[labels]
        ends = place[self.one]
        inside = np.bincount(ends[ends == place[self.other]], minlength=len(order))
        best = np.lexsort((-self.degree, place))  # stable: of equal ones the least number
        centres = best[np.searchsorted(place[best], np.arange(len(order)))]
        rows = zip(sizes[order].tolist(), inside.tolist(), self.ids[centres].tolist(), strict=True)
        return Division([Part(*row) for row in rows], dict(zip(self.ids.tolist(), place.tolist(), strict=True)))


def load(db: Reader, look: Look, *, is_weighted: bool, has_us: bool = False, say: Say) -> Fast:
    """The nodes that have a tie, as `whole.load` has them; ties without any strength are left out of a weighted graph."""
    say("reading the relationships…")
    ends, said = _read(db, look, is_weighted=is_weighted)
    if has_us:
        ends, said = _with_us(db, look, ends, said)
    first = min(0, int(ends.min(initial=0)))  # we are below one: numbers are counted from the least on
    pairs, strength = _pairs(ends - first, said)
    low, high = pairs >> _HALF, pairs & (1 << _HALF) - 1
    if strength is not None:
        strength = _warmed(db, look, low + first, high + first, strength)
        low, high, strength = low[strength > 0], high[strength > 0], strength[strength > 0]
    is_tied = np.zeros(max(int(low.max()), int(high.max())) + 1 if len(low) else 0, dtype=bool)
    is_tied[low] = is_tied[high] = True
    place = np.cumsum(is_tied) - 1
    return Fast(db, look, np.flatnonzero(is_tied) + first, place[low], place[high], strength, has_us, say)


def _read(db: Reader, look: Look, *, is_weighted: bool) -> tuple[Numbers, Values | None]:
    """The ends of each relationship, and how strong it is by what is said of it where that is asked."""
    rows = db.rows(_STRONG if is_weighted else _TIES, day=look.day)
    table = np.fromiter(chain.from_iterable(rows), np.int64).reshape(-1, 3 if is_weighted else 2)
    gone = np.fromiter((row[0] for row in db.rows("select id from customer where removed_at is not null")), np.int64)
    stays = table[:, 0] != table[:, 1]
    if len(gone):
        stays &= ~np.isin(table[:, :2], gone).any(axis=1)
    table = table[stays]
    return table[:, :2], table[:, 2].astype(np.float64) if is_weighted else None


def _with_us(db: Reader, look: Look, ends: Numbers, said: Values | None) -> tuple[Numbers, Values | None]:
    """The ties and those beside relationships."""
    more = np.fromiter(chain.from_iterable(beside(db, look)), np.float64).reshape(-1, 3)
    both = np.concatenate((ends, more[:, :2].astype(np.int64)))
    return both, None if said is None else np.concatenate((said, more[:, 2]))


def _pairs(ends: Numbers, said: Values | None) -> tuple[Numbers, Values | None]:
    """Each tied pair once, as one number that sorts, and the greatest strength of each where that is said."""
    keys = ends.min(axis=1) << _HALF | ends.max(axis=1)
    order = None if said is None else np.argsort(keys, kind="stable")
    keys = np.sort(keys) if order is None else keys[order]  # np.unique takes ten times as long
    starts = np.flatnonzero(np.diff(keys, prepend=-1))
    if said is None or not len(starts):
        return keys[starts], said
    return keys[starts], np.maximum.reduceat(said[order], starts)


def _warmed(db: Reader, look: Look, low: Numbers, high: Numbers, said: Values) -> Values:
    """What was said of the ties, or what interactions give where that is more."""
    places = {pair: at for at, pair in enumerate(zip(high.tolist(), low.tolist(), strict=True))}
    for pair, warmth in warmths(db, set(high.tolist()), look, within=set(low.tolist())).items():
        at = places.get(pair)
        if at is not None:
            said[at] = max(said[at], warmth.strength)
    return said


def _sums(graph: Fast, weights: Values) -> Values:
    """The sum of the weights at each node."""
    sums: Values = (
        np.bincount(graph.one, weights, graph.nodes) + np.bincount(graph.other, weights, graph.nodes)
    ).astype(np.float64)
    return sums
