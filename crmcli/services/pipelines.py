"""Pipelines: added, changed, archived, never deleted."""

from dataclasses import dataclass
from shlex import quote

from sqlmodel import select

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.settable import SETTABLE
from crmcli.core.uid import uid
from crmcli.core.vocabulary import Holds, Outcome, Template
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput
from crmcli.models.pipeline import Pipeline
from crmcli.models.stage import Stage
from crmcli.query import reference
from crmcli.services.assignments import assignments
from crmcli.services.owners import key, milliseconds
from crmcli.services.templates import Plan, plans

FIELDS = SETTABLE["pipeline"]
_CLOSING = (Plan("won", Outcome.WON, 100), Plan("lost", Outcome.LOST, 0))


@dataclass(frozen=True, slots=True)
class Kind:
    """A template, and what goes through the pipeline if it is not what the template says."""

    template: Template | None = None
    holds: Holds | None = None


def add(
    session: Writer, name: str, *, stages: tuple[str, ...] = (), default: bool = False, kind: Kind = Kind()
) -> Change:
    """A pipeline with open stages in this order, then won and lost; without any with those of a template, or of sales.

    Raises InvalidInput, and Conflict for a name that is taken.
    """
    if stages and kind.template:
        raise InvalidInput("--stage and --template do not go together", hint="crm stage add puts more stages in")
    holds, steps = plans(kind.template or Template.SALES)
    if stages:
        holds, steps = Holds.DEAL, (*map(Plan, stages), *_CLOSING)
    name = _free(session.reader, name)
    made = Pipeline.of(
        uid=uid(milliseconds(session)), name=name, recorded_at=session.recorded_at, holds=kind.holds or holds
    )
    session.add(made)
    session.flush()
    if default:
        _make_default(session, made)
    _fill(session, made, steps)
    opens = [step.name for step in steps if step.outcome == Outcome.OPEN]
    ends = [step.name for step in steps if step.outcome != Outcome.OPEN]
    return Change(
        (key(made.id),),
        f"added pipeline {made.id} {made.name}: {', '.join(opens)}, then {' or '.join(ends)}",
        _first_step(made),
    )


def edit(session: Writer, ref: str, sets: tuple[str, ...]) -> Change:
    """Rename a pipeline, or make it the one for deals that name none. Raises InvalidInput and Conflict."""
    found = session.get_one(Pipeline, reference.pipeline(session.reader, ref))
    wanted = assignments(sets, fields=FIELDS)
    if not wanted:
        raise InvalidInput("nothing to change", hint=f"--set FIELD=VALUE, of {', '.join(FIELDS)}")
    for wish in wanted:
        if wish.field == "name":
            found.assign(name=_free(session.reader, wish.value, but=key(found.id)))
        elif not normal.boolean(wish.value, name="default"):
            raise InvalidInput("a default pipeline there must be", hint="make another one the default")
        elif not found.is_default:
            _make_default(session, found)
    if not session.has_changes:
        return Change((key(found.id),), f"pipeline {found.id} {found.name} is so already; nothing changed")
    return Change((key(found.id),), f"changed pipeline {found.id} {found.name}", f"crm pipeline show {found.id}")


def archive(session: Writer, ref: str) -> Change:
    """Close a pipeline; its history stays in the reports. Raises Conflict for the default one, and for one in use."""
    found = session.get_one(Pipeline, reference.pipeline(session.reader, ref))
    title = f"pipeline {found.id} {found.name}"
    if found.is_default:
        raise Conflict(f"{title} is the default one", hint="crm pipeline edit OTHER --set default=yes first")
    standing = session.reader.value(
        """
        select count(*) from passage g join stage s on s.id = g.stage_id and s.outcome = 'open'
        left join deal d on d.id = g.deal_id left join customer c on c.id = g.customer_id
        where g.pipeline_id = :id and g.ended_at is null and d.removed_at is null and c.removed_at is null
        """,
        id=found.id,
    )
    if standing:
        verb = "is" if standing == 1 else "are"
        raise Conflict(f"{counted(standing, found.holds)} {verb} under way in {title}", hint="move them on first")
    found.archived_at = session.recorded_at
    return Change((key(found.id),), f"archived {title}", f"crm pipeline restore {found.id} brings it back")


def restore(session: Writer, ref: str) -> Change:
    """Open an archived pipeline again. Raises NotFound."""
    found = session.get_one(Pipeline, reference.pipeline(session.reader, ref, archived=True))
    if found.archived_at is None:
        return Change((key(found.id),), f"pipeline {found.id} {found.name} is not archived; nothing changed")
    found.archived_at = None
    return Change((key(found.id),), f"restored pipeline {found.id} {found.name}", f"crm pipeline show {found.id}")


def _fill(session: Writer, pipeline: Pipeline, steps: tuple[Plan, ...]) -> None:
    names: dict[str, str] = {}
    for position, step in enumerate(steps, 1):
        name = normal.text(step.name, name="stage", limit=100)
        if normal.fold(name) in names:
            raise Conflict(
                f"the pipeline has a stage {names[normal.fold(name)]!r} already", hint="won and lost come of themselves"
            )
        names[normal.fold(name)] = name
        made = Stage.of(
            pipeline_id=pipeline.id,
            name=name,
            position=position,
            outcome=step.outcome,
            probability=step.probability,
            rot_days=step.rot_days,
            is_counted=int(step.is_counted),
            recorded_at=session.recorded_at,
        )
        session.add(made)
        session.flush()


def _first_step(made: Pipeline) -> str:
    name = quote(made.name)
    if made.holds == Holds.DEAL:
        return f"crm deal add NAME --pipeline {name}"
    return f"crm customer move REF STAGE --pipeline {name}"


def _free(db: Reader, name: str, *, but: int = 0) -> str:
    """The name, when no other pipeline has it. Raises Conflict."""
    name = normal.text(name, name="name")
    there = db.row("select id, name from pipeline where name = :name and id <> :but", name=name, but=but)
    if there:
        raise Conflict(f"pipeline {there[0]} is called {there[1]!r} already", hint="crm pipeline list shows them")
    return name


def _make_default(session: Writer, chosen: Pipeline) -> None:
    if chosen.holds != Holds.DEAL:
        raise InvalidInput(
            f"pipeline {chosen.name!r} holds customers: the default one is for deals", hint="leave --default out"
        )
    for other in session.exec(select(Pipeline).where(Pipeline.is_default == 1)):
        other.is_default = 0
    session.flush()
    chosen.is_default = 1
