"""A deal's way through the stages: the events, and the caches that are written with them."""

from sqlmodel import col, select

from crmcli.core.period import moment
from crmcli.core.vocabulary import Outcome
from crmcli.db.writing import Writer
from crmcli.models.deal import Deal, Passage, StageEvent
from crmcli.models.pipeline import Stage
from crmcli.services.owners import key


def current(session: Writer, deal: Deal) -> Passage:
    """The passage that `deal` is on."""
    wanted = select(Passage).where(Passage.deal_id == deal.id, col(Passage.ended_at).is_(None))
    return session.exec(wanted).one()


def begin(session: Writer, deal: Deal, stage: Stage, *, at: str | None, note: str | None = None) -> Passage:
    """Let `deal` enter the pipeline of `stage`; the event at creation comes from no stage."""
    passage = Passage(
        deal_id=deal.id,
        pipeline_id=stage.pipeline_id,
        began_at=at,
        stage_id=key(stage.id),
        stage_entered_at=at,
        reached_id=stage.id if stage.outcome == Outcome.OPEN else None,
    )
    session.add(passage)
    session.flush()
    _write(session, deal, passage, None, key(stage.id), at=at, dwell=None, note=note)
    _settle(session, deal, stage, at)
    return passage


def move(session: Writer, deal: Deal, passage: Passage, stage: Stage, *, at: str, note: str | None = None) -> None:
    """Let `deal` go to another stage of its pipeline."""
    left = passage.stage_id
    _write(session, deal, passage, left, key(stage.id), at=at, dwell=_seconds(passage.stage_entered_at, at), note=note)
    passage.stage_id, passage.stage_entered_at = key(stage.id), at
    if stage.outcome == Outcome.OPEN and stage.position > _position(session, passage.reached_id):
        passage.reached_id = stage.id
    _settle(session, deal, stage, at)


def hand_over(
    session: Writer, deal: Deal, passage: Passage, stage: Stage, *, at: str, note: str | None = None
) -> Passage:
    """End the passage and begin one in the pipeline of `stage`."""
    passage.ended_at = at
    session.flush()
    return begin(session, deal, stage, at=at, note=note or "handed over")


def change_terms(session: Writer, deal: Deal, passage: Passage) -> None:
    """Keep what amount, close date or owner became: an event from the stage to itself."""
    last = last_event_at(session, passage)
    at = max(session.recorded_at, last or "")
    _write(session, deal, passage, passage.stage_id, passage.stage_id, at=at, dwell=None, note=None)


def last_event_at(session: Writer, passage: Passage) -> str | None:
    """When the last event of `passage` occurred; None while none of them is dated."""
    found = session.reader.value(
        "select max(occurred_at) from stage_event where passage_id = :passage", passage=passage.id
    )
    return None if found is None else str(found)


def _write(
    session: Writer,
    deal: Deal,
    passage: Passage,
    left: int | None,
    entered: int,
    *,
    at: str | None,
    dwell: int | None,
    note: str | None,
) -> None:
    session.add(
        StageEvent(
            passage_id=key(passage.id),
            from_stage_id=left,
            to_stage_id=entered,
            amount=deal.amount,
            currency=deal.currency,
            close_on=deal.close_on,
            owner_id=deal.owner_id,
            occurred_at=at,
            recorded_at=session.recorded_at,
            dwell=dwell,
            note=note,
        )
    )


def _settle(session: Writer, deal: Deal, stage: Stage, at: str | None) -> None:
    """`closed_at` stands exactly while the stage closes the deal, the reason while it is lost."""
    deal.closed_at = None if stage.outcome == Outcome.OPEN else at
    if stage.outcome != Outcome.LOST:
        deal.lost_reason = None
    session.flush()


def _position(session: Writer, stage: int | None) -> int:
    return 0 if stage is None else session.get_one(Stage, stage).position


def _seconds(entered: str | None, left: str) -> int | None:
    return None if entered is None else int((moment(left) - moment(entered)).total_seconds())
