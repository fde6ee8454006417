"""The whole graph of relationships: who is central, who belongs together, and its figures."""

import json
from collections import Counter, defaultdict
from collections.abc import Sequence

from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import WORKS_FOR, Centrality
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.graph import whole
from crmcli.graph.look import LASTING
from crmcli.query.comparison import Moment
from crmcli.reports import looking

_EMPTY = "no relationships yet; crm relation add FROM TYPE TO makes one"

_CENTRAL = (
    Column("rank", "integer"),
    Column("id", "id"),
    Column("name"),
    Column("kind"),
    Column("value", "number"),
    Column("neighbours", "integer"),
)
_MEANING = {
    (Centrality.DEGREE, False): "degree: tied customers ÷ all others",
    (Centrality.DEGREE, True): "degree: the sum of the strengths",
    (Centrality.BETWEENNESS, False): "betweenness: the share of shortest paths between others that lead through",
    (
        Centrality.BETWEENNESS,
        True,
    ): "betweenness: the share of shortest paths between others, a tie 100 ÷ strength long",
    (Centrality.PAGERANK, False): "pagerank: damping 0.85",
    (Centrality.PAGERANK, True): "pagerank: damping 0.85, ties by their strength",
    (Centrality.BRIDGE, False): "bridge: how many parts fall apart without them",
    (Centrality.BRIDGE, True): "bridge: how many parts fall apart without them, ties that have a strength",
}


def central(db: Reader, by: Centrality, *, moment: Moment, weighted: bool = False, limit: int | None = None) -> Report:
    """The customers by how central they are; bridges alone where that is asked."""
    graph = whole.load(db, looking.look(db, moment), is_weighted=weighted)
    ranking = whole.central(graph, by, is_weighted=weighted)
    ordered = sorted(ranking.values.items(), key=lambda each: (-round(each[1], 12), each[0]))
    who = looking.people(db, [node for node, _ in ordered[:limit]])
    rows = [
        (rank, node, who[node].marked, who[node].kind, round(value, 9), graph.degree[node])
        for rank, (node, value) in enumerate(ordered[:limit], 1)
    ]
    notes = [_MEANING[by, weighted]]
    if ranking.sampled is not None:
        notes.append(f"estimated from {ranking.sampled:,} of {graph.number_of_nodes():,} customers, seed {whole.SEED}")
    parameters = {"by": by.value, "weighted": weighted, "sampled": ranking.sampled}
    summary = {"nodes": graph.number_of_nodes(), "edges": graph.number_of_edges()}
    empty = "nobody is a bridge" if graph and by is Centrality.BRIDGE else _EMPTY
    table = Table(_CENTRAL, rows, total=len(ordered), empty=empty)
    return Report("graph_central", parameters, summary, table, tuple(notes))


_COMMUNITIES = (
    Column("community", "integer"),
    Column("name"),
    Column("named_by", heading="Named by"),
    Column("size", "integer"),
    Column("inside", "integer", "Pairs inside"),
    Column("centre.id", "id", is_hidden=True),
    Column("centre", heading="Most ties"),
)
_MEMBERS = (Column("community", "integer"), Column("id", "id"), Column("name"), Column("kind"))
_TRAITS = f"""
    select c.id, 'industry', c.industry from json_each(:ids) f join customer c on c.id = f.value where c.industry is not null
    union all
    select c.id, 'city', c.city from json_each(:ids) f join customer c on c.id = f.value where c.city is not null
    union all
    select r.from_id, 'employer', o.name from json_each(:ids) f join relationship r on r.from_id = f.value
    join customer o on o.id = r.to_id and o.removed_at is null where r.type_id = {WORKS_FOR} and {LASTING}
"""


def communities(
    db: Reader, *, moment: Moment, weighted: bool = False, members: bool = False, limit: int | None = None
) -> Report:
    """Who belongs together, by Louvain, the largest first; with `members` a row for each customer."""
    look = looking.look(db, moment)
    graph = whole.load(db, look, is_weighted=weighted)
    found, modularity = whole.communities(graph, is_weighted=weighted)
    who = looking.people(db, graph.nodes)
    summary = {"communities": len(found), "modularity": round(modularity, 6), "nodes": graph.number_of_nodes()}
    if members:
        every = [
            (place, node, who[node].marked, who[node].kind) for place, each in enumerate(found, 1) for node in each
        ]
        table = Table(_MEMBERS, every[:limit], total=len(every), groups="community", empty=_EMPTY)
    else:
        traits = _traits(db, list(graph.nodes), look.day)
        rows = []
        for place, each in enumerate(found, 1):
            best = whole.best_tied(graph, each)
            name, named_by = _name(each, traits) or (who[best].name, "most ties")
            rows.append((place, name, named_by, len(each), whole.inside(graph, each), best, who[best].marked))
        table = Table(_COMMUNITIES, rows[:limit], total=len(rows), empty=_EMPTY)
    parameters = {"weighted": weighted, "seed": whole.SEED}
    note = f"{len(found):,} communities, modularity {modularity:.4f} (Louvain, seed {whole.SEED})"
    return Report("graph_communities", parameters, summary, table, (note,) if found else ())


def _traits(db: Reader, nodes: Sequence[int], day: str) -> dict[int, list[tuple[str, str]]]:
    found: dict[int, list[tuple[str, str]]] = defaultdict(list)
    for node, kind, value in db.rows(_TRAITS, ids=json.dumps(nodes), day=day):
        found[int(node)].append((str(kind), str(value)))
    return found


def _name(nodes: Sequence[int], traits: dict[int, list[tuple[str, str]]]) -> tuple[str, str] | None:
    """What at least two of them have in common most often: an industry before a city before an employer."""
    counts = Counter(trait for node in nodes for trait in traits.get(node, ()))
    order = ("industry", "city", "employer")
    best = min(counts, key=lambda trait: (-counts[trait], order.index(trait[0]), trait[1]), default=None)
    return (best[1], best[0]) if best and counts[best] > 1 else None


_COMPONENTS = (
    Column("component", "integer"),
    Column("size", "integer"),
    Column("edges", "integer", "Pairs"),
    Column("share", "rate"),
    Column("centre.id", "id", is_hidden=True),
    Column("centre", heading="Most ties"),
)


def components(db: Reader, *, moment: Moment, limit: int | None = None) -> Report:
    """The parts of the graph between which there is no tie, the largest first."""
    graph = whole.load(db, looking.look(db, moment), is_weighted=False)
    found = whole.components(graph)
    total = graph.number_of_nodes()
    bests = [whole.best_tied(graph, each) for each in found[:limit]]
    who = looking.people(db, bests)
    rows = [
        (place, len(each), whole.inside(graph, each), len(each) / total, best, who[best].marked)
        for place, (each, best) in enumerate(zip(found, bests, strict=False), 1)
    ]
    alone = _alone(db, total)
    notes = (f"{counted(alone, 'customer')} without a relationship",) if alone else ()
    summary = {"components": len(found), "nodes": total, "alone": alone}
    table = Table(_COMPONENTS, rows, total=len(found), empty=_EMPTY)
    return Report("graph_components", {}, summary, table, notes)


_STATS = (Column("figure"), Column("value", "number"))


def stats(db: Reader, *, moment: Moment) -> Report:
    """The figures of the graph of customers that have a relationship."""
    graph = whole.load(db, looking.look(db, moment), is_weighted=False)
    found, is_exact = whole.stats(graph)
    alone = _alone(db, graph.number_of_nodes())
    notes = (f"{counted(alone, 'customer')} without a relationship left out",) if alone else ()
    if not is_exact:
        notes = (*notes, "the diameter is at least so long: measured from two customers")
    rows = [(name.replace("_", " "), value) for name, value in found.items()]
    return Report("graph_stats", {}, found, Table(_STATS, rows), notes)


def _alone(db: Reader, tied: int) -> int:
    return int(db.value("select count(*) from customer where removed_at is null")) - tied
