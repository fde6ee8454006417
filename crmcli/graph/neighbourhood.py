"""The ties within some hops of a customer, one statement a hop.

The cost is that of the neighbourhood, not of the file.
"""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Literal

from crmcli.db.reader import Reader

Way = Literal["out", "in", "both"]

#: The frontier is one bound parameter, so is `within`: whom a tie may lead to. A tie that has ended or was taken away,
#: or leads to a removed customer, is none.
_HOP = """
    with tie (near, far, id, type_id, way) as (
        select r.from_id, r.to_id, r.id, r.type_id, 1 from json_each(:frontier) f
        join relationship r on r.from_id = f.value where r.removed_at is null and r.until is null
        union all
        select r.to_id, r.from_id, r.id, r.type_id, 0 from json_each(:frontier) f
        join relationship r on r.to_id = f.value where r.removed_at is null and r.until is null
    )
    select tie.near, tie.far, tie.id, t.name, t.inverse, t.is_symmetric, tie.way
    from tie join relation_type t on t.id = tie.type_id join customer c on c.id = tie.far and c.removed_at is null
    where (:types is null or tie.type_id in (select value from json_each(:types)))
    and (:within is null or tie.far in (select value from json_each(:within)))
    order by tie.near, tie.way desc, tie.type_id, tie.far, tie.id
"""


@dataclass(frozen=True, slots=True)
class Tie:
    """A relationship, seen from the customer `near`: `near` *reading* `far`, as in "works for"."""

    near: int
    far: int
    relationship: int
    type: str
    reading: str
    way: Way


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`distances` are hops from `centre` by customer; `ties` come in the order of the walk, each relationship once."""

    centre: int
    distances: dict[int, int]
    ties: tuple[Tie, ...]

    def reaching(self) -> tuple[Tie, ...]:
        """The ties by which customers were first reached; two between the same two customers are both there."""
        first: dict[int, int] = {}
        for tie in self.ties:
            if self.distances[tie.far] == self.distances[tie.near] + 1:
                first.setdefault(tie.far, tie.near)
        return tuple(tie for tie in self.ties if first.get(tie.far) == tie.near)


def neighbourhood(db: Reader, centre: int, *, depth: int, types: Sequence[int] | None = None) -> Neighbourhood:
    """Everybody within `depth` hops of `centre` and all ties among them, over ties of `types` only when given."""
    distances = {centre: 0}
    found: dict[int, Tie] = {}
    frontier = [centre]
    for distance in range(1, depth + 1):
        ties = _hop(db, frontier, types)
        frontier = list(dict.fromkeys(tie.far for tie in ties if tie.far not in distances))
        distances |= dict.fromkeys(frontier, distance)
        _keep(found, ties)
    _keep(found, _hop(db, frontier, types, within=distances))
    return Neighbourhood(centre, distances, tuple(found.values()))


def _keep(found: dict[int, Tie], ties: Iterable[Tie]) -> None:
    """Add `ties`; one that was met before stays as it was seen first."""
    for tie in ties:
        found.setdefault(tie.relationship, tie)


def _hop(
    db: Reader, frontier: Iterable[int], types: Sequence[int] | None, within: Iterable[int] | None = None
) -> list[Tie]:
    """The ties of the customers of `frontier`, all of them or those that stay `within` a set of customers."""
    ends, kinds = (None if ids is None else json.dumps(list(ids)) for ids in (within, types))
    return [_tie(row) for row in db.rows(_HOP, frontier=json.dumps(list(frontier)), within=ends, types=kinds)]


def _tie(row: Sequence[object]) -> Tie:
    near, far, relationship, name, inverse, is_symmetric, is_outward = row
    way: Way = "both" if is_symmetric else "out" if is_outward else "in"
    reading = name if is_outward else inverse
    return Tie(int(str(near)), int(str(far)), int(str(relationship)), str(name), str(reading), way)
