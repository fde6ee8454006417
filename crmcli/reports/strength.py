"""How strong the ties of a customer are, and what makes them so."""

from collections.abc import Iterator

from crmcli.core.result import Column, Report, Table
from crmcli.core.strength import Warmth, word
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.graph.edges import Edge, edges
from crmcli.graph.look import Look
from crmcli.query.comparison import Moment
from crmcli.reports import looking
from crmcli.reports.looking import Person

_NO_CONTACT = Column("no_contact", heading="No contact", is_hidden=True)
_COLUMNS = (
    Column("id", "id"),
    Column("name", heading="With", under=("why", "no_contact"), is_whole=True),
    Column("kind"),
    Column("strength", "number", under=("level",)),
    Column("level"),
    Column("interactions", "number", "By inter\xadactions"),
    Column("weight", "integer", "By type"),
    Column("said", "integer"),
    Column("why"),
    Column("next", is_hidden=True),
    _NO_CONTACT,
)

_PARTS = (
    Column("id", "id"),
    Column("name", heading="With", under=("no_contact",)),
    Column("part"),
    Column("count", "integer"),
    Column("weight", "number", "Weight or factor"),
    Column("points", "number"),
    _NO_CONTACT,
)


def report(
    db: Reader, ref: str, *, moment: Moment, as_of: str | None = None, explain: bool = False, limit: int | None = None
) -> Report:
    """The ties of the customer `ref`, the strongest first; with `explain` a row for each part of each.

    Raises InvalidInput, NotFound and Ambiguous.
    """
    look = looking.look(db, moment, as_of)
    centre = looking.node(db, ref, moment)
    found = _ties(db, centre, look)
    who = looking.people(db, {centre, *(edge.far for edge in found)})
    ordered = sorted(found, key=lambda edge: (-edge.strength, edge.far < 1, edge.far))
    these = ordered[:limit]
    notes = _notes(look)
    if explain:
        rows = [(*row, who[edge.far].barred) for edge in these for row in _parts(edge, who[edge.far])]
        table = Table(_PARTS, rows, title=f"How the ties of {who[centre].marked} add up", empty=_EMPTY)
    else:
        rows = [_row(edge, who, centre) for edge in these]
        table = Table(_COLUMNS, rows, title=f"Ties of {who[centre].marked}", total=len(ordered), empty=_EMPTY)
        steps = {str(step) for *_, step, _ in rows if step is not None}
        if steps:
            notes += (f"next: {steps.pop() if len(steps) == 1 else 'crm task add TEXT --for ID'}",)
    parameters = {"customer": looking.number(centre), "as_of": look.day, "explain": explain}
    summary = {"ties": len(ordered), "strongest": ordered[0].strength if ordered else None}
    return Report("strength", parameters, summary, table, notes=(*notes, *looking.past(as_of, look)))


_EMPTY = "no ties yet: crm log REF TEXT or crm relation add FROM TYPE TO makes one"


def _ties(db: Reader, centre: int, look: Look) -> list[Edge]:
    if centre < 1:
        from crmcli.core.strength import warmth
        from crmcli.graph.contacts import with_us

        return [
            Edge(centre, customer, warmth(met, look.weights)) for (customer, _), met in with_us(db, look, of=[centre])
        ]
    return list(edges(db, [centre], look).values())


def _row(edge: Edge, who: dict[int, Person], centre: int) -> tuple[object, ...]:
    person = who[edge.far]
    weights = [each.weight for each in edge.related]
    said = [each.said for each in edge.related if each.said is not None]
    return (
        looking.number(edge.far),
        person.name,
        person.kind,
        edge.strength,
        word(edge.strength),
        edge.warmth.strength if edge.warmth else 0.0,
        max(weights, default=None),
        max(said, default=None),
        edge.why,
        _next(edge, who, centre),
        person.barred,
    )


def _next(edge: Edge, who: dict[int, Person], centre: int) -> str | None:
    """What would keep the tie, or make it: only of ties with us, and only where contact is allowed."""
    customer = edge.far if edge.far > 0 else centre
    if customer < 1 or who[customer].barred or (edge.far > 0 and centre > 0):
        return None
    days = edge.warmth.latest if edge.warmth else None
    return f"crm log {customer} TEXT" if days is not None and days < 1 else f"crm task add TEXT --for {customer}"


def _parts(edge: Edge, person: Person) -> Iterator[tuple[object, ...]]:
    who = (looking.number(edge.far), person.name)
    if edge.warmth:
        yield from _of_interactions(who, edge.warmth)
    for each in edge.related:
        yield (*who, f"type: {each.reading}", None, each.weight, float(each.weight))
        if each.said is not None:
            yield (*who, f"said of: {each.reading}", None, each.said, float(each.said))
    yield (*who, "tie: the greatest", None, None, edge.strength)


def _of_interactions(who: tuple[object, ...], warmth: Warmth) -> Iterator[tuple[object, ...]]:
    for part in warmth.parts:
        yield (*who, part.channel, part.count, part.weight, round(part.points, 3))
    yield (*who, f"direction: {warmth.way}", None, warmth.factor, round(warmth.raw, 3))
    yield (*who, "interactions", warmth.count, None, warmth.strength)


def _notes(look: Look) -> tuple[str, ...]:
    of = look.weights
    channels = ", ".join(f"{name} {weight:g}" for name, weight in of.channels.items())
    return (
        f"strength = 100 (1 - e^(-points / {of.scale:g})); an interaction counts half after "
        f"{counted(int(of.half_life), 'day') if of.half_life.is_integer() else f'{of.half_life:g} days'}; {channels}; "
        f"both ways x {of.both_ways:g}, one way x {of.one_way:g} · crm graph weigh changes these",
    )
