"""What is to be won in a period, by currency: the quota set for it, else those of periods that make it up."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crmcli.core.days import Period
from crmcli.db.reader import Reader

_Span = tuple[str, str, int]


@dataclass(frozen=True, slots=True)
class Quotas:
    """Minor units by currency, for all together and by the name of an owner.

    Where no quota is set for all together it is the sum of those of the owners, and the currency is in `summed`.
    """

    together: Mapping[str, int]
    owners: Mapping[tuple[str, str], int]
    summed: frozenset[str] = field(default_factory=frozenset)


def quotas(db: Reader, days: Period) -> Quotas:
    """The quotas that make up just these days."""
    rows = db.rows(
        """
        select q.currency, o.name, q.starts_on, q.ends_on, q.amount from quota q left join owner o on o.id = q.owner_id
        where q.removed_at is null and q.starts_on >= :start and q.ends_on <= :end order by q.starts_on, q.ends_on
        """,
        start=days.start.isoformat(),
        end=days.end.isoformat(),
    )
    spans: dict[tuple[str, str | None], list[_Span]] = defaultdict(list)
    for currency, owner, start, end, amount in rows:
        spans[currency, owner].append((start, end, amount))
    found = {key: total for key, these in spans.items() if (total := _total(these, days)) is not None}
    together = {currency: total for (currency, owner), total in found.items() if owner is None}
    owners = {(currency, owner): total for (currency, owner), total in found.items() if owner is not None}
    summed: dict[str, int] = defaultdict(int)
    for (currency, _), total in owners.items():
        if currency not in together:
            summed[currency] += total
    return Quotas({**together, **summed}, owners, frozenset(summed))


def _total(spans: Iterable[_Span], days: Period) -> int | None:
    """The sum over the fewest spans that follow on each other from the first day to the last; None where a gap is left."""
    best: dict[str, tuple[int, int]] = {days.start.isoformat(): (0, 0)}
    for start, end, amount in spans:  # in order of their beginnings, so that what leads to a span is known before it
        if start in best:
            count, total = best[start]
            if end not in best or count + 1 < best[end][0]:
                best[end] = (count + 1, total + amount)
    reached = best.get(days.end.isoformat())
    return None if reached is None else reached[1]
