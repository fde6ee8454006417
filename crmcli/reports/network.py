"""The whole graph of relationships: who is central, who belongs together, and its figures."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import WORKS_FOR, Centrality
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.graph import whole
from crmcli.graph.answers import MOST_WALKED, SEED, Division, Part, Say, Whole, has_extra
from crmcli.graph.look import LASTING, Look
from crmcli.query.comparison import Moment
from crmcli.reports import looking
from crmcli.reports.looking import Person

_EMPTY = "no relationships yet; crm relation add FROM TYPE TO makes one"

#: From so many ties on the extra is worth what it costs to load.
_MANY = 20_000
#: CPU seconds for a million ties, by networkx and with the extra (see docs/performance.md).
_COSTS = {
    "communities": (900, 11),
    "components": (21, 2),
    "degree": (20, 3),
    "pagerank": (140, 4),
    "bridge": (24, 8),
}
_ORDER = ("industry", "city", "employer")


def _silent(_: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Scope:
    """Which graph: ties alike or by their strength, customers alone or with us in it, now or at the end of a day."""

    weighted: bool = False
    owners: bool = False
    as_of: str | None = None


_USUAL = Scope()


_CENTRAL = (
    Column("rank", "integer"),
    Column("id", "id"),
    Column("name", under=("no_contact",)),
    Column("kind"),
    Column("value", "number"),
    Column("neighbours", "integer"),
    Column("no_contact", heading="No contact", is_hidden=True),
)
_MEANING = {
    (Centrality.DEGREE, False): "degree: neighbours ÷ all others",
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


_SAMPLE = ("sampled", "sampled_of", "seed", "margin")


def central(
    db: Reader, by: Centrality, scope: Scope = _USUAL, *, moment: Moment, limit: int | None = None, say: Say = _silent
) -> Report:
    """The nodes by how central they are; bridges alone where that is asked. Raises InvalidInput."""
    look = looking.look(db, moment, scope.as_of)
    graph = _load(db, look, scope, say)
    ranking = graph.central(by, limit)
    who = looking.people(db, [each.node for each in ranking.first])
    rows = [
        (
            rank,
            looking.number(each.node),
            who[each.node].name,
            who[each.node].kind,
            round(each.value, 9),
            each.neighbours,
            who[each.node].barred,
        )
        for rank, each in enumerate(ranking.first, 1)
    ]
    notes = [_MEANING[by, scope.weighted]]
    parameters = {"by": by.value, **_parameters(scope, look), **dict.fromkeys(_SAMPLE)}
    if ranking.sample is not None:
        of = ranking.sample
        parameters |= dict(zip(_SAMPLE, (of.size, of.of, SEED, of.margin), strict=True))
        notes.append(_sampled(of.size, of.of, of.margin))
        if not scope.weighted and graph.nodes * graph.edges <= MOST_WALKED and not has_extra():
            notes.append("pip install 'crmcli[graph]' counts all of them")
    summary = {"nodes": graph.nodes, "edges": graph.edges}
    empty = "nobody is a bridge" if graph.nodes and by is Centrality.BRIDGE else _EMPTY
    table = Table(_CENTRAL, rows, total=ranking.total, empty=empty)
    return Report("graph_central", parameters, summary, table, (*notes, *looking.past(scope.as_of, look)))


def _sampled(some: int, of: str, margin: float) -> str:
    return f"estimated from {some:,} {of}, seed {SEED}: each may be off by {margin:.2g}, 3 standard errors"


def estimate(found: Report) -> str | None:
    """What of the figures is no more than an estimate."""
    match found.parameters:
        case {"sampled": int(some), "sampled_of": str(of), "margin": float(margin)}:
            return _sampled(some, of, margin)
        case {"sampled": str()}:
            return _AT_LEAST
    return None


def _parameters(scope: Scope, look: Look) -> dict[str, object]:
    return {"weighted": scope.weighted, "owners": scope.owners, "as_of": look.day}


def _load(db: Reader, look: Look, scope: Scope, say: Say) -> Whole:
    """The graph, by the extra where it is worth it and there."""
    is_weighted, has_us = scope.weighted, scope.owners
    if _size(db, scope) < _MANY:
        return whole.load(db, look, is_weighted=is_weighted, has_us=has_us)
    if not has_extra():
        return whole.load(db, look, is_weighted=is_weighted, has_us=has_us, say=say)
    from crmcli.graph import fast

    return fast.load(db, look, is_weighted=is_weighted, has_us=has_us, say=say)


def _size(db: Reader, scope: Scope) -> int:
    """About how many ties there are."""
    ties = int(db.value("select count(*) from relationship"))
    met = int(db.value("select count(distinct customer_id) from interaction_party")) if scope.owners else 0
    return ties + met


def advice(db: Reader, question: str, scope: Scope) -> str | None:
    """What the extra would save, where it is not there and would save more than a second."""
    ties = _size(db, scope)
    slow, quick = (seconds * ties / 1_000_000 for seconds in _COSTS.get(question, (0, 0)))
    if ties < _MANY or slow - quick < 1 or has_extra():
        return None
    return (
        f"{counted(ties, 'tie')} take about {slow:,.0f} s; pip install 'crmcli[graph]' makes it {max(1, quick):,.0f} s"
    )


_COMMUNITIES = (
    Column("community", "integer"),
    Column("name"),
    Column("named_by", heading="Named by"),
    Column("size", "integer"),
    Column("inside", "integer", "Pairs inside"),
    Column("centre.id", "id", is_hidden=True),
    Column("centre", heading="Most ties", under=("centre.no_contact",)),
    Column("centre.no_contact", heading="No contact", is_hidden=True),
)
_MEMBERS = (
    Column("community", "integer"),
    Column("id", "id"),
    Column("name", under=("no_contact",)),
    Column("kind"),
    Column("no_contact", heading="No contact", is_hidden=True),
)
_TRAITS = f"""
    select id, 'industry', industry from customer where industry is not null
    union all select id, 'city', city from customer where city is not null
    union all
    select r.from_id, 'employer', o.name from relationship r
    join customer o on o.id = r.to_id and o.removed_at is null where r.type_id = {WORKS_FOR} and {LASTING}
"""


def communities(
    db: Reader,
    scope: Scope = _USUAL,
    *,
    moment: Moment,
    members: bool = False,
    limit: int | None = None,
    say: Say = _silent,
) -> Report:
    """Who belongs together, the largest first; with `members` a row for each node. Raises InvalidInput."""
    look = looking.look(db, moment, scope.as_of)
    graph = _load(db, look, scope, say)
    found, modularity, method = graph.communities()
    summary = {"communities": len(found.parts), "modularity": round(modularity, 6), "nodes": graph.nodes}
    if members:
        table = _members(db, found, limit)
    else:
        say("naming them…")
        names = _names(db, found, look.day)
        shown = found.parts[:limit]
        who = looking.people(db, [part.centre for part in shown])
        rows = []
        for place, part in enumerate(shown):
            name, named_by = names.get(place) or (who[part.centre].name, "most ties")
            rows.append((place + 1, name, named_by, part.size, part.inside, *_most_tied(part, who)))
        table = Table(_COMMUNITIES, rows, total=len(found.parts), empty=_EMPTY)
    parameters = {**_parameters(scope, look), "seed": SEED}
    note = f"{len(found.parts):,} communities, modularity {modularity:.4f} ({method}, seed {SEED})"
    notes = ((note,) if found.parts else ()) + looking.past(scope.as_of, look)
    return Report("graph_communities", parameters, summary, table, notes)


def _most_tied(part: Part, who: Mapping[int, Person]) -> tuple[int | None, str, str | None]:
    best = who[part.centre]
    return looking.number(part.centre), best.name, best.barred


def _members(db: Reader, found: Division, limit: int | None) -> Table:
    ordered = sorted(found.of, key=lambda node: (found.of[node], node))[:limit]
    who = looking.people(db, ordered)
    rows = [
        (found.of[node] + 1, looking.number(node), who[node].name, who[node].kind, who[node].barred) for node in ordered
    ]
    return Table(_MEMBERS, rows, total=len(found.of), groups="community", empty=_EMPTY)


def _names(db: Reader, found: Division, day: str) -> dict[int, tuple[str, str]]:
    """What at least two of a community have in common most often: an industry before a city before an employer."""
    counts: dict[int, Counter[tuple[str, str]]] = defaultdict(Counter)
    for node, kind, value in db.rows(_TRAITS, day=day):
        place = found.of.get(node)
        if place is not None:
            counts[place][kind, value] += 1
    names = {}
    for place, each in counts.items():
        kind, value = min(each, key=lambda trait: (-each[trait], _ORDER.index(trait[0]), trait[1]))
        if each[kind, value] > 1:
            names[place] = (value, kind)
    return names


_COMPONENTS = (
    Column("component", "integer"),
    Column("size", "integer"),
    Column("edges", "integer", "Pairs"),
    Column("share", "rate"),
    Column("centre.id", "id", is_hidden=True),
    Column("centre", heading="Most ties", under=("centre.no_contact",)),
    Column("centre.no_contact", heading="No contact", is_hidden=True),
)


def components(
    db: Reader, scope: Scope = _USUAL, *, moment: Moment, limit: int | None = None, say: Say = _silent
) -> Report:
    """The parts of the graph between which there is no tie, the largest first. Raises InvalidInput."""
    look = looking.look(db, moment, scope.as_of)
    graph = _load(db, look, scope, say)
    found = graph.components()
    shown = found.parts[:limit]
    who = looking.people(db, [part.centre for part in shown])
    rows = [
        (place, part.size, part.inside, part.size / graph.nodes, *_most_tied(part, who))
        for place, part in enumerate(shown, 1)
    ]
    alone = _alone(db, found.of)
    notes = ((f"{counted(alone, 'customer')} without a tie",) if alone else ()) + looking.past(scope.as_of, look)
    summary = {"components": len(found.parts), "nodes": graph.nodes, "alone": alone}
    table = Table(_COMPONENTS, rows, total=len(found.parts), empty=_EMPTY)
    parameters = {"owners": scope.owners, "as_of": look.day}
    return Report("graph_components", parameters, summary, table, notes)


_AT_LEAST = "the diameter is at least so long: measured from two of them"
_STATS = (Column("figure"), Column("value", "number"))


def stats(db: Reader, scope: Scope = _USUAL, *, moment: Moment, say: Say = _silent) -> Report:
    """The figures of the graph of nodes that have a tie. Raises InvalidInput."""
    look = looking.look(db, moment, scope.as_of)
    graph = whole.load(db, look, is_weighted=False, has_us=scope.owners, say=say).graph
    found, is_exact = whole.stats(graph)
    alone = _alone(db, graph)
    notes = (f"{counted(alone, 'customer')} without a tie left out",) if alone else ()
    if not is_exact:
        notes = (*notes, _AT_LEAST)
    rows = [(name.replace("_", " "), value) for name, value in found.items()]
    parameters = {"owners": scope.owners, "as_of": look.day, "sampled": None if is_exact else "diameter"}
    return Report("graph_stats", parameters, found, Table(_STATS, rows), (*notes, *looking.past(scope.as_of, look)))


def _alone(db: Reader, tied: Iterable[int]) -> int:
    """How many customers are not among the nodes."""
    return int(db.value("select count(*) from customer where removed_at is null")) - sum(node > 0 for node in tied)
