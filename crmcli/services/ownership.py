"""Owners put right: renamed, made one, removed."""

from collections.abc import Callable, Iterator, Sequence

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.settable import SETTABLE
from crmcli.core.wording import counted, shown
from crmcli.db import subject
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput
from crmcli.models.owner import Owner
from crmcli.query import reference
from crmcli.query.quota import PERIOD
from crmcli.services.assignments import Assignment, assignments
from crmcli.services.owners import key

FIELDS = SETTABLE["owner"]


def edit(session: Writer, ref: str, sets: Sequence[str]) -> Change:
    """Change an owner. Raises NotFound, Ambiguous and InvalidInput, and Conflict for a name or address of another one."""
    if not sets:
        raise InvalidInput("nothing to change", hint=f"--set FIELD=VALUE; one of {', '.join(FIELDS)}")
    found = session.get_one(Owner, reference.owner(session.reader, ref))
    number, before = key(found.id), found.name
    for wish in assignments(sets, fields=FIELDS):
        found.assign(**{_column(wish): _value(session, number, wish)})
    session.flush()
    _rename_manager(session, before, found.name)
    if not session.has_changes:
        return Change((number,), f"owner {number} {found.name} is so already; nothing changed")
    return Change((number,), f"changed owner {number} {found.name}", "crm owner list")


def merge(session: Writer, keep: str, others: Sequence[str]) -> Change:
    """Give all that the others have, in the history of stages too, to `keep`, who takes over what it lacks itself.

    Raises NotFound, Ambiguous, InvalidInput for an owner beside itself, and Conflict where two have a quota for the same.
    """
    db = session.reader
    kept = session.get_one(Owner, reference.owner(db, keep))
    number, gone = key(kept.id), dict.fromkeys(reference.owner(db, each) for each in others)
    if number in gone:
        raise InvalidInput(f"owner {number} {kept.name} cannot be merged into itself", hint="name two owners")
    for other in gone:
        _refuse_two_quotas(db, number, other)
        for child, column in _references(session):
            move = f"update {child} set {column} = :keep where {column} = :other"
            session.raw.execute(move, {"keep": number, "other": other})
        it = session.get_one(Owner, other)
        it.removed_at = session.recorded_at
        session.flush()
        for field in ("email", "manager", "region", "is_me"):
            setattr(kept, field, getattr(kept, field) or getattr(it, field))
        _rename_manager(session, it.name, kept.name)
    session.flush()
    what = f"merged {counted(len(gone), 'owner')} into {number} {kept.name}"
    return Change((number,), what, "crm owner list")


def remove(session: Writer, ref: str) -> Change:
    """Remove an owner who has nothing. Raises NotFound and Ambiguous, and Conflict while there is something."""
    found = session.get_one(Owner, reference.owner(session.reader, ref))
    number = key(found.id)
    has = list(_belongings(session, number))
    if has:
        message = f"owner {number} {found.name} has {', '.join(has)}"
        raise Conflict(message, hint=f"crm owner merge KEEP {number} gives them to another one")
    found.removed_at = session.recorded_at
    return Change((number,), f"removed owner {number} {found.name}", "crm undo brings it back")


def _column(wish: Assignment) -> str:
    return "is_me" if wish.field == "me" else wish.field


def _value(session: Writer, number: int, wish: Assignment) -> object:
    """What the field becomes. Raises InvalidInput and Conflict."""
    readers: dict[str, Callable[[], object]] = {
        "name": lambda: _free_name(session.reader, number, wish.value),
        "email": lambda: _free_email(session.reader, number, wish.value) if wish.value.strip() else None,
        "me": lambda: _is_me(session, number, wish.value),
    }
    plain = lambda: normal.text(wish.value, name=wish.field) if wish.value.strip() else None  # noqa: E731
    return readers.get(wish.field, plain)()


def _free_name(db: Reader, number: int, text: str) -> str:
    name = normal.text(text, name="name")
    if name.lower() == "me":
        raise InvalidInput("'me' is no name of an owner", hint="--set me=yes says who you are")
    other = db.value(
        "select id from owner where name = :name collate nocase and id <> :id and removed_at is null",
        name=name,
        id=number,
    )
    if other is not None:
        raise Conflict(
            f"owner {other} is called {shown(name)}", hint=f"crm owner merge {other} {number} makes them one"
        )
    return name


def _free_email(db: Reader, number: int, text: str) -> str:
    address = normal.email(text)
    other = db.value(
        "select id from owner where email = :email and id <> :id and removed_at is null", email=address, id=number
    )
    if other is not None:
        raise Conflict(f"owner {other} has {address}", hint=f"crm owner merge {other} {number} makes them one")
    return address


def _is_me(session: Writer, number: int, text: str) -> int:
    """Whether the owner is the user of this file; nobody else is then."""
    answer = normal.boolean(text, name="me")
    if answer:
        session.raw.execute("update owner set is_me = 0 where is_me and id <> ?", (number,))
    return int(answer)


def _rename_manager(session: Writer, before: str, after: str) -> None:
    """Those whose manager was called so have one who is called otherwise."""
    if before != after:
        rename = "update owner set manager = :after where manager = :before collate nocase and removed_at is null"
        session.raw.execute(rename, {"before": before, "after": after})


def _references(session: Writer) -> Iterator[tuple[str, str]]:
    """The columns that lead to an owner."""
    return ((each.child, each.column) for each in subject.references(session.raw) if each.parent == "owner")


def _refuse_two_quotas(db: Reader, keep: int, other: int) -> None:
    row = db.row(
        f"""
        select q.id, k.id, {PERIOD} from quota q join quota k on k.owner_id = :keep and k.removed_at is null
            and (k.starts_on, k.ends_on, k.currency) = (q.starts_on, q.ends_on, q.currency)
        where q.owner_id = :other and q.removed_at is null order by q.id
        """,
        keep=keep,
        other=other,
    )
    if row is not None:
        message = f"owners {keep} and {other} both have a quota in {row[2]}"
        raise Conflict(message, hint=f"crm quota remove {row[0]} or {row[1]} first")


def _belongings(session: Writer, number: int) -> Iterator[str]:
    """What the owner has or had, by kind: `3 deals`; what was removed counts, for it can come back."""
    for child, column in _references(session):
        count = session.reader.value(f"select count(*) from {child} where {column} = :id", id=number)
        if count:
            yield counted(count, child.replace("_", " "))
