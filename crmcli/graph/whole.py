"""Questions about the whole graph of relationships, by networkx. A random choice is always the same one."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass

import networkx as nx

from crmcli.core.strength import STRONGEST
from crmcli.core.vocabulary import Centrality
from crmcli.db.reader import Reader
from crmcli.graph.contacts import warmths
from crmcli.graph.look import LASTING, Look

Graph = nx.Graph

SEED = 1
_DAMPING, _NEAR_ENOUGH, _MOST_STEPS = 0.85, 1e-12, 1000
#: Betweenness walks all edges once for each node: beyond so many steps only some nodes are walked from.
_MOST_WALKED = 20_000_000
_LEAST_SAMPLED = 10
_MOST_MEASURED = 5_000

_TIES = f"""
    select min(r.from_id, r.to_id), max(r.from_id, r.to_id), count(*), max(max(t.weight, coalesce(r.strength, 0)))
    from relationship r join relation_type t on t.id = r.type_id
    join customer f on f.id = r.from_id and f.removed_at is null
    join customer g on g.id = r.to_id and g.removed_at is null
    where {LASTING} group by 1, 2 order by 1, 2
"""


@dataclass(frozen=True, slots=True)
class Ranking:
    """A value for each node; `sampled` of how many nodes it was reckoned, None for all."""

    values: Mapping[int, float]
    sampled: int | None = None


def load(db: Reader, look: Look, *, is_weighted: bool) -> "Graph[int]":
    """The customers that have a relationship, a pair of them one edge with its `ties` and, if asked, its `strength`.

    Ties without any strength are left out of a weighted graph.
    """
    graph: Graph[int] = nx.Graph()
    rows = [tuple(map(int, row)) for row in db.rows(_TIES, day=look.day)]
    warm = warmths(db, {row[0] for row in rows}, look, within={row[1] for row in rows}) if is_weighted else {}
    for one, other, ties, said in rows:
        met = warm.get((one, other))
        strength = max(float(said), met.strength if met else 0.0)
        if strength > 0 or not is_weighted:
            graph.add_edge(one, other, ties=ties, strength=strength, distance=STRONGEST / (strength or STRONGEST))
    return graph


def central(graph: "Graph[int]", by: Centrality, *, is_weighted: bool) -> Ranking:
    """How central each node is; of bridges, how many parts each holds together."""
    match by:
        case Centrality.DEGREE if is_weighted:
            return Ranking({node: float(total) for node, total in graph.degree(weight="strength")})
        case Centrality.DEGREE:
            return Ranking(nx.degree_centrality(graph))
        case Centrality.BETWEENNESS:
            return _betweenness(graph, is_weighted=is_weighted)
        case Centrality.PAGERANK:
            return Ranking(pagerank(graph, is_weighted=is_weighted))
        case Centrality.BRIDGE:
            found = nx.biconnected_components(graph)
            parts: Counter[int] = Counter(node for part in found for node in part)  # type: ignore[misc]  # the stubs say lists of sets
            return Ranking({node: float(count) for node, count in parts.items() if count > 1})


def _betweenness(graph: "Graph[int]", *, is_weighted: bool) -> Ranking:
    weight = "distance" if is_weighted else None
    nodes, edges = graph.number_of_nodes(), max(1, graph.number_of_edges())
    sampled = max(_LEAST_SAMPLED, _MOST_WALKED // edges)
    if sampled >= nodes:
        return Ranking(nx.betweenness_centrality(graph, weight=weight))
    return Ranking(nx.betweenness_centrality(graph, k=sampled, weight=weight, seed=SEED), sampled)


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
    for _ in range(_MOST_STEPS):
        last = ranks
        ranks = {
            node: (1 - _DAMPING) / size + _DAMPING * sum(last[other] * share for other, share in ties)
            for node, ties in around.items()
        }
        if sum(abs(ranks[node] - last[node]) for node in ranks) < size * _NEAR_ENOUGH:
            break
    return ranks


def communities(graph: "Graph[int]", *, is_weighted: bool) -> tuple[list[list[int]], float]:
    """Louvain's communities (Blondel et al. 2008), the largest first, and their modularity."""
    if not graph:
        return [], 0.0
    weight = "strength" if is_weighted else None
    found = nx.community.louvain_communities(graph, weight=weight, seed=SEED)
    ordered = sorted((sorted(each) for each in found), key=lambda each: (-len(each), each[0]))
    return ordered, float(nx.community.modularity(graph, [set(each) for each in ordered], weight=weight))


def components(graph: "Graph[int]") -> list[list[int]]:
    """Who is tied to each other by any way, the largest first."""
    found = (sorted(each) for each in nx.connected_components(graph))
    return sorted(found, key=lambda each: (-len(each), each[0]))


def stats(graph: "Graph[int]") -> tuple[dict[str, float | int | None], bool]:
    """The figures of the graph, and whether the diameter is exact, or only at least so long."""
    parts = components(graph)
    largest = graph.subgraph(parts[0]) if parts else graph
    is_exact = largest.number_of_nodes() <= _MOST_MEASURED
    triangles = nx.triangles(graph)
    count = sum(triangles.values()) // 3 if isinstance(triangles, dict) else 0
    return {
        "nodes": graph.number_of_nodes(),
        "edges": graph.number_of_edges(),
        "ties": sum(int(edge["ties"]) for _, _, edge in graph.edges(data=True)),
        "density": nx.density(graph),
        "clustering": nx.average_clustering(graph) if graph else 0.0,
        "transitivity": nx.transitivity(graph),
        "triangles": count,
        "components": len(parts),
        "largest_component": len(parts[0]) if parts else 0,
        "diameter": _diameter(largest, is_exact=is_exact) if parts else None,
    }, is_exact


def _diameter(graph: "Graph[int]", *, is_exact: bool) -> int:
    """The longest of the shortest paths; where not exact, the longest from the far end of one."""
    if is_exact:
        return int(nx.diameter(graph, usebounds=True))
    start = min(graph)
    for _ in range(2):
        lengths = nx.single_source_shortest_path_length(graph, start)
        start = max(lengths, key=lambda node: (lengths[node], -node))
    return int(max(lengths.values()))


def inside(graph: "Graph[int]", nodes: Iterable[int]) -> int:
    """How many edges stay within `nodes`."""
    return int(graph.subgraph(nodes).number_of_edges())


def best_tied(graph: "Graph[int]", nodes: Sequence[int]) -> int:
    """The node with most neighbours, by least number."""
    key: Callable[[int], tuple[int, int]] = lambda node: (-graph.degree[node], node)  # noqa: E731
    return min(nodes, key=key)
