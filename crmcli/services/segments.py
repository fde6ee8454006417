"""Segments: saved queries of customers."""

import re
from collections.abc import Sequence

from crmcli.core.change import Change
from crmcli.core.wording import counted, shown
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput
from crmcli.models.segment import Segment
from crmcli.query import sql, syntax
from crmcli.query.comparison import Moment
from crmcli.query.segments import Segments
from crmcli.services.owners import key

_NAME = re.compile(r"(?=.*[^\W\d])[\w.-]+")


def add(session: Writer, name: str, words: Sequence[str], *, freeze: bool = False) -> Change:
    """Save a query under a name; with `freeze` its members stay those of now.

    Raises InvalidInput for a name that cannot be typed in a query, for a query that cannot be read or leads back to
    the segment itself, and Conflict for a name that is taken.
    """
    name = name.strip()
    if not _NAME.fullmatch(name):
        raise InvalidInput(
            f"a segment cannot be called {shown(name)}", hint="letters, digits, - _ . in one word: big-vip"
        )
    text = syntax.spelled(words)
    query = syntax.parse([text])
    if not text:
        raise InvalidInput("the query is empty: everybody would be in it", hint="crm help query")
    if query.sorts:
        raise query.error("a segment has no order: leave sort: out", query.sorts[0].span)
    segments = Segments(session.reader)
    if any(each.name.casefold() == name.casefold() for each in segments.all()):
        raise Conflict(f"segment {name!r} is there already", hint=f"crm segment remove {name} first")
    condition = sql.where(query, segments.customers, moment=Moment(session.now, session.preferences), within=(name,))
    made = Segment(name=name, query=text, is_frozen=int(freeze), recorded_at=session.recorded_at)
    session.add(made)
    session.flush()
    sentence = f"added segment {made.id} {name}"
    if freeze:
        members = sql.select(segments.customers, [str(key(made.id)), "c.id"], condition)
        kept = session.raw.execute(
            f"insert into segment_member (segment_id, customer_id) {members} order by c.id", condition.parameters
        )
        sentence += f" with {counted(kept.rowcount, 'customer')}"
    return Change((key(made.id),), sentence, f"crm customer list segment:{name}")


def remove(session: Writer, ref: str) -> Change:
    """Take a segment away. Raises NotFound, and Conflict while another segment or a cadence stands on it."""
    segments = Segments(session.reader)
    found = segments.find(ref)
    users = [f"segment {each.name}" for each in segments.all() if found.name.casefold() in _named_in(each.query)]
    kept = "select id from cadence where segment_id = :id and removed_at is null"
    users += [f"cadence {number}" for (number,) in session.reader.rows(kept, id=found.id)]
    if users:
        raise Conflict(f"segment {found.name} is used by {', '.join(users)}", hint="remove that first")
    session.get_one(Segment, found.id).removed_at = session.recorded_at
    return Change((found.id,), f"removed segment {found.id} {found.name}", "crm undo brings it back")


def _named_in(text: str) -> set[str]:
    """The segments that a saved query names."""
    return {value.text.casefold() for value in syntax.named(text, "segment")}
