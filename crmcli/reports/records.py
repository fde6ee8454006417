"""One record in full, with what belongs to it."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from crmcli.core.preferences import Preferences
from crmcli.core.result import Column, Record, Table
from crmcli.core.vocabulary import Holds, Outcome
from crmcli.db.reader import Reader
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.query.contact import barred
from crmcli.query.past import past
from crmcli.reports import closeness, portrait, ways
from crmcli.reports.listing import View, listing
from crmcli.reports.quality import quality

_LATEST = 10

_CUSTOMER = (
    "id", "uid", "kind", "name", "handle", "email", "phone", "employer", "parent", "title", "city", "country",
    "industry", "source", "owner", "tag", "note", "do_not_contact", "no_contact", "consent", "created", "last",
    "interactions", "external",
)  # fmt: skip
_DEAL = (
    "id", "uid", "name", "customer", "customer.id", "customer.no_contact", "pipeline", "stage", "outcome", "amount",
    "currency", "close", "owner", "source", "product", "lost_reason", "note", "created", "entered", "closed", "age", "external",
)  # fmt: skip
_INTERACTION = (
    "id", "uid", "at", "channel", "direction", "customer", "customer.no_contact", "text", "duration", "deal", "owner",
    "recorded",
)  # fmt: skip
_TASK = (
    "id", "uid", "text", "due", "due_at", "every", "priority", "customer", "customer.id", "customer.no_contact", "deal",
    "deal.id", "owner", "created", "after", "done", "external",
)  # fmt: skip
_TOLD_BELOW = ("last", "email", "phone")
_TO_DO = ("id", "text", "due", "every", "priority")


def customer(db: Reader, ref: str, *, moment: Moment) -> Record:
    """All that is known of a customer, removed or not: its fields, what its records add up to, and these themselves.

    Tasks are the open ones, relationships are read from its side, of the interactions there are the latest.
    """
    number = reference.customer(db, ref, preferences=moment.preferences, removed=True)
    own = f"customer.id={number}"
    columns, values = _single(db, "customer", number, _CUSTOMER, moment)
    known = {column.name: value for column, value in zip(columns, values, strict=True)}
    complete, problems = quality(db, known)
    ties = closeness.ties(db, number, moment)
    summed, sums = portrait.split(
        (
            portrait.lifecycle(db, number, moment),
            portrait.coming(db, number, moment, is_barred=known["no_contact"] is not None),
            portrait.habits(db, number, moment),
            closeness.ours(db, ties),
            portrait.referrals(db, number),
            ((Column("completeness", "rate"), complete),),
        )
    )
    shown = [replace(column, is_hidden=column.name in _TOLD_BELOW) for column in columns]
    parts = {
        "contacts": _contacts(db, number),
        "addresses": _addresses(db, number),
        "tasks": _part(db, "task", own, _TO_DO, moment, state="open"),
        "stages": ways.standings(db, number, moment),
        "deal_sums": portrait.deal_sums(db, number),
        "deals": _deals(db, own, moment),
        "relationships": _relationships(db, number, ties),
        "latest_interactions": _part(db, "interaction", own, ("id", "at", "channel", "direction", "text"), moment),
        "quality": problems,
    }
    return Record(_title(db, "customer", number), [*shown, *summed], [*values, *sums], parts)


def deal(db: Reader, ref: str, *, moment: Moment) -> Record:
    """A deal with its open tasks, its events, the first one first, and its latest interactions."""
    number = reference.deal(db, ref, preferences=moment.preferences)
    own = f"deal.id={number}"
    parts = {
        "tasks": _part(db, "task", own, _TO_DO, moment, state="open"),
        "stage_events": ways.events(db, number),
        "latest_interactions": _part(
            db, "interaction", own, ("id", "at", "channel", "customer", "text", "customer.no_contact"), moment
        ),
    }
    columns, values = _single(db, "deal", number, _DEAL, moment)
    return Record(_title(db, "deal", number), columns, values, parts)


def interaction(db: Reader, ref: str, *, moment: Moment) -> Record:
    """An interaction in full. Raises NotFound."""
    number = reference.interaction(db, ref)
    columns, values = _single(db, "interaction", number, _INTERACTION, moment)
    return Record(f"interaction {number}", columns, values)


def task(db: Reader, ref: str, *, moment: Moment) -> Record:
    """A task in full, done or removed as it may be. Raises NotFound."""
    number = reference.task(db, ref, removed=True)
    columns, values = _single(db, "task", number, _TASK, moment)
    return Record(f"{number} {values[_TASK.index('text')]}", columns, values)


def pipeline(
    db: Reader, ref: str | None, *, moment: Moment, as_of: str | None = None, known_at: str | None = None
) -> Record:
    """A pipeline with its stages, and how many deals or customers, of which worth, stand or stood in each.

    Raises NotFound and InvalidInput.
    """
    then, moment = past(db, moment, as_of=as_of, known_at=known_at)
    number = reference.pipeline(db, ref)
    row = db.row("select id, name, holds, is_default from pipeline where id = :number", number=number) or ()
    then = replace(then, holds=Holds(row[2]))
    counts = db.row(
        f"""
        select count(*) filter (where s.outcome = 'open'), count(*) filter (where s.outcome = 'won'),
            count(*) filter (where s.outcome = 'lost')
        from ({ways.standing(then)}) h join stage s on s.id = h.stage_id
        """,
        dict(then.parameters),
        pipeline=number,
    )
    columns = (
        Column("id", "id"),
        Column("name"),
        Column("holds"),
        Column("is_default", "boolean", "Default"),
        Column("open", "integer"),
        Column("won", "integer"),
        Column("lost", "integer"),
    )
    stages = ways.stages(db, number, then, day=str(moment.parameters["today"]))
    return Record(f"{number} {row[1]}", columns, (*row, *(counts or ())), {"stages": stages})


def of_customer(db: Reader, words: Sequence[str], *, preferences: Preferences) -> Sequence[str]:
    """The query for what belongs to a customer, where `words` is a bare reference to one; else `words`."""
    if len(words) != 1 or any(mark in words[0] for mark in ":=<>+"):
        return words
    return (f"customer.id={reference.customer(db, words[0], preferences=preferences)}",)


def _title(db: Reader, entity: str, number: int) -> str:
    return f"{number} {db.value(f'select name from {entity} where id = :number', number=number)}"


def _single(
    db: Reader, entity: str, number: int, names: Sequence[str], moment: Moment
) -> tuple[Sequence[Column], Sequence[object]]:
    """The fields of one record and their values, custom ones too; when it was removed, that as well."""
    custom = db.rows("select name from field where entity = :entity order by id", entity=entity)
    names = (*names, *(name for (name,) in custom))
    words = [f"id={number}"]
    if db.value(f"select removed_at from {entity} where id = :number", number=number):
        names, words = (*names, "removed"), [*words, "is:removed"]
        if entity == "customer":
            names = (*names, "merged_into")
    found = listing(db, entity, words, view=View(columns=names), moment=moment)
    return _for_people(found.columns), next(iter(found.rows))


def _part(
    db: Reader, entity: str, own: str, columns: tuple[str, ...], moment: Moment, *, state: str | None = None
) -> Table:
    limit = _LATEST if entity == "interaction" else None
    words = (own,) if state is None else (own, f"is:{state}")
    found = listing(db, entity, words, view=View(columns=columns, limit=limit, is_counted=False), moment=moment)
    names = {column.name for column in found.columns}
    under = {"customer": ("customer.no_contact",)} if "customer.no_contact" in names else {}
    shown = [replace(column, under=under.get(column.name, ())) for column in _for_people(found.columns)]
    return replace(found, columns=shown)


def _deals(db: Reader, own: str, moment: Moment) -> Table:
    """The deals of a customer, the open ones first."""
    names = ("id", "name", "stage", "outcome", "amount", "currency", "close")
    found = _part(db, "deal", own, names, moment)
    place = names.index("outcome")
    return replace(found, rows=sorted(found.rows, key=lambda row: row[place] != Outcome.OPEN))


def _for_people(columns: Sequence[Column]) -> Sequence[Column]:
    """The columns, without what an amount or a name says already."""
    return [replace(column, is_hidden=column.name in ("currency", "customer.id")) for column in columns]


def _contacts(db: Reader, customer: int) -> Table:
    """E-mails, then phones; the primary one of each first."""
    columns = (Column("kind"), Column("value", heading="Contact"), Column("label"), Column("primary", "boolean"))
    rows = db.rows(
        """
        select kind, value, label, row_number() over (partition by kind order by position, id) = 1
        from contact_point where customer_id = :customer order by kind, position, id
        """,
        customer=customer,
    )
    return Table(columns, rows, empty="no e-mail, no phone")


def _addresses(db: Reader, customer: int) -> Table:
    """By post, then on the web; the primary one of each first."""
    names = ("label", "street", "postcode", "city", "region", "country", "url")
    columns = (Column("id", "id"), *map(Column, names), Column("primary", "boolean"))
    rows = db.rows(
        f"""
        select id, {", ".join(names)}, row_number() over (partition by url is null order by position, id) = 1
        from address where customer_id = :customer order by url is not null, position, id
        """,
        customer=customer,
    )
    return Table(columns, rows, empty="no address")


def _relationships(db: Reader, customer: int, ties: Mapping[int, float]) -> Table:
    """What `customer` is to others, those that last first, and how strong the tie between the two is."""
    columns = (
        Column("id", "id"),
        Column("type", heading="Relation"),
        Column("customer", under=("customer.no_contact",)),
        Column("customer.id", "id", is_hidden=True),
        Column("tie_strength", "number", "Strength"),
        Column("since", "date"),
        Column("until", "date"),
        Column("note"),
        Column("customer.no_contact", heading="No contact", is_hidden=True),
    )
    rows = db.rows(
        f"""
        select r.id, case r.from_id when :customer then t.name else t.inverse end, c.name, c.id,
            r.since, r.until, r.note, {barred("c")}
        from relationship r join relation_type t on t.id = r.type_id
        join customer c on c.id = r.from_id + r.to_id - :customer and c.removed_at is null
        where (r.from_id = :customer or r.to_id = :customer) and r.removed_at is null
        order by r.until is not null, r.type_id, r.id
        """,
        customer=customer,
    )
    return Table(columns, [(*row[:4], ties.get(row[3]), *row[4:]) for row in rows])
