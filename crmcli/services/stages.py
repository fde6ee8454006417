"""The stages of a pipeline: added, changed, put elsewhere, archived and restored; history names them and stays."""

from dataclasses import dataclass
from shlex import quote

from sqlmodel import col, select

from crmcli.core import normal
from crmcli.core.change import Change
from crmcli.core.settable import SETTABLE
from crmcli.core.vocabulary import Category, Outcome
from crmcli.core.wording import counted, did_you_mean, shown
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput
from crmcli.models.pipeline import Pipeline
from crmcli.models.stage import Stage
from crmcli.models.stagecount import StageCount
from crmcli.query import reference, whereabouts
from crmcli.services import dates, requiring
from crmcli.services.assignments import Assignment, assignments
from crmcli.services.owners import key

FIELDS = SETTABLE["stage"]

#: The caches of a pipeline whose stages changed their order: what `reports.invariants` asks of every file.
_REACHED = """
    update passage set reached_id = now.id from (
        select p.id as passage_id, (
            select s.id from stage_event e join stage s on s.id = e.to_stage_id
            where e.passage_id = p.id and s.outcome = 'open' order by s.position desc, s.id limit 1
        ) as id
        from passage p where p.pipeline_id = :pipeline
    ) now where now.passage_id = passage.id and now.id is not passage.reached_id
"""


@dataclass(frozen=True, slots=True)
class NewStage:
    """What the user says of a stage to add."""

    name: str
    after: str | None = None
    outcome: Outcome = Outcome.OPEN
    probability: str | None = None
    category: str | None = None
    rot_days: str | None = None
    is_counted: bool = False


def add(session: Writer, pipeline: str | None, new: NewStage) -> Change:
    """A stage behind `after`, else behind the last of its outcome. Raises InvalidInput and Conflict."""
    number = reference.pipeline(session.reader, pipeline)
    name = _free(session.reader, number, new.name)
    order = _ordered(session, number)
    place = _behind(session, number, new.after, new.outcome) if new.after else _end(order, new.outcome)
    if new.is_counted and new.outcome != Outcome.OPEN:
        raise InvalidInput(f"stage {shown(name)} closes: it cannot be --counted", hint="leave one of them out")
    made = Stage.of(
        pipeline_id=number,
        name=name,
        position=0,
        outcome=new.outcome,
        probability=_number("probability", new.probability, most=100),
        rot_days=_number("rot_days", new.rot_days, least=1),
        forecast_category=_category(new.category),
        is_counted=int(new.is_counted),
        recorded_at=session.recorded_at,
    )
    session.add(made)
    order.insert(place, made)
    _arrange(session, order)
    return Change((key(made.id),), f"added stage {made.name} as number {made.position}", f"crm pipeline show {number}")


def edit(session: Writer, pipeline: str | None, ref: str, sets: tuple[str, ...]) -> Change:
    """Change what a stage is called and means; its history comes along. Raises InvalidInput and Conflict."""
    stage = _stage(session, pipeline, ref)
    wanted = assignments(sets, fields=FIELDS, several=("required",))
    if not wanted:
        raise InvalidInput("nothing to change", hint=f"--set FIELD=VALUE, of {', '.join(FIELDS)}")
    old = stage.name
    for wish in wanted:
        _set(session, stage, wish)
    if not session.has_changes:
        return Change((key(stage.id),), f"stage {old} is so already; nothing changed")
    sentence = f"changed stage {old}" if stage.name == old else f"renamed stage {old} to {stage.name}"
    return Change((key(stage.id),), sentence, f"crm pipeline show {stage.pipeline_id}")


def move(session: Writer, pipeline: str | None, ref: str, *, after: str | None) -> Change:
    """Put a stage behind `after`, or first without one. Raises InvalidInput.

    Events name their stage and stay as they are; how far each deal came is reckoned anew by the new order.
    """
    stage = _stage(session, pipeline, ref)
    place = 0 if after is None else _behind(session, stage.pipeline_id, after, stage.outcome)
    order = _ordered(session, stage.pipeline_id)
    was = order.index(stage)
    if after is not None and order[place - 1] is stage:
        raise InvalidInput(f"stage {stage.name!r} cannot come behind itself", hint="give another stage to --after")
    order.remove(stage)
    order.insert(place - (was < place), stage)
    _arrange(session, order)
    if not session.has_changes:
        return Change((key(stage.id),), f"stage {stage.name} is number {stage.position} already; nothing changed")
    session.raw.execute(_REACHED, {"pipeline": stage.pipeline_id})
    sentence = f"stage {stage.name} is number {stage.position} now"
    return Change((key(stage.id),), sentence, f"crm pipeline show {stage.pipeline_id}")


def archive(session: Writer, pipeline: str | None, ref: str) -> Change:
    """Nothing can move to the stage any more; what passed it stays. Raises Conflict while anything stands in it."""
    stage = _stage(session, pipeline, ref)
    _refuse_last(session, stage)
    standing = _standing(session.reader, stage) if stage.outcome == Outcome.OPEN else 0
    if standing:
        holds = session.get_one(Pipeline, stage.pipeline_id).holds
        verb = "stands" if standing == 1 else "stand"
        phrase = stage.name.replace("\\", "\\\\").replace('"', '\\"')
        term = quote(f'stage="{phrase}"')
        hint = f"crm {holds} list {term}, and move what it lists"
        raise Conflict(f"{counted(standing, holds)} {verb} in {stage.name!r}", hint=hint)
    stage.archived_at = session.recorded_at
    return Change((key(stage.id),), f"archived stage {stage.name}", f"crm pipeline show {stage.pipeline_id}")


def restore(session: Writer, pipeline: str | None, ref: str) -> Change:
    """Open an archived stage again, in the place that it kept. Raises NotFound."""
    number = reference.pipeline(session.reader, pipeline)
    stage = session.get_one(Stage, reference.stage(session.reader, number, ref, archived=True))
    if stage.archived_at is None:
        return Change((key(stage.id),), f"stage {stage.name} is not archived; nothing changed")
    stage.archived_at = None
    return Change((key(stage.id),), f"restored stage {stage.name}", f"crm pipeline show {number}")


def count(session: Writer, pipeline: str | None, ref: str, number: int, *, on: str | None = None) -> Change:
    """Say how many came to a counted stage on a day, today without one; a day has one figure. Raises InvalidInput."""
    stage = session.get_one(Stage, whereabouts.stage(session.reader, pipeline, ref))
    if not stage.is_counted:
        raise InvalidInput(
            f"stage {stage.name!r} is not counted by the day: who stands in it is known by name",
            hint="crm stage list counted:true shows those that are",
        )
    if number < 0:
        raise InvalidInput(f"count {number} is below 0")
    day = dates.day(session, on or "today", lean="past")
    if day > dates.day(session, "today"):
        raise InvalidInput(f"{day} is in the future", hint="count what was")
    wanted = select(StageCount).where(StageCount.stage_id == stage.id, StageCount.counted_on == day)
    found = session.exec(wanted).first()
    was = None if found is None else found.count
    if found is None:
        found = StageCount(stage_id=key(stage.id), counted_on=day, count=number, recorded_at=session.recorded_at)
        session.add(found)
    found.count = number
    session.flush()
    before = f", {was:,} before" if was not in (None, number) else ""
    follow = f"crm funnel show --pipeline {stage.pipeline_id}"
    return Change((key(stage.id),), f"{stage.name} on {day}: {number:,}{before}", follow)


def _set(session: Writer, stage: Stage, wish: Assignment) -> None:
    text = wish.value.strip()
    match wish.field:
        case "name":
            stage.assign(name=_free(session.reader, stage.pipeline_id, text, but=key(stage.id)))
        case "probability":
            stage.assign(probability=_number("probability", text, most=100))
        case "rot_days":
            stage.assign(rot_days=_number("rot_days", text, least=1))
        case "category":
            stage.assign(forecast_category=_category(text))
        case "outcome":
            _turn(session, stage, text)
        case _:
            requiring.change(session, stage, wish)


def _turn(session: Writer, stage: Stage, text: str) -> None:
    """Another outcome, for a stage that no event names: what it meant to whoever passed it does not change."""
    if text not in set(Outcome):
        raise InvalidInput(f"no outcome {shown(text)}; one of {', '.join(Outcome)}")
    if text == stage.outcome:
        return
    if session.reader.value("select 1 from stage_event where to_stage_id = :id limit 1", id=stage.id):
        raise Conflict(f"stage {stage.name!r} has a history as {stage.outcome}", hint="archive it, and add another one")
    _refuse_last(session, stage)
    if stage.is_counted:
        raise InvalidInput(f"stage {stage.name!r} is counted by the day: it stays open")
    stage.outcome = Outcome(text)
    order = _ordered(session, stage.pipeline_id)
    order.remove(stage)
    _arrange(session, [*order, stage])


def _refuse_last(session: Writer, stage: Stage) -> None:
    """Raises InvalidInput for the last stage by which anything can be won, or lost."""
    others = (each for each in _ordered(session, stage.pipeline_id) if each is not stage and not each.archived_at)
    if stage.outcome != Outcome.OPEN and all(each.outcome != stage.outcome for each in others):
        raise InvalidInput(
            f"stage {stage.name!r} is the only one that means {stage.outcome}",
            hint=f"crm stage add NAME --outcome {stage.outcome} first",
        )


def _standing(db: Reader, stage: Stage) -> int:
    return int(
        db.value(
            """
            select count(*) from passage p left join deal d on d.id = p.deal_id
            left join customer c on c.id = p.customer_id
            where p.stage_id = :stage and p.ended_at is null and d.removed_at is null and c.removed_at is null
            """,
            stage=stage.id,
        )
    )


def _stage(session: Writer, pipeline: str | None, ref: str) -> Stage:
    number = reference.pipeline(session.reader, pipeline)
    return session.get_one(Stage, reference.stage(session.reader, number, ref))


def _ordered(session: Writer, pipeline: int) -> list[Stage]:
    """The stages in their order, archived ones too."""
    session.flush()
    wanted = select(Stage).where(Stage.pipeline_id == pipeline).order_by(col(Stage.position), col(Stage.id))
    return list(session.exec(wanted))


def _arrange(session: Writer, order: list[Stage]) -> None:
    """Number the stages in this order: open ones, then won, then lost."""
    for position, stage in enumerate(sorted(order, key=_rank), 1):
        if stage.position != position:
            stage.position = position
    session.flush()


def _rank(stage: Stage) -> int:
    return Outcome(stage.outcome).place  # the file gives a text


def _end(order: list[Stage], outcome: Outcome) -> int:
    """Where a stage comes last among those of its outcome."""
    return sum(_rank(each) <= outcome.place for each in order)


def _behind(session: Writer, pipeline: int, ref: str, outcome: Outcome) -> int:
    """The place behind the stage `ref`. Raises InvalidInput where the outcomes do not go together."""
    behind = session.get_one(Stage, reference.stage(session.reader, pipeline, ref))
    if behind.outcome != outcome:
        if behind.outcome != Outcome.OPEN and outcome == Outcome.OPEN:
            raise InvalidInput(
                f"nothing comes after {behind.name!r}: it closes a deal", hint="give an open stage to --after"
            )
        raise InvalidInput(f"{behind.name!r} is {behind.outcome}, not {outcome}", hint="give --after one that is")
    return _ordered(session, pipeline).index(behind) + 1


def _free(db: Reader, pipeline: int, name: str, *, but: int = 0) -> str:
    """The name, when no other stage of the pipeline has it. Raises Conflict."""
    name = normal.text(name, name="stage", limit=100)
    there = db.value(
        "select name from stage where pipeline_id = :pipeline and name = :name and id <> :but",
        pipeline=pipeline,
        name=name,
        but=but,
    )
    if there is not None:
        raise Conflict(f"the pipeline has a stage {there!r} already", hint="crm pipeline show lists its stages")
    return name


def _number(field: str, text: str | None, *, least: int = 0, most: int = 10_000) -> int | None:
    if text is None or not text.strip():
        return None
    said = text.strip().removesuffix("%").strip() if field == "probability" else text.strip()
    if not (said.isascii() and said.isdigit() and least <= int(said) <= most):
        raise InvalidInput(f"{field}: {shown(text)} is no whole number from {least} to {most}")
    return int(said)


def _category(text: str | None) -> Category | None:
    if text is None or not text.strip():
        return None
    said = text.strip().lower().replace(" ", "_").replace("-", "_")
    if said not in set(Category):
        near = did_you_mean(said, Category)
        raise InvalidInput(f"no category {shown(text)}{near}", hint=f"one of {', '.join(Category)}")
    return Category(said)
