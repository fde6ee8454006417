"""The graph of relationships, whole or around somebody, for other programs."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from crmcli.core.picture import Link, Network, Vertex
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.graph.contacts import beside, reading, strengths
from crmcli.graph.look import LASTING, Look
from crmcli.graph.neighbourhood import Choice, neighbourhood
from crmcli.query.comparison import Moment
from crmcli.query.contact import barred
from crmcli.reports import looking

_DEEPEST = 6

_TIES = f"""
    select r.id, r.from_id, r.to_id, t.name, t.inverse, t.is_symmetric, max(t.weight, coalesce(r.strength, 0)), r.since,
        r.strength, r.uid
    from relationship r join relation_type t on t.id = r.type_id
    join customer f on f.id = r.from_id and f.removed_at is null
    join customer g on g.id = r.to_id and g.removed_at is null
    where {LASTING} and (:these is null or r.id in (select value from json_each(:these))) order by r.id
"""
_PEOPLE = f"""
    select c.id, c.name, c.kind, c.city, c.industry, {barred("c")}, c.uid from json_each(:ids) f
    join customer c on c.id = f.value order by c.id
"""


@dataclass(frozen=True, slots=True)
class Drawn:
    """What is drawn: all, or what is within `depth` hops of `ref`; with us or without; on which day."""

    ref: str | None = None
    depth: int = 2
    owners: bool = False
    as_of: str | None = None


def network(db: Reader, drawn: Drawn, *, moment: Moment) -> Network:
    """The nodes that have a tie, and their ties; those that are no relationships are numbered from -1 down.

    Raises InvalidInput for a depth outside 1..6, NotFound and Ambiguous.
    """
    if not 1 <= drawn.depth <= _DEEPEST:
        raise InvalidInput(f"depth {drawn.depth} is outside 1 to {_DEEPEST}", hint="--depth 2 is usual")
    look = looking.look(db, moment, drawn.as_of)
    if drawn.ref is None:
        edges = _related(db, look, None)
        if drawn.owners:
            edges += _others(db, look, edges)
        return _network(db, edges, ())
    centre = looking.node(db, drawn.ref, moment)
    found = neighbourhood(db, centre, look, depth=drawn.depth, choice=Choice(has_us=drawn.owners or centre < 1))
    edges = _related(db, look, [tie.relationship for tie in found.ties if tie.relationship is not None])
    others = [(tie.near, tie.far, tie.strength) for tie in found.ties if tie.relationship is None]
    return _network(db, edges + _numbered(others), found.distances)


def _network(db: Reader, edges: Sequence[Link], nodes: Iterable[int]) -> Network:
    numbers = {*nodes, *(end for edge in edges for end in (edge.source, edge.target))}
    us = [Vertex(number, each.name, each.kind) for number, each in looking.people(db, numbers).items() if number < 1]
    people = (Vertex(*row) for row in db.rows(_PEOPLE, ids=json.dumps(sorted(numbers))))
    return Network((*sorted(us, key=lambda node: node.id), *people), tuple(edges))


def _related(db: Reader, look: Look, these: Sequence[int] | None) -> list[Link]:
    """The relationships, all or `these`, each as strong as it is."""
    ties = list(db.rows(_TIES, day=look.day, these=None if these is None else json.dumps(these)))
    warm = strengths(db, {tie[1] for tie in ties}, look, within={tie[2] for tie in ties})
    return [
        Link(
            number,
            one,
            other,
            name,
            inverse,
            bool(both),
            max(float(least), warm.get((one, other), 0.0)),
            since,
            said,
            uid,
        )
        for number, one, other, name, inverse, both, least, since, said, uid in ties
    ]


def _others(db: Reader, look: Look, related: Iterable[Link]) -> list[Link]:
    """The ties of all that are beside relationships, where there is no relationship."""
    known = {frozenset((edge.source, edge.target)) for edge in related}
    pairs = {(one, other): said for one, other, said in beside(db, look) if frozenset((one, other)) not in known}
    warm = strengths(db, {high for _, high in pairs if high > 0}, look, within={low for low, _ in pairs})
    return _numbered((low, high, max(said, warm.get((high, low), 0.0))) for (low, high), said in pairs.items())


def _numbered(found: Iterable[tuple[int, int, float]]) -> list[Link]:
    """Ties between two, the lesser first, with a number of their own."""
    ordered = sorted((min(one, other), max(one, other), strength) for one, other, strength in found)
    return [
        Link(-place, low, high, reading(low, high), reading(low, high), is_symmetric=True, strength=strength)
        for place, (low, high, strength) in enumerate(ordered, 1)
    ]
