"""Who brought whom, and what came of it."""

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from fractions import Fraction

from crmcli.core.drawing import Node
from crmcli.core.money import Money
from crmcli.core.period import Period, bounds, period, when
from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import REFERRED
from crmcli.core.wording import counted, percent
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.query.parts import local_month
from crmcli.reports import looking
from crmcli.reports.looking import Person

_EDGES = f"""
    select r.from_id, r.to_id, t.removed_at is not null from relationship r join customer t on t.id = r.to_id
    where r.type_id = {REFERRED} and r.removed_at is null order by r.from_id, r.to_id
"""
_REVENUE = """
    select d.customer_id, d.currency, sum(coalesce(d.amount, 0)) from deal d
    join passage p on p.deal_id = d.id and p.ended_at is null
    join stage s on s.id = p.stage_id and s.outcome = 'won'
    where d.removed_at is null group by d.customer_id, d.currency
"""
_NEW = f"""
    select {local_month("c.created_at")}, count(*), sum(exists (
        select 1 from relationship r where r.to_id = c.id and r.type_id = {REFERRED} and r.removed_at is null
    )) from customer c
    where c.removed_at is null and c.created_at >= :since and c.created_at < :until group by 1 order by 1
"""
_NOBODY = "nobody was referred yet; crm referral add REFERRED --by REFERRER"


@dataclass(frozen=True, slots=True)
class _Forest:
    """Whom each referrer brought, who everybody is, and what each brought in by currency, in minor units."""

    below: Mapping[int, Sequence[int]]
    people: Mapping[int, Person]
    revenue: Mapping[int, Mapping[str, int]]

    @property
    def roots(self) -> list[int]:
        brought = {each for found in self.below.values() for each in found}
        return sorted(self.below.keys() - brought)

    def generations(self, top: int) -> Iterator[tuple[int, int]]:
        """(customer, generation) of everybody below, one's own referrals being the first."""
        frontier, depth = list(self.below.get(top, ())), 1
        while frontier:
            yield from ((each, depth) for each in frontier)
            frontier, depth = [low for each in frontier for low in self.below.get(each, ())], depth + 1

    def lines(self, tops: Sequence[int]) -> Iterator[tuple[int, int | None, int]]:
        """(customer, referrer, generation) of everybody from the tops down, each line to its end."""
        waiting: list[tuple[int, int | None, int]] = [(top, None, 0) for top in reversed(tops)]
        while waiting:
            customer, by, depth = waiting.pop()
            yield customer, by, depth
            waiting += [(each, customer, depth + 1) for each in reversed(self.below.get(customer, ()))]


def _forest(db: Reader) -> _Forest:
    """Of those who were removed or erased only whom a line or a figure of others hangs on."""
    revenue: dict[int, dict[str, int]] = defaultdict(dict)
    for customer, currency, amount in db.rows(_REVENUE):
        revenue[int(customer)][str(currency)] = int(amount)
    edges = [(int(referrer), int(referred), bool(is_gone)) for referrer, referred, is_gone in db.rows(_EDGES)]
    while True:
        held = {referrer for referrer, *_ in edges} | revenue.keys()
        kept = [edge for edge in edges if not edge[2] or edge[1] in held]
        if len(kept) == len(edges):
            break
        edges = kept
    below: dict[int, list[int]] = defaultdict(list)
    for referrer, referred, _ in edges:
        below[referrer].append(referred)
    people = looking.people(db, {*below, *(each for brought in below.values() for each in brought)})
    return _Forest(dict(below), people, dict(revenue))


_NO_CONTACT = Column("no_contact", heading="No contact", is_hidden=True)
_TREE = (
    Column("id", "id"),
    Column("name", under=("no_contact",)),
    Column("by.id", "id", "By id", is_hidden=True),
    Column("by", heading="Referred by"),
    Column("generation", "integer"),
    Column("referred", "integer"),
    _NO_CONTACT,
)
_DRAWN = 10  # generations: of more nothing is left to read at 80 columns


def tree(db: Reader, ref: str | None, *, moment: Moment) -> Report:
    """Everybody below one customer, or all who were referred, a generation below the other.

    Raises NotFound and Ambiguous.
    """
    forest = _forest(db)
    tops = [reference.customer(db, ref, preferences=moment.preferences)] if ref else forest.roots
    people = {**forest.people, **looking.people(db, tops)}
    rows = [
        (
            *(node, people[node].name, by, people[by].name if by else None, depth),
            *(len(forest.below.get(node, ())), people[node].barred),
        )
        for node, by, depth in forest.lines(tops)
    ]

    def grow(node: int, depth: int) -> Node:
        below = forest.below.get(node, ())
        note = f"{node} · {counted(len(below), 'referral')}" if below else f"{node}"
        if below and depth == _DRAWN:
            left = sum(1 for _ in forest.generations(node))
            return Node(people[node].marked, f"{note} · {left:,} below left out: --flat has them all", ())
        return Node(people[node].marked, note, tuple(grow(each, depth + 1) for each in below))

    branches = tuple(grow(top, 0) for top in tops)
    drawn = branches[0] if len(branches) == 1 else Node("referrals", counted(len(branches), "line"), branches)
    referred = len(rows) - len(tops)
    nobody = f"{people[tops[0]].name} brought nobody yet; crm referral add REFERRED --by {tops[0]}" if ref else _NOBODY
    table = Table(_TREE, rows, empty=nobody)
    notes = (f"{referred:,} referred",) if referred else (nobody,)
    return Report("referral_tree", {"customer": tops[0] if ref else None}, {"referred": referred}, table, notes, drawn)


_TOP = (
    Column("id", "id"),
    Column("name", heading="Referrer", under=("no_contact",)),
    Column("referred", "integer"),
    Column("downstream", "integer", "All below"),
    Column("generations", "integer"),
    Column("won", "integer", "Of them bought"),
    _NO_CONTACT,
)


def top(db: Reader, *, limit: int | None = None) -> Report:
    """The referrers by how many they brought, then by how many came of these."""
    forest = _forest(db)
    rows = []
    for referrer, brought in forest.below.items():
        found = list(forest.generations(referrer))
        bought = sum(1 for each in brought if each in forest.revenue)
        who = forest.people[referrer]
        rows.append((referrer, who.name, len(brought), len(found), max(d for _, d in found), bought, who.barred))
    rows.sort(key=lambda row: (-row[2], -row[3], row[0]))
    table = Table(_TOP, rows[:limit], total=len(rows), empty=_NOBODY)
    return Report("referral_top", {}, {"referrers": len(rows), "referred": sum(row[2] for row in rows)}, table)


_MONEY = (
    Column("id", "id"),
    Column("name", heading="Referrer", under=("no_contact",)),
    Column("direct", "money"),
    Column("downstream", "money", "Down\xadstream, halved"),
    Column("plain", "money", "Down\xadstream, whole"),
    Column("currency", is_hidden=True),
    _NO_CONTACT,
)


def revenue(db: Reader, *, moment: Moment, limit: int | None = None) -> Report:
    """Won deals of those whom each referrer brought, and of all below, a generation counting half of the one before.

    Each customer's revenue is direct revenue of one referrer alone: the direct sums add up to that of all referred.
    """
    forest = _forest(db)
    sums: dict[tuple[int, str], list[Fraction]] = defaultdict(lambda: [Fraction()] * 3)
    for referrer in forest.below:
        for customer, depth in forest.generations(referrer):
            for currency, amount in forest.revenue.get(customer, {}).items():
                direct, halved, whole = sums[referrer, currency]
                part = Fraction(amount, 2 ** (depth - 1))
                sums[referrer, currency] = [direct + amount * (depth == 1), halved + part, whole + amount]
    earned = {referrer for referrer, _ in sums}
    sums |= {(each, moment.preferences.currency): [Fraction()] * 3 for each in forest.below if each not in earned}
    ordered = sorted(sums.items(), key=lambda each: (each[0][1], -each[1][0], -each[1][1], each[0][0]))
    people = forest.people
    rows = [
        (number, people[number].name, *(Money(round(each), code) for each in amounts), code, people[number].barred)
        for (number, code), amounts in ordered
    ]
    totals: dict[str, int] = defaultdict(int)
    for brought in forest.below.values():
        for customer in brought:
            for currency, amount in forest.revenue.get(customer, {}).items():
                totals[currency] += amount
    said = ", ".join(str(Money(totals[currency], currency)) for currency in sorted(totals))
    notes = (f"referred customers brought in {said}: the sum of the direct column",) if totals else ()
    summary = {currency: Money(totals[currency], currency).decimal for currency in sorted(totals)}
    table = Table(_MONEY, rows[:limit], total=len(rows), empty=_NOBODY)
    return Report("referral_revenue", {}, {"direct": summary}, table, notes)


_RATE = (Column("month"), Column("new", "integer"), Column("referred", "integer"), Column("rate", "rate"))


def rate(db: Reader, *, moment: Moment, since: str | None = None, until: str | None = None) -> Report:
    """The share of new customers who were referred, by month of their creation; the last twelve months usually.

    Raises InvalidInput.
    """
    said = moment.preferences
    begin = when(since or "-1y", now=moment.now, tz=said.tz, order=said.date_order, lean="past").day
    end = period(until or "today", now=moment.now, tz=said.tz, order=said.date_order).last
    if end < begin:
        raise InvalidInput(f"the window from {begin} to {end} is empty", hint="give --until a later day")
    since, until = bounds(Period(begin, end + timedelta(days=1)), said.tz)
    window = {"since": since, "until": until, "zone": said.zone}
    rows = [(month, new, referred, referred / new) for month, new, referred in db.rows(_NEW, window)]
    new, referred = sum(row[1] for row in rows), sum(row[2] for row in rows)
    share = referred / new if new else None
    notes = (f"{referred:,} of {new:,} new customers were referred, {percent(share)}",) if share is not None else ()
    summary = {"new": new, "referred": referred, "rate": share}
    table = Table(_RATE, rows, empty=f"no new customers from {begin} to {end}")
    return Report("referral_rate", {"since": f"{begin}", "until": f"{end}"}, summary, table, notes)
