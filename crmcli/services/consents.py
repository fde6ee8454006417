"""What customers allow and take back, and data that are kept without being used."""

from dataclasses import dataclass

from sqlmodel import select

from crmcli.core.change import Change
from crmcli.core.vocabulary import Channel, ConsentAction, LegalBasis
from crmcli.core.wording import counted
from crmcli.db.writing import Writer
from crmcli.errors import NotFound
from crmcli.models.consent import Consent, Restriction
from crmcli.models.customer import Customer
from crmcli.query import reference
from crmcli.query.contact import STANDING
from crmcli.services import dates
from crmcli.services.owners import key


@dataclass(frozen=True, slots=True)
class Said:
    """What a customer said: for which purpose, by which channel (none: all), on which basis, where and when."""

    purpose: str
    channel: Channel | None = None
    basis: LegalBasis | None = None
    source: str | None = None
    at: str | None = None


@dataclass(frozen=True, slots=True)
class Restricted:
    """Why data are kept without being used, and since when."""

    reason: str | None = None
    at: str | None = None


def grant(session: Writer, ref: str, said: Said) -> Change:
    """Add that a customer agrees. Raises InvalidInput, NotFound and Ambiguous."""
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    made = _store(session, number, ConsentAction.GRANT, said)
    return _told(session, made, "agrees to")


def withdraw(session: Writer, ref: str, said: Said) -> Change:
    """Add that a customer agrees no more; what was granted stays in the record. Raises NotFound where nothing stands."""
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    made = _store(session, number, ConsentAction.WITHDRAW, said)
    taken = """
        select 1 from consent where customer_id = :number and purpose = :purpose and action = 'grant'
        and (:channel is null or channel is :channel)
    """
    if not session.reader.value(taken, number=number, purpose=made.purpose, channel=made.channel):
        raise NotFound(
            f"customer {number} granted nothing of the kind",
            hint=f"crm privacy consent show {number} lists what stands",
        )
    return _told(session, made, "no longer agrees to")


def restrict(session: Writer, ref: str, wanted: Restricted) -> Change:
    """Keep a customer's data and leave them unused. Raises InvalidInput, NotFound and Ambiguous."""
    customer = _customer(session, ref)
    number = key(customer.id)
    if _restriction(session, number) is not None:
        return Change((number,), f"customer {number} {customer.name} is restricted already; nothing changed")
    made = Restriction.of(
        customer_id=number,
        reason=wanted.reason,
        occurred_at=dates.occurred(session, wanted.at),
        recorded_at=session.recorded_at,
    )
    session.add(made)
    return Change((number,), f"restricted customer {number} {customer.name}", f"crm privacy restrict {number} --lift")


def lift(session: Writer, ref: str) -> Change:
    """End the restriction of a customer. Raises NotFound and Ambiguous."""
    customer = _customer(session, ref)
    number = key(customer.id)
    found = _restriction(session, number)
    if found is None:
        return Change((number,), f"customer {number} {customer.name} is not restricted; nothing changed")
    found.lifted_at = session.recorded_at
    return Change((number,), f"lifted the restriction of customer {number} {customer.name}")


def _customer(session: Writer, ref: str) -> Customer:
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    return session.get_one(Customer, number)


def _restriction(session: Writer, number: int) -> Restriction | None:
    live = select(Restriction).where(Restriction.customer_id == number, Restriction.lifted_at == None)  # noqa: E711 (SQL)
    return session.exec(live).first()


def _store(session: Writer, number: int, action: ConsentAction, said: Said) -> Consent:
    made = Consent.of(
        customer_id=number,
        action=action,
        purpose=said.purpose.strip().lower(),
        channel=said.channel,
        basis=said.basis,
        source=said.source,
        occurred_at=dates.occurred(session, said.at),
        recorded_at=session.recorded_at,
    )
    session.add(made)
    session.flush()
    return made


def _told(session: Writer, made: Consent, verb: str) -> Change:
    name = session.reader.value("select name from customer where id = :id", id=made.customer_id)
    by = f" by {made.channel.value}" if made.channel else ""
    stand = session.reader.value(f"select count(*) from {STANDING} where customer_id = :id", id=made.customer_id)
    sentence = f"customer {made.customer_id} {name} {verb} {made.purpose}{by}; {counted(int(stand), 'consent')} now"
    echo = dates.echo(session, at=made.occurred_at if made.occurred_at != session.recorded_at else None)
    return Change((key(made.id),), sentence, f"crm privacy consent show {made.customer_id}", echo=echo)
