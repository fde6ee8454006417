"""The graph of relationships, whole or around a customer, for other programs."""

import json

from crmcli.core.result import Link, Network, Vertex
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.graph.contacts import warmths
from crmcli.graph.look import LASTING
from crmcli.graph.neighbourhood import neighbourhood
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.query.contact import barred
from crmcli.reports import looking

_DEEPEST = 6

_TIES = f"""
    select r.id, r.from_id, r.to_id, t.name, t.inverse, t.is_symmetric, max(t.weight, coalesce(r.strength, 0)), r.since
    from relationship r join relation_type t on t.id = r.type_id
    join customer f on f.id = r.from_id and f.removed_at is null
    join customer g on g.id = r.to_id and g.removed_at is null
    where {LASTING} and (:these is null or r.id in (select value from json_each(:these))) order by r.id
"""
_PEOPLE = f"""
    select c.id, c.name, c.kind, c.city, c.industry, {barred("c")} from json_each(:ids) f
    join customer c on c.id = f.value order by c.id
"""


def network(db: Reader, ref: str | None, *, depth: int, moment: Moment, as_of: str | None = None) -> Network:
    """Customers with a relationship and their ties, of all or within `depth` hops of `ref`.

    Raises InvalidInput for a depth outside 1..6, NotFound and Ambiguous.
    """
    if not 1 <= depth <= _DEEPEST:
        raise InvalidInput(f"depth {depth} is outside 1 to {_DEEPEST}", hint="--depth 2 is usual")
    look = looking.look(db, moment, as_of)
    these, nodes = None, set()
    if ref is not None:
        centre = reference.customer(db, ref, preferences=moment.preferences)
        found = neighbourhood(db, centre, look, depth=depth)
        these, nodes = json.dumps([tie.relationship for tie in found.ties]), set(found.distances)
    ties = list(db.rows(_TIES, day=look.day, these=these))
    nodes |= {end for tie in ties for end in tie[1:3]}
    warm = warmths(db, {tie[1] for tie in ties}, look, within={tie[2] for tie in ties})
    edges = []
    for number, one, other, name, inverse, is_symmetric, said, since in ties:
        met = warm.get((one, other))
        strength = max(float(said), met.strength if met else 0.0)
        edges.append(Link(number, one, other, name, inverse, bool(is_symmetric), strength, since))
    people = tuple(Vertex(*row) for row in db.rows(_PEOPLE, ids=json.dumps(sorted(nodes))))
    return Network(people, tuple(edges))
