"""The way of a deal or customer through the stages: the events, and the caches that are written with them."""

from dataclasses import dataclass
from shlex import quote
from typing import TYPE_CHECKING

from sqlmodel import col, select

from crmcli.core.period import moment
from crmcli.core.vocabulary import Outcome
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput
from crmcli.models.deal import Deal, Passage, StageEvent
from crmcli.models.stage import Stage
from crmcli.services.owners import key

if TYPE_CHECKING:
    from crmcli.models.customer import Customer  # what moves a deal does without it


@dataclass(frozen=True, slots=True)
class Occasion:
    """When an event took place, and what is said of it."""

    at: str
    note: str | None = None


def current(session: Writer, deal: Deal) -> Passage:
    """The passage that `deal` is on."""
    wanted = select(Passage).where(Passage.deal_id == deal.id, col(Passage.ended_at).is_(None))
    return session.exec(wanted).one()


def refuse_counted(stage: Stage) -> None:
    """Raises InvalidInput for a stage in which nobody stands."""
    if stage.is_counted:
        hint = f"crm stage count {quote(stage.name)} NUMBER says how many came"
        raise InvalidInput(f"nobody stands in {stage.name!r}: it is counted by the day", hint=hint)


def begin(session: Writer, who: "Deal | Customer", stage: Stage, occasion: Occasion) -> Passage:
    """Let `who` enter the pipeline of `stage`; the event at creation comes from no stage."""
    passage = Passage(
        deal_id=who.id if isinstance(who, Deal) else None,
        customer_id=None if isinstance(who, Deal) else who.id,
        pipeline_id=stage.pipeline_id,
        began_at=occasion.at,
        stage_id=key(stage.id),
        stage_entered_at=occasion.at,
        reached_id=stage.id if stage.outcome == Outcome.OPEN else None,
        way=str(stage.id),
    )
    session.add(passage)
    session.flush()
    session.add(_event(session, who, passage, occasion))
    _settle(session, who, stage, occasion.at)
    return passage


def move(session: Writer, who: "Deal | Customer", passage: Passage, stage: Stage, occasion: Occasion) -> None:
    """Let `who` go to another stage of the pipeline."""
    left, entered = passage.stage_id, passage.stage_entered_at
    passage.stage_id, passage.stage_entered_at = key(stage.id), occasion.at
    if stage.outcome == Outcome.OPEN and stage.position > _position(session, passage.reached_id):
        passage.reached_id = stage.id
    if passage.way is not None:
        passage.way += f",{stage.id}"
    event = _event(session, who, passage, occasion)
    event.from_stage_id, event.dwell = left, _seconds(entered, occasion.at)
    session.add(event)
    _settle(session, who, stage, occasion.at)


def hand_over(session: Writer, deal: Deal, passage: Passage, stage: Stage, occasion: Occasion) -> Passage:
    """End the passage and begin one in the pipeline of `stage`."""
    passage.ended_at = occasion.at
    session.flush()
    return begin(session, deal, stage, Occasion(occasion.at, occasion.note or "handed over"))


def change_terms(session: Writer, deal: Deal, passage: Passage) -> None:
    """Keep what amount, close date or owner became: an event from the stage to itself."""
    last = last_event_at(session, passage)
    event = _event(session, deal, passage, Occasion(max(session.recorded_at, last or "")))
    event.from_stage_id = passage.stage_id
    session.add(event)


def last_event_at(session: Writer, passage: Passage) -> str | None:
    """When the last event of `passage` occurred; None while none of them is dated."""
    found = session.reader.value(
        "select max(occurred_at) from stage_event where passage_id = :passage", passage=passage.id
    )
    return None if found is None else str(found)


def _event(session: Writer, who: "Deal | Customer", passage: Passage, occasion: Occasion) -> StageEvent:
    """An event that finds `who` in the stage of `passage`, from no stage; a deal on the terms of now."""
    event = StageEvent(
        passage_id=key(passage.id),
        to_stage_id=passage.stage_id,
        currency=who.currency if isinstance(who, Deal) else session.preferences.currency,
        occurred_at=occasion.at,
        recorded_at=session.recorded_at,
        note=occasion.note,
    )
    if isinstance(who, Deal):
        event.amount, event.close_on, event.owner_id = who.amount, who.close_on, who.owner_id
    return event


def _settle(session: Writer, who: "Deal | Customer", stage: Stage, at: str) -> None:
    """`closed_at` of a deal stands exactly while the stage closes it, the reason while it is lost."""
    if isinstance(who, Deal):
        who.closed_at = None if stage.outcome == Outcome.OPEN else at
        if stage.outcome != Outcome.LOST:
            who.lost_reason = None
    session.flush()


def _position(session: Writer, stage: int | None) -> int:
    return 0 if stage is None else session.get_one(Stage, stage).position


def _seconds(entered: str | None, left: str) -> int | None:
    return None if entered is None else int((moment(left) - moment(entered)).total_seconds())
