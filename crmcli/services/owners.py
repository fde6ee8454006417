"""Owners: who of us looks after customers and deals; made when they are first named."""

from crmcli.core import normal
from crmcli.core.uid import uid
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput


def owner(session: Writer, name: str) -> int:
    """The id of the owner called `name` (any case), or with that e-mail address, or `me`; a new one where there is none.

    A new one is told of, with whoever it may have been meant for. Raises InvalidInput for `me` while nobody is.
    """
    name = normal.text(name, name="owner")
    found = session.reader.value(
        "select id from owner where removed_at is null "
        "and (name = :name collate nocase or email = lower(:name) or (is_me and lower(:name) = 'me'))",
        name=name,
    )
    if found is not None:
        return int(found)
    _refuse_me(name)
    from crmcli.models.owner import Owner  # few commands make one

    near = _near(session.reader, name)
    made = Owner.of(uid=uid(milliseconds(session)), name=name, recorded_at=session.recorded_at)
    session.add(made)
    session.flush()
    number = key(made.id)
    meant = f"; if it is {near[1]}: crm owner merge {near[0]} {number}" if near else ""
    session.remarks.append(f"new owner {number} {name}{meant}")
    return number


def milliseconds(session: Writer) -> int:
    """The instant of the operation as UUIDs count it."""
    return int(session.now.timestamp() * 1000)


def key(number: int | None) -> int:
    """The id that the file gave a stored row."""
    if number is None:
        raise AssertionError("the row is not stored yet")
    return number


def _refuse_me(name: str) -> None:
    if name.lower() == "me":
        raise InvalidInput("nobody is me yet", hint="crm owner edit NAME --set me=yes says who is")


def _near(db: Reader, name: str) -> tuple[int, str] | None:
    """The owner who may have been meant: one whose name holds the words of `name`, or they its, or is spelled alike."""
    import difflib

    words = set(normal.fold(name).split())
    known = {normal.fold(each): (int(number), str(each)) for number, each in db.rows(
        "select id, name from owner where removed_at is null order by id desc")}  # fmt: skip
    for folded, found in known.items():
        if words <= set(folded.split()) or words >= set(folded.split()):
            return found
    return next((known[each] for each in difflib.get_close_matches(normal.fold(name), known, n=1, cutoff=0.8)), None)
