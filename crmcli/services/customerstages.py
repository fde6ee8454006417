"""Customers in pipelines: put in, moved on or back, taken out."""

from dataclasses import dataclass

from sqlmodel import col, select

from crmcli.core.change import Change
from crmcli.core.vocabulary import Holds
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, NotFound
from crmcli.models.customer import Customer
from crmcli.models.deal import Passage
from crmcli.models.pipeline import Pipeline
from crmcli.models.stage import Stage
from crmcli.query import reference, whereabouts
from crmcli.services import dates, passages, requirements
from crmcli.services.owners import key
from crmcli.services.passages import Occasion


@dataclass(frozen=True, slots=True)
class Step:
    """Where a customer goes, and when; `is_back` lets it be an earlier stage."""

    customer: str
    stage: str
    pipeline: str | None = None
    at: str | None = None
    note: str | None = None
    is_back: bool = False
    allow_future: bool = False


def move(session: Writer, wish: Step) -> Change:
    """Let a customer go to a stage; who is not in its pipeline yet enters it there.

    Raises Conflict for an earlier stage, unless it `is_back`.
    """
    customer = _customer(session, wish.customer)
    found = whereabouts.stage(session.reader, wish.pipeline, wish.stage, holds=Holds.CUSTOMER)
    stage = session.get_one(Stage, found)
    passages.refuse_counted(stage)
    pipeline = session.get_one(Pipeline, stage.pipeline_id)
    passage = _passage(session, customer, stage.pipeline_id)
    title = f"customer {customer.id} {customer.name}"
    if passage is not None and passage.stage_id == stage.id:
        return Change((key(customer.id),), f"{title} stands in {stage.name} already; nothing changed")
    requirements.refuse_empty(session, customer, stage)
    if passage is None:
        at = dates.occurred(session, wish.at, allow_future=wish.allow_future)
        passages.begin(session, customer, stage, Occasion(at, wish.note))
        sentence = f"{title} entered {pipeline.name} in {stage.name}"
    else:
        old = session.get_one(Stage, passage.stage_id)
        if stage.position < old.position and not wish.is_back:
            raise Conflict(f"{title} is in {old.name!r}, which comes after {stage.name!r}", hint="--back moves back")
        after = passages.last_event_at(session, passage)
        at = dates.occurred(session, wish.at, after=after, allow_future=wish.allow_future)
        passages.move(session, customer, passage, stage, Occasion(at, wish.note))
        sentence = f"moved {title} in {pipeline.name}: {old.name} > {stage.name}"
    echo = dates.echo(session, at=at if wish.at else None)
    return Change((key(customer.id),), sentence, f"crm customer show {customer.id}", echo=echo)


def leave(session: Writer, ref: str, pipeline: str | None, *, at: str | None = None) -> Change:
    """Take a customer out of a pipeline: the way ends, its history stays. Raises NotFound and Conflict."""
    customer = _customer(session, ref)
    title = f"customer {customer.id} {customer.name}"
    found = _live(session, customer)
    if pipeline is not None:
        number = whereabouts.held(session.reader, reference.pipeline(session.reader, pipeline), Holds.CUSTOMER)
        found = [each for each in found if each.pipeline_id == number]
    if not found:
        raise NotFound(f"{title} is in no pipeline{' of that name' if pipeline else ''}", hint="crm customer show REF")
    if len(found) > 1:
        raise Conflict(f"{title} is in {len(found)} pipelines", hint="say which with --pipeline")
    passage = found[0]
    ended = dates.occurred(session, at, after=passages.last_event_at(session, passage))
    passage.ended_at = ended
    name = session.get_one(Pipeline, passage.pipeline_id).name
    echo = dates.echo(session, at=ended if at else None)
    return Change((key(customer.id),), f"{title} left {name}", f"crm customer show {customer.id}", echo=echo)


def _customer(session: Writer, ref: str) -> Customer:
    return session.get_one(Customer, reference.customer(session.reader, ref, preferences=session.preferences))


def _live(session: Writer, customer: Customer) -> list[Passage]:
    wanted = select(Passage).where(Passage.customer_id == customer.id, col(Passage.ended_at).is_(None))
    return list(session.exec(wanted.order_by(col(Passage.id))))


def _passage(session: Writer, customer: Customer, pipeline: int) -> Passage | None:
    return next((each for each in _live(session, customer) if each.pipeline_id == pipeline), None)
