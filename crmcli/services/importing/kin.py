"""Whom the rows of other systems name beside themselves: a manager, a spouse, a referrer, the other side of a mail."""

from collections.abc import Iterator
from dataclasses import replace

from crmcli.core import normal
from crmcli.core.result import split_values
from crmcli.core.vocabulary import LAST_OF_OURS
from crmcli.core.wording import counted
from crmcli.errors import InvalidInput, NotFound
from crmcli.exchange.source import Source
from crmcli.query import reference
from crmcli.services.importing import erased, handles, names, relations
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Tally, Work

FIELDS = ("related", "related.key", "related.email")
TABLE, COLUMNS = "import_kin", "label, kind, ref"

_MEMBER, _HAS_MEMBER = "member of", "has member"
_KNOWS = "knows"

#: What other systems call somebody's relation to a person, as one of ours; all else is that they know each other.
_TYPES = {
    "manager": "reports to",
    "reporting to": "reports to",
    "boss": "reports to",
    "assistant": "manages",
    "managersname": "reports to",
    "assistantsname": "manages",
    "referred by": "referred by",
    "referred_by": "referred by",
    **dict.fromkeys(("spouse", "spousesname", "wife", "husband", "domestic partner"), "married to"),
    "partner": "partner of",
    "acquaintance": _KNOWS,
    _HAS_MEMBER: _HAS_MEMBER,
}


def named(field: str, source: Source, text: str) -> Iterator[tuple[str, str, str]]:
    """What a cell says: who somebody is to the customer of the row, how the other is called, and by what."""
    kind = field.partition(".")[2] or "name"
    system = source.source or source.profile
    for each in split_values(text):
        label, _, ref = each.partition(":")
        if kind == "key":
            yield label.strip(), kind, f"{system}:{normal.text(ref, name=field)}"
        else:
            yield label.strip(), kind, normal.email(ref) if kind == "email" else normal.text(ref, name=field)


def create(work: Work) -> None:
    """Make the table in which they wait until all customers are there."""
    work.bulk.run(
        "create temp table import_named (customer_id integer, label, kind, ref, other_id integer, file integer, line integer)"
    )


def keep(stage: Stage) -> None:
    """Keep what the rows, just written, say of others."""
    stage.work.bulk.run(
        f"insert into import_named select r.target, k.label, k.kind, k.ref, null, r.file, r.line "
        f"from {TABLE} k join import_customer r on r.row = k.row order by k.row, k.rowid"
    )


def settle(work: Work) -> None:
    """Tie the customers to those whom their rows name: people of that name are made where nobody is called so."""
    if not work.db.value("select exists (select 1 from import_named)"):
        return
    _find(work)
    _make_people(work)
    strange = work.db.value("select count(*) from import_named where other_id is null")
    if strange:
        work.note(f"{strange:,} of those whom rows name are nobody known, or several: they are left out")
    _tie(work)


def _find(work: Work) -> None:
    run = work.bulk.run
    live = "coalesce(c.merged_into_id, iif(c.removed_at is null, c.id, null))"
    key = "substr(n.ref, instr(n.ref, ':') + 1)"
    run(
        f"""
        update import_named as n set other_id = coalesce(
            (select {live} from customer c where c.uid = {key}),
            (select u.id from import_uid u where u.uid = {key}),
            (select {live} from external_id x join customer c on c.id = x.customer_id
                where x.source = substr(n.ref, 1, instr(n.ref, ':') - 1) and x.key = {key})
        ) where kind = 'key'
        """
    )
    run(
        """
        update import_named as n set other_id = (
            select p.customer_id from contact_point p where p.kind = 'email' and p.value = n.ref and p.is_live = 1
        ) where kind = 'email'
        """
    )
    names.find(work, "select ref as name, rowid as place from import_named where kind = 'name'")
    run(
        "update import_named set other_id = n.id from import_name n where kind = 'name' and n.name = ref and n.many = 1"
    )


def _make_people(work: Work) -> None:
    """Make a person for each name that nobody has yet, nor an erased one had."""
    bulk = work.bulk
    bulk.run("drop table if exists temp.import_person")
    bulk.run("create temp table import_person (row integer primary key, name, key)")
    new = bulk.run(
        f"""
        insert into import_person (name, key)
        select name, key from import_name where many = 0 and not {erased.is_name(work, "name")}
        group by key order by min(place)
        """
    )
    if new <= 0:
        return
    handles.ready(work, "select name from import_person")
    last = bulk.last("customer")
    bulk.insert(
        "customer",
        "id, uid, kind, name, handle, created_at, recorded_at",
        f"select :last + p.row, {work.uid('p.row - 1')}, 'person', p.name, new_handle(p.name), :now, :now "
        "from import_person p order by p.row",
        last=last,
        now=work.recorded_at,
    )
    bulk.run(
        """
        update import_named set other_id = :last + p.row from import_person p join import_name n on n.key = p.key
        where import_named.kind = 'name' and n.name = import_named.ref and import_named.other_id is null and n.many = 0
        """,
        last=last,
    )
    work.note(f"made {'1 person' if new == 1 else f'{new:,} people'} whom rows name")


def _tie(work: Work) -> None:
    """The ties as rows of relationships, with counts of their own; what a rule forbids is told."""
    own = replace(work, tallies=[Tally(tally.source) for tally in work.tallies])
    relations.settle(_staged(own))
    ties = sum(tally.new for tally in own.tallies)
    if ties:
        work.note(f"made {counted(ties, 'relationship')} that rows name")
    for tally in own.tallies:
        for fault in tally.faults:
            work.note(f"{fault.file}: line {fault.line}: left out a relationship: {fault.reason}")


def _staged(work: Work) -> Stage:
    stage = relations.staged(work)
    rows = work.db.rows(
        "select customer_id, label, other_id, file, line from import_named where other_id <> customer_id order by rowid"
    )
    types = _Types(work)
    found = [
        (row, file, line, customer, other, *types[label])
        for row, (customer, label, other, file, line) in enumerate(list(rows), 1)
    ]
    stage.rows = len(found)
    work.bulk.many(
        f"insert into {stage.table} (row, file, line, from_id, to_id, type, note) values (?, ?, ?, ?, ?, ?, ?)", found
    )
    return stage


class _Types(dict[str, tuple[int, str | None]]):
    """The type of a relationship by the label of the other system, negative when by its inverse, and the label as a note."""

    def __init__(self, work: Work) -> None:
        super().__init__()
        self._work = work

    def __missing__(self, label: str) -> tuple[int, str | None]:
        wanted = " ".join(normal.fold(label).replace("_", " ").split())
        name = _TYPES.get(wanted, wanted)
        if name == _HAS_MEMBER:
            self._make_membership()
        try:
            number, is_inverse = reference.relation_type(self._work.db, name)
            note = None
        except NotFound:
            number, is_inverse = reference.relation_type(self._work.db, _KNOWS)
            note = _noted(label)
        found = self[label] = (-number if is_inverse else number, note)
        return found

    def _make_membership(self) -> None:
        """The type of the members of a group, which files do not have from the start."""
        work = self._work
        if work.db.value("select 1 from relation_type where name = :name", name=_MEMBER) is None:
            last = max(LAST_OF_OURS, work.bulk.last("relation_type"))
            values = "select :id, :name, :inverse"
            work.bulk.insert(
                "relation_type", "id, name, inverse", values, id=last + 1, name=_MEMBER, inverse=_HAS_MEMBER
            )


def _noted(label: str) -> str | None:
    """The label, as far as it can stand in a note."""
    try:
        return normal.text(label, name="note")
    except InvalidInput:
        return None
