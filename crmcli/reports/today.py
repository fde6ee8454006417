"""The day, most urgent first, and how an urgency adds up."""

from collections import Counter
from collections.abc import Iterable
from datetime import date
from itertools import groupby

from crmcli.core.drawing import Node
from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import Matter
from crmcli.core.wording import shown
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.reports.agenda import Item, agenda, customers, deals, tasks
from crmcli.reports.rhythm import rhythms
from crmcli.reports.urgency import WEIGHTS

_COLUMNS = (
    Column("matter"),
    Column("id", "id"),
    Column("urgency", "number"),
    Column("what"),
    Column("customer", under=("no_contact",)),
    Column("customer.id", "id", is_hidden=True),
    Column("date", "date", is_hidden=True),
    Column("because"),
    Column("next"),
    Column("no_contact", is_hidden=True),
)
_PARTS = (
    Column("part"),
    Column("because"),
    Column("weight", "number"),
    Column("factor", "number"),
    Column("points", "number"),
)
_ORDER = list(Matter)


def has_records(db: Reader) -> bool:
    """Whether there is anything that could call for attention."""
    tables = ("customer", "deal", "task")
    return any(db.value(f"select 1 from {table} where removed_at is null limit 1") for table in tables)


def today(db: Reader, *, moment: Moment, limit: int | None = None) -> Report:
    """What calls for attention, at most `limit` of each kind; the kind with the most urgent item first."""
    found = agenda(db, moment)
    counts = Counter(item.matter for item in found.items)
    kept = [
        item
        for _, group in groupby(_ordered(found.items), key=lambda item: item.matter)
        for item in list(group)[:limit]
    ]
    summary = {str(matter).replace("-", "_"): counts[matter] for matter in Matter}
    more = [
        f"{counts[matter] - limit:,} more {matter}" for matter in Matter if limit is not None and counts[matter] > limit
    ]
    notes = (*([f"{', '.join(more)}: --limit all shows them"] if more else []), *found.rhythms.notes)
    empty = "nothing is due today: no task, deal, contact or birthday"
    table = Table(_COLUMNS, map(_row, kept), groups="matter", empty=empty)
    asked = {"today": moment.now.astimezone(moment.tz).date().isoformat()}
    left = {"left_alone": found.rhythms.left_alone, "problems": len(found.rhythms.problems)}
    tree = _tree(kept, counts, date.fromisoformat(asked["today"])) if kept else None
    return Report("today", asked, {**summary, **left}, table, notes=notes, tree=tree)


def why(db: Reader, ref: str, *, moment: Moment) -> Report:
    """The parts of the urgency of T7 (task 7), D7 (deal 7) or C7 (customer 7). Raises InvalidInput and NotFound."""
    item = _item(db, ref, moment)
    rows = [
        (part.name, part.because, WEIGHTS[part.name].points, round(part.factor, 4), part.points) for part in item.parts
    ]
    figure = item.urgency
    added = " + ".join(f"{part.points:.2f}" for part in item.parts)
    table = Table(_PARTS, rows, title=f"{item.id} {item.what}", notes=(f"urgency {figure:.2f} = {added}",))
    return Report("why", {"id": item.id}, {"urgency": figure, "what": item.what, "next": item.next}, table)


def _ordered(items: Iterable[Item]) -> list[Item]:
    """By kind, that with the most urgent item first; in each the most urgent first."""
    groups: dict[Matter, list[tuple[float, str, int, Item]]] = {}
    for item in items:
        groups.setdefault(item.matter, []).append((-item.urgency, item.id[0], int(item.id[1:]), item))
    for group in groups.values():
        group.sort(key=lambda keyed: keyed[:3])
    ordered = sorted(groups.items(), key=lambda named: (named[1][0][0], _ORDER.index(named[0])))
    return [item for _, group in ordered for *_, item in group]


def _row(item: Item) -> tuple[object, ...]:
    day = item.date.isoformat() if item.date else None
    who = (item.what, item.customer, item.customer_id, day)
    return (str(item.matter), item.id, item.urgency, *who, item.because, item.next, item.no_contact)


def _tree(items: Iterable[Item], counts: Counter[Matter], day: date) -> Node:
    """Each item with why it is here, and under it the command that may come next, whole at any width."""
    groups = groupby(items, key=lambda item: item.matter)
    branches = (Node(matter, f"{counts[matter]:,}", tuple(map(_leaf, group))) for matter, group in groups)
    return Node(f"{day:%A} {day}", "", tuple(branches))


def _leaf(item: Item) -> Node:
    barred = f" ({item.no_contact})" if item.no_contact else ""
    whose = f"{item.customer}{barred}; " if item.customer else ""
    return Node(f"{item.id} {item.what}", f"{item.urgency:.2f}  {whose}{item.because}", (Node("", item.next),))


def _item(db: Reader, ref: str, moment: Moment) -> Item:
    """The record that `ref` means, due or not."""
    letter, said = ref.strip()[:1].upper(), moment.preferences
    if letter not in ("T", "D", "C") or not ref.strip()[1:].isdecimal():
        hint = "T7 is task 7, D7 deal 7, C7 customer 7; crm today shows them"
        raise InvalidInput(f"{shown(ref)} is no task, deal or customer", hint=hint)
    match letter:
        case "T":
            number, what = reference.task(db, ref), "is done"
            found = next(tasks(db, moment, only=number), None)
        case "D":
            number, what = reference.deal(db, ref, preferences=said), "is closed"
            found = next(deals(db, moment, only=number), None)
        case _:
            number, what = reference.customer(db, ref, preferences=said), "must not be contacted"
            found = next(customers(db, moment, rhythms(db, moment, only=number), only=number), None)
    if found is None:
        raise InvalidInput(f"{letter}{number} {what}: it has no urgency", hint="crm today shows what is due")
    return found
