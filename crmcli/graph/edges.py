"""The warmest tie between two nodes: of what interactions give, what its types weigh and what the user said of it."""

import json
from collections.abc import Iterable
from dataclasses import dataclass

from crmcli.core.strength import Warmth
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.graph.contacts import Pair, warmths
from crmcli.graph.look import LASTING, Look

_RELATED = f"""
    with tie (near, far, id, type_id, strength, way) as (
        select r.from_id, r.to_id, r.id, r.type_id, r.strength, 1 from json_each(:frontier) f
        join relationship r on r.from_id = f.value where {LASTING}
        union all
        select r.to_id, r.from_id, r.id, r.type_id, r.strength, 0 from json_each(:frontier) f
        join relationship r on r.to_id = f.value where {LASTING}
    )
    select tie.near, tie.far, case tie.way when 1 then t.name else t.inverse end, t.weight, tie.strength
    from tie join relation_type t on t.id = tie.type_id join customer c on c.id = tie.far and c.removed_at is null
    where :within is null or tie.far in (select value from json_each(:within))
    order by tie.near, tie.far, tie.type_id, tie.id
"""


@dataclass(frozen=True, slots=True)
class Related:
    """A relationship as `near` reads it, what its type weighs, and what was said of its strength."""

    reading: str
    weight: int
    said: int | None


@dataclass(frozen=True, slots=True)
class Edge:
    """All that ties `near` to `far`; `strength` is the greatest of it."""

    near: int
    far: int
    warmth: Warmth | None = None
    related: tuple[Related, ...] = ()
    colleague: float = 0.0

    @property
    def strength(self) -> float:
        met = self.warmth.strength if self.warmth else 0.0
        return max(met, self.colleague, *(float(max(each.weight, each.said or 0)) for each in self.related), 0.0)

    @property
    def why(self) -> str:
        """What makes the strength, and what else there is."""
        reasons = [(self.colleague, "colleague")] if self.colleague else []
        reasons += [(float(max(each.weight, each.said or 0)), each.reading) for each in self.related]
        if self.warmth:
            reasons.append((self.warmth.strength, met(self.warmth)))
        return "; ".join(text for _, text in sorted(reasons, key=lambda reason: -reason[0]))


def met(warmth: Warmth) -> str:
    """What a warmth stands on, for a person: `2 meetings, 1 call; the last 12 days ago`."""
    counts = ", ".join(counted(part.count, part.channel) for part in warmth.parts)
    days = int(warmth.latest or 0)
    return f"{counts}, the last {f'{days:,} days ago' if days > 1 else 'yesterday' if days else 'today'}"


def edges(db: Reader, frontier: Iterable[int], look: Look, *, within: Iterable[int] | None = None) -> dict[Pair, Edge]:
    """The ties of the customers of `frontier`, all of them or those within a set of nodes, by (near, far)."""
    near = [node for node in frontier if node > 0]
    ends = None if within is None else list(within)
    related: dict[Pair, list[Related]] = {}
    named = {"frontier": json.dumps(near), "within": None if ends is None else json.dumps(ends), "day": look.day}
    for one, other, reading, weight, said in db.rows(_RELATED, named):
        related.setdefault((int(one), int(other)), []).append(Related(str(reading), int(weight), said))
    warm = warmths(db, near, look, within=ends)
    pairs = sorted({*related, *warm})
    return {pair: Edge(*pair, warm.get(pair), tuple(related.get(pair, ()))) for pair in pairs}
