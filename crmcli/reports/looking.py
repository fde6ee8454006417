"""What the reports on the graph have in common: the day they look at, and the names of its nodes."""

import json
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from crmcli.core.money import Money
from crmcli.core.period import instant, period
from crmcli.core.period import moment as parsed
from crmcli.db.reader import Reader
from crmcli.graph.look import Look, me, owners, weights
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.query.contact import barred
from crmcli.query.past import day, ending

ME = "me"

_OPEN = """
    select d.customer_id, d.currency, sum(coalesce(d.amount, 0)), count(*) from json_each(:ids) f
    join deal d on d.customer_id = f.value and d.removed_at is null
    join passage p on p.deal_id = d.id and p.ended_at is null
    join stage s on s.id = p.stage_id and s.outcome = 'open'
    group by d.customer_id, d.currency order by d.customer_id, d.currency
"""


@dataclass(frozen=True, slots=True)
class Person:
    """A node: a customer, or one of us (`owner`); `barred` says why they must not be contacted."""

    name: str
    kind: str
    barred: str | None = None

    @property
    def marked(self) -> str:
        return f"{self.name} ({self.barred})" if self.barred else self.name


def look(db: Reader, moment: Moment, as_of: str | None = None) -> Look:
    """The graph as it is now, or as it was at the end of the day `as_of`. Raises InvalidInput."""
    if as_of is None:
        return Look(instant(moment.now), moment.now.astimezone(moment.tz).date().isoformat(), weights(db))
    then = day(as_of, moment)
    end = parsed(ending(then, moment)) - timedelta(seconds=1)
    return Look(instant(min(end, moment.now)), then.isoformat(), weights(db))


def past(as_of: str | None, look: Look) -> tuple[str, ...]:
    """What a graph of a day says of itself, where one was asked for."""
    if as_of is None:
        return ()
    return (f"as of the end of {look.day}: ties and interactions are those of that day; all else is as now",)


def lasting(as_of: str, moment: Moment) -> tuple[str, str]:
    """The query for relationships that last on the day `as_of`: begun, not ended. Raises InvalidInput."""
    last = period(as_of, now=moment.now, tz=moment.tz, order=moment.preferences.date_order).last
    return f"(since: or since:..{last})", f"(until: or until:{last + timedelta(days=1)}..)"


def node(db: Reader, ref: str, moment: Moment) -> int:
    """The node that `ref` names: a customer, or `me`. Raises NotFound and Ambiguous."""
    return me(db) if ref.strip().lower() == ME else reference.customer(db, ref, preferences=moment.preferences)


def number(node: int) -> int | None:
    """The id of a customer; one of us has none."""
    return node if node > 0 else None


def people(db: Reader, nodes: Iterable[int]) -> dict[int, Person]:
    """Who the nodes are."""
    wanted = set(nodes)
    ours = {number: Person(name, "owner") for number, name in owners(db).items() if number in wanted}
    ids = json.dumps([number for number in wanted if number > 0])
    rows = db.rows(
        f"select c.id, c.name, c.kind, iif(c.removed_at is null, {barred('c')}, 'removed') from json_each(:ids) f "
        "join customer c on c.id = f.value",
        ids=ids,
    )
    return {**ours, **{int(number): Person(name, kind, why) for number, name, kind, why in rows}}


def us(db: Reader) -> tuple[int, ...]:
    """The nodes of us."""
    return tuple(owners(db))


def open_deals(db: Reader, nodes: Iterable[int]) -> dict[int, str]:
    """What each customer's open deals come to, a sum for each currency."""
    sums: dict[int, list[str]] = defaultdict(list)
    for number, currency, amount, _ in db.rows(_OPEN, ids=json.dumps([node for node in nodes if node > 0])):
        sums[int(number)].append(str(Money(amount, currency)))
    return {number: ", ".join(each) for number, each in sums.items()}
