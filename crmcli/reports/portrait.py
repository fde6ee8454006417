"""What the records of a customer add up to: its life with us, its deals in sums, its habits, what comes next."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date

from crmcli.core import period
from crmcli.core.money import Money
from crmcli.core.result import Column, Table
from crmcli.core.vocabulary import REFERRED, Outcome
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.rhythm import rhythms

#: Fewer of them are no habit.
_LEAST = 3
_WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")

_HEARD = """
    from interaction_party y join interaction i on i.id = y.interaction_id
    where y.customer_id = :customer and i.removed_at is null and i.occurred_at <= :now
"""
_DEALS = """
    from deal d join passage g on g.deal_id = d.id and g.ended_at is null join stage s on s.id = g.stage_id
    where d.customer_id = :customer and d.removed_at is null
"""

Fields = Sequence[tuple[Column, object]]


def lifecycle(db: Reader, customer: int, moment: Moment) -> Fields:
    """The first and the last contact up to now, the day of the first deal won, and how many were."""
    first, last = db.row(
        f"select min(i.occurred_at), max(i.occurred_at) {_HEARD}", moment.parameters, customer=customer
    ) or (None, None)
    won, since = db.row(
        f"select count(*), min(d.closed_at) {_DEALS} and s.outcome = :won", customer=customer, won=Outcome.WON
    ) or (0, None)
    return (
        (Column("first_contact", "instant"), first),
        (Column("last_contact", "instant"), last),
        (Column("customer_since", "date"), _day(since, moment) if since else None),
        (Column("deals_won", "integer"), won),
    )


def habits(db: Reader, customer: int, moment: Moment) -> Fields:
    """The channel and the weekday of most contacts, each with its count; none where another is as frequent.

    What was only noted down is no contact.
    """
    rows = db.rows(
        f"select i.channel, i.occurred_at {_HEARD} and i.channel <> 'note'", moment.parameters, customer=customer
    )
    channels, weekdays = Counter[str](), Counter[str]()
    for channel, at in rows:
        channels[channel] += 1
        weekdays[_WEEKDAYS[period.moment(at).astimezone(moment.tz).weekday()]] += 1
    return (*_habit("preferred_channel", channels), *_habit("preferred_weekday", weekdays))


def referrals(db: Reader, customer: int) -> Fields:
    """How many customers it referred, and how many those referred in turn."""
    row = db.row(
        """
        with recursive below (id, depth) as (
            select :customer, 0 union
            select r.to_id, b.depth + 1 from below b join relationship r on r.from_id = b.id and r.type_id = :referred
            join customer c on c.id = r.to_id and c.removed_at is null where r.removed_at is null
        )
        select count(*) filter (where depth = 1), count(*) filter (where depth > 0) from below
        """,
        customer=customer,
        referred=REFERRED,
    )
    made, whole = row or (0, 0)
    return (
        (Column("referrals_made", "integer"), made),
        (Column("referrals_in_all", "integer", is_hidden=made == whole), whole),
    )


def coming(db: Reader, customer: int, moment: Moment, *, is_barred: bool) -> Fields:
    """The day of the next contact, and what asks for it: the earliest open task or, unless barred, the cadence."""
    task = db.row(
        """
        select due_on, 'T' || id || ' ' || text from task where done_at is null and removed_at is null
        and due_on is not null and (customer_id = :customer or deal_id in (
            select id from deal where customer_id = :customer and removed_at is null
        )) order by due_on, id limit 1
        """,
        customer=customer,
    )
    due = [(str(task[0]), str(task[1]))] if task else []
    if not is_barred:
        wanted = rhythms(db, moment, only=customer).wanted
        due += [(each.due.isoformat(), f"every {counted(each.days, 'day')}, {_whose(each.source)}") for each in wanted]
    day, because = min(due, key=lambda each: each[0]) if due else (None, None)
    return (
        (Column("next_contact", "date", under=("next_because",)), day),
        (Column("next_because"), because),
    )


def deal_sums(db: Reader, customer: int) -> Table:
    """A row for each outcome and currency: how many deals, their sum, how many have no amount."""
    columns = (
        Column("outcome"),
        Column("deals", "integer"),
        Column("amount", "money", "Sum"),
        Column("currency", is_hidden=True),
        Column("without_amount", "integer"),
    )
    rows = db.rows(
        f"""
        select s.outcome, count(*), sum(d.amount), d.currency, nullif(count(*) - count(d.amount), 0) {_DEALS}
        group by s.outcome, d.currency order by instr('open won lost', s.outcome), d.currency
        """,
        customer=customer,
    )
    sums = [(*row[:2], None if row[2] is None else Money(row[2], row[3]), *row[3:]) for row in rows]
    return Table(columns, sums, title="Deals in sums", empty="no deals yet")


def split(fields: Iterable[Fields]) -> tuple[Sequence[Column], Sequence[object]]:
    """The columns and the values of all fields, in their order."""
    pairs = [pair for each in fields for pair in each]
    return [column for column, _ in pairs], [value for _, value in pairs]


def _habit(name: str, counts: Counter[str]) -> Fields:
    (first, most), (_, second) = (*counts.most_common(2), ("", 0), ("", 0))[:2]
    is_one = most >= _LEAST and most > second
    return (
        (Column(name, under=(f"{name}_count",)), first if is_one else None),
        (Column(f"{name}_count", "integer"), most if is_one else None),
    )


def _whose(source: str) -> str:
    return "their own cadence" if source == "own" else f"the cadence of {source}"


def _day(instant: str, moment: Moment) -> str:
    found: date = period.moment(instant).astimezone(moment.tz).date()
    return found.isoformat()
