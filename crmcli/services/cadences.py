"""Cadences: how often to be in touch, set and cleared."""

from crmcli.core.change import Change
from crmcli.core.repeats import repeat
from crmcli.core.wording import counted, shown
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput, NotFound
from crmcli.models.cadence import Cadence
from crmcli.query import reference
from crmcli.query.segments import Segments
from crmcli.services.owners import key

_LONGEST = 3650


def set_(session: Writer, target: str, every: str) -> Change:
    """Be in touch with a customer, or with each of `+TAG` or `segment:NAME`, at least so often.

    Raises InvalidInput, NotFound and Ambiguous.
    """
    days = repeat(every, name="cadence").days
    if days > _LONGEST:
        raise InvalidInput(f"cadence {shown(every)} is longer than {_LONGEST:,} days")
    column, number, name = _target(session, target)
    there = _present(session, column, number)
    if there is not None and there.days == days:
        return Change((key(there.id),), f"{name} is in touch every {counted(days, 'day')} already; nothing changed")
    if there is None:
        there = Cadence.of(**{column: number}, days=days, recorded_at=session.recorded_at)
        session.add(there)
    there.days = days
    session.flush()
    return Change((key(there.id),), f"be in touch with {name} every {counted(days, 'day')}", "crm cadence due")


def clear(session: Writer, target: str) -> Change:
    """Be in touch no more than by chance. Raises NotFound."""
    column, number, name = _target(session, target)
    there = _present(session, column, number)
    if there is None:
        raise NotFound(f"no cadence for {name}", hint="crm cadence list shows them")
    there.removed_at = session.recorded_at
    return Change((key(there.id),), f"cleared the cadence of {name}", "crm undo brings it back")


def _present(session: Writer, column: str, number: int) -> Cadence | None:
    found = session.reader.value(
        f"select id from cadence where {column} = :number and removed_at is null", number=number
    )
    return None if found is None else session.get_one(Cadence, found)


def _target(session: Writer, text: str) -> tuple[str, int, str]:
    """The column, the id and the name of what the text means."""
    db, wanted = session.reader, text.strip()
    if wanted.startswith("+"):
        number, name = reference.tag(db, wanted)
        return "tag_id", number, f"+{name}"
    if wanted.startswith("segment:"):
        segment = Segments(db).find(wanted.removeprefix("segment:"))
        return "segment_id", segment.id, f"segment:{segment.name}"
    number = reference.customer(db, wanted, preferences=session.preferences)
    return "customer_id", number, str(db.value("select name from customer where id = :id", id=number))
