"""The addresses of a customer, by post and on the web."""

from collections.abc import Mapping
from dataclasses import dataclass

from sqlmodel import col, select

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.writing import Writer
from crmcli.errors import Ambiguous, InvalidInput, NotFound
from crmcli.models.customer import Address
from crmcli.query import reference

_POSTAL = ("street", "postcode", "city", "region", "country")
_LONGEST_LABEL = 40


@dataclass(frozen=True, slots=True)
class Said:
    """What is said of an address: fields by name, an empty one takes the value away; whether it is the primary one."""

    fields: Mapping[str, str]
    is_primary: bool = False


def add(session: Writer, ref: str, said: Said) -> Change:
    """Give a customer an address, postal or on the web. Raises InvalidInput, NotFound and Ambiguous."""
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    last = session.reader.value("select max(position) from address where customer_id = :number", number=number)
    address = Address(customer_id=number, position=0 if last is None else int(last) + 1)
    _fill(address, said.fields)
    session.add(address)
    session.flush()
    _promote(session, address, said)
    return Change((number,), f"gave customer {number} {_title(address)}", f"crm customer show {number}")


def edit(session: Writer, ref: str, which: str, said: Said) -> Change:
    """Change fields of an address. Raises as `add` does, and NotFound for one that the customer has not."""
    if not (said.fields or said.is_primary):
        raise InvalidInput("nothing to change", hint="--street, --city, --url, --label, … or --primary")
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    address = _address(session, number, which)
    _fill(address, said.fields)
    session.flush()
    _promote(session, address, said)
    if not session.has_changes:
        return Change((number,), f"{_title(address)} of customer {number} is so already; nothing changed")
    return Change((number,), f"changed customer {number} {_title(address)}", f"crm customer show {number}")


def remove(session: Writer, ref: str, which: str) -> Change:
    """Take an address away. Raises NotFound and Ambiguous."""
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    address = _address(session, number, which)
    title = _title(address)
    session.delete(address)
    session.flush()
    return Change((number,), f"removed {title} of customer {number}", "crm undo brings it back")


def _fill(address: Address, fields: Mapping[str, str]) -> None:
    for name, text in fields.items():
        setattr(address, name, _clean(name, text) if text.strip() else None)
    is_postal = any(getattr(address, name) for name in _POSTAL)
    if is_postal == (address.url is not None):
        problem = (
            "is either by post or on the web: --url goes with no street or place" if is_postal else "has nothing in it"
        )
        raise InvalidInput(f"an address {problem}", hint="--street, --postcode, --city, --region, --country, or --url")


def _clean(name: str, text: str) -> str:
    if name != "url":
        return normal.text(text, name=name, limit=_LONGEST_LABEL if name == "label" else 500)
    return normal.url(text)


def _promote(session: Writer, address: Address, said: Said) -> None:
    """Put it before the others of the customer where it is to be the primary one."""
    if not said.is_primary:
        return
    others = [each for each in _addresses(session, address.customer_id) if each is not address]
    for position, each in enumerate((address, *others)):
        each.position = position
    session.flush()


def _addresses(session: Writer, customer: int) -> list[Address]:
    wanted = select(Address).where(Address.customer_id == customer)
    return list(session.exec(wanted.order_by(col(Address.position), col(Address.id))))


def _address(session: Writer, customer: int, which: str) -> Address:
    """The address of the customer that a number or a label names."""
    known = _addresses(session, customer)
    wanted = which.strip().casefold()
    found = [each for each in known if str(each.id) == wanted]
    found = found or [each for each in known if (each.label or "").casefold() == wanted]
    if len(found) == 1:
        return found[0]
    if found:
        candidates = tuple((each.id or 0, _place(each)) for each in found)
        raise Ambiguous(f"address {shown(which)} of customer {customer} is one of several", candidates=candidates)
    listed = ", ".join(f"{each.id} {each.label or ''}".strip() for each in known)
    near = did_you_mean(which, [each.label for each in known if each.label])
    hint = f"one of {listed}" if listed else f"crm customer address add {customer} --city …"
    raise NotFound(f"customer {customer} has no address {shown(which)}{near}", hint=hint)


def _title(address: Address) -> str:
    return f"address {address.id} {_place(address)}"


def _place(address: Address) -> str:
    return address.url or ", ".join(filter(None, (getattr(address, name) for name in _POSTAL)))
