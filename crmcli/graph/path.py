"""The warmest paths between two nodes, by a few hops from both ends; never the whole graph."""

import heapq
import json
import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from crmcli.core.strength import STRONGEST
from crmcli.db.reader import Reader
from crmcli.graph.edges import Edge, edges
from crmcli.graph.look import LASTING, Look, me, owners

MOST_HOPS = 4

#: Who is a hop away from the frontier, by a relationship or an interaction; owners are below one.
_NEAR = f"""
    select r.to_id from json_each(:frontier) f join relationship r on r.from_id = f.value where {LASTING}
    union select r.from_id from json_each(:frontier) f join relationship r on r.to_id = f.value where {LASTING}
    union select q.customer_id from json_each(:frontier) f join interaction_party p on p.customer_id = f.value
        join interaction i on i.id = p.interaction_id and i.removed_at is null and i.occurred_at <= :now
        join interaction_party q on q.interaction_id = i.id
    union select coalesce(-i.owner_id, :me) from json_each(:frontier) f
        join interaction_party p on p.customer_id = f.value
        join interaction i on i.id = p.interaction_id and i.removed_at is null and i.occurred_at <= :now
"""


@dataclass(frozen=True, slots=True)
class Path:
    """From end to end; `warmth` is the product of the strengths, 0 to 100."""

    edges: tuple[Edge, ...]

    @property
    def warmth(self) -> float:
        return STRONGEST * math.prod(edge.strength / STRONGEST for edge in self.edges)


def paths(db: Reader, start: int, end: int, look: Look, *, hops: int, most: int, passable: str) -> list[Path]:
    """The `most` warmest paths of at most `hops` (up to 4), none through a customer `c` that is not `passable` (SQL).

    An introduction begins with one of us: then it comes from us to customers and never back.
    """
    nodes = _between(db, start, end, look, hops=hops, passable=passable)
    found = edges(db, nodes, look, within=nodes)
    found |= {(edge.far, edge.near): replace(edge, near=edge.far, far=edge.near) for edge in _ours(found)}
    found |= _colleagues(nodes, look)
    around: dict[int, list[Edge]] = defaultdict(list)
    for edge in found.values():
        if edge.strength > 0 and not (start < 1 <= edge.near and edge.far < 1):
            around[edge.near].append(edge)
    return warmest(around, start, end, hops=hops, most=most)


def warmest(around: Mapping[int, Sequence[Edge]], start: int, end: int, *, hops: int, most: int) -> list[Path]:
    """The simple paths by warmth, then by fewer hops, then by number: a best-first search that never overrates the rest."""
    bounds = _bounds(around, end, hops)
    queue: list[tuple[float, int, tuple[int, ...], tuple[Edge, ...], float]] = [(-1.0, 0, (start,), (), 1.0)]
    found: list[Path] = []
    while queue and len(found) < most:
        _, length, nodes, way, product = heapq.heappop(queue)
        if nodes[-1] == end:
            found.append(Path(way))
            continue
        for edge in around.get(nodes[-1], ()) if length < hops else ():
            rest = bounds[hops - length - 1].get(edge.far, 0.0)
            if edge.far not in nodes and rest > 0:
                longer = product * edge.strength / STRONGEST
                heapq.heappush(queue, (-longer * rest, length + 1, (*nodes, edge.far), (*way, edge), longer))
    return found


def _bounds(around: Mapping[int, Sequence[Edge]], end: int, hops: int) -> list[dict[int, float]]:
    """For each number of hops left, the greatest product with which each node comes to `end`."""
    bounds = [{end: 1.0}]
    for _ in range(hops):
        last = bounds[-1]
        step = {
            node: max((edge.strength / STRONGEST * last.get(edge.far, 0.0) for edge in ties), default=0.0)
            for node, ties in around.items()
        }
        bounds.append({node: max(step.get(node, 0.0), last.get(node, 0.0)) for node in {*step, *last}})
    return bounds


def _between(db: Reader, start: int, end: int, look: Look, *, hops: int, passable: str) -> list[int]:
    """All nodes that a path can go through, and more. We are hubs: our side is found from the other one."""
    ends = (start, end)
    near_start = 0 if start < 1 else hops // 2 if end > 0 else hops - 1
    near_end = 0 if end < 1 else hops // 2 if start > 0 else hops - 1
    nodes = {*ends}
    for node, levels in ((start, near_start), (end, near_end)):
        frontier, seen = [node], {node}
        for _ in range(levels):
            found = _near(db, frontier, look)
            frontier = [each for each in _passing(db, found - seen, passable) if each not in ends]
            seen |= {*frontier, *(each for each in found if each < 1)}
        nodes |= seen
    if any(node < 1 for node in ends):
        nodes |= owners(db).keys()
    return sorted(nodes)


def _near(db: Reader, frontier: Iterable[int], look: Look) -> set[int]:
    customers = json.dumps([node for node in frontier if node > 0])
    rows = db.rows(_NEAR, {**look.parameters, "frontier": customers, "me": me(db)})
    return {int(row[0]) for row in rows}


def _passing(db: Reader, nodes: Iterable[int], passable: str) -> list[int]:
    """The customers of `nodes` through whom a path may go."""
    customers = json.dumps([node for node in nodes if node > 0])
    rows = db.rows(
        f"select c.id from json_each(:ids) f join customer c on c.id = f.value where {passable}", ids=customers
    )
    return [int(row[0]) for row in rows]


def _ours(found: Mapping[tuple[int, int], Edge]) -> list[Edge]:
    """What was found from the customer's side alone."""
    return [edge for edge in found.values() if edge.far < 1]


def _colleagues(nodes: Iterable[int], look: Look) -> dict[tuple[int, int], Edge]:
    us = [node for node in nodes if node < 1]
    strength = look.weights.colleague
    return {(one, other): Edge(one, other, colleague=strength) for one in us for other in us if one != other}
