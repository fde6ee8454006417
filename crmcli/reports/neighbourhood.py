"""Who is around a customer, or around one of us, and how they are tied."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from crmcli.core.drawing import Node
from crmcli.core.result import Column, Report, Table
from crmcli.core.strength import STRONGEST, word
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.graph.figures import figures
from crmcli.graph.neighbourhood import Choice, Neighbourhood, Tie, neighbourhood
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.reports import looking
from crmcli.reports.looking import Person

_DEEPEST = 6

COLUMNS = (
    Column("id", "id"),
    Column("name", under=("no_contact",)),
    Column("kind"),
    Column("distance", "integer"),
    Column("via"),
    Column("type"),
    Column("direction"),
    Column("strength", "number"),
    Column("level"),
    Column("open_deals", heading="Open deals"),
    Column("left_out", "integer", "Left out"),
    Column("no_contact", heading="No contact", is_hidden=True),
)


@dataclass(frozen=True, slots=True)
class Around:
    """What is asked: how many hops, over which types, from which strength on, how many from each, with us, on which day."""

    depth: int = 2
    types: Sequence[str] = ()
    least: float = 0.0
    most: int | None = None
    owners: bool = False
    as_of: str | None = None


@dataclass(frozen=True, slots=True)
class _Scene:
    """What was found, who they are, the open deals of each, and how many of each were left out."""

    found: Neighbourhood
    people: Mapping[int, Person]
    deals: Mapping[int, str]
    left: Mapping[int, int]


def report(db: Reader, ref: str, asked: Around, *, moment: Moment) -> Report:
    """The neighbourhood of the customer `ref`, or of `me`: a row for each tie by which somebody is first reached.

    `via` is who they are reached through, `direction` how the tie points from there: out, in or both. Raises
    InvalidInput for a depth outside 1..6, a strength outside 0..100 or types of ours, NotFound and Ambiguous.
    """
    _refuse(asked)
    centre = looking.node(db, ref, moment)
    wanted = [reference.relation_type(db, name)[0] for name in asked.types] or None
    look = looking.look(db, moment, asked.as_of)
    has_us = asked.owners or centre < 1
    if has_us and wanted:
        raise InvalidInput("--type follows relationships, and we have none", hint="leave --type out, or us")
    found = neighbourhood(db, centre, look, depth=asked.depth, choice=Choice(wanted, asked.least, has_us))
    whole = len(found.distances)
    left: dict[int, int] = {}
    if asked.most is not None:
        found, left = found.cut(asked.most)
    scene = _Scene(found, looking.people(db, found.distances), looking.open_deals(db, found.distances), left)
    parameters = {
        "customer": looking.number(centre), "depth": asked.depth, "types": list(asked.types), "min_strength": asked.least,
        "limit": asked.most, "owners": has_us, "as_of": look.day,
    }  # fmt: skip
    summary = {"nodes": len(found.distances), "edges": len(found.ties), "left_out": whole - len(found.distances)}
    title = f"{scene.people[centre].name} and who is around"
    table = Table(COLUMNS, [_row(scene, tie) for tie in found.reaching()], title=title, empty="no relationships yet")
    notes = (*_notes(scene, asked.depth, whole), *looking.past(asked.as_of, look))
    return Report("neighbourhood", parameters, summary, table, notes=notes, tree=_tree(scene))


def _refuse(asked: Around) -> None:
    if not 1 <= asked.depth <= _DEEPEST:
        raise InvalidInput(f"depth {asked.depth} is outside 1 to {_DEEPEST}", hint="--depth 2 is usual")
    if not 0 <= asked.least <= STRONGEST:
        raise InvalidInput(f"--min-strength {asked.least:g} is outside 0 to {STRONGEST}", hint="30 leaves the weak out")
    if asked.most == 0:
        raise InvalidInput("--limit 0 would show nobody", hint="--limit 20, or all")


def _row(scene: _Scene, tie: Tie) -> tuple[object, ...]:
    far = scene.people[tie.far]
    return (
        looking.number(tie.far),
        far.name,
        far.kind,
        scene.found.distances[tie.far],
        scene.people[tie.near].name,
        tie.type,
        tie.way,
        tie.strength,
        word(tie.strength),
        scene.deals.get(tie.far),
        scene.left.get(tie.far, 0),
        far.barred,
    )


_NONE = "no relationships within reach; crm relation add FROM TYPE TO makes one"


def _notes(scene: _Scene, depth: int, whole: int) -> tuple[str, ...]:
    found = scene.found
    if not found.ties:
        return (_NONE if found.centre > 0 else "nobody within reach; crm log REF TEXT makes a tie",)
    these = figures(found.distances, [(tie.near, tie.far) for tie in found.ties])
    ours = sum(node < 1 for node in found.distances)
    us = f" and {ours:,} of us" if ours else ""
    said = (
        f"{counted(these.nodes - ours, 'customer')}{us}, {counted(these.edges, 'tie')} within {counted(depth, 'hop')} · "
        f"density {these.density:.2f} · {counted(these.triangles, 'triangle')} · "
        f"most ties: {scene.people[these.best_tied].name} ({these.most_ties:,})"
    )
    left = whole - len(found.distances)
    cut = f"{counted(left, 'node' if ours else 'customer')} left out, the strongest ties of each stay; --limit all shows them"
    return (said, cut) if left else (said,)


def _tree(scene: _Scene) -> Node:
    """Each customer once; a tie that leads back to somebody shown is marked and not followed."""
    below: dict[int, list[Tie]] = defaultdict(list)
    for tie in scene.found.ties:
        below[tie.near].append(tie)
    followed = {tie.key for tie in scene.found.reaching()}
    grown: set[int] = set()

    def grow(tie: Tie) -> Node:
        text = f"{tie.reading} {scene.people[tie.far].marked}"
        level = word(tie.strength)
        strength = f"{tie.strength:g} {level}"
        tied = f"{tie.far} · {strength}" if tie.far > 0 else strength
        if tie.key not in followed:
            return Node(text, f"{tied} ↺ shown elsewhere", tone=level)
        if tie.far in grown:
            return Node(text, f"{tied} ↺ see above", tone=level)
        grown.add(tie.far)
        return Node(text, f"{_said(scene, tie.far)} · {strength}", _below(tie.far), tone=level)

    def _below(node: int) -> tuple[Node, ...]:
        left = scene.left.get(node)
        more = (Node(f"… {left:,} more", "not shown; --limit all"),) if left else ()
        return (*(grow(each) for each in below[node]), *more)

    centre = scene.found.centre
    return Node(scene.people[centre].marked, _said(scene, centre), _below(centre))


def _said(scene: _Scene, node: int) -> str:
    """The number and kind of a customer, and what is open with them; of one of us the kind."""
    deals = scene.deals.get(node)
    kind = f"{node} {scene.people[node].kind}" if node > 0 else scene.people[node].kind
    return f"{kind} · open {deals}" if deals else kind
