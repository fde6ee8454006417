"""Who can introduce whom to whom: the warmest paths."""

from collections.abc import Iterator
from dataclasses import dataclass

from crmcli.core.drawing import Node
from crmcli.core.result import Column, Report, Table
from crmcli.core.strength import rounded, word
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.errors import Conflict, InvalidInput
from crmcli.graph.look import me
from crmcli.graph.path import MOST_HOPS, Path, paths
from crmcli.query.comparison import Moment
from crmcli.query.contact import contactable
from crmcli.reports import looking
from crmcli.reports.looking import Person

_COLUMNS = (
    Column("path", "integer"),
    Column("warmth", "number"),
    Column("hop", "integer"),
    Column("from", under=("from.no_contact",)),
    Column("from.id", "id", is_hidden=True),
    Column("to", under=("to.no_contact",)),
    Column("to.id", "id"),
    Column("strength", "number"),
    Column("level"),
    Column("why"),
    Column("from.no_contact", heading="No contact", is_hidden=True),
    Column("to.no_contact", heading="No contact", is_hidden=True),
)
_MOST = 100
_OPEN = "nobody on the way who must not be contacted"


@dataclass(frozen=True, slots=True)
class Wanted:
    """How many paths, of how many hops at most, on which day."""

    most: int = 3
    hops: int = 3
    as_of: str | None = None


def report(db: Reader, start: str, end: str, wanted: Wanted, *, moment: Moment) -> Report:
    """The warmest paths from `start` to `end`, a row for each hop; never through who must not be contacted.

    Raises InvalidInput, NotFound and Ambiguous.
    """
    _refuse(wanted)
    return _report(db, (looking.node(db, start, moment), looking.node(db, end, moment)), wanted, moment=moment)


def introductions(db: Reader, target: str, wanted: Wanted, *, moment: Moment) -> Report:
    """The warmest paths from the user of the file to `target`. Raises Conflict for one who must not be contacted."""
    _refuse(wanted)
    number = looking.node(db, target, moment)
    person = looking.people(db, [number])[number]
    if person.barred:
        raise Conflict(
            f"customer {number} {person.name} must not be contacted: {person.barred}",
            hint=f"crm graph path me {number} shows the ties all the same",
        )
    return _report(db, (me(db), number), wanted, moment=moment)


def _refuse(wanted: Wanted) -> None:
    if not 1 <= wanted.most <= _MOST:
        raise InvalidInput(f"--k {wanted.most} is outside 1 to {_MOST}", hint="--k 3 is usual")
    if not 1 <= wanted.hops <= MOST_HOPS:
        raise InvalidInput(f"--hops {wanted.hops} is outside 1 to {MOST_HOPS}", hint="--hops 3 is usual")


def _report(db: Reader, ends: tuple[int, int], wanted: Wanted, *, moment: Moment) -> Report:
    start, end = ends
    if start == end:
        raise InvalidInput("both ends of the path are the same", hint="name two")
    look = looking.look(db, moment, wanted.as_of)
    found = paths(db, start, end, look, hops=wanted.hops, most=wanted.most, passable=contactable("c"))
    nodes = {start, end, *(edge.far for path in found for edge in path.edges)}
    who = looking.people(db, nodes)
    rows = [row for place, path in enumerate(found, 1) for row in _rows(place, path, who)]
    title = f"From {who[start].marked} to {who[end].marked}"
    empty = f"no path of {counted(wanted.hops, 'hop')} or fewer"
    parameters = {
        "from": looking.number(start),
        "to": looking.number(end),
        "k": wanted.most,
        "hops": wanted.hops,
        "as_of": look.day,
    }
    summary = {"paths": len(found), "warmth": rounded(found[0].warmth) if found else None}
    notes = _notes(found, who, start, end) if found else (f"{empty}; crm relation add or crm log makes a tie", _OPEN)
    notes += looking.past(wanted.as_of, look)
    tree = Node(title, "", tuple(_branch(path, who) for path in found))
    return Report("path", parameters, summary, Table(_COLUMNS, rows, title=title, empty=empty), notes, tree)


def _rows(place: int, path: Path, who: dict[int, Person]) -> Iterator[tuple[object, ...]]:
    for hop, edge in enumerate(path.edges, 1):
        near, far = who[edge.near], who[edge.far]
        ends = (near.name, looking.number(edge.near), far.name, looking.number(edge.far))
        barred = near.barred, far.barred
        yield place, rounded(path.warmth), hop, *ends, edge.strength, word(edge.strength), edge.why, *barred


def _branch(path: Path, who: dict[int, Person]) -> Node:
    warmth = rounded(path.warmth)
    hops = tuple(
        Node(f"{who[edge.near].marked} → {who[edge.far].marked}", f"{edge.strength:g} {word(edge.strength)}: {edge.why}",
             tone=word(edge.strength))
        for edge in path.edges
    )  # fmt: skip
    return Node(f"{warmth:g} {word(warmth)}", counted(len(path.edges), "hop"), hops, tone=word(warmth))


def _notes(found: list[Path], who: dict[int, Person], start: int, end: int) -> tuple[str, ...]:
    """What the warmth is, and the step to take: ask the one before the end."""
    note = f"warmth: the product of the strengths, of 100; {_OPEN}"
    first = found[0].edges
    if start > 0 or end < 1:
        return (note,)
    if len(first) == 1:
        return (note, f"you know {who[end].name}: crm log {end} TEXT")
    asked = first[0].far if first[0].far > 0 or len(first) == 2 else first[1].far  # noqa: PLR2004 (by way of a colleague)
    if asked < 1:
        return (note, f"ask {who[asked].name} for an introduction: crm task add TEXT --for {end}")
    return (note, f"ask {who[asked].name} for an introduction: crm task add TEXT --for {asked}")
