"""Questions about the whole graph of relationships, by networkx. A random choice is always the same one."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace

import networkx as nx

from crmcli.core.strength import STRONGEST
from crmcli.core.vocabulary import Centrality
from crmcli.db.reader import Reader
from crmcli.graph.answers import DAMPING, MOST_STEPS, NEAR_ENOUGH, SEED, Division, Part, Ranked, Ranking, Say
from crmcli.graph.betweenness import Ties, betweenness
from crmcli.graph.contacts import beside, warmths
from crmcli.graph.look import LASTING, Look

Graph = nx.Graph

_MOST_MEASURED = 5_000

_TIES = f"""
    select min(r.from_id, r.to_id), max(r.from_id, r.to_id), count(*), max(max(t.weight, coalesce(r.strength, 0)))
    from relationship r join relation_type t on t.id = r.type_id
    join customer f on f.id = r.from_id and f.removed_at is null
    join customer g on g.id = r.to_id and g.removed_at is null
    where {LASTING} group by 1, 2 order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Plain:
    """The graph by networkx, which is always there."""

    graph: "Graph[int]"
    is_weighted: bool
    say: Say

    @property
    def nodes(self) -> int:
        return int(self.graph.number_of_nodes())

    @property
    def edges(self) -> int:
        return int(self.graph.number_of_edges())

    def central(self, by: Centrality, limit: int | None) -> Ranking:
        match by:
            case Centrality.DEGREE if self.is_weighted:
                return self._ranked({node: float(total) for node, total in self.graph.degree(weight="strength")}, limit)
            case Centrality.DEGREE:
                return self._ranked(nx.degree_centrality(self.graph), limit)
            case Centrality.BETWEENNESS:
                return self._betweenness(limit)
            case Centrality.PAGERANK:
                return self._ranked(pagerank(self.graph, is_weighted=self.is_weighted), limit)
            case Centrality.BRIDGE:
                found = nx.biconnected_components(self.graph)
                parts: Counter[int] = Counter(node for part in found for node in part)  # type: ignore[misc]  # the stubs say lists of sets
                return self._ranked({node: float(count) for node, count in parts.items() if count > 1}, limit)

    def communities(self) -> tuple[Division, float, str]:
        """Louvain's (Blondel et al. 2008)."""
        if not self.graph:
            return Division([], {}), 0.0, "Louvain"
        self.say("looking for communities…")
        weight = "strength" if self.is_weighted else None
        found = nx.community.louvain_communities(self.graph, weight=weight, seed=SEED)
        modularity = float(nx.community.modularity(self.graph, found, weight=weight))
        return self._division(found), modularity, "Louvain"

    def components(self) -> Division:
        return self._division(nx.connected_components(self.graph))

    def _betweenness(self, limit: int | None) -> Ranking:
        nodes = sorted(self.graph)
        place = {node: at for at, node in enumerate(nodes)}
        around = [sorted(self.graph.adj[node].items()) for node in nodes]
        lengths = [[edge["distance"] for _, edge in each] for each in around] if self.is_weighted else None
        found = betweenness(Ties([[place[other] for other, _ in each] for each in around], lengths), self.say)
        ranking = self._ranked(dict(zip(nodes, found.values, strict=True)), limit)
        return replace(ranking, sample=found.sample)

    def _ranked(self, values: Mapping[int, float], limit: int | None) -> Ranking:
        ordered = sorted(values.items(), key=lambda each: (-round(each[1], 12), each[0]))[:limit]
        first = [Ranked(node, value, int(self.graph.degree[node])) for node, value in ordered]
        return Ranking(first, len(values))

    def _division(self, found: Iterable[Iterable[int]]) -> Division:
        ordered = sorted((sorted(each) for each in found), key=lambda each: (-len(each), each[0]))
        of = {node: place for place, each in enumerate(ordered) for node in each}
        inside = Counter(of[one] for one, other in self.graph.edges() if of[one] == of[other])
        degree = self.graph.degree
        centres = (min(each, key=lambda node: (-degree[node], node)) for each in ordered)
        parts = [
            Part(len(each), inside[place], best)
            for place, (each, best) in enumerate(zip(ordered, centres, strict=True))
        ]
        return Division(parts, of)


def load(db: Reader, look: Look, *, is_weighted: bool, has_us: bool = False, say: Say = lambda _: None) -> Plain:
    """The nodes that have a tie, a pair of them one edge with its `ties` and, if asked, its `strength`.

    Nodes are customers and ties relationships; where it `has_us`, we and what is `beside` relationships too. Ties
    without any strength are left out of a weighted graph.
    """
    say("reading the relationships…")
    graph: Graph[int] = nx.Graph()
    rows = {(int(one), int(other)): (int(ties), float(said)) for one, other, ties, said in db.rows(_TIES, day=look.day)}
    for one, other, said in beside(db, look) if has_us else ():
        ties, most = rows.get((one, other), (0, 0.0))
        rows[one, other] = (ties + 1, max(most, said))
    warm = warmths(db, {row[1] for row in rows}, look, within={row[0] for row in rows}) if is_weighted else {}
    for (one, other), (ties, said) in sorted(rows.items()):
        met = warm.get((other, one))
        strength = max(said, met.strength if met else 0.0)
        if strength > 0 or not is_weighted:
            graph.add_edge(one, other, ties=ties, strength=strength, distance=STRONGEST / (strength or STRONGEST))
    return Plain(graph, is_weighted, say)


def pagerank(graph: "Graph[int]", *, is_weighted: bool) -> dict[int, float]:
    """Page, Brin, Motwani & Winograd (1999), damping .85, by repeated steps; networkx's own needs scipy."""
    size = graph.number_of_nodes()
    weight = "strength" if is_weighted else None
    total = dict(graph.degree(weight=weight))
    around = {
        node: [
            (other, (edge["strength"] if is_weighted else 1) / total[other]) for other, edge in graph.adj[node].items()
        ]
        for node in graph
    }
    ranks = dict.fromkeys(graph, 1 / size) if size else {}
    for _ in range(MOST_STEPS):
        last = ranks
        ranks = {
            node: (1 - DAMPING) / size + DAMPING * sum(last[other] * share for other, share in ties)
            for node, ties in around.items()
        }
        if sum(abs(ranks[node] - last[node]) for node in ranks) < size * NEAR_ENOUGH:
            break
    return ranks


def stats(graph: "Graph[int]") -> tuple[dict[str, float | int | None], bool]:
    """The figures of the graph, and whether the diameter is exact, or only at least so long."""
    parts = sorted(nx.connected_components(graph), key=lambda each: (-len(each), min(each)))
    largest = graph.subgraph(parts[0]) if parts else graph
    is_exact = largest.number_of_nodes() <= _MOST_MEASURED
    triangles = nx.triangles(graph)
    count = sum(triangles.values()) // 3 if isinstance(triangles, dict) else 0
    return {
        "nodes": graph.number_of_nodes(),
        "edges": graph.number_of_edges(),
        "ties": sum(int(edge["ties"]) for _, _, edge in graph.edges(data=True)),
        "density": _short(nx.density(graph)),
        "clustering": _short(nx.average_clustering(graph) if graph else 0.0),
        "transitivity": _short(nx.transitivity(graph)),
        "triangles": count,
        "components": len(parts),
        "largest_component": len(parts[0]) if parts else 0,
        "diameter": _diameter(largest, is_exact=is_exact) if parts else None,
    }, is_exact


def _short(share: float) -> float:
    """A share to six digits, however small it is."""
    return float(f"{share:.6g}")


def _diameter(graph: "Graph[int]", *, is_exact: bool) -> int:
    """The longest of the shortest paths; where not exact, the longest from the far end of one."""
    if is_exact:
        return int(nx.diameter(graph, usebounds=True))
    start = min(graph)
    for _ in range(2):
        lengths = nx.single_source_shortest_path_length(graph, start)
        start = max(lengths, key=lambda node: (lengths[node], -node))
    return int(max(lengths.values()))
