"""Owners, made when they are first named."""

from crmcli.core import normal
from crmcli.core.uid import uid
from crmcli.db.writing import Writer


def owner(session: Writer, name: str) -> int:
    """The id of the owner called `name` (any case), or with that e-mail address; a new one where there is none."""
    name = normal.text(name, name="owner")
    found = session.reader.value(
        "select id from owner where removed_at is null and (name = :name collate nocase or email = lower(:name))",
        name=name,
    )
    if found is not None:
        return int(found)
    from crmcli.models.owner import Owner  # few commands make one

    made = Owner.of(uid=uid(milliseconds(session)), name=name, recorded_at=session.recorded_at)
    session.add(made)
    session.flush()
    return key(made.id)


def milliseconds(session: Writer) -> int:
    """The instant of the operation as UUIDs count it."""
    return int(session.now.timestamp() * 1000)


def key(number: int | None) -> int:
    """The id that the file gave a stored row."""
    if number is None:
        raise AssertionError("the row is not stored yet")
    return number
