"""The interactions between nodes: customers by their numbers, us as nodes below one."""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby, permutations

from crmcli.core.strength import Contact, Warmth, warmth
from crmcli.db.reader import Reader
from crmcli.graph.look import Look, me, owners

Pair = tuple[int, int]

#: An interaction `i` that counts; `:channels` are those that weigh something.
_COUNTS = """
    i.removed_at is null and i.occurred_at <= :now and i.channel in (select value from json_each(:channels))
    and (i.owner_id is null or exists (select 1 from owner o where o.id = i.owner_id and o.removed_at is null))
"""

#: An interaction of no owner is the user's.
_OF_FRONTIER = f"""
    with met (near, id, channel, direction, owner, age) as (
        select p.customer_id, i.id, i.channel, i.direction, coalesce(-i.owner_id, :me),
            julianday(:now) - julianday(i.occurred_at)
        from json_each(:frontier) f join interaction_party p on p.customer_id = f.value
        join interaction i on i.id = p.interaction_id
        where {_COUNTS}
    ),
    seen (near, far, channel, direction, age) as (
        select near, owner, channel, direction, age from met
        union all
        select m.near, q.customer_id, m.channel, null, m.age
        from met m join interaction_party q on q.interaction_id = m.id and q.customer_id <> m.near
        join customer c on c.id = q.customer_id and c.removed_at is null
    )
    select near, far, channel, direction, age from seen
    where :within is null or far in (select value from json_each(:within))
"""

_ALL = f"""
    select p.customer_id, coalesce(-i.owner_id, :me), i.channel, i.direction, julianday(:now) - julianday(i.occurred_at)
    from interaction_party p cross join customer c on c.id = p.customer_id and c.removed_at is null
    cross join interaction i on i.id = p.interaction_id where {_COUNTS}
    and (:of is null or coalesce(-i.owner_id, :me) in (select value from json_each(:of))) order by p.customer_id
"""

_MET = f"""
    select coalesce(-i.owner_id, :me), p.customer_id from interaction_party p
    join customer c on c.id = p.customer_id and c.removed_at is null
    join interaction i on i.id = p.interaction_id where {_COUNTS}
    union
    select p.customer_id, q.customer_id from interaction_party p
    join interaction_party q on q.interaction_id = p.interaction_id and q.customer_id > p.customer_id
    join customer c on c.id = p.customer_id and c.removed_at is null
    join customer d on d.id = q.customer_id and d.removed_at is null
    join interaction i on i.id = p.interaction_id where {_COUNTS}
"""


def contacts(
    db: Reader, frontier: Iterable[int], look: Look, *, within: Iterable[int] | None = None
) -> dict[Pair, list[Contact]]:
    """What the customers of `frontier` had with us and with each other, by (near, far); directions are those to us."""
    found: dict[Pair, list[Contact]] = defaultdict(list)
    near = json.dumps([node for node in frontier if node > 0])
    ends = None if within is None else json.dumps(list(within))
    rows = db.rows(_OF_FRONTIER, {**_asked(db, look), "frontier": near, "within": ends})
    for one, other, channel, direction, age in rows:
        found[int(one), int(other)].append(Contact(channel, direction, age))
    return found


def warmths(
    db: Reader, frontier: Iterable[int], look: Look, *, within: Iterable[int] | None = None
) -> Mapping[Pair, Warmth]:
    """The strength that interactions give, by (near, far)."""
    return {pair: warmth(met, look.weights) for pair, met in contacts(db, frontier, look, within=within).items()}


def with_us(db: Reader, look: Look, *, of: Iterable[int] | None = None) -> Iterator[tuple[Pair, list[Contact]]]:
    """Every customer's interactions with each of us, or those `of` some, by (customer, one of us), a customer at a time."""
    rows = db.rows(_ALL, {**_asked(db, look), "of": None if of is None else json.dumps(list(of))})
    for customer, met in groupby(rows, key=lambda row: int(row[0])):
        of_owner: dict[int, list[Contact]] = defaultdict(list)
        for _, owner, channel, direction, age in met:
            of_owner[int(owner)].append(Contact(channel, direction, age))
        for owner in sorted(of_owner, reverse=True):
            yield (customer, owner), of_owner[owner]


def strengths(
    db: Reader, frontier: Iterable[int], look: Look, *, within: Iterable[int] | None = None
) -> dict[Pair, float]:
    """How strong the ties of the nodes of `frontier`, customers and us, are whatever their relationships."""
    nodes, ends = set(frontier), None if within is None else set(within)
    found = {pair: each.strength for pair, each in warmths(db, nodes, look, within=ends).items()}
    if ours := sorted(node for node in nodes if node < 1):
        for (customer, owner), met in with_us(db, look, of=ours):
            found[owner, customer] = warmth(met, look.weights).strength
        found |= {(one, other): strength for one, other, strength in _colleagues(db, look) if one in nodes}
    return {pair: strength for pair, strength in found.items() if ends is None or pair[1] in ends}


def reading(one: int, other: int) -> str:
    """How a tie that is no relationship is read, from both ends."""
    return "colleague of" if one < 1 and other < 1 else "in touch with"


def beside(db: Reader, look: Look) -> Iterator[tuple[int, int, float]]:
    """The ties beside relationships, the lesser number first, and how strong each is whatever its interactions give.

    Who had an interaction, we with customers or customers with each other, and we as colleagues.
    """
    yield from ((int(one), int(other), 0.0) for one, other in db.rows(_MET, _asked(db, look)))
    yield from ((one, other, strength) for one, other, strength in _colleagues(db, look) if one < other)


def _colleagues(db: Reader, look: Look) -> list[tuple[int, int, float]]:
    """Each of us with each other, and how strongly; none where the weight of colleagues is 0."""
    strength = look.weights.colleague
    return [(one, other, strength) for one, other in permutations(sorted(owners(db)), 2) if strength > 0]


def _asked(db: Reader, look: Look) -> dict[str, object]:
    channels = [name for name, weight in look.weights.channels.items() if weight > 0]
    return {"me": me(db), "now": look.instant, "channels": json.dumps(channels)}
