"""What calls for attention: tasks due, deals past their close date or stalled, customers to hear from, birthdays."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from crmcli.core import period
from crmcli.core.days import days_in_month
from crmcli.core.vocabulary import Matter, Trouble
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.query.contact import barred, contactable
from crmcli.reports import urgency
from crmcli.reports.rhythm import Rhythms, rhythms
from crmcli.reports.stalls import limits, next_step
from crmcli.reports.urgency import CustomerFacts, DealFacts, Part, TaskFacts

_FEBRUARY, _LEAP_DAY = 2, 29
_NAMED = "(name = 'birthday' or substr(name, 1, 9) = 'birthday_')"


@dataclass(frozen=True, slots=True)
class Item:
    """One record and why it is here: `id` is T7, D7 or C7, `next` a command."""

    matter: Matter
    id: str
    what: str
    customer: str | None
    customer_id: int | None
    date: date | None
    because: str
    next: str
    parts: tuple[Part, ...]
    no_contact: str | None = None

    @property
    def urgency(self) -> float:
        return urgency.total(self.parts)


@dataclass(frozen=True, slots=True)
class Agenda:
    """The items of each kind, those of a customer once; and whom the cadences left out."""

    items: tuple[Item, ...]
    rhythms: Rhythms


def agenda(db: Reader, moment: Moment) -> Agenda:
    """All that calls for attention today."""
    waiting = rhythms(db, moment)
    return Agenda((*tasks(db, moment), *deals(db, moment), *customers(db, moment, waiting)), waiting)


def tasks(db: Reader, moment: Moment, *, only: int | None = None) -> Iterator[Item]:
    """The open tasks due today or before, or the one task `only`, whenever it is due."""
    today = _today(moment)
    asked = f"k.id = {only:d}" if only else "k.due_on <= :today"
    rows = db.rows(
        f"""
        select k.id, k.text, c.name, c.id, k.due_on, k.due_at < :now, k.is_priority, k.created_at, s.outcome = 'open',
            {barred("c")}
        from task k left join deal d on d.id = k.deal_id
        left join customer c on c.id = coalesce(k.customer_id, d.customer_id)
        left join passage g on g.deal_id = d.id and g.ended_at is null left join stage s on s.id = g.stage_id
        where {asked} and k.done_at is null and k.removed_at is null order by k.id
        """,
        moment.parameters,
    )
    for number, text, customer, customer_id, due_on, is_late, priority, created, is_open, why_not in rows:
        due = date.fromisoformat(due_on) if due_on else None
        facts = TaskFacts(due, bool(is_late), bool(priority), bool(is_open), _local(created, moment))
        parts = urgency.of_task(facts, today)
        matter = Matter.OVERDUE if is_late or (due and due < today) else Matter.DUE
        follow = f"crm task done T{number}"
        yield Item(matter, f"T{number}", text, customer, customer_id, due, parts[0].because, follow, parts, why_not)


def deals(db: Reader, moment: Moment, *, only: int | None = None) -> Iterator[Item]:
    """The open deals past their close date or stalled, or the one open deal `only`."""
    today, known = _today(moment), limits(db)
    if not known:
        return
    bounds = ", ".join(f"({stage:d}, {limit.days!r})" for stage, limit in known.items())
    asked = f"d.id = {only:d}" if only else "(d.close_on < :today or days > limit_days)"
    rows = db.rows(
        f"""
        with bound (stage_id, limit_days) as (values {bounds})
        select d.id, d.name, c.name, c.id, d.close_on, d.stage_id, d.stage, d.days, d.probability, {barred("c")} from (
            select deal.*, s.name as stage, s.probability, g.stage_id,
                julianday(:now) - julianday(g.stage_entered_at) as days
            from stage s join passage g on g.stage_id = s.id and g.ended_at is null
            join deal on deal.id = g.deal_id
            where s.outcome = 'open' and deal.removed_at is null
        ) d join bound b on b.stage_id = d.stage_id left join customer c on c.id = d.customer_id
        where {asked} order by d.id
        """,
        moment.parameters,
    )
    for number, name, customer, customer_id, close_on, stage_id, stage, days, chance, why_not in rows:
        close = date.fromisoformat(close_on) if close_on else None
        limit = known[stage_id]
        facts = DealFacts(close, stage, days, limit.days, limit.source, chance or 0)
        closing, staying, _ = parts = urgency.of_deal(facts, today)
        is_past = close is not None and close < today
        because = "; ".join([closing.because] * is_past + [staying.because] * (staying.factor > 0))
        matter = Matter.PAST_CLOSE if is_past else Matter.STALLED
        follow = next_step(f"D{number}", Trouble.OVERDUE if is_past else Trouble.STALLED, barred=why_not)
        yield Item(matter, f"D{number}", name, customer, customer_id, close, because, follow, parts, why_not)


def customers(db: Reader, moment: Moment, waiting: Rhythms, *, only: int | None = None) -> Iterator[Item]:
    """The customers of `waiting` and those whose birthday is near, or the one customer `only`; none to leave alone."""
    today = _today(moment)
    every = {each.customer: each for each in waiting.wanted}
    born = _birthdays(db, today, only)
    names = {each.customer: each.name for each in waiting.wanted} | {number: name for number, (name, _) in born.items()}
    if only and only not in names:
        row = db.row(f"select c.name from customer c where c.id = :id and {contactable('c')}", id=only)
        names = {only: str(row[0])} if row else {}
    busy = _with_open_deals(db) if names else set()
    for number in sorted(names):
        rhythm, (_, birthday) = every.get(number), born.get(number, ("", None))
        facts = CustomerFacts(
            rhythm.days if rhythm else None, rhythm.since if rhythm else None, birthday, number in busy
        )
        contact, near, _ = parts = urgency.of_customer(facts, today)
        because = "; ".join([near.because] * (birthday is not None) + [contact.because] * (rhythm is not None))
        matter = Matter.BIRTHDAY if birthday else Matter.KEEP_IN_TOUCH
        text = "happy birthday" if birthday else "caught up"
        day = birthday or (rhythm.due if rhythm else None)
        following = f'crm log C{number} "{text}" --channel call'
        yield Item(matter, f"C{number}", names[number], None, number, day, because, following, parts)


def _birthdays(db: Reader, today: date, only: int | None) -> dict[int, tuple[str, date]]:
    """The name and the next birthday of those who have one near; by the date fields `birthday` and `birthday_...`.

    Who is born on 29 February has the birthday on the 28th in other years.
    """
    fields = f"select name from field where entity = 'customer' and type = 'date' and {_NAMED}"
    if db.value(fields) is None:
        return {}
    near = {f"{day:%m-%d}": day for day in urgency.birthdays(today)}
    for day in list(near.values()):
        if day.month == _FEBRUARY and day.day == _LEAP_DAY - 1 and days_in_month(day.year, _FEBRUARY) < _LEAP_DAY:
            near["02-29"] = day
    listed = ", ".join(f"'{day}'" for day in near)
    rows = db.rows(
        f"""
        select c.id, c.name, substr(j.value, 6) from customer c, json_each(c.custom) j
        where c.custom <> '{{}}' and {contactable("c")}
        and j.key in ({fields}) and substr(j.value, 6) in ({listed}) {f"and c.id = {only:d}" if only else ""}
        """
    )
    found: dict[int, tuple[str, date]] = {}
    for number, name, day in rows:
        found[number] = (name, min(near[day], found.get(number, (name, near[day]))[1]))
    return found


def _with_open_deals(db: Reader) -> set[int]:
    rows = db.rows(
        "select distinct d.customer_id from stage s cross join passage g cross join deal d "  # in this order: fewer rows
        "where s.outcome = 'open' and g.stage_id = s.id and g.ended_at is null "
        "and d.id = g.deal_id and d.removed_at is null and d.customer_id is not null"
    )
    return {number for (number,) in rows}


def _today(moment: Moment) -> date:
    return moment.now.astimezone(moment.tz).date()


def _local(instant: str, moment: Moment) -> date:
    return period.moment(instant).astimezone(moment.tz).date()
