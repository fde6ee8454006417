"""Adding, changing, removing and restoring customers."""

from collections.abc import Sequence
from dataclasses import dataclass

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.settable import SETTABLE
from crmcli.core.uid import uid
from crmcli.core.vocabulary import CustomerKind
from crmcli.core.wording import shown
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput
from crmcli.models.customer import Customer
from crmcli.query import reference
from crmcli.services import contacts, customfields, relationships, several
from crmcli.services.assignments import Assignment, assignments
from crmcli.services.owners import key, milliseconds, owner
from crmcli.services.resembling import Alike, resembling

_NAMED_DEALS = 5
_SEVERAL = ("email", "phone", "tag")
FIELDS = SETTABLE["customer"]


@dataclass(frozen=True, slots=True)
class NewCustomer:
    """What the user says of a customer to add; texts as typed, normalised on the way in."""

    name: str
    kind: CustomerKind = CustomerKind.PERSON
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    employer: str | None = None
    title: str | None = None
    city: str | None = None
    country: str | None = None
    industry: str | None = None
    source: str | None = None
    owner: str | None = None
    note: str | None = None
    at: str | None = None
    sets: tuple[str, ...] = ()


def add(session: Writer, new: NewCustomer, *, if_absent: bool = False) -> Change:
    """Store a customer with its contact points, tags, owner and employer.

    With `if_absent` one that has one of the e-mails, else the phone and the name, else without e-mails the same name and
    kind, is left as it is and given back. Otherwise a likely duplicate is a warning. Raises InvalidInput, and Conflict
    for an e-mail that another has.
    """
    there = _present(session.reader, new) if if_absent else None
    alike = [] if there is not None else _resembling(session, new)
    if if_absent and there is None:
        there = next(
            (each.id for each in alike if each.is_sure and (not new.emails or each.reason == "same phone")), None
        )
    if there is not None:
        return Change((there,), f"{_title(session.reader, there)} is there already; nothing changed")
    customer = _stored(session, new)
    number = key(customer.id)
    _fill(session, customer, new)
    warnings = tuple(
        f"looks like customer {each.id} {each.name} ({each.reason}): crm customer merge {each.id} {number} makes them one"
        for each in alike
    )
    sentence, then = f"added customer {number} {customer.name}", f'crm log {customer.handle} "first call"'
    return Change((number,), sentence, then, warnings)


@dataclass(frozen=True, slots=True)
class Edit:
    """What becomes of a customer, or of each of many: `FIELD=VALUE`, tags to add and to take off."""

    sets: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    untags: tuple[str, ...] = ()


def edit_many(session: Writer, numbers: Sequence[int], wish: Edit) -> Change:
    """Change many customers alike; one that has not the tag to take off stays as it is."""

    def change(ref: str) -> Change:
        has = session.reader.rows(
            "select lower(t.name) from customer_tag k join tag t on t.id = k.tag_id where k.customer_id = :id", id=ref
        )
        there = {name for (name,) in has}
        untags = tuple(tag for tag in wish.untags if tag.strip().removeprefix("+").lower() in there)
        if not (wish.sets or wish.tags or untags):
            return Change((int(ref),), "nothing changed")
        return edit(session, ref, sets=wish.sets, tags=wish.tags, untags=untags)

    if wish == Edit():
        raise InvalidInput("nothing to change", hint="--set FIELD=VALUE, --tag TAG or --untag TAG")
    return several.each(session, numbers, change, noun="customer")


def edit(session: Writer, ref: str, *, sets: tuple[str, ...], tags: tuple[str, ...], untags: tuple[str, ...]) -> Change:
    """Change fields, contact points and tags. Raises InvalidInput, NotFound, Ambiguous and Conflict."""
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    known = customfields.definitions(session.reader, "customer")
    wanted = assignments(sets, fields=(*FIELDS, *known), several=_SEVERAL)
    if not (wanted or tags or untags):
        raise InvalidInput("nothing to change", hint="--set FIELD=VALUE, --tag TAG or --untag TAG")
    customer = session.get_one(Customer, number)
    for wish in wanted:
        _apply(session, customer, wish, known)
    for tag in tags:
        contacts.tag(session, number, tag)
    for tag in untags:
        contacts.untag(session, number, tag)
    if not session.has_changes:
        return Change((number,), f"customer {number} {customer.name} is so already; nothing changed")
    return Change((number,), f"changed customer {number} {customer.name}", f"crm customer show {customer.handle}")


def remove(session: Writer, ref: str, *, force: bool = False) -> Change:
    """Take a customer out of every list; its e-mails are free again. Raises Conflict while it has open deals."""
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    customer = session.get_one(Customer, number)
    deals = [] if force else _open_deals(session.reader, number)
    if deals:
        named = ", ".join(deals[:_NAMED_DEALS])
        more = f" and {len(deals) - _NAMED_DEALS:,} more" if len(deals) > _NAMED_DEALS else ""
        message = f"customer {number} {customer.name} has open deals: {named}{more}"
        raise Conflict(message, hint="close them first, or give --force")
    customer.removed_at = session.recorded_at
    contacts.retire(session, number)
    return Change((number,), f"removed customer {number} {customer.name}", "crm undo brings it back")


def restore(session: Writer, ref: str) -> Change:
    """Bring a removed customer back. Raises Conflict for an erased or merged one, or when another has its e-mail."""
    number = reference.customer(session.reader, ref, preferences=session.preferences, removed=True)
    customer = session.get_one(Customer, number)
    if customer.removed_at is None:
        return Change((number,), f"customer {number} {customer.name} is not removed; nothing changed")
    if session.reader.value("select 1 from erasure where customer_id = :number", number=number):
        raise Conflict(f"customer {number} was erased for good", hint="crm customer add NAME begins anew")
    if customer.merged_into_id is not None:
        raise _merged(session.reader, customer)
    contacts.revive(session, number)
    customer.removed_at = None
    return Change((number,), f"restored customer {number} {customer.name}", f"crm customer show {customer.handle}")


def handle_for(db: Reader, name: str) -> str:
    """A handle made from `name` that no customer has: `acme-ltd`, else with the least number that is free."""
    base = normal.handle(name)
    handle, number = base, 1
    while db.value("select 1 from customer where handle = :handle", handle=handle):
        number += 1
        handle = f"{base}-{number}"
    return handle


def _stored(session: Writer, new: NewCustomer) -> Customer:
    name = normal.text(new.name, name="name")
    customer = Customer.of(
        uid=uid(milliseconds(session)),
        name=name,
        kind=new.kind,
        handle=handle_for(session.reader, name),
        title=new.title,
        city=new.city,
        country=new.country,
        industry=new.industry,
        source=new.source,
        note=new.note,
        owner_id=owner(session, new.owner) if new.owner else None,
        created_at=new.at or session.recorded_at,
        recorded_at=session.recorded_at,
    )
    session.add(customer)
    session.flush()
    return customer


def _fill(session: Writer, customer: Customer, new: NewCustomer) -> None:
    """Give a customer that is stored what stands in other tables, and the fields of `--set`."""
    number = key(customer.id)
    for kind, values in (("email", new.emails), ("phone", new.phones)):
        for value in values:
            contacts.add(session, number, kind, value)
    for tag in new.tags:
        contacts.tag(session, number, tag)
    if new.employer:
        relationships.change_employer(session, number, new.employer)
    if new.sets:
        known = customfields.definitions(session.reader, "customer")
        for wish in assignments(new.sets, fields=(*FIELDS, *known), several=_SEVERAL):
            _apply(session, customer, wish, known)
    session.flush()


def _present(db: Reader, new: NewCustomer) -> int | None:
    """The customer that `new` describes already."""
    for value in new.emails:
        holder = contacts.holder(db, normal.email(value))
        if holder is not None:
            return holder
    if new.emails:
        return None
    found = db.value(
        "select id from customer where name = :name collate nocase and kind = :kind and removed_at is null order by id",
        name=normal.text(new.name, name="name"),
        kind=new.kind,
    )
    return None if found is None else int(found)


def _resembling(session: Writer, new: NewCustomer) -> list[Alike]:
    phones = [normal.phone(each, session.preferences.phone_region) for each in new.phones]
    return resembling(session.reader, normal.text(new.name, name="name"), new.kind, phones)


def _apply(session: Writer, customer: Customer, wish: Assignment, known: customfields.Definitions) -> None:
    number = key(customer.id)
    if wish.field in known:
        currency = session.preferences.currency
        customer.custom = customfields.changed(customer.custom, wish.field, wish.value, known, currency=currency)
    elif wish.field in ("email", "phone"):
        contacts.change(session, number, wish)
    elif wish.field == "tag":
        contacts.change_tags(session, number, wish)
    elif wish.field == "owner":
        customer.owner_id = owner(session, wish.value) if wish.value.strip() else None
    elif wish.field == "employer":
        relationships.change_employer(session, number, wish.value)
    else:
        if wish.field == "kind" and wish.value == CustomerKind.PERSON:
            relationships.refuse_employees(session.reader, number)
        _assign(customer, wish)


def _assign(customer: Customer, wish: Assignment) -> None:
    value: object = wish.value
    if wish.field == "do_not_contact":
        value = int(bool(wish.value.strip()) and normal.boolean(wish.value, name=wish.field))
    elif wish.field == "kind" and wish.value not in set(CustomerKind):
        raise InvalidInput(f"no kind {shown(wish.value)}; one of {', '.join(CustomerKind)}")
    customer.assign(**{wish.field: value})


def _open_deals(db: Reader, number: int) -> list[str]:
    rows = db.rows(
        """
        select d.id, d.name from deal d
        join passage p on p.deal_id = d.id and p.ended_at is null
        join stage s on s.id = p.stage_id
        where d.customer_id = :number and d.removed_at is null and s.outcome = 'open' order by d.id
        """,
        number=number,
    )
    return [f"{number} {name}" for number, name in rows]


def _merged(db: Reader, customer: Customer) -> Conflict:
    """A merged customer comes back with all that was its own, or not at all."""
    by = db.value("select max(operation_id) from change where table_name = 'customer' and row_id = :id", id=customer.id)
    into = customer.merged_into_id
    return Conflict(
        f"customer {customer.id} was merged into customer {into}", hint=f"crm undo {by} takes the merge back"
    )


def _title(db: Reader, number: int) -> str:
    return f"customer {number} {db.value('select name from customer where id = :number', number=number)}"
