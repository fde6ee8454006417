"""Which record a person means: a number, a handle, an e-mail, a phone, a name or an unambiguous part of it."""

import re
from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Literal

from crmcli.core.normal import fold, phone, phone_digits
from crmcli.core.normal import tag as tag_name
from crmcli.core.preferences import Preferences
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.reader import Reader
from crmcli.errors import Ambiguous, InvalidInput, NotFound

_UID = re.compile(r"[0-9a-fA-F]{8}-(?:[0-9a-fA-F]{4}-){3}[0-9a-fA-F]{12}")
_MOST = 5
_COMPARED = 5_000
_DIGITS_TO_TELL_APART, _MOST_DIGITS = 6, 20

_Table = Literal["customer", "deal", "interaction", "relationship", "task"]
_Found = Sequence[tuple[int, str]]


def customer(db: Reader, ref: str, *, preferences: Preferences, removed: bool = False, whole: bool = False) -> int:
    """The id of the customer that `ref` names; of a merged one, the id of the customer it went into.

    In this order: id (`7`, `C7`), uid, handle, `source:key` of another system, e-mail, phone in any form, whole name,
    part of the name (not if `whole`), whole name of one that was merged. With `removed` a removed customer is as good
    as any, and a merged one is itself. Raises NotFound and Ambiguous.
    """
    text = _said(ref, "customer")
    key = _by_key(db, "customer", text)
    if key is not None:
        return _present(db, "customer", key, removed=removed)
    live = "true" if removed else "removed_at is null"
    for condition, value in _contacts(text, preferences):
        found = _rows(db, "customer", f"{condition} and {live}", value=value)
        if found:
            return _only(found, ref, "customer")
    number = _by_name(db, "customer", text, live=live, whole=whole) or _merged(db, text)
    if number is None:
        raise _missing(db, "customer", ref)
    return number


def deal(db: Reader, ref: str, *, preferences: Preferences, removed: bool = False, whole: bool = False) -> int:  # noqa: ARG001 (asked as a customer is)
    """The id of the deal that `ref` names: id (`7`, `D7`), uid, `source:key`, whole name, part of the name.

    Raises NotFound and Ambiguous.
    """
    text = _said(ref, "deal")
    key = _by_key(db, "deal", text)
    if key is not None:
        return _present(db, "deal", key, removed=removed)
    number = _by_name(db, "deal", text, live="true" if removed else "removed_at is null", whole=whole)
    if number is None:
        raise _missing(db, "deal", ref)
    return number


def interaction(db: Reader, ref: str, *, removed: bool = False) -> int:
    """The id of the interaction that `ref` names: id (`7`, `I7`), uid or `source:key`. Raises NotFound."""
    return _keyed(db, "interaction", ref, removed=removed)


def relationship(db: Reader, ref: str, *, removed: bool = False) -> int:
    """The id of the relationship that `ref` names: id (`7`, `R7`), uid or `source:key`. Raises NotFound."""
    return _keyed(db, "relationship", ref, removed=removed)


def task(db: Reader, ref: str, *, removed: bool = False) -> int:
    """The id of the task that `ref` names: id (`7`, `T7`), uid, whole text or a part of it, of open tasks first.

    Raises NotFound and Ambiguous.
    """
    text = _said(ref, "task")
    key = _by_key(db, "task", text)
    if key is not None:
        return _present(db, "task", key, removed=removed)
    live = "true" if removed else "removed_at is null"
    number = _by_name(db, "task", text, live=f"done_at is null and {live}", whole=False)
    number = number or _by_name(db, "task", text, live=live, whole=False)
    if number is None:
        raise _missing(db, "task", ref)
    return number


def pipeline(db: Reader, ref: str | None, *, archived: bool = False) -> int:
    """The id of the pipeline that `ref` names: whole name, id, part of the name; None names the default one.

    With `archived` an archived one is as good as any. Raises NotFound and Ambiguous.
    """
    if ref is None:
        return int(db.value("select id from pipeline where archived_at is null order by is_default desc, id"))
    rows = list(db.rows("select id, name from pipeline where archived_at is null or :all order by id", all=archived))
    return _picked(rows, ref, "pipeline", [row for row in rows if str(row[0]) == ref.strip()])


def stage(db: Reader, pipeline_id: int, ref: str, *, archived: bool = False) -> int:
    """The id of the stage of a pipeline that `ref` names: whole name or part of it; an archived one if so asked.

    Raises NotFound and Ambiguous.
    """
    sql = "select id, name from stage where pipeline_id = :id and (archived_at is null or :all) order by position, id"
    name = db.value("select name from pipeline where id = :id", id=pipeline_id)
    return _picked(list(db.rows(sql, id=pipeline_id, all=archived)), ref, "stage", place=f" in pipeline {name!r}")


def owner(db: Reader, ref: str) -> int:
    """The id of the owner that `ref` names: whole name, id, e-mail, `me`, part of the name.

    Raises NotFound and Ambiguous.
    """
    known = list(db.rows("select id, name, email, is_me from owner where removed_at is null order by id"))
    wanted = ref.strip().lower()
    others = [(row[0], row[1]) for row in known if wanted in (str(row[0]), row[2]) or (row[3] and wanted == "me")]
    return _picked([(row[0], row[1]) for row in known], ref, "owner", others)


def tag(db: Reader, text: str) -> tuple[int, str]:
    """The id and the name of the tag that is called so in any case, with or without its +. Raises NotFound."""
    wanted = tag_name(text)
    row = db.row("select id, name from tag where name = :name collate nocase", name=wanted)
    if row is None:
        names = [name for (name,) in db.rows("select name from tag order by id")]
        raise NotFound(f"no tag {shown(wanted)}{did_you_mean(wanted, names)}", hint="crm tag list shows them")
    return int(row[0]), str(row[1])


def relation_type(db: Reader, text: str) -> tuple[int, bool]:
    """The id of a relation type, and whether `text` is its inverse name: `referred by`, also `referred-by`.

    Raises NotFound.
    """
    wanted = _spaced(text)
    types = list(db.rows("select id, name, inverse from relation_type order by id"))
    for number, name, inverse in types:
        if wanted in (_spaced(name), _spaced(inverse)):
            return int(number), wanted != _spaced(name)
    names = list(dict.fromkeys(name for row in types for name in row[1:]))
    raise NotFound(f"no relation type {shown(text)}{did_you_mean(wanted, names)}", hint=f"one of {', '.join(names)}")


def operation(db: Reader, ref: str) -> int:
    """The number of the operation that `ref` names. Raises InvalidInput and NotFound."""
    number = _number(ref.strip(), "")
    if number is None:
        raise InvalidInput(f"operation {shown(ref)} is not a number", hint="crm history lists the operations")
    if db.value("select id from operation where id = :id", id=number) is None:
        last = db.value("select max(id) from operation")
        raise NotFound(f"no operation {number}", hint=f"crm history lists them; the last is {last}" if last else None)
    return number


def _said(ref: str, noun: str) -> str:
    text = " ".join(ref.split())
    if not text:
        raise InvalidInput(f"no {noun} is named", hint=f"give an id or a name; crm {noun} list shows them")
    return text


def _number(text: str, letter: str) -> int | None:
    match = re.fullmatch(f"(?:{letter})?([0-9]{{1,18}})", text, re.IGNORECASE)
    return int(match[1]) if match else None


def _spaced(text: str) -> str:
    return " ".join(re.sub("[-_]", " ", fold(text)).split())


def _by_key(db: Reader, table: _Table, text: str) -> int | None:
    """The id by what belongs to one record alone, removed or not."""
    number = _number(text, table[0])
    found = None
    if number is not None:
        found = db.value(f"select id from {table} where id = :id", id=number)
    elif _UID.fullmatch(text):
        found = db.value(f"select id from {table} where uid = :uid", uid=text.lower())
    if found is None and table == "customer":
        found = db.value("select id from customer where handle = :handle", handle=text.lower())
    if found is None and ":" in text:
        source, _, key = text.partition(":")
        sql = f"select {table}_id from external_id where source = :source and key = :key and {table}_id is not null"
        found = db.value(sql, source=source, key=key)
    return None if found is None else int(found)


def _keyed(db: Reader, table: _Table, ref: str, *, removed: bool) -> int:
    key = _by_key(db, table, _said(ref, table))
    if key is None:
        raise NotFound(f"no {table} {shown(ref)}", hint=f"give the number; crm {_command(table)} list shows them")
    return _present(db, table, key, removed=removed)


def _present(db: Reader, table: _Table, number: int, *, removed: bool) -> int:
    """`number`, or where it was merged into. Raises NotFound for what was removed."""
    if removed:
        return number
    merged = "merged_into_id" if table == "customer" else "null"
    name = {"customer": "name", "deal": "name", "task": "text"}.get(table, "''")
    row = db.row(f"select removed_at, {merged}, {name} from {table} where id = :id", id=number)
    if row is None or row[0] is None:
        return number
    if row[1] is not None:
        return _present(db, table, int(row[1]), removed=removed)
    if table == "customer" and db.value("select 1 from erasure where customer_id = :id", id=number):
        raise NotFound(f"customer {number} was erased", hint="crm customer list shows those that are there")
    raise _removed(table, number, str(row[2]))


def _removed(table: _Table, number: int, name: str) -> NotFound:
    can_return = table in ("customer", "task")
    hint = f"crm {table} restore {number} brings it back" if can_return else "crm history shows what removed it"
    return NotFound(f"{table} {number} {shown(name) + ' ' if name else ''}was removed", hint=hint)


def _contacts(text: str, preferences: Preferences) -> Iterator[tuple[str, str]]:
    """Conditions for an e-mail or a phone, and the value each looks for, the quick ones first."""
    point = "id in (select customer_id from contact_point where kind = '{}' and {})"
    if "@" in text:
        from unicodedata import normalize

        address = normalize("NFC", text.lower())
        yield point.format("email", "value = :value and is_live = 1"), address  # by index; the next one reads them all
        yield point.format("email", "value = :value"), address
    digits = phone_digits(text)
    if digits is None:
        return
    with suppress(InvalidInput):  # not a whole number: its end may still tell
        yield point.format("phone", "value = :value"), phone(text, preferences.phone_region)
    ending = digits.lstrip("+0")
    if _DIGITS_TO_TELL_APART <= len(ending) <= _MOST_DIGITS:
        yield point.format("phone", "(value like '%' || :value or value like '%' || :value || ';ext=%')"), ending


def _by_name(db: Reader, table: _Table, text: str, *, live: str, whole: bool) -> int | None:
    """By the whole name as written, then without case and accents, then by a part of it."""
    exact = _rows(db, table, f"name = :value collate nocase and {live}", value=text)
    if exact:
        return _only(exact, text, table)
    folded = fold(text)
    if whole:
        found = _rows(db, table, f"fold(name) = :value and {live}", value=folded)
        return _only(found, text, table) if found else None
    condition = f"instr(fold(name), :value) and {live}"
    found = _rows(db, table, condition, "fold(name) = :value desc, id", value=folded)
    whole_names = [row for row in found if fold(row[1]) == folded]
    return _only(whole_names or found, text, table) if found else None


def _merged(db: Reader, text: str) -> int | None:
    """The only customer that those of a name were merged into."""
    into = "id in (select merged_into_id from customer where name = :value collate nocase) and removed_at is null"
    found = _rows(db, "customer", into, value=text)
    return _only(found, text, "customer") if found else None


def _rows(db: Reader, table: _Table, condition: str, order: str = "id", **values: str) -> _Found:
    sql = f"select id, name from {_named(table)} where {condition} order by {order} limit {_MOST + 1}"
    return [(int(number), str(name)) for number, name in db.rows(sql, values)]


def _only(found: _Found, ref: str, noun: str) -> int:
    if len(found) > 1:
        many = f"more than {_MOST}" if len(found) > _MOST else str(len(found))
        raise Ambiguous(f"{shown(ref)} matches {many} {noun}s", candidates=tuple(found[:_MOST]))
    return found[0][0]


def _picked(rows: _Found, ref: str, noun: str, others: _Found = (), *, place: str = "") -> int:
    """One of a few: by whole name, then `others`, then by a part of the name."""
    wanted = fold(" ".join(ref.split()))
    whole = [row for row in rows if fold(row[1]) == wanted]
    part = [row for row in rows if wanted and wanted in fold(row[1])]
    found = whole or others or part
    if not found:
        names = [name for _, name in rows]
        listed = f"; one of {', '.join(names)}" if names else ""
        raise NotFound(f"no {noun} {shown(ref)}{place}{listed}{did_you_mean(ref, names)}")
    return _only(found, ref, noun)


def _missing(db: Reader, table: _Table, ref: str) -> NotFound:
    """Nothing matches: a removed record of that name, or the one whose name comes nearest, is the way out."""
    text = " ".join(ref.split())
    gone = _rows(db, table, "name = :value collate nocase and removed_at is not null", value=text)
    if gone:
        return _removed(table, *gone[0])
    handle = "handle" if table == "customer" else "''"
    sound = f"typeof(name) = 'text' and typeof({handle}) = 'text'"  # in a damaged file they can be anything
    sql = f"select id, name, {handle} from {_named(table)} where removed_at is null and {sound} order by id desc"
    known = {key: row for row in db.rows(f"{sql} limit {_COMPARED}") for key in (fold(row[1]), row[2]) if key}
    return NotFound(f"no {table} matches {shown(ref)}", hint=_suggestion(fold(text), known, table))


def _suggestion(text: str, known: dict[str, tuple[int, str, str]], table: _Table) -> str:
    from difflib import get_close_matches

    near = get_close_matches(text, known, 1)
    if not near:
        return f"crm {table} list shows them all"
    number, name, handle = known[near[0]]
    return f"did you mean {handle!r} ({number} {name})?" if handle else f"did you mean {number} ({name})?"


def _named(table: _Table) -> str:
    """The table with what a record goes by as its `name`."""
    return "(select *, text as name from task)" if table == "task" else table


def _command(table: _Table) -> str:
    return "relation" if table == "relationship" else table
