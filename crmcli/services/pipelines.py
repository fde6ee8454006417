"""Pipelines and their stages: added, renamed, archived, never deleted."""

from shlex import quote

from sqlmodel import col, select

from crmcli.core import normal
from crmcli.core.result import Change
from crmcli.core.uid import uid
from crmcli.core.vocabulary import Outcome
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput
from crmcli.models.pipeline import Pipeline, Stage
from crmcli.query import reference
from crmcli.services.owners import key, milliseconds

_USUAL = ("lead", "contact", "needs", "quote")


def add(session: Writer, name: str, *, stages: tuple[str, ...] = (), default: bool = False) -> Change:
    """A pipeline with open stages in this order (those of `sales` without any), then won and lost."""
    name = normal.text(name, name="name")
    there = session.reader.row("select id, name from pipeline where name = :name", name=name)
    if there:
        raise Conflict(f"pipeline {there[0]} is called {there[1]!r} already", hint="crm pipeline list shows them")
    made = Pipeline.of(uid=uid(milliseconds(session)), name=name, recorded_at=session.recorded_at)
    session.add(made)
    session.flush()
    if default:
        _make_default(session, made)
    wanted = [(stage, Outcome.OPEN) for stage in stages or _USUAL]
    for position, (stage, outcome) in enumerate([*wanted, ("won", Outcome.WON), ("lost", Outcome.LOST)], 1):
        _add_stage(session, key(made.id), stage, position, outcome)
    listed = ", ".join(stage for stage, _ in wanted)
    return Change(
        (key(made.id),),
        f"added pipeline {made.id} {made.name}: {listed}, then won or lost",
        f"crm deal add NAME --pipeline {quote(made.name)}",
    )


def add_stage(session: Writer, pipeline: str | None, name: str, *, after: str | None = None) -> Change:
    """An open stage behind the stage `after`, else behind the last open one. Deals keep their history."""
    number = reference.pipeline(session.reader, pipeline)
    stages = _stages(session, number)
    opens = [stage for stage in stages if stage.outcome == Outcome.OPEN]
    position = opens[-1].position if opens else 0
    if after is not None:
        behind = session.get_one(Stage, reference.stage(session.reader, number, after))
        if behind.outcome != Outcome.OPEN:
            raise InvalidInput(
                f"nothing comes after {behind.name!r}: it closes a deal", hint="give an open stage to --after"
            )
        position = behind.position
    for stage in stages:
        if stage.position > position:
            stage.position += 1
    made = _add_stage(session, number, name, position + 1, Outcome.OPEN)
    return Change((key(made.id),), f"added stage {made.name} as number {position + 1}", f"crm pipeline show {number}")


def rename_stage(session: Writer, pipeline: str | None, name: str, new: str) -> Change:
    """Another name for a stage; its history comes along."""
    number = reference.pipeline(session.reader, pipeline)
    stage = session.get_one(Stage, reference.stage(session.reader, number, name))
    _refuse_taken(session.reader, number, new, but=key(stage.id))
    old = stage.name
    if not stage.assign(name=new):
        return Change((key(stage.id),), f"stage {old} is called so already; nothing changed")
    return Change((key(stage.id),), f"renamed stage {old} to {stage.name}", f"crm pipeline show {number}")


def archive_stage(session: Writer, pipeline: str | None, name: str) -> Change:
    """No deal can move to the stage any more; what passed it stays. Raises Conflict while deals stand in it."""
    number = reference.pipeline(session.reader, pipeline)
    stage = session.get_one(Stage, reference.stage(session.reader, number, name))
    if stage.outcome != Outcome.OPEN:
        raise InvalidInput(f"stage {stage.name!r} closes deals and cannot be archived", hint="archive open stages")
    standing = session.reader.value(
        "select count(*) from passage p join deal d on d.id = p.deal_id and d.removed_at is null "
        "where p.stage_id = :stage and p.ended_at is null",
        stage=stage.id,
    )
    if standing:
        verb = "stands" if standing == 1 else "stand"
        phrase = stage.name.replace("\\", "\\\\").replace('"', '\\"')
        term = quote(f'stage="{phrase}"')
        hint = f"crm deal list {term}, and move what it lists"
        raise Conflict(f"{counted(standing, 'deal')} {verb} in {stage.name!r}", hint=hint)
    stage.archived_at = session.recorded_at
    return Change((key(stage.id),), f"archived stage {stage.name}", f"crm pipeline show {number}")


def _make_default(session: Writer, chosen: Pipeline) -> None:
    for other in session.exec(select(Pipeline).where(Pipeline.is_default == 1)):
        other.is_default = 0
    session.flush()
    chosen.is_default = 1


def _stages(session: Writer, pipeline: int) -> list[Stage]:
    return list(
        session.exec(select(Stage).where(Stage.pipeline_id == pipeline).order_by(col(Stage.position), col(Stage.id)))
    )


def _add_stage(session: Writer, pipeline: int, name: str, position: int, outcome: Outcome) -> Stage:
    name = normal.text(name, name="stage", limit=100)
    _refuse_taken(session.reader, pipeline, name)
    made = Stage.of(
        pipeline_id=pipeline, name=name, position=position, outcome=outcome, recorded_at=session.recorded_at
    )
    session.add(made)
    session.flush()
    return made


def _refuse_taken(db: Reader, pipeline: int, name: str, *, but: int = 0) -> None:
    there = db.value(
        "select name from stage where pipeline_id = :pipeline and name = :name and id <> :but",
        pipeline=pipeline,
        name=normal.text(name, name="stage", limit=100),
        but=but,
    )
    if there is not None:
        raise Conflict(f"the pipeline has a stage {there!r} already", hint="crm pipeline show lists its stages")
