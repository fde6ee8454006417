"""A person taken out of the file for good. Money stays, under a pseudonym, so that every figure holds."""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from enum import Enum, auto
from pathlib import Path

from crmcli.core.change import Change
from crmcli.core.normal import fold
from crmcli.core.uid import uid
from crmcli.core.wording import counted
from crmcli.db import erasure, search, subject
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, NotFound
from crmcli.models.erasure import Erasure
from crmcli.query import reference
from crmcli.services import readmission
from crmcli.services.customers import handle_for
from crmcli.services.owners import key, milliseconds

_SHOWN = 10

__all__ = ["FATES", "Fate", "erase", "finish", "question"]


class Fate(Enum):
    """What becomes of the rows of a table that are a person's."""

    GONE = auto()
    BLANK = auto()  # stays as a figure, without a word
    AS_IS = auto()  # holds no word


#: Every table with a path to customer has its fate here; a test sees to it. Without one its rows go.
FATES = {
    "customer": Fate.BLANK,
    "contact_point": Fate.GONE,
    "address": Fate.GONE,
    "customer_tag": Fate.GONE,
    "relationship": Fate.GONE,  # but referrals, which others' lines hang on: blank
    "deal": Fate.BLANK,
    "passage": Fate.AS_IS,
    "stage_event": Fate.BLANK,
    "interaction": Fate.BLANK,  # but shared ones, which are others' too: as they are
    "interaction_party": Fate.GONE,
    "external_id": Fate.GONE,
    "consent": Fate.GONE,
    "restriction": Fate.GONE,
    "task": Fate.GONE,
    "segment_member": Fate.GONE,
    "cadence": Fate.GONE,
}

#: The fields that a blank row keeps its figures beside. `:at` is now.
_BLANKS = {
    "customer": """
        uid = new_uid(), name = 'erased customer ' || id, handle = uid, title = null, city = null,
        country = null, industry = null, source = null, note = null, do_not_contact = 1, custom = '{}',
        removed_at = coalesce(removed_at, :at)
    """,
    "deal": "uid = new_uid(), name = 'erased deal ' || id, note = null, custom = without_texts(custom)",
    "stage_event": "note = null",
    "interaction": "uid = new_uid(), text = 'erased'",
    "relationship": "uid = new_uid(), note = null",
}


@dataclass(frozen=True, slots=True)
class Person:
    """Whose rows: the number that stays, all of their rows, those of them that go, and what they were known by."""

    number: int
    rows: subject.Rows
    gone: subject.Rows
    blank: subject.Rows
    known_by: frozenset[tuple[str, str]]


@dataclass(frozen=True, slots=True)
class Erased:
    """What came of an erasure: whom it was about, for a question before, and the uids that copies of the file know."""

    change: Change
    title: str
    uids: tuple[str, ...]


def erase(session: Writer, ref: str) -> Erased:
    """Take a customer out of rows, history and indexes. Raises NotFound, Ambiguous and Conflict.

    `finish` clears the free space of the file after the commit.
    """
    db = session.reader
    number = _number(session, ref)
    if db.value("select 1 from erasure where customer_id = :number", number=number):
        return Erased(Change((number,), f"customer {number} was erased already; swept the file again"), "", ())
    if db.value("select 1 from restriction where customer_id = :number and lifted_at is null", number=number):
        raise Conflict(
            f"customer {number} is restricted: the data are to be kept",
            hint=f"crm privacy restrict {number} --lift first",
        )
    title = f"customer {number} {db.value('select name from customer where id = :number', number=number) or ''}".strip()
    person = _person(db, number)
    spoken = _Spoken.of(db, person)
    texts = _take_out(session, person, spoken.words)
    _prove(session, person)
    gone, stay = (sum(map(len, rows.values())) for rows in (person.gone, person.blank))
    sentence = (
        f"erased customer {number}: {counted(gone, 'record')} gone, {counted(stay, 'record')} kept without a word"
    )
    if texts:
        sentence += f", no longer named in {counted(texts, 'text')} of others"
    uids = tuple(value for kind, value in person.known_by if kind == "uid")
    return Erased(Change((number,), sentence, warnings=_left(session, spoken)), title, uids)


def question(tried: Erased) -> str:
    """What an erasure would do, for a person to confirm."""
    return f"Erase {tried.title} for good: {tried.change.sentence.partition(': ')[2]}?"


def finish(erased: Erased, path: Path, *, wait: float) -> Change:
    """Clear the free space of the file; what was changed, with what is left to do elsewhere as its warnings."""
    change = erased.change
    warnings = list(change.warnings)
    if not erasure.sweep(path, wait=wait):
        number = change.ids[0]
        why = "another process has it open, or the disk is full"
        warnings.append(
            f"'{path}' could not be swept ({why}): run crm privacy erase {number} again, for scraps may be left"
        )
    copies = erasure.holders(path, erased.uids)
    warnings += [f"'{copy}' still holds what was erased, or cannot be looked into" for copy in copies]
    return replace(change, warnings=tuple(warnings))


def _number(session: Writer, ref: str) -> int:
    """The customer that `ref` names, removed ones too; the survivor of a merged one; a number of the history alone."""
    db = session.reader
    try:
        number = reference.customer(db, ref, preferences=session.preferences, removed=True)
    except NotFound:
        number = int(ref) if ref.isascii() and ref.isdigit() else 0
        known = "select 1 from change where table_name = 'customer' and row_id = :number and old is not null"
        if not db.value(known, number=number):
            raise
    into = "select merged_into_id from customer where id = :number"
    while (survivor := db.value(into, number=number)) is not None:
        number = int(survivor)
    return number


def _person(db: Reader, number: int) -> Person:
    rows = subject.rows(db, number)
    others = subject.shared(db, rows)
    keys = "select id from external_id where interaction_id in (select value from json_each(:others))"
    foreign = {"interaction": others, "external_id": {int(row[0]) for row in db.rows(keys, others=_json(others))}}
    rows = {table: ids - foreign.get(table, set()) for table, ids in rows.items()}
    chains = "select r.id from relationship r join relation_type t on t.id = r.type_id where t.is_forest"
    referrals = {int(row[0]) for row in db.rows(chains)} if "relationship" in rows else set()
    gone: dict[str, set[int]] = {}
    blank: dict[str, set[int]] = {}
    for table, ids in rows.items():
        fate = FATES.get(table, Fate.GONE)
        stay = referrals & ids if table == "relationship" else ids if fate is not Fate.GONE else set()
        gone[table] = ids - stay
        blank[table] = stay if fate is not Fate.AS_IS else set()
    return Person(number, rows, gone, blank, frozenset(_known_by(db, rows)))


def _known_by(db: Reader, rows: subject.Rows) -> Iterator[tuple[str, str]]:
    """Names, addresses, phones, uids and outside keys of the customer, those of the past too."""
    for _, row, _ in subject.versions(db, subject.ROOT, rows[subject.ROOT]):
        yield "uid", str(row["uid"])
        yield "name", fold(str(row["name"]))
    for _, row, _ in subject.versions(db, "contact_point", rows.get("contact_point", set())):
        yield str(row["kind"]), str(row["value"])
    for _, row, _ in subject.versions(db, "external_id", rows.get("external_id", set())):
        if row["customer_id"] is not None:
            yield "key", f"{row['source']}:{row['key']}"


def _take_out(session: Writer, person: Person, words: Iterable[str]) -> int:
    """Empty rows and history; in how many texts of others the `words` stood."""
    raw = session.raw
    raw.create_function("new_uid", 0, lambda: uid(milliseconds(session)))
    raw.create_function("without_texts", 1, _without_texts(session.reader))
    with erasure.unrecorded(raw):
        for table, ids in person.blank.items():
            if ids and table in _BLANKS:
                sql = f"update {table} set {_BLANKS[table]} where id in (select value from json_each(:ids))"
                raw.execute(sql, {"ids": _json(ids), "at": session.recorded_at})
        for number in person.rows[subject.ROOT]:
            handle = handle_for(Reader(raw), f"erased customer {number}")
            raw.execute("update customer set handle = ? where id = ?", (handle, number))
        after = "update task set after_id = null where after_id in (select value from json_each(?))"
        raw.execute(after, (_json(person.gone.get("task", ())),))
        for table, ids in person.gone.items():
            raw.execute(f"delete from {table} where id in (select value from json_each(?))", (_json(ids),))
        for table, ids in person.rows.items():
            erasure.forget(raw, session.operation, table, ids)
        texts = erasure.replace_mentions(raw, words, f"erased customer {person.number}")
        search.clear(raw)
        erasure.refresh_indexes(raw)
    return texts


def _without_texts(db: Reader) -> Callable[[str], str]:
    """What takes the free texts out of the custom fields of a deal; choices, dates and figures stay."""
    sql = "select name from field where entity = 'deal' and type <> 'text'"
    kept = {str(name) for (name,) in db.rows(sql)}

    def without(custom: str) -> str:
        held: Mapping[str, object] = json.loads(custom)
        return json.dumps({name: value for name, value in held.items() if name in kept}, ensure_ascii=False)

    return without


def _prove(session: Writer, person: Person) -> None:
    for number in sorted(person.rows[subject.ROOT]):
        made = Erasure(customer_id=number, recorded_at=session.recorded_at)
        session.add(made)
        session.flush()
        if number == person.number:
            readmission.keep(session, key(made.id), person.known_by)
    detail = {"erased": sorted(person.rows[subject.ROOT]), "gone": _sizes(person.gone), "blank": _sizes(person.blank)}
    session.raw.execute("update operation set detail = ? where id = ?", (json.dumps(detail), session.operation))


def _sizes(rows: subject.Rows) -> dict[str, int]:
    return {table: len(ids) for table, ids in rows.items() if ids}


@dataclass(frozen=True, slots=True)
class _Spoken:
    """How others can have named the person: by `words` that mean nobody else, and by `names` that could."""

    words: frozenset[str]
    names: frozenset[str]

    @classmethod
    def of(cls, db: Reader, person: Person) -> "_Spoken":
        mine = _json(person.rows[subject.ROOT])
        versions = list(subject.versions(db, subject.ROOT, person.rows[subject.ROOT]))
        called = {str(row[column]) for _, row, _ in versions for column in ("name", "handle")}
        sure = {name for name in called if {" ", "-"} & set(name) and not _is_borne(db, name, mine)}
        reached = {
            word for kind, word in person.known_by if kind not in ("key", "name") and not _is_reached(db, word, mine)
        }
        return cls(frozenset(sure | reached), frozenset({str(row["name"]) for _, row, _ in versions} - sure))


def _is_borne(db: Reader, name: str, mine: str) -> bool:
    """Whether somebody else is called so, or has it in their name."""
    sql = """
        select 1 from customer where id not in (select value from json_each(:mine))
        and (instr(fold(name), fold(:name)) or instr(handle, :name)) limit 1
    """
    return bool(db.value(sql, name=name, mine=mine))


def _is_reached(db: Reader, word: str, mine: str) -> bool:
    """Whether somebody else has the address or number too."""
    sql = "select 1 from contact_point where value = :word and customer_id not in (select value from json_each(:mine))"
    return bool(db.value(sql, word=word, mine=mine))


def _left(session: Writer, spoken: _Spoken) -> tuple[str, ...]:
    """Where a name that can be somebody else's still stands, or what others are called by: for a person to look at."""
    found = erasure.mentions(session.raw, spoken.names) + erasure.namesakes(session.raw, spoken.words)
    places = [f"{table} {number}" for table, number in sorted(set(found))]
    if not places:
        return ()
    more = f" and {len(places) - _SHOWN:,} more" if len(places) > _SHOWN else ""
    return (f"texts of others may still mean them by name: {', '.join(places[:_SHOWN])}{more}",)


def _json(ids: Iterable[int]) -> str:
    return json.dumps(sorted(ids))
