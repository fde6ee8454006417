"""A customer on one screen, before a call: who, the last words, what is open, what to do next."""

from collections.abc import Mapping

from crmcli.core.money import Money
from crmcli.core.result import Column, Record, Table, join_values, split_values
from crmcli.core.wording import cells, clipped
from crmcli.db.reader import Reader
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.reports import portrait
from crmcli.reports.listing import View, listing

#: What 24 lines of 80 cells hold: a line beside its heading, and how many of what is open.
_LINE, _MOST = 64, 5
_FIELDS = (
    "name", "kind", "title", "employer", "industry", "city", "country", "no_contact", "email", "phone", "tag", "note",
)  # fmt: skip
_COLUMNS = (
    Column("ref", heading="Open"),
    Column("what"),
    Column("stage"),
    Column("date", "date"),
    Column("amount", "money"),
    Column("currency", is_hidden=True),
)
_OPEN = """
    select ref, what, stage, day, amount, currency from (
        select 0 as rank, id, 'T' || id as ref, text as what, iif(due_on < :today, 'overdue', null) as stage,
            due_on as day, null as amount, null as currency
        from task where done_at is null and removed_at is null and (customer_id = :customer or deal_id in (
            select id from deal where customer_id = :customer and removed_at is null
        ))
        union all
        select 1, d.id, 'D' || d.id, d.name, s.name, d.close_on, d.amount, d.currency
        from deal d join passage g on g.deal_id = d.id and g.ended_at is null join stage s on s.id = g.stage_id
        where d.customer_id = :customer and d.removed_at is null and s.outcome = 'open'
    ) order by rank, day is null, day, id
"""
_LAST = """
    select i.occurred_at, i.channel, i.direction, i.text
    from interaction_party y join interaction i on i.id = y.interaction_id
    where y.customer_id = :customer and i.removed_at is null and i.occurred_at <= :now
    order by i.occurred_at desc, i.id desc limit 1
"""


def brief(db: Reader, ref: str, *, moment: Moment) -> Record:
    """The customer in at most 23 lines of 80 cells; what is long is cut, `customer show` has it whole."""
    number = reference.customer(db, ref, preferences=moment.preferences, removed=True)
    known = _known(db, number, moment)
    at, channel, direction, text = db.row(_LAST, moment.parameters, customer=number) or (None, None, None, None)
    rows = list(db.rows(_OPEN, moment.parameters, customer=number))
    is_barred = known["no_contact"] is not None
    (due, day), (why, because) = portrait.coming(db, number, moment, is_barred=is_barred)
    fields = (
        (Column("id", "id", is_hidden=True), number),
        (Column("who"), _who(known)),
        (Column("no_contact"), known["no_contact"]),
        (Column("email"), _first(known["email"])),
        (Column("phone"), _first(known["phone"])),
        (Column("tag", "values"), _few(known["tag"])),
        (Column("note"), _cut(known["note"], 2)),
        (Column("last_contact", "instant", under=("channel", "direction")), at),
        (Column("channel"), channel),
        (Column("direction"), direction),
        (Column("last_words"), _cut(text, 3)),
        (due, day),
        (why, None if because is None else clipped(str(because), _LINE - 13)),
        (Column("next"), None if is_barred else _next(number, rows, moment)),
    )
    columns, values = portrait.split((fields,))
    title = clipped(f"{number} {known['name']}", _LINE)
    return Record(title, columns, values, {"open": _open(rows)})


def _known(db: Reader, number: int, moment: Moment) -> Mapping[str, object]:
    words = [f"id={number}"]
    if db.value("select removed_at from customer where id = :number", number=number):
        words.append("is:removed")
    found = listing(db, "customer", words, view=View(columns=_FIELDS), moment=moment)
    return dict(zip(_FIELDS, next(iter(found.rows)), strict=True))


def _who(known: Mapping[str, object]) -> str:
    """`Countess at Analytical Ltd, London, UK`."""
    post = " at ".join(str(known[name]) for name in ("title", "employer") if known[name])
    said = (post or known["kind"], known["industry"], known["city"], known["country"])
    return clipped(", ".join(str(each) for each in said if each), _LINE)


def _first(values: object) -> str | None:
    several = split_values(str(values or ""))
    more = f" (+{len(several) - 1})" if len(several) > 1 else ""
    return clipped(several[0], _LINE - len(more)) + more if several else None


def _few(values: object) -> str | None:
    """As many of the values as a line holds."""
    several: list[str] = []
    room = _LINE
    for value in split_values(str(values or "")):
        if several and cells(value) + 5 > room:  # the comma before it, and what says that there are more
            return join_values([*several, "…"])
        several.append(clipped(value, _LINE - 5))
        room -= cells(several[-1]) + 2
    return join_values(several) or None


def _cut(text: object, lines: int) -> str | None:
    return clipped(str(text), lines * (_LINE - 8)) if text else None


def _open(rows: list[tuple[object, ...]]) -> Table:
    shown = [
        (*row[:4], Money(row[4], str(row[5])) if isinstance(row[4], int) else None, row[5]) for row in rows[:_MOST]
    ]
    title = f"{_MOST} of {len(rows):,} that are open" if len(rows) > _MOST else "What is open"
    return Table(_COLUMNS, shown, title=title, empty="nothing is open")


def _next(number: int, rows: list[tuple[object, ...]], moment: Moment) -> str:
    """The command that may come next: the task that is due, a step for a deal without one, else a next contact."""
    today = str(moment.parameters["today"])
    for ref, _, _, day, *_ in rows:
        if str(ref).startswith("T") and day is not None and str(day) <= today:
            return f"crm task done {ref}"
    deals = [ref for ref, *_ in rows if str(ref).startswith("D")]
    if deals and len(deals) == len(rows):
        return f'crm task add "next step" --deal {deals[0]} --due 1w'
    return f'crm log C{number} "…" --channel call' if rows else f'crm task add "…" --for C{number} --due 1w'
