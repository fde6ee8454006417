"""Who is around a customer, and how they are tied."""

import json
from collections import defaultdict
from collections.abc import Sequence

from crmcli.core.preferences import Preferences
from crmcli.core.result import Column, Node, Report, Table
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.graph.neighbourhood import Neighbourhood, Tie, neighbourhood
from crmcli.query import reference
from crmcli.query.contact import barred

_DEEPEST = 6

COLUMNS = (
    Column("id", "id"),
    Column("name", under=("no_contact",)),
    Column("kind"),
    Column("distance", "integer"),
    Column("via"),
    Column("type"),
    Column("direction"),
    Column("no_contact", heading="No contact", is_hidden=True),
)

_People = dict[int, tuple[str, str, str | None]]


def report(db: Reader, ref: str, *, depth: int = 2, types: Sequence[str] = (), preferences: Preferences) -> Report:
    """The neighbourhood of the customer `ref`: a row for each tie by which somebody is first reached.

    `via` is who they are reached through, `direction` how the tie points from there: out, in or both. Raises
    InvalidInput for a depth outside 1..6, NotFound and Ambiguous.
    """
    if not 1 <= depth <= _DEEPEST:
        raise InvalidInput(f"depth {depth} is outside 1 to {_DEEPEST}", hint="--depth 2 is usual")
    centre = reference.customer(db, ref, preferences=preferences)
    wanted = [reference.relation_type(db, name)[0] for name in types] or None
    found = neighbourhood(db, centre, depth=depth, types=wanted)
    people = _people(db, found)
    rows = [
        (
            tie.far,
            *people[tie.far][:2],
            found.distances[tie.far],
            people[tie.near][0],
            tie.type,
            tie.way,
            people[tie.far][2],
        )
        for tie in found.reaching()
    ]
    return Report(
        "neighbourhood",
        {"customer": centre, "depth": depth, "types": list(types)},
        {"nodes": len(found.distances), "edges": len(found.ties)},
        Table(COLUMNS, rows, title=f"{people[centre][0]} and who is around", empty="no relationships yet"),
        notes=_notes(found, people, depth),
        tree=_tree(found, people),
    )


def _people(db: Reader, found: Neighbourhood) -> _People:
    ids = json.dumps(list(found.distances))
    rows = db.rows(
        f"select id, name, kind, {barred('c')} from customer c where id in (select value from json_each(:ids))", ids=ids
    )
    return {number: (name, kind, why) for number, name, kind, why in rows}


def _notes(found: Neighbourhood, people: _People, depth: int) -> tuple[str, ...]:
    if not found.ties:
        return ("no relationships within reach; crm relation add FROM TYPE TO makes one",)
    from crmcli.graph.figures import figures  # networkx: only where there is something to reckon

    these = figures(found.distances, [(tie.near, tie.far) for tie in found.ties])
    return (
        f"{counted(these.nodes, 'customer')}, {counted(these.edges, 'tie')} within {counted(depth, 'hop')} · "
        f"density {these.density:.2f} · {counted(these.triangles, 'triangle')} · "
        f"most ties: {people[these.best_tied][0]} ({these.most_ties:,})",
    )


def _tree(found: Neighbourhood, people: _People) -> Node:
    """Each customer once; a tie that leads back to somebody shown is marked and not followed."""
    below: dict[int, list[Tie]] = defaultdict(list)
    for tie in found.ties:
        below[tie.near].append(tie)
    followed: set[int] = {tie.relationship for tie in found.reaching()}
    grown: set[int] = set()

    def grow(tie: Tie) -> Node:
        _, kind, _ = people[tie.far]
        name = _name(people, tie.far)
        if tie.relationship not in followed:
            return Node(f"{tie.reading} {name}", f"{tie.far} ↺ shown elsewhere")
        if tie.far in grown:
            return Node(f"{tie.reading} {name}", f"{tie.far} ↺ see above")
        grown.add(tie.far)
        return Node(f"{tie.reading} {name}", f"{tie.far} {kind}", tuple(grow(next_) for next_ in below[tie.far]))

    return Node(
        _name(people, found.centre),
        f"{found.centre} {people[found.centre][1]}",
        tuple(grow(tie) for tie in below[found.centre]),
    )


def _name(people: _People, number: int) -> str:
    name, _, why = people[number]
    return f"{name} ({why})" if why else name
