"""Tags: renamed, two made one, removed from all."""

import json
import re
from collections.abc import Iterator
from typing import NamedTuple

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.wording import counted, did_you_mean, shown
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, NotFound
from crmcli.models.customer import Tag
from crmcli.models.retention import RetentionRule
from crmcli.models.segment import Segment
from crmcli.query import syntax
from crmcli.query.segments import Segments

_PLAIN = re.compile(r"[\w.-]+")


def rename(session: Writer, ref: str, name: str) -> Change:
    """Give a tag another name; where one is called so the two become one. Saved queries ask for the new name.

    Raises NotFound, InvalidInput, and Conflict where customers of both have a cadence each.
    """
    old, new = _tag(session.reader, ref), _name(name)
    before = old.name
    if before == new:
        return Change((old.id,), f"tag +{new} is called so already; nothing changed")
    other = _find(session.reader, new)
    count = _customers(session.reader, old.id)
    if other is None or other.id == old.id:
        session.get_one(Tag, old.id).name = new
        number, what = old.id, f"renamed tag +{before} to +{new}"
    else:
        _unite(session, old, other)
        number, what, new = other.id, f"tag +{before} is one with +{other.name} now", other.name
    session.flush()
    _reword(session, before, new)
    return Change((number,), f"{what} ({counted(count, 'customer')})", f"crm customer list +{new}")


def remove(session: Writer, ref: str) -> Change:
    """Take a tag off everybody. Raises NotFound, and Conflict while a segment or a cadence stands on it."""
    db, found = session.reader, _tag(session.reader, ref)
    users = [f"segment {each.name}" for each in Segments(db).all() if any(_naming(each.query, found.name))]
    users += [f"retention rule {name}" for _, name, query in _rules(db) if any(_naming(query, found.name))]
    kept = "select id from cadence where tag_id = :id and removed_at is null order by id"
    users += [f"cadence {number}" for (number,) in db.rows(kept, id=found.id)]
    if users:
        raise Conflict(f"tag +{found.name} is used by {', '.join(users)}", hint="remove that first")
    count = _customers(db, found.id)
    session.raw.execute("delete from customer_tag where tag_id = ?", (found.id,))
    session.raw.execute("delete from cadence where tag_id = ?", (found.id,))
    session.raw.execute("delete from tag where id = ?", (found.id,))
    return Change(
        (found.id,), f"removed tag +{found.name} from {counted(count, 'customer')}", "crm undo brings it back"
    )


class _Found(NamedTuple):
    id: int
    name: str


def _find(db: Reader, name: str) -> _Found | None:
    row = db.row("select id, name from tag where name = :name collate nocase", name=name)
    return None if row is None else _Found(int(row[0]), str(row[1]))


def _tag(db: Reader, ref: str) -> _Found:
    wanted = _name(ref)
    found = _find(db, wanted)
    if found is None:
        names = [name for (name,) in db.rows("select name from tag order by id")]
        raise NotFound(f"no tag {shown(wanted)}{did_you_mean(wanted, names)}", hint="crm tag list shows them")
    return found


def _name(text: str) -> str:
    return normal.text(text.strip().removeprefix("+"), name="tag", limit=100)


def _customers(db: Reader, number: int) -> int:
    sql = "select count(*) from customer_tag k join customer c on c.id = k.customer_id and c.removed_at is null"
    return int(db.value(f"{sql} where k.tag_id = :id", id=number))


def _unite(session: Writer, old: _Found, new: _Found) -> None:
    run, known = session.raw.execute, {"old": old.id, "new": new.id}
    both = "select count(distinct tag_id) from cadence where tag_id in (:old, :new) and removed_at is null"
    if session.reader.value(both, old=old.id, new=new.id) > 1:
        message = f"+{old.name} and +{new.name} have a cadence each"
        raise Conflict(message, hint=f"crm cadence clear +{old.name} first")
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
    terms = syntax.terms(syntax.parse([query]).node)
    values = (value for term in terms if term.field == "tag" for value in term.values)
    return (value for value in values if value.text.lower() == tag.lower())


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
    escaped = after.replace("\\", "\\\\").replace('"', '\\"')
    written = after if _PLAIN.fullmatch(after) else f'"{escaped}"'
    for value in sorted(_naming(query, before), key=lambda value: value.span, reverse=True):
        start, end = value.span
        query = query[:start] + written + query[end:]
    return query
