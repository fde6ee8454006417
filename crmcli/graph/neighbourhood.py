"""The ties within some hops of a customer, one statement a hop; where it is asked for, with us among them.

The cost is that of the neighbourhood, not of the file, but where one of us is met.
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from crmcli.db.reader import Reader
from crmcli.graph.contacts import reading, strengths
from crmcli.graph.look import LASTING, Look

Way = Literal["out", "in", "both"]

#: The frontier is one bound parameter, so is `within`: whom a tie may lead to. A tie that has ended or was taken away,
#: or leads to a removed customer, is none.
_HOP = f"""
    with tie (near, far, id, type_id, way, said) as (
        select r.from_id, r.to_id, r.id, r.type_id, 1, r.strength from json_each(:frontier) f
        join relationship r on r.from_id = f.value where {LASTING}
        union all
        select r.to_id, r.from_id, r.id, r.type_id, 0, r.strength from json_each(:frontier) f
        join relationship r on r.to_id = f.value where {LASTING}
    )
    select tie.near, tie.far, tie.id, t.name, t.inverse, t.is_symmetric, tie.way, max(t.weight, coalesce(tie.said, 0))
    from tie join relation_type t on t.id = tie.type_id join customer c on c.id = tie.far and c.removed_at is null
    where (:types is null or tie.type_id in (select value from json_each(:types)))
    and (:within is null or tie.far in (select value from json_each(:within)))
    order by tie.near, tie.way desc, tie.type_id, tie.far, tie.id
"""


@dataclass(frozen=True, slots=True)
class Tie:
    """A tie, seen from `near`: `near` *reading* `far`, as in "works for"; by interactions it is no `relationship`."""

    near: int
    far: int
    relationship: int | None
    type: str
    reading: str
    way: Way
    strength: float

    @property
    def key(self) -> int | frozenset[int]:
        """What it is, from wherever it is seen."""
        return self.relationship or frozenset((self.near, self.far))


@dataclass(frozen=True, slots=True)
class Neighbourhood:
    """`distances` are hops from `centre` by node; `ties` come in the order of the walk, each once."""

    centre: int
    distances: dict[int, int]
    ties: tuple[Tie, ...]

    def cut(self, most: int) -> tuple["Neighbourhood", dict[int, int]]:
        """Each customer's `most` strongest ties outwards, with those who are reached by them; how many others it has."""
        outward: dict[int, dict[int, float]] = defaultdict(dict)
        for tie in self.reaching():
            reached = outward[tie.near]
            reached[tie.far] = max(reached.get(tie.far, 0.0), tie.strength)
        kept, left, frontier = {self.centre}, {}, [self.centre]
        while frontier:
            at = frontier.pop()
            ordered = sorted(outward.get(at, {}), key=lambda far: (-outward[at][far], far))
            kept.update(ordered[:most])
            frontier += ordered[:most]
            if len(ordered) > most:
                left[at] = len(ordered) - most
        ties = tuple(tie for tie in self.ties if tie.near in kept and tie.far in kept)
        return Neighbourhood(self.centre, {n: d for n, d in self.distances.items() if n in kept}, ties), left

    def reaching(self) -> tuple[Tie, ...]:
        """The ties by which customers were first reached; two between the same two customers are both there."""
        first: dict[int, int] = {}
        for tie in self.ties:
            if self.distances[tie.far] == self.distances[tie.near] + 1:
                first.setdefault(tie.far, tie.near)
        return tuple(tie for tie in self.ties if first.get(tie.far) == tie.near)


@dataclass(frozen=True, slots=True)
class Choice:
    """Which ties are followed: those of `types` only when given, and of at least the strength `least`.

    Where it `has_us`, also those that are no relationships, to us and among customers; then no types are given.
    """

    types: Sequence[int] | None = None
    least: float = 0.0
    has_us: bool = False


_ANY = Choice()


def neighbourhood(db: Reader, centre: int, look: Look, *, depth: int, choice: Choice = _ANY) -> Neighbourhood:
    """Everybody within `depth` hops of `centre` and all ties among them, as far as they are of the `choice`."""
    distances = {centre: 0}
    found: dict[int | frozenset[int], Tie] = {}
    frontier = [centre]
    for distance in range(1, depth + 1):
        ties = _hop(db, frontier, look, choice)
        frontier = list(dict.fromkeys(tie.far for tie in ties if tie.far not in distances))
        distances |= dict.fromkeys(frontier, distance)
        _keep(found, ties)
    _keep(found, _hop(db, frontier, look, choice, within=distances))
    return Neighbourhood(centre, distances, tuple(found.values()))


def _keep(found: dict[int | frozenset[int], Tie], ties: Iterable[Tie]) -> None:
    """Add `ties`; one that was met before stays as it was seen first."""
    for tie in ties:
        found.setdefault(tie.key, tie)


def _hop(
    db: Reader, frontier: Sequence[int], look: Look, choice: Choice, within: Iterable[int] | None = None
) -> list[Tie]:
    """The ties of the nodes of `frontier`, all of them or those that stay `within` a set of nodes."""
    ends, kinds = (None if ids is None else json.dumps(list(ids)) for ids in (within, choice.types))
    asked = {"frontier": json.dumps(frontier), "within": ends, "types": kinds, "day": look.day}
    ties = [_tie(row) for row in db.rows(_HOP, asked)]
    warm = strengths(db, frontier, look, within=within if choice.has_us else {tie.far for tie in ties})
    pairs = {(tie.near, tie.far) for tie in ties}
    found = [replace(tie, strength=max(tie.strength, warm.get((tie.near, tie.far), 0.0))) for tie in ties]
    if choice.has_us:
        others = sorted(warm.keys() - pairs, key=lambda pair: (-warm[pair], pair))
        found += [Tie(*pair, None, reading(*pair), reading(*pair), "both", warm[pair]) for pair in others]
    return [tie for tie in found if tie.strength >= choice.least]


def _tie(row: Sequence[object]) -> Tie:
    near, far, relationship, name, inverse, is_symmetric, is_outward, strength = row
    way: Way = "both" if is_symmetric else "out" if is_outward else "in"
    reading = name if is_outward else inverse
    number = float(str(strength))
    return Tie(int(str(near)), int(str(far)), int(str(relationship)), str(name), str(reading), way, number)
