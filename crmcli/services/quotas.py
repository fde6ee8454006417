"""Quotas: what is to be won in a period, set and removed."""

from dataclasses import dataclass
from datetime import timedelta

from crmcli.core import money
from crmcli.core.change import Change
from crmcli.core.currency import currency as known_currency
from crmcli.core.money import Money
from crmcli.core.period import span
from crmcli.core.wording import shown
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput, NotFound
from crmcli.models.quota import Quota
from crmcli.query.quota import PERIOD
from crmcli.services.owners import key, owner


@dataclass(frozen=True, slots=True)
class NewQuota:
    """What the user says: `period` is 2026-Q4, Q1, next month; without an `owner` it is for all together."""

    period: str
    amount: str
    owner: str | None = None
    currency: str | None = None


def set_(session: Writer, new: NewQuota) -> Change:
    """Set what is to be won in a period; one for the same period, owner and currency is replaced. Raises InvalidInput."""
    said = session.preferences
    days = span(new.period, now=session.now, tz=said.tz, order=said.date_order, lean="future")
    if days.end - days.start == timedelta(days=1):
        raise InvalidInput(f"{shown(new.period)} is a single day", hint="a quota is for a week, month, quarter or year")
    amount, code = money.split_amount(new.amount, known_currency(new.currency) if new.currency else said.currency)
    if new.currency and code != known_currency(new.currency):
        raise InvalidInput(f"amount {shown(new.amount)} is not in {known_currency(new.currency)}")
    if amount <= 0:
        raise InvalidInput(f"quota {shown(new.amount)} is not above 0", hint="crm quota remove takes a quota away")
    who = owner(session, new.owner) if new.owner else None
    terms: dict[str, object] = {
        "owner_id": who,
        "starts_on": days.start.isoformat(),
        "ends_on": days.end.isoformat(),
        "currency": code,
    }
    there = _present(session, terms)
    before = None if there is None else there.amount
    if there is None:
        there = Quota.of(**terms, amount=amount, recorded_at=session.recorded_at)
        session.add(there)
    there.amount = amount
    session.flush()
    what = _said(session, key(there.id))
    if before == amount:
        return Change((key(there.id),), f"{what} already; nothing changed")
    return Change((key(there.id),), what, f"crm forecast --period {days.start}..{days.end - timedelta(days=1)}")


def remove(session: Writer, number: str) -> Change:
    """Take a quota away. Raises InvalidInput and NotFound."""
    wanted = number.strip()
    if not (wanted.isascii() and wanted.isdecimal()):
        raise InvalidInput(f"{shown(number)} is no number of a quota", hint="crm quota list shows them")
    found = session.reader.value("select id from quota where id = :id and removed_at is null", id=int(wanted[:18]))
    if found is None:
        raise NotFound(f"no quota {wanted[:18]}", hint="crm quota list shows them")
    what = _said(session, found)
    session.get_one(Quota, found).removed_at = session.recorded_at
    return Change((found,), f"removed {what}", "crm undo brings it back")


def _present(session: Writer, terms: dict[str, object]) -> Quota | None:
    found = session.reader.value(
        "select id from quota where owner_id is :owner_id and starts_on = :starts_on and ends_on = :ends_on "
        "and currency = :currency and removed_at is null",
        terms,
    )
    return None if found is None else session.get_one(Quota, found)


def _said(session: Writer, number: int) -> str:
    """`quota 3: 80,000 EUR in 2026-Q4 by Bob`."""
    row = session.reader.row(
        f"select {PERIOD}, q.amount, q.currency, o.name from quota q left join owner o on o.id = q.owner_id where q.id = :id",
        id=number,
    )
    if row is None:
        raise AssertionError(number)
    days, amount, code, name = row
    return f"quota {number}: {Money(amount, code)} in {days}{f' by {name}' if name else ''}"
