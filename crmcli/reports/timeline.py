"""Everything that happened with a customer, in order: what the records say, and what the history says of edits."""

import json
from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import PurePath
from typing import NamedTuple

from crmcli.core.money import Money
from crmcli.core.period import When, bounds, period
from crmcli.core.result import Column, Report, Table
from crmcli.db.reader import Reader
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.reports.edits import Edit, edits

_COLUMNS = (
    Column("at", "instant"),
    Column("kind"),
    Column("what"),
    Column("record", is_hidden=True),
    Column("id", "id"),
)

_INTERACTIONS = """
    select i.occurred_at, i.channel || coalesce(' ' || i.direction, '') || ': ' || i.text, i.id
    from interaction_party y join interaction i on i.id = y.interaction_id
    where y.customer_id = :customer and i.removed_at is null
"""
_MOVES = """
    select e.occurred_at, d.name, f.name, t.name, e.amount, e.currency, e.close_on, o.name, d.id
    from deal d join passage p on p.deal_id = d.id join stage_event e on e.passage_id = p.id
    join stage t on t.id = e.to_stage_id left join stage f on f.id = e.from_stage_id
    left join owner o on o.id = e.owner_id
    where d.customer_id = :customer and d.removed_at is null order by p.id, e.occurred_at, e.id
"""
_STANDINGS = """
    select e.occurred_at, l.name, f.name, t.name, e.note, p.id
    from passage p join pipeline l on l.id = p.pipeline_id join stage_event e on e.passage_id = p.id
    join stage t on t.id = e.to_stage_id left join stage f on f.id = e.from_stage_id
    where p.customer_id = :customer order by p.id, e.occurred_at, e.id
"""
_TASKS = """
    select created_at, done_at, text, id from task where removed_at is null and (customer_id = :customer
    or deal_id in (select id from deal where customer_id = :customer and removed_at is null)) order by id
"""
_RELATIONSHIPS = """
    select coalesce(r.since, r.created_at), r.until, case r.from_id when :customer then t.name else t.inverse end,
        c.name, r.id
    from relationship r join relation_type t on t.id = r.type_id
    join customer c on c.id = r.from_id + r.to_id - :customer and c.removed_at is null
    where (r.from_id = :customer or r.to_id = :customer) and r.removed_at is null order by r.id
"""
_CONSENTS = """
    select occurred_at, iif(action = 'grant', 'granted ', 'withdrew ') || purpose || coalesce(' by ' || channel, ''), id
    from consent where customer_id = :customer order by id
"""


class Event(NamedTuple):
    """One thing that happened; `at` is None where nobody knows when."""

    at: str | None
    kind: str
    what: str
    record: str
    id: int


def timeline(db: Reader, ref: str, *, moment: Moment, since: str | None = None, limit: int | None = None) -> Report:
    """The events, the oldest first; with a `limit` the latest of them. Raises NotFound, Ambiguous and InvalidInput."""
    number = reference.customer(db, ref, preferences=moment.preferences, removed=True)
    begin = _begin(since, moment) if since else ""
    found = sorted(_events(db, number, moment), key=lambda event: event.at or "")
    kept = [event for event in found if (event.at or "") >= begin]
    name = db.value("select name from customer where id = :number", number=number)
    shown = kept[len(kept) - limit :] if limit is not None and limit < len(kept) else kept
    empty = "nothing happened in that time"
    table = Table(_COLUMNS, shown, title=f"{number} {name}", total=len(kept), empty=empty)
    return Report("timeline", {"customer": number, "since": begin or None}, {"events": len(kept)}, table)


def _events(db: Reader, customer: int, moment: Moment) -> Iterator[Event]:
    yield from _of_history(db, customer)
    for since, until, what, name, number in db.rows(_RELATIONSHIPS, customer=customer):
        begin = _instant(since, moment)
        yield Event(begin, "relationship", f"{what} {name}", "relationship", number)
        if until:
            end = max(begin, _instant(until, moment))
            yield Event(end, "relationship", f"no longer {what} {name}", "relationship", number)
    for at, what, number in db.rows(_CONSENTS, customer=customer):
        yield Event(at, "consent", what, "consent", number)
    for at, *move, number in db.rows(_MOVES, customer=customer):
        yield Event(at, "stage", _move(*move), "deal", number)
    for at, name, old, new, note, number in db.rows(_STANDINGS, customer=customer):
        what = f"{name}: entered in {new}" if old is None else f"{name}: {old} → {new}"
        yield Event(at, "stage", what if note is None else f"{what} ({note})", "passage", number)
    for created, done, text, number in db.rows(_TASKS, customer=customer):
        yield Event(created, "task", f"to do: {text}", "task", number)
        if done:
            yield Event(done, "task", f"done: {text}", "task", number)
    for at, what, number in db.rows(_INTERACTIONS, customer=customer):
        yield Event(at, "interaction", what, "interaction", number)


def _move(name: str, old: str | None, new: str, amount: int | None, currency: str, *terms: str | None) -> str:
    """A move from stage to stage; a beginning and a change of terms name these."""
    said = [str(Money(amount, currency))] if amount is not None else []
    close_on, owner = terms
    said += [f"close {close_on}"] * (close_on is not None) + [f"owner {owner}"] * (owner is not None)
    if old is not None and old != new:
        return f"{name}: {old} → {new}"
    return ", ".join((f"{name}: begun in {new}" if old is None else f"{name}: new terms in {new}", *said))


def _of_history(db: Reader, customer: int) -> Iterator[Event]:
    found = {edit.operation: edit for edit in edits(db, customer)}
    rows = db.rows(
        """
        select o.id, o.recorded_at, o.root_id, r.command, o.detail from operation o join operation r on r.id = o.root_id
        where o.id in (select value from json_each(:ids)) order by o.id
        """,
        ids=json.dumps(list(found)),
    )
    for number, at, root, command, detail in rows:
        files = [PurePath(each["file"]).name for each in json.loads(detail).get("files", [])]
        kind, what = _told(found[number], str(command), files, turned=root != number)
        yield Event(at, kind, what, "operation", number)


def _told(edit: Edit, command: str, files: Sequence[str], *, turned: bool) -> tuple[str, str]:
    """The kind and the words of what an operation did to the customer."""
    changes = ", ".join(edit.said)
    if turned:
        return "edit", f"turned round {command}: {changes or 'brought back'}"
    if command.startswith("import"):
        return "import", f"from {', '.join(files) or 'a file'}{'' if edit.is_new else f': {changes}'}"
    if edit.is_new:
        return "added", command
    return ("note" if edit.fields == {"note"} else "edit"), changes


def _begin(since: str, moment: Moment) -> str:
    asked = period(since, now=moment.now, tz=moment.tz, order=moment.preferences.date_order)
    return bounds(asked, moment.tz)[0]


def _instant(time: str, moment: Moment) -> str:
    """An instant as it is, a day as its beginning."""
    return time if "T" in time else When(date.fromisoformat(time), None).instant(moment.tz)
