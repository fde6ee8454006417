"""The e-mail addresses, phones and tags of a customer."""

from dataclasses import dataclass

from sqlmodel import col, select

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.vocabulary import ContactKind
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput, NotFound
from crmcli.models.customer import ContactPoint, CustomerTag, Tag
from crmcli.query import reference
from crmcli.services import erasedkeys
from crmcli.services.assignments import Assignment
from crmcli.services.owners import key


def holder(db: Reader, email: str) -> int | None:
    """The customer, not removed, that has the normalised address `email`."""
    found = db.value(
        "select customer_id from contact_point where value = :email and kind = 'email' and is_live = 1", email=email
    )
    return None if found is None else int(found)


def add(session: Writer, customer: int, kind: str, text: str) -> None:
    """Give `customer` an address or number; one that it has already stays. Raises InvalidInput and Conflict."""
    value = _normal(session, kind, text)
    points = _points(session, customer, kind)
    if value not in [point.value for point in points]:
        position = max((point.position for point in points), default=-1) + 1
        _store(session, customer, kind, value, position=position)


def change(session: Writer, customer: int, wish: Assignment) -> None:
    """`=` replaces all (several parted by commas, the first is primary), `+=` adds, `-=` takes away."""
    kind = wish.field
    values = list(dict.fromkeys(_normal(session, kind, value) for value in wish.value.split(",") if value.strip()))
    if wish.op == "=":
        _replace(session, customer, kind, values)
    elif wish.op == "-=":
        _take_away(session, customer, kind, values)
    else:
        for value in values:
            add(session, customer, kind, value)


@dataclass(frozen=True, slots=True)
class Particulars:
    """What is said of one address or number: its `label` (empty: none), and whether it is to be the primary one."""

    label: str | None = None
    is_primary: bool = False


def add_one(session: Writer, ref: str, text: str, said: Particulars) -> Change:
    """Give a customer one address or number. Raises InvalidInput, NotFound, Ambiguous and Conflict."""
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    add(session, number, _kind(text), text)
    return _described(session, _point(session, number, text), said, "gave")


def edit_one(session: Writer, ref: str, text: str, said: Particulars, *, to: str | None = None) -> Change:
    """Correct an address or number, label it, make it the primary one. Raises as `add_one` does."""
    if to is None and said == Particulars():
        raise InvalidInput("nothing to change", hint="--to VALUE, --label TEXT or --primary")
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    point = _point(session, number, text)
    if to is not None:
        _correct(session, point, to)
    return _described(session, point, said, "changed")


def remove_one(session: Writer, ref: str, text: str) -> Change:
    """Take one address or number away. Raises InvalidInput, NotFound and Ambiguous."""
    number = reference.customer(session.reader, ref, preferences=session.preferences)
    point = _point(session, number, text)
    session.delete(point)
    session.flush()
    return Change((number,), f"removed {point.kind} {point.value} of customer {number}", "crm undo brings it back")


def retire(session: Writer, customer: int) -> None:
    """The addresses of a customer that is removed: free for others."""
    for point in _points(session, customer, None):
        point.is_live = 0


def revive(session: Writer, customer: int) -> None:
    """The addresses of a customer that comes back. Raises Conflict for one that another has."""
    for point in _points(session, customer, None):
        if point.kind == ContactKind.EMAIL:
            _refuse_taken(session.reader, point.value, customer)
        point.is_live = 1


def tag(session: Writer, customer: int, name: str) -> None:
    """Tag `customer`; the tag is made where it is new, and found in any case."""
    number = _tag_id(session, name)
    there = select(CustomerTag).where(CustomerTag.customer_id == customer, CustomerTag.tag_id == number)
    if session.exec(there).first() is None:
        session.add(CustomerTag(customer_id=customer, tag_id=number))
        session.flush()


def untag(session: Writer, customer: int, name: str) -> None:
    """Take a tag off. Raises NotFound when `customer` has it not."""
    wanted = normal.tag(name)
    links = _tagged(session, customer)
    if wanted.lower() not in links:
        meant = did_you_mean(wanted.lower(), links)
        message = f"customer {customer} has no tag {shown(wanted)}{meant}"
        raise NotFound(message, hint=f"crm customer show {customer} lists its tags")
    session.delete(links[wanted.lower()])
    session.flush()


def change_tags(session: Writer, customer: int, wish: Assignment) -> None:
    """`tag=` replaces all, `tag+=` adds, `tag-=` takes away; several parted by commas."""
    names = [normal.tag(name) for name in wish.value.split(",") if name.strip()]
    if wish.op == "=":
        kept = {name.lower() for name in names}
        for name, link in _tagged(session, customer).items():
            if name not in kept:
                session.delete(link)
        session.flush()
    for name in names:
        (untag if wish.op == "-=" else tag)(session, customer, name)


def _kind(text: str) -> ContactKind:
    return ContactKind.EMAIL if "@" in text else ContactKind.PHONE


def _point(session: Writer, customer: int, text: str) -> ContactPoint:
    """The address or number of `customer` that `text` names."""
    kind = _kind(text)
    return _named(customer, kind, _normal(session, kind, text), _points(session, customer, kind))


def _named(customer: int, kind: str, value: str, points: list[ContactPoint]) -> ContactPoint:
    """The one of `points` that is `value`. Raises NotFound."""
    known = {point.value: point for point in points}
    if value not in known:
        message = f"customer {customer} has no {kind} {shown(value)}{did_you_mean(value, known)}"
        raise NotFound(message, hint=f"crm customer show {customer} lists them")
    return known[value]


def _correct(session: Writer, point: ContactPoint, text: str) -> None:
    value = _normal(session, point.kind, text)
    if value == point.value:
        return
    if value in [each.value for each in _points(session, point.customer_id, point.kind)]:
        hint = f"crm customer contact remove {point.customer_id} {point.value}"
        raise Conflict(f"customer {point.customer_id} has {point.kind} {shown(value)} already", hint=hint)
    if point.kind == ContactKind.EMAIL:
        _refuse_taken(session.reader, value, point.customer_id)
    erasedkeys.refuse(session.reader, point.kind, value)
    point.value = value
    session.flush()


def _described(session: Writer, point: ContactPoint, said: Particulars, verb: str) -> Change:
    if said.label is not None:
        point.label = normal.text(said.label, name="label", limit=40) if said.label.strip() else None
    if said.is_primary:
        others = [each for each in _points(session, point.customer_id, point.kind) if each is not point]
        for position, each in enumerate((point, *others)):
            each.position = position
    session.flush()
    number, what = point.customer_id, f"{point.kind} {point.value}"
    if not session.has_changes:
        return Change((number,), f"{what} of customer {number} is so already; nothing changed")
    return Change((number,), f"{verb} customer {number} {what}", f"crm customer show {number}")


def _tagged(session: Writer, customer: int) -> dict[str, CustomerTag]:
    """What tags `customer`, by the tag's name in lower case."""
    links = select(CustomerTag, Tag).where(CustomerTag.tag_id == Tag.id, CustomerTag.customer_id == customer)
    return {tag.name.lower(): link for link, tag in session.exec(links)}


def _tag_id(session: Writer, name: str) -> int:
    name = normal.tag(name)
    found = session.reader.value("select id from tag where name = :name collate nocase", name=name)
    if found is not None:
        return int(found)
    made = Tag.of(name=name, recorded_at=session.recorded_at)
    session.add(made)
    session.flush()
    return key(made.id)


def _normal(session: Writer, kind: str, text: str) -> str:
    return normal.email(text) if kind == ContactKind.EMAIL else normal.phone(text, session.preferences.phone_region)


def _points(session: Writer, customer: int, kind: str | None) -> list[ContactPoint]:
    wanted = select(ContactPoint).where(ContactPoint.customer_id == customer)
    if kind is not None:
        wanted = wanted.where(ContactPoint.kind == kind)
    return list(session.exec(wanted.order_by(col(ContactPoint.position), col(ContactPoint.id))))


def _store(session: Writer, customer: int, kind: str, value: str, *, position: int) -> None:
    if kind == ContactKind.EMAIL:
        _refuse_taken(session.reader, value, customer)
    erasedkeys.refuse(session.reader, kind, value)
    session.add(ContactPoint(customer_id=customer, kind=ContactKind(kind), value=value, position=position))
    session.flush()


def _replace(session: Writer, customer: int, kind: str, values: list[str]) -> None:
    points = {point.value: point for point in _points(session, customer, kind)}
    if list(points) == values:
        return
    for value, point in points.items():
        if value not in values:
            session.delete(point)
    session.flush()
    for position, value in enumerate(values):
        if value in points:
            points[value].position = position
        else:
            _store(session, customer, kind, value, position=position)


def _take_away(session: Writer, customer: int, kind: str, values: list[str]) -> None:
    points = _points(session, customer, kind)
    for value in values:
        session.delete(_named(customer, kind, value, points))
    session.flush()


def _refuse_taken(db: Reader, email: str, customer: int) -> None:
    other = holder(db, email)
    if other is not None and other != customer:
        name = db.value("select name from customer where id = :other", other=other)
        raise Conflict(
            f"e-mail {email!r} belongs to customer {other} {name}",
            hint=f"crm customer show {other}, or add with --if-absent",
        )
