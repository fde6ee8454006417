"""A machine that writes by every service, takes back and puts again in any order, and knows what must come of it."""

import sqlite3
import tempfile
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import TypeVar

from hypothesis import HealthCheck, Phase, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from crmcli.core.change import Change
from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import (
    Channel,
    CustomerKind,
    FieldOf,
    FieldType,
    LegalBasis,
    Outcome,
    Prefer,
    RetentionAction,
    Template,
    Trouble,
)
from crmcli.db import connection, history, migrate
from crmcli.db.history import Header
from crmcli.db.writing import Writer, writing
from crmcli.errors import Conflict, CrmError, NotFound
from crmcli.reports.invariants import breaches
from crmcli.reports.stuck import Asked
from crmcli.services import (
    addresses,
    cadences,
    consents,
    contacts,
    customers,
    customerstages,
    deals,
    fields,
    followups,
    importing,
    interactions,
    merging,
    operations,
    ownership,
    pipelines,
    preferences,
    quotas,
    referrals,
    relationships,
    relationtypes,
    repair,
    retention,
    segments,
    stages,
    tags,
    tasks,
    weights,
)
from tests.conftest import NOW

Row = tuple[object, ...]
Rows = dict[tuple[str, int], Row]
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Doing:
    """One operation of the history: the rows it changed, as they were and as they became (None: not there).

    `root` is the operation that it does, undoes or redoes.
    """

    number: int
    root: int
    changed: dict[tuple[str, int], tuple[Row | None, Row | None]]


@dataclass(slots=True)
class Model:
    """What was done, and by it what an undo or redo must give: the rows of its last doing as they were before that."""

    doings: list[Doing] = field(default_factory=list)

    def did(self, number: int, root: int, before: Rows, after: Rows) -> None:
        """Remember an operation by the file before and after it."""
        keys = [key for key in before.keys() | after.keys() if before.get(key) != after.get(key)]
        self.doings.append(Doing(number, root, {key: (before.get(key), after.get(key)) for key in keys}))

    def root(self, number: int) -> int | None:
        """What operation `number` is about; None when there is none."""
        return next((doing.root for doing in self.doings if doing.number == number), None)

    def of(self, root: int) -> list[Doing]:
        """The doing, undoing and redoing of one operation."""
        return [doing for doing in self.doings if doing.root == root]

    def stands(self, root: int) -> bool:
        """Whether an operation is in effect."""
        return len(self.of(root)) % 2 == 1

    def last(self, *, standing: bool) -> int | None:
        """What undo, or redo, without a number is about."""
        roots = [root for root in {doing.root for doing in self.doings} if self.stands(root) is standing]
        return max(roots, key=lambda root: root if standing else self.of(root)[-1].number, default=None)

    def turned(self, root: int, rows: Rows) -> Rows:
        """The file once the operation is turned round."""
        wanted = dict(rows)
        for key, (before, _) in self.of(root)[-1].changed.items():
            wanted.pop(key, None)
            if before is not None:
                wanted[key] = before
        return wanted

    def is_as_it_left(self, root: int, rows: Rows) -> bool:
        """Whether every row that the operation changed last is still what it made of it."""
        return all(rows.get(key) == after for key, (_, after) in self.of(root)[-1].changed.items())

    def is_under_another(self, root: int) -> bool:
        """Whether a later operation that still stands changed one of the same rows."""
        mine = self.of(root)[-1]
        later: dict[int, int] = {}
        for doing in self.doings:
            if doing.number > mine.number and doing.root != root and doing.changed.keys() & mine.changed.keys():
                later[doing.root] = later.get(doing.root, 0) + 1
        return any(count % 2 for count in later.values())


def rows_of(db: sqlite3.Connection) -> Rows:
    """Every row of user data, by table and id."""
    return {
        (table, row[0]): row
        for table in migrate.tracked(db)
        for row in db.execute(f"select * from {table} order by id")
    }


def is_storable(rows: Rows) -> bool:
    """Whether a file can hold these rows at all: unique values, references and the forest of referrals."""
    with closing(connection.in_memory()) as db:
        db.execute("begin")
        db.execute("pragma defer_foreign_keys = on")
        history.begin(db, Header("test"), recorded_at="2026-11-20T12:00:00Z")
        try:
            for table in migrate.tracked(db):
                db.execute(f"delete from {table}")
            for (table, _), row in rows.items():
                db.execute(f"insert into {table} values ({', '.join('?' * len(row))})", row)
        except sqlite3.IntegrityError:
            return False
        return db.execute("pragma foreign_key_check").fetchone() is None


def several(texts: st.SearchStrategy[str]) -> st.SearchStrategy[tuple[str, ...]]:
    """None or one of `texts`, as the commands hand it on."""
    return texts.map(lambda text: (text,) if text else ())


REFS = st.sampled_from(["1", "2", "3", "4", "ada", "acme"])
NAMES = st.sampled_from(["Ada", "Bob", "李雷", "Acme", "Ada Lovelace"])
EMAILS = st.sampled_from(["", "a@example.com", "b@example.com", "c@example.com"])
PHONES = st.sampled_from(["", "+4930901820", "+4930901821"])
TAGS = st.sampled_from(["", "vip", "press", "VIP"])
OWNERS = st.sampled_from(["", "Eve", "Bob"])
STAGES = st.sampled_from(["lead", "contact", "needs", "quote", "won", "talks", "trial"])
STAGE_SETS = st.sampled_from(
    [
        *("name=discovery", "name=trial", "name=lead", "probability=40", "probability=", "category=commit"),
        *("rot_days=7", "outcome=lost", "outcome=open", "required=amount", "required+=close", "required="),
    ]
)
PIPELINES = st.sampled_from([None, "sales", "partners"])
NUMBERS = st.sampled_from(["1", "2", "3"])
NEW_CUSTOMERS = st.builds(
    customers.NewCustomer,
    name=NAMES,
    kind=st.sampled_from(CustomerKind),
    emails=several(EMAILS),
    phones=several(PHONES),
    tags=several(TAGS),
    employer=st.sampled_from([None, "Acme", "Navy"]),
    owner=st.sampled_from([None, "Eve", "Bob"]),
)
MANY = st.lists(st.integers(1, 3), min_size=1, max_size=3, unique=True)
CUSTOMER_SETS = st.sampled_from(
    [
        *("city=Berlin", "city=", "kind=organisation", "owner=Eve", "owner=", "do_not_contact=yes", "name=Zoë"),
        *("email=", "email=a@example.com", "email+=b@example.com", "email-=a@example.com", "phone=+4930901820"),
        *("employer=Acme", "employer=", "employer=Navy", "tag=vip,new", "tag+=press", "tag-=vip", "favourite=7"),
    ]
)
POINTS = st.sampled_from(["a@example.com", "b@example.com", "work@example.com", "+4930901820"])
ADDRESSES = st.sampled_from(
    [{"city": "Rome", "label": "office"}, {"street": "Main St 1"}, {"url": "https://example.com"}, {"label": ""}]
)
DEAL_SETS = st.sampled_from(
    ["amount=900", "amount=", "currency=JPY", "close=eom", "owner=Eve", "owner=", "customer=1", "customer=", "name=X"]
)
INTERACTION_SETS = st.sampled_from(["text=other", "channel=visit", "at=yesterday", "duration=20m", "deal=1", "deal="])
TYPES = st.sampled_from(["referred", "referred by", "knows", "works for", "parent of"])
TASK_SETS = st.sampled_from(
    ["text=Write", "due=2026-12-01", "due=", "every=1w", "every=", "customer=1", "deal=1", "owner=Eve", "priority=yes"]
)
TARGETS = st.sampled_from(["1", "2", "ada", "+vip", "segment:some"])
PREFERS = st.sampled_from([Prefer.KEEP, Prefer.NEWEST])
QUERIES = st.sampled_from(["+vip", "city:Berlin", "is:open", "segment:some", "nothing:x"])
FILES = st.lists(
    st.sampled_from(
        [
            "name,email,city,tag,employer\nAda,a@example.com,Rome,vip;new,Navy\nCarl,,Paris,,\n",
            "name,email,phone,owner\nBob,b@example.com,+4930901820,Eve\nBob,c@example.com,,\n",
            "name,customer,stage,amount,currency\nEngine,Ada,quote,900,EUR\nEngine 2,Bob,won,1,JPY\n",
            "from,type,to\nAda,referred,Bob\nBob,knows,Ada\n",
            "at,channel,customer,text\n2026-11-01,call,Ada,hello\n2026-11-02,visit,Bob,again\n",
            "name,email,favourite\nAda,a@example.com,tea\nDora,d@example.com,coffee\n",
        ]
    ),
    min_size=1,
    max_size=2,
    unique=True,
)


class UndoMachine(RuleBasedStateMachine):
    """Every rule is one command on a fresh file; the model says what an undo or redo of any of them must give."""

    template: bytes = b""
    turned = 0
    refused = 0

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.file = Path(self.folder.name) / "crm.db"
        if not UndoMachine.template:
            migrate.create(self.file, Preferences())
            UndoMachine.template = self.file.read_bytes()
        self.file.write_bytes(UndoMachine.template)
        self.model = Model()
        self.now = NOW
        self.rows = self.read()

    def read(self) -> Rows:
        """The file as it is."""
        with connection.reading(self.file) as db:
            return rows_of(db.connection)

    def write(self, does: Callable[[Writer], T]) -> tuple[int, T]:
        """Run one operation; its number."""
        self.now += timedelta(minutes=1)
        with writing(self.file, Header("test"), now=self.now) as session:
            return session.operation, does(session)

    def do(self, does: Callable[[Writer], object]) -> None:
        """A command: it changes the file and is remembered, or is refused and changes nothing."""
        before = self.rows
        try:
            number, _ = self.write(does)
        except CrmError:
            assert self.read() == before
            return
        self.rows = self.read()
        if self.is_recorded(number):
            self.model.did(number, number, before, self.rows)
        else:
            assert self.rows == before

    def is_recorded(self, number: int) -> bool:
        with connection.reading(self.file) as db:
            return db.value("select 1 from operation where id = :number", number=number) is not None

    @initialize()
    def some_records(self) -> None:
        """Something to work on: an operation each."""
        for name, email in (("Ada", "a@example.com"), ("Bob", "b@example.com")):
            new = customers.NewCustomer(name, emails=(email,), employer="Acme")
            self.do(lambda session, new=new: customers.add(session, new))  # type: ignore[misc]
        self.do(lambda session: deals.add(session, deals.NewDeal("Engine", "1", "900")))
        self.do(lambda session: interactions.log(session, interactions.NewInteraction(("1",), "hello")))

    @rule(new=NEW_CUSTOMERS, if_absent=st.booleans())
    def customer_add(self, new: customers.NewCustomer, if_absent: bool) -> None:
        self.do(lambda session: customers.add(session, new, if_absent=if_absent))

    @rule(ref=REFS, sets=st.lists(CUSTOMER_SETS, max_size=2), tags=several(TAGS), untags=several(TAGS))
    def customer_edit(self, ref: str, sets: list[str], tags: tuple[str, ...], untags: tuple[str, ...]) -> None:
        self.do(lambda session: customers.edit(session, ref, sets=tuple(sets), tags=tags, untags=untags))

    @rule(ref=REFS, text=POINTS, is_primary=st.booleans())
    def contact_add(self, ref: str, text: str, is_primary: bool) -> None:
        said = contacts.Particulars("work", is_primary)
        self.do(lambda session: contacts.add_one(session, ref, text, said))

    @rule(ref=REFS, text=POINTS, to=st.none() | POINTS)
    def contact_edit(self, ref: str, text: str, to: str | None) -> None:
        said = contacts.Particulars("home", is_primary=True)
        self.do(lambda session: contacts.edit_one(session, ref, text, said, to=to))

    @rule(ref=REFS, text=POINTS)
    def contact_remove(self, ref: str, text: str) -> None:
        self.do(lambda session: contacts.remove_one(session, ref, text))

    @rule(ref=REFS, fields=ADDRESSES, is_primary=st.booleans())
    def address_add(self, ref: str, fields: dict[str, str], is_primary: bool) -> None:
        self.do(lambda session: addresses.add(session, ref, addresses.Said(fields, is_primary)))

    @rule(ref=REFS, which=st.sampled_from(["1", "2", "office"]), fields=ADDRESSES)
    def address_edit(self, ref: str, which: str, fields: dict[str, str]) -> None:
        self.do(lambda session: addresses.edit(session, ref, which, addresses.Said(fields, is_primary=True)))

    @rule(ref=REFS, which=st.sampled_from(["1", "2", "office"]))
    def address_remove(self, ref: str, which: str) -> None:
        self.do(lambda session: addresses.remove(session, ref, which))

    @rule(numbers=MANY, sets=st.lists(CUSTOMER_SETS, max_size=1), tags=several(TAGS), untags=several(TAGS))
    def customer_edit_many(
        self, numbers: list[int], sets: list[str], tags: tuple[str, ...], untags: tuple[str, ...]
    ) -> None:
        wish = customers.Edit(tuple(sets), tags, untags)
        self.do(lambda session: customers.edit_many(session, numbers, wish))

    @rule(ref=REFS, force=st.booleans())
    def customer_remove(self, ref: str, force: bool) -> None:
        self.do(lambda session: customers.remove(session, ref, force=force))

    @rule(ref=REFS)
    def customer_restore(self, ref: str) -> None:
        self.do(lambda session: customers.restore(session, ref))

    @rule(keep=REFS, others=st.lists(REFS, min_size=1, max_size=2), prefer=PREFERS, force=st.booleans())
    def customer_merge(self, keep: str, others: list[str], prefer: Prefer, force: bool) -> None:
        wish = merging.Wish(keep, tuple(others), prefer, force=force)
        self.do(lambda session: merging.merge(session, wish))

    @rule(one=REFS, kind=TYPES, other=REFS)
    def relation_add(self, one: str, kind: str, other: str) -> None:
        self.do(lambda s: relationships.add(s, one, kind, other, relationships.Detail("2026-01-01", "x")))

    @rule(number=NUMBERS)
    def relation_remove(self, number: str) -> None:
        self.do(lambda session: relationships.remove(session, number))

    @rule(number=NUMBERS, sets=st.sampled_from(["strength=80", "until=yesterday", "until=", "note=x"]))
    def relation_edit(self, number: str, sets: str) -> None:
        self.do(lambda session: relationships.edit(session, number, (sets,)))

    @rule(number=NUMBERS)
    def relation_end(self, number: str) -> None:
        self.do(lambda session: relationships.end(session, number, None))

    @rule(name=st.sampled_from(["mentors", "sponsors"]), inverse=st.sampled_from([None, "mentored by"]))
    def relation_type_add(self, name: str, inverse: str | None) -> None:
        self.do(lambda session: relationtypes.add(session, name, relationtypes.Wish(inverse=inverse)))

    @rule(name=st.sampled_from(["mentors", "knows"]), weight=st.sampled_from(["10", "90"]))
    def relation_type_edit(self, name: str, weight: str) -> None:
        self.do(lambda session: relationtypes.edit(session, name, relationtypes.Wish(weight=weight)))

    @rule(name=st.sampled_from(["mentors", "sponsors", "knows"]))
    def relation_type_remove(self, name: str) -> None:
        self.do(lambda session: relationtypes.remove(session, name))

    @rule(name=st.sampled_from(["email", "half_life"]), value=st.sampled_from(["2", "usual"]))
    def weigh(self, name: str, value: str) -> None:
        self.do(lambda session: weights.weigh(session, name, value))

    @rule(one=REFS, other=REFS)
    def referral_add(self, one: str, other: str) -> None:
        self.do(lambda session: referrals.add(session, one, by=other))

    @rule(who=REFS, channel=st.sampled_from(Channel), at=st.sampled_from([None, "yesterday", "tomorrow"]), deal=NUMBERS)
    def log(self, who: str, channel: Channel, at: str | None, deal: str) -> None:
        new = interactions.NewInteraction((who,), "hello", channel, at=at, deal=deal if at else None)
        self.do(lambda session: interactions.log(session, new))

    @rule(number=NUMBERS, sets=st.lists(INTERACTION_SETS, min_size=1, max_size=2))
    def interaction_edit(self, number: str, sets: list[str]) -> None:
        self.do(lambda session: interactions.edit(session, number, tuple(sets)))

    @rule(number=NUMBERS)
    def interaction_remove(self, number: str) -> None:
        self.do(lambda session: interactions.remove(session, number))

    @rule(name=NAMES, customer=REFS, amount=st.sampled_from([None, "900", "USD 12k"]), owner=OWNERS, pipeline=PIPELINES)
    def deal_add(self, name: str, customer: str, amount: str | None, owner: str, pipeline: str | None) -> None:
        new = deals.NewDeal(name, customer, amount, owner=owner or None, pipeline=pipeline, close="eom")
        self.do(lambda session: deals.add(session, new))

    @rule(number=NUMBERS, sets=st.lists(DEAL_SETS, min_size=1, max_size=2))
    def deal_edit(self, number: str, sets: list[str]) -> None:
        self.do(lambda session: deals.edit(session, number, tuple(sets)))

    @rule(numbers=MANY, sets=st.lists(DEAL_SETS, min_size=1, max_size=2))
    def deal_edit_many(self, numbers: list[int], sets: list[str]) -> None:
        self.do(lambda session: deals.edit_many(session, numbers, tuple(sets)))

    @rule(number=NUMBERS, stage=STAGES, pipeline=PIPELINES)
    def deal_move(self, number: str, stage: str, pipeline: str | None) -> None:
        self.do(lambda session: deals.move(session, deals.Move(number, stage, pipeline)))

    @rule(number=NUMBERS, outcome=st.sampled_from([Outcome.WON, Outcome.LOST]))
    def deal_close(self, number: str, outcome: Outcome) -> None:
        self.do(lambda session: deals.close(session, deals.Move(number, ""), outcome, reason="price"))

    @rule(number=NUMBERS)
    def deal_reopen(self, number: str) -> None:
        self.do(lambda session: deals.reopen(session, deals.Move(number, "")))

    @rule(default=st.booleans())
    def pipeline_add(self, default: bool) -> None:
        self.do(lambda session: pipelines.add(session, "partners", stages=("talks", "trial"), default=default))

    @rule(
        name=st.sampled_from(["marketing", "journey"]), template=st.sampled_from([Template.MARKETING, Template.JOURNEY])
    )
    def pipeline_template(self, name: str, template: Template) -> None:
        self.do(lambda session: pipelines.add(session, name, kind=pipelines.Kind(template)))

    @rule(name=PIPELINES, sets=st.sampled_from(["name=direct", "name=sales", "default=yes"]))
    def pipeline_edit(self, name: str | None, sets: str) -> None:
        self.do(lambda session: pipelines.edit(session, name or "1", (sets,)))

    @rule(name=st.sampled_from(["partners", "journey", "sales"]))
    def pipeline_archive(self, name: str) -> None:
        self.do(lambda session: pipelines.archive(session, name))

    @rule(name=st.sampled_from(["partners", "journey", "sales"]))
    def pipeline_restore(self, name: str) -> None:
        self.do(lambda session: pipelines.restore(session, name))

    @rule(period=st.sampled_from(["2026-Q4", "2027-Q1"]), amount=st.sampled_from(["5k", "9000"]), owner=OWNERS)
    def quota_set(self, period: str, amount: str, owner: str) -> None:
        self.do(lambda session: quotas.set_(session, quotas.NewQuota(period, amount, owner or None)))

    @rule(number=NUMBERS)
    def quota_remove(self, number: str) -> None:
        self.do(lambda session: quotas.remove(session, number))

    @rule(owner=OWNERS, does=st.sampled_from(["name=Kit", "region=West", "me=yes", "manager=Eve", "merge", "remove"]))
    def owner(self, owner: str, does: str) -> None:
        if does == "merge":
            self.do(lambda session: ownership.merge(session, "Eve", (owner,)))
        elif does == "remove":
            self.do(lambda session: ownership.remove(session, owner))
        else:
            self.do(lambda session: ownership.edit(session, owner, (does,)))

    @rule(tag=TAGS, name=st.sampled_from(["vip", "press", "fair", ""]))
    def tag(self, tag: str, name: str) -> None:
        self.do(lambda session: tags.rename(session, tag, name) if name else tags.remove(session, tag))

    @rule(pipeline=PIPELINES, name=STAGES, after=STAGES, outcome=st.sampled_from(Outcome))
    def stage_add(self, pipeline: str | None, name: str, after: str, outcome: Outcome = Outcome.OPEN) -> None:
        new = stages.NewStage(name, after if outcome == Outcome.OPEN else None, outcome)
        self.do(lambda session: stages.add(session, pipeline, new))

    @rule(pipeline=PIPELINES, name=STAGES, sets=STAGE_SETS)
    def stage_edit(self, pipeline: str | None, name: str, sets: str) -> None:
        self.do(lambda session: stages.edit(session, pipeline, name, (sets,)))

    @rule(pipeline=PIPELINES, name=STAGES, after=st.none() | STAGES)
    def stage_move(self, pipeline: str | None, name: str, after: str | None) -> None:
        self.do(lambda session: stages.move(session, pipeline, name, after=after))

    @rule(pipeline=PIPELINES, name=STAGES)
    def stage_archive(self, pipeline: str | None, name: str) -> None:
        self.do(lambda session: stages.archive(session, pipeline, name))

    @rule(pipeline=PIPELINES, name=STAGES)
    def stage_restore(self, pipeline: str | None, name: str) -> None:
        self.do(lambda session: stages.restore(session, pipeline, name))

    @rule(number=st.sampled_from([0, 900]))
    def stage_count(self, number: int) -> None:
        self.do(lambda session: stages.count(session, "marketing", "exposure", number))

    @rule(who=REFS, stage=st.sampled_from(["awareness", "interest", "loyalty", "nurture"]), is_back=st.booleans())
    def customer_move(self, who: str, stage: str, is_back: bool) -> None:
        step = customerstages.Step(who, stage, is_back=is_back)
        self.do(lambda session: customerstages.move(session, step))

    @rule(who=REFS)
    def customer_leave(self, who: str) -> None:
        self.do(lambda session: customerstages.leave(session, who, "journey"))

    @rule(currency=st.sampled_from([None, "USD", "JPY"]), zone=st.sampled_from([None, "Asia/Shanghai"]))
    def preferences_change(self, currency: str | None, zone: str | None) -> None:
        self.do(lambda session: preferences.change(session, preferences.Wanted(currency=currency, zone=zone)))

    @rule(of=st.sampled_from(FieldOf), kind=st.sampled_from([FieldType.TEXT, FieldType.NUMBER]), stage=STAGES)
    def field_add(self, of: FieldOf, kind: FieldType, stage: str) -> None:
        new = fields.NewField(of, "favourite", kind, required_at=(stage,) if stage == "quote" else ())
        self.do(lambda session: fields.add(session, new))

    @rule(of=st.sampled_from(FieldOf), name=st.sampled_from(["gift", "favourite"]), is_optional=st.booleans())
    def field_edit(self, of: FieldOf, name: str, is_optional: bool) -> None:
        wish = fields.FieldChange(name, is_optional=is_optional)
        self.do(lambda session: fields.edit(session, of, "favourite", wish))

    @rule(of=st.sampled_from(FieldOf))
    def field_remove(self, of: FieldOf) -> None:
        self.do(lambda session: fields.remove(session, of, "favourite"))

    @rule(who=REFS, deal=NUMBERS, due=st.sampled_from([None, "2026-11-18", "2026-11-20T09:00"]), repeats=st.booleans())
    def task_add(self, who: str, deal: str, due: str | None, repeats: bool) -> None:
        every = "2w" if repeats else None
        new = tasks.NewTask("Call", who, deal if due else None, due=due, every=every, owner="Eve", is_priority=repeats)
        self.do(lambda session: tasks.add(session, new))

    @rule(number=NUMBERS, sets=st.lists(TASK_SETS, min_size=1, max_size=2))
    def task_edit(self, number: str, sets: list[str]) -> None:
        self.do(lambda session: tasks.edit(session, number, tuple(sets)))

    @rule(number=NUMBERS)
    def task_done(self, number: str) -> None:
        self.do(lambda session: tasks.done(session, number))

    @rule(number=NUMBERS, until=st.sampled_from(["3d", "mon", "yesterday"]))
    def task_snooze(self, number: str, until: str) -> None:
        self.do(lambda session: tasks.snooze(session, number, until))

    @rule(number=NUMBERS)
    def task_remove(self, number: str) -> None:
        self.do(lambda session: tasks.remove(session, number))

    @rule(trouble=st.sampled_from(Trouble))
    def tasks_follow(self, trouble: Trouble) -> None:
        self.do(lambda session: followups.create(session, Asked(trouble)))

    @rule(number=NUMBERS)
    def task_restore(self, number: str) -> None:
        self.do(lambda session: tasks.restore(session, number))

    @rule(name=st.sampled_from(["some", "others"]), query=QUERIES, freeze=st.booleans())
    def segment_add(self, name: str, query: str, freeze: bool) -> None:
        self.do(lambda session: segments.add(session, name, [query], freeze=freeze))

    @rule(name=st.sampled_from(["some", "others"]))
    def segment_remove(self, name: str) -> None:
        self.do(lambda session: segments.remove(session, name))

    @rule(who=TARGETS, every=st.sampled_from(["1w", "10d"]))
    def cadence_set(self, who: str, every: str) -> None:
        self.do(lambda session: cadences.set_(session, who, every))

    @rule(who=TARGETS)
    def cadence_clear(self, who: str) -> None:
        self.do(lambda session: cadences.clear(session, who))

    @rule(who=REFS, channel=st.sampled_from([None, Channel.EMAIL]), is_granted=st.booleans())
    def consent(self, who: str, channel: Channel | None, is_granted: bool) -> None:
        said = consents.Said("newsletter", channel, LegalBasis.CONSENT if is_granted else None, source="form")
        does = consents.grant if is_granted else consents.withdraw
        self.do(lambda session: does(session, who, said))

    @rule(who=REFS, is_lifted=st.booleans())
    def restrict(self, who: str, is_lifted: bool) -> None:
        if is_lifted:
            self.do(lambda session: consents.lift(session, who))
        else:
            self.do(lambda session: consents.restrict(session, who, consents.Restricted("in court")))

    @rule(name=st.sampled_from(["silent", "Silent"]))
    def retention_add(self, name: str) -> None:
        remove = RetentionAction.REMOVE  # what is erased no undo brings back
        self.do(lambda session: retention.add(session, name, after="1m", action=remove, query=("kind:person",)))

    @rule(name=st.sampled_from(["silent", "Silent"]))
    def retention_remove(self, name: str) -> None:
        self.do(lambda session: retention.remove(session, name))

    @rule(days=st.sampled_from([0, 40]))
    def retention_run(self, days: int) -> None:
        self.now += timedelta(days=days)
        self.do(retention.run)

    @rule()
    def nothing_is_to_be_repaired(self) -> None:
        self.do(repair.records)

    @rule(texts=FILES)
    def import_files(self, texts: list[str]) -> None:
        places = [self.file.with_name(f"{number}.csv") for number in range(len(texts))]
        for place, text in zip(places, texts, strict=True):
            place.write_text(text, "utf-8")
        asked = importing.Files(tuple(map(str, places)))
        self.do(lambda session: importing.files(session, asked, importing.Wish()))

    @rule(number=st.integers(1, 8))
    def undo(self, number: int) -> None:
        self.turn(operations.undo, number, standing=True)

    @rule(number=st.integers(1, 8))
    def redo(self, number: int) -> None:
        self.turn(operations.redo, number, standing=False)

    @rule()
    def undo_last(self) -> None:
        self.turn(operations.undo, None, standing=True)

    @rule()
    def redo_last(self) -> None:
        self.turn(operations.redo, None, standing=False)

    @rule(count=st.integers(2, 4))
    def undo_some_and_redo(self, count: int) -> None:
        for does in (operations.undo, operations.redo):
            for _ in range(count):
                self.turn(does, None, standing=does is operations.undo)

    @rule()
    def undo_and_redo(self) -> None:
        """What was done last can always be taken back and put again."""
        if not self.model.doings:
            return
        last, there = self.model.doings[-1], self.rows
        first, second = operations.undo, operations.redo
        if not self.model.stands(last.root):
            first, second = second, first
        self.turn(first, last.root, standing=first is operations.undo)
        assert self.model.doings[-1].root == last.root, "what was done last is turned round"
        self.turn(second, last.root, standing=second is operations.undo)
        assert self.rows == there

    def turn(self, does: Callable[[Writer, int | None], Change], number: int | None, *, standing: bool) -> None:
        """Undo or redo an operation: as the model says, or refused for a reason that the model knows too."""
        root = self.model.last(standing=standing) if number is None else self.model.root(number)
        try:
            done, change = self.write(lambda session: does(session, number))
        except NotFound:
            assert root is None
            assert self.read() == self.rows
        except Conflict as refusal:
            assert root is not None
            self.expect_refusal(root, refusal, standing=standing)
        else:
            assert root is not None
            assert change.ids == (root,)
            assert self.model.stands(root) is standing
            assert self.model.is_as_it_left(root, self.rows), "nothing done since is lost"
            before, self.rows = self.rows, self.read()
            assert self.rows == self.model.turned(root, before)
            self.model.did(done, root, before, self.rows)
            UndoMachine.turned += 1

    def expect_refusal(self, root: int, refusal: Conflict, *, standing: bool) -> None:
        UndoMachine.refused += 1
        assert self.read() == self.rows
        assert refusal.hint
        is_known = self.model.stands(root) is not standing or self.model.is_under_another(root)
        assert is_known or not is_storable(self.model.turned(root, self.rows)), refusal

    @invariant()
    def the_rules_of_the_file_hold(self) -> None:
        with connection.reading(self.file) as db:
            assert list(breaches(db)) == []
            assert db.row("pragma foreign_key_check") is None

    def teardown(self) -> None:
        with connection.reading(self.file) as db:
            assert db.value("pragma integrity_check") == "ok"
        self.folder.cleanup()


@dataclass(frozen=True, slots=True)
class Sequences:
    """What came of many sequences: how many undos and redos gave the file that they must, and how many were refused."""

    sequences: int
    turned: int
    refused: int


def undo_sequences(count: int, number: int, *, steps: int = 30) -> Sequences:
    """Run `count` random sequences of commands, undos and redos. Raises at the first that is not as the model says."""
    UndoMachine.turned = UndoMachine.refused = 0
    chosen = settings(
        max_examples=count,
        stateful_step_count=steps,
        deadline=None,
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    run_state_machine_as_test(seed(number)(UndoMachine), settings=chosen)
    return Sequences(count, UndoMachine.turned, UndoMachine.refused)
