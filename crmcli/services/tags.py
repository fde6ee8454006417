"""Tags: renamed, two made one, removed from all."""

import json
import re
from collections.abc import Iterator
from shlex import quote

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict
from crmcli.models.customer import Tag
from crmcli.models.retention import RetentionRule
from crmcli.models.segment import Segment
from crmcli.query import reference, syntax
from crmcli.query.segments import Segments

_PLAIN = re.compile(r"[\w.-]+")


def rename(session: Writer, ref: str, name: str) -> Change:
    """Give a tag another name; where one is called so the two become one. Saved queries ask for the new name.

    Raises NotFound, InvalidInput, and Conflict where customers of both have a cadence each.
    """
    db = session.reader
    (number, before), new = reference.tag(db, ref), normal.tag(name)
    if before == new:
        return Change((number,), f"tag +{new} is called so already; nothing changed")
    other = db.row("select id, name from tag where name = :name collate nocase and id <> :id", name=new, id=number)
    count = _customers(db, number)
    if other is None:
        session.get_one(Tag, number).name = new
        what = f"renamed tag +{before} to +{new}"
    else:
        old, (number, new) = number, other
        _unite(session, (old, before), (number, new))
        what = f"tag +{before} is one with +{new} now"
    session.flush()
    _reword(session, before, new)
    asked = quote(f"+{new if _PLAIN.fullmatch(new) else syntax.written(new)}")
    return Change((number,), f"{what} ({counted(count, 'customer')})", f"crm customer list {asked}")


def remove(session: Writer, ref: str) -> Change:
    """Take a tag off everybody. Raises NotFound, and Conflict while a segment, a rule or a cadence stands on it."""
    db = session.reader
    number, name = reference.tag(db, ref)
    users = [f"segment {each.name}" for each in Segments(db).all() if any(_naming(each.query, name))]
    users += [f"retention rule {rule}" for _, rule, query in _rules(db) if any(_naming(query, name))]
    kept = "select id from cadence where tag_id = :id and removed_at is null order by id"
    users += [f"cadence {each}" for (each,) in db.rows(kept, id=number)]
    if users:
        raise Conflict(f"tag +{name} is used by {', '.join(users)}", hint="remove that first")
    count = _customers(db, number)
    session.raw.execute("delete from customer_tag where tag_id = ?", (number,))
    session.raw.execute("delete from cadence where tag_id = ?", (number,))
    session.raw.execute("delete from tag where id = ?", (number,))
    return Change((number,), f"removed tag +{name} from {counted(count, 'customer')}", "crm undo brings it back")


def _customers(db: Reader, number: int) -> int:
    sql = "select count(*) from customer_tag k join customer c on c.id = k.customer_id and c.removed_at is null"
    return int(db.value(f"{sql} where k.tag_id = :id", id=number))


def _unite(session: Writer, old: tuple[int, str], new: tuple[int, str]) -> None:
    """Give all that the one tag has to the other; each is its id and its name."""
    run, known = session.raw.execute, {"old": old[0], "new": new[0]}
    both = "select count(distinct tag_id) from cadence where tag_id in (:old, :new) and removed_at is null"
    if session.reader.value(both, old=old[0], new=new[0]) > 1:
        message = f"+{old[1]} and +{new[1]} have a cadence each"
        raise Conflict(message, hint=f"crm cadence clear {quote(f'+{old[1]}')} first")
    run(
        "delete from customer_tag where tag_id = :old "
        "and customer_id in (select customer_id from customer_tag where tag_id = :new)",
        known,
    )
    for table in ("customer_tag", "cadence"):
        run(f"update {table} set tag_id = :new where tag_id = :old", known)
    run("delete from tag where id = :old", known)


def _rules(db: Reader) -> list[tuple[int, str, str]]:
    """The rules of retention: number, name and query."""
    rows = db.rows("select id, name, query from retention_rule order by id")
    return [(int(number), str(name), syntax.spelled(json.loads(words))) for number, name, words in rows]


def _naming(query: str, tag: str) -> Iterator[syntax.Value]:
    """Where a saved query names the tag."""
    return (value for value in syntax.named(query, "tag") if value.text.lower() == tag.lower())


def _reword(session: Writer, before: str, after: str) -> None:
    """Let saved queries that name the tag name it as it is called now."""
    for segment in Segments(session.reader).all():
        if any(_naming(segment.query, before)):
            session.get_one(Segment, segment.id).query = _reworded(segment.query, before, after)
    for number, _, query in _rules(session.reader):
        if any(_naming(query, before)):
            words = [_reworded(query, before, after)]
            session.get_one(RetentionRule, number).query = json.dumps(words, ensure_ascii=False)


def _reworded(query: str, before: str, after: str) -> str:
    written = after if _PLAIN.fullmatch(after) else syntax.written(after)
    for value in sorted(_naming(query, before), key=lambda value: value.span, reverse=True):
        start, end = value.span
        query = query[:start] + written + query[end:]
    return query
