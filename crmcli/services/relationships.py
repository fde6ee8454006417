"""Ties between customers."""

from dataclasses import dataclass, replace

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.settable import SETTABLE
from crmcli.core.strength import score
from crmcli.core.uid import uid
from crmcli.core.vocabulary import WORKS_FOR, CustomerKind
from crmcli.core.wording import counted, employs_nobody
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput, NotFound
from crmcli.models.relationship import Relationship, RelationType
from crmcli.query import reference
from crmcli.services import circles, dates
from crmcli.services.assignments import Assignment, assignments
from crmcli.services.owners import key, milliseconds

_ORGANISATIONS = """
    select id from customer where kind = 'organisation' and name = :name collate nocase and removed_at is null limit 2
"""

FIELDS = SETTABLE["relationship"]


@dataclass(frozen=True, slots=True)
class Detail:
    """What is said of a tie beside who is tied: since which date, a note, and how strong it is."""

    since: str | None = None
    note: str | None = None
    strength: str | None = None


def add(session: Writer, source: str, kind: str, target: str, detail: Detail) -> Change:
    """Tie two customers.

    Raises InvalidInput for a tie to oneself, Conflict for one that is there already or closes a circle.
    """
    db = session.reader
    type_id, is_inverse = reference.relation_type(db, kind)
    from_id = reference.customer(db, source, preferences=session.preferences)
    to_id = reference.customer(db, target, preferences=session.preferences)
    if is_inverse:
        from_id, to_id = to_id, from_id
    since = dates.day(session, detail.since, lean="past") if detail.since else None
    made = tie(session, from_id, type_id, to_id, replace(detail, since=since))
    sentence = f"added relationship {made.id}: {_sentence(session.reader, made)}"
    return Change((key(made.id),), sentence, f"crm graph show {from_id}", echo=since and f"since {since}")


def tie(session: Writer, from_id: int, type_id: int, to_id: int, detail: Detail = Detail()) -> Relationship:
    """Store a tie, symmetric ones from the lesser id. Raises InvalidInput and Conflict."""
    kind = session.get_one(RelationType, type_id)
    if kind.is_symmetric and from_id > to_id:
        from_id, to_id = to_id, from_id
    _refuse(session.reader, kind, from_id, to_id)
    circles.refuse(session.reader, type_id, from_id, to_id, is_forest=bool(kind.is_forest))
    made = Relationship.of(
        uid=uid(milliseconds(session)),
        from_id=from_id,
        type_id=type_id,
        to_id=to_id,
        since=detail.since,
        note=detail.note,
        strength=None if detail.strength is None else score(detail.strength, name="strength"),
        created_at=session.recorded_at,
        recorded_at=session.recorded_at,
    )
    session.add(made)
    session.flush()
    return made


def edit(session: Writer, ref: str, sets: tuple[str, ...]) -> Change:
    """Correct a tie. Raises InvalidInput, NotFound, and Conflict for one that would last beside another or in a circle."""
    found = session.get_one(Relationship, reference.relationship(session.reader, ref))
    wanted = assignments(sets, fields=FIELDS)
    if not wanted:
        raise InvalidInput("nothing to change", hint=f"--set FIELD=VALUE, of {', '.join(FIELDS)}")
    is_unended = any(wish.field == "until" and not wish.value.strip() for wish in wanted)
    if is_unended and found.until is not None:
        _refuse_again(session, found)
    for wish in wanted:
        found.assign(**_value(session, wish))
    if found.since and found.until and found.until < found.since:
        raise InvalidInput(f"until {found.until} is before since {found.since}", hint="give both")
    if not session.has_changes:
        return Change((key(found.id),), f"relationship {found.id} is so already; nothing changed")
    said = {name: getattr(found, name) for name in ("since", "until") if any(w.field == name for w in wanted)}
    echo = ", ".join(f"{name} {day}" for name, day in said.items() if day) or None
    sentence = f"changed relationship {found.id}: {_sentence(session.reader, found)}"
    return Change((key(found.id),), sentence, f"crm graph show {found.from_id}", echo=echo)


def end(session: Writer, ref: str, at: str | None) -> Change:
    """Let a tie last until a day, today without one; it stays in the file. Raises InvalidInput, NotFound and Conflict."""
    found = session.get_one(Relationship, reference.relationship(session.reader, ref))
    if found.until is not None:
        raise Conflict(
            f"relationship {found.id} ended on {found.until} already",
            hint=f"crm relation edit {found.id} --set until=DATE gives another day",
        )
    found.until = dates.day(session, at or "today", lean="past")
    if found.since and found.until < found.since:
        raise InvalidInput(f"relationship {found.id} began on {found.since}, after {found.until}", hint="a later --at")
    sentence = f"ended relationship {found.id}: {_sentence(session.reader, found)}, until {found.until}"
    return Change((key(found.id),), sentence, "crm relation list is:ended shows what has ended")


def remove(session: Writer, ref: str) -> Change:
    """Take a tie away. Raises NotFound."""
    number = reference.relationship(session.reader, ref)
    found = session.get_one(Relationship, number)
    found.removed_at = session.recorded_at
    return Change(
        (number,), f"removed relationship {number}: {_sentence(session.reader, found)}", "crm undo brings it back"
    )


def change_employer(session: Writer, customer: int, employer: str) -> None:
    """Let `customer` work for the organisation named `employer` alone, for nobody where it is empty.

    An organisation is named by id, handle or whole name, and made where it is new; what ends, ends today. Raises
    InvalidInput for a person, NotFound and Ambiguous.
    """
    organisation = _organisation(session, employer) if employer.strip() else None
    if organisation == customer:
        raise InvalidInput("nobody works for themselves", hint="name another employer")
    today = session.now.astimezone(session.preferences.tz).date().isoformat()
    live = session.reader.rows(
        "select id, to_id from relationship where from_id = :customer and type_id = :works_for "
        "and removed_at is null and until is null",
        customer=customer,
        works_for=WORKS_FOR,
    )
    present = {to_id: number for number, to_id in live}
    for to_id, number in present.items():
        if to_id != organisation:
            session.get_one(Relationship, number).until = today
    if organisation is not None and organisation not in present:
        tie(session, customer, WORKS_FOR, organisation)


def _organisation(session: Writer, employer: str) -> int:
    """The organisation that `employer` names; a person of that very name does not stand in its way."""
    from crmcli.services import customers

    db, name = session.reader, normal.text(employer, name="employer")
    named = [int(row[0]) for row in db.rows(_ORGANISATIONS, name=name)]
    if len(named) == 1 and not name.isdigit():
        return named[0]
    try:
        found = reference.customer(db, name, preferences=session.preferences, whole=True)
    except NotFound:
        if name.isdigit():
            raise
        found = 0
    row = db.row("select kind, name from customer where id = :found", found=found)
    if row and row[0] == CustomerKind.ORGANISATION:
        return found
    if row and normal.fold(row[1]) != normal.fold(name):
        raise InvalidInput(
            employs_nobody(found, row[1]),
            hint=f"crm customer edit {found} --set kind=organisation, if it is one",
        )
    new = customers.NewCustomer(name=name, kind=CustomerKind.ORGANISATION)
    made = customers.add(session, new).ids[0]
    session.remarks.append(f"new organisation {made} {name}")
    return made


def _refuse(db: Reader, kind: RelationType, from_id: int, to_id: int) -> None:
    if from_id == to_id:
        name = db.value("select name from customer where id = :from_id", from_id=from_id)
        raise InvalidInput(f"customer {from_id} {name} cannot be tied to itself", hint="name two customers")
    there = db.value(
        "select id from relationship where from_id = :from_id and type_id = :type_id and to_id = :to_id "
        "and removed_at is null and until is null",
        from_id=from_id,
        type_id=kind.id,
        to_id=to_id,
    )
    if there is not None:
        raise Conflict(f"relationship {there} says so already", hint=f"crm relation remove {there} takes it away")
    if kind.id == WORKS_FOR:
        _refuse_person(db, to_id)
    if kind.is_forest:
        _refuse_second_referrer(db, kind, to_id)


def refuse_employees(db: Reader, number: int) -> None:
    """Raises Conflict where somebody works for the customer, who shall be a person."""
    row = db.row(
        "select c.name, count(*) from relationship r join customer c on c.id = r.to_id where r.to_id = :number "
        "and r.type_id = :works_for and r.removed_at is null and r.until is null group by c.id",
        number=number,
        works_for=WORKS_FOR,
    )
    if row:
        raise Conflict(
            f"customer {number} {row[0]} employs {counted(int(row[1]), 'customer')} and cannot be a person",
            hint=f"crm relation list to:{number} type:'\"works for\"' shows the ties",
        )


def _refuse_person(db: Reader, number: int) -> None:
    kind, name = db.row("select kind, name from customer where id = :number", number=number) or ("", "")
    if kind != CustomerKind.ORGANISATION:
        raise InvalidInput(
            employs_nobody(number, name),
            hint=f"crm customer edit {number} --set kind=organisation, if it is one",
        )


def _refuse_again(session: Writer, found: Relationship) -> None:
    """Raises Conflict where a tie that had ended cannot last again."""
    db = session.reader
    kind = session.get_one(RelationType, found.type_id)
    there = db.value(
        "select id from relationship where (from_id, type_id, to_id) = (:from_id, :type_id, :to_id) and id <> :id "
        "and removed_at is null and until is null",
        {"from_id": found.from_id, "type_id": found.type_id, "to_id": found.to_id, "id": found.id},
    )
    if there is not None:
        raise Conflict(f"relationship {there} says so already", hint=f"crm relation remove {there} takes it away")
    if not kind.is_forest:
        circles.refuse(db, found.type_id, found.from_id, found.to_id, is_forest=False)


def _value(session: Writer, wish: Assignment) -> dict[str, object]:
    text = wish.value.strip()
    match wish.field:
        case "since" | "until":
            return {wish.field: dates.day(session, text, lean="past") if text else None}
        case "strength":
            return {"strength": score(text, name="strength") if text else None}
    return {wish.field: wish.value}


def _refuse_second_referrer(db: Reader, kind: RelationType, to_id: int) -> None:
    other = db.row(
        "select r.id, c.id, c.name from relationship r join customer c on c.id = r.from_id "
        "where r.to_id = :to_id and r.type_id = :type_id and r.removed_at is null",
        to_id=to_id,
        type_id=kind.id,
    )
    if other:
        name = db.value("select name from customer where id = :to_id", to_id=to_id)
        raise Conflict(
            f"customer {to_id} {name} was referred by customer {other[1]} {other[2]} already",
            hint=f"crm relation remove {other[0]} first",
        )


def _sentence(db: Reader, tie: Relationship) -> str:
    names = db.row(
        "select a.name, t.name, b.name from customer a, relation_type t, customer b "
        "where a.id = :from_id and t.id = :type_id and b.id = :to_id",
        from_id=tie.from_id,
        type_id=tie.type_id,
        to_id=tie.to_id,
    )
    return " ".join(names or ())
