"""Deals: added, changed, and moved through the stages of their pipeline."""

from collections.abc import Sequence
from dataclasses import dataclass

from crmcli.core import money
from crmcli.core.change import Change
from crmcli.core.currency import currency as known_currency
from crmcli.core.settable import SETTABLE
from crmcli.core.uid import uid
from crmcli.core.vocabulary import Holds, Outcome
from crmcli.core.wording import shown
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput
from crmcli.models.deal import Deal, Passage
from crmcli.models.stage import Stage
from crmcli.query import reference
from crmcli.services import customfields, dates, passages, requirements, several
from crmcli.services.assignments import Assignment, assignments
from crmcli.services.owners import key, milliseconds, owner
from crmcli.services.passages import Occasion

FIELDS = SETTABLE["deal"]
_ADDED = tuple(name for name in FIELDS if name != "lost_reason")


@dataclass(frozen=True, slots=True)
class NewDeal:
    """What the user says of a deal to add."""

    name: str
    customer: str | None = None
    amount: str | None = None
    currency: str | None = None
    pipeline: str | None = None
    stage: str | None = None
    close: str | None = None
    owner: str | None = None
    source: str | None = None
    product: str | None = None
    note: str | None = None
    at: str | None = None
    allow_future: bool = False
    sets: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Move:
    """Where a deal goes, and when."""

    deal: str
    stage: str
    pipeline: str | None = None
    at: str | None = None
    note: str | None = None
    allow_future: bool = False


def add(session: Writer, new: NewDeal) -> Change:
    """Store a deal, with the event that puts it into its first stage. Raises InvalidInput, NotFound and Ambiguous."""
    db, said = session.reader, session.preferences
    at = dates.occurred(session, new.at, allow_future=new.allow_future)
    stage = _stage(session, reference.pipeline(db, new.pipeline), new.stage)
    amount, code = _amount(new.amount, new.currency, default=said.currency)
    deal = Deal.of(
        uid=uid(milliseconds(session)),
        name=new.name,
        customer_id=reference.customer(db, new.customer, preferences=said) if new.customer else None,
        amount=amount,
        currency=code,
        close_on=dates.day(session, new.close) if new.close else None,
        owner_id=owner(session, new.owner) if new.owner else None,
        source=new.source,
        product=new.product,
        note=new.note,
        created_at=at,
        recorded_at=session.recorded_at,
    )
    session.add(deal)
    session.flush()
    if new.sets:
        _assign(session, deal, _wishes(session, new.sets, fields=_ADDED))
    requirements.refuse_empty(session, deal, stage, is_new=True)
    passages.begin(session, deal, stage, Occasion(at))
    echo = dates.echo(session, at=at if new.at else None, close=deal.close_on if new.close else None)
    sentence = f"added deal {deal.id} {deal.name} in {stage.name}"
    return Change((key(deal.id),), sentence, _next(deal, stage), echo=echo)


def edit(session: Writer, ref: str, sets: tuple[str, ...]) -> Change:
    """Change fields; another amount, close date or owner is kept as an event. Raises InvalidInput and NotFound."""
    deal = _deal(session, ref)
    if any(text.partition("=")[0].strip().lower() == "stage" for text in sets):
        raise InvalidInput("a deal is not set to a stage but moved", hint=f"crm deal move {deal.id} STAGE")
    wanted = _wishes(session, sets, fields=FIELDS)
    if not wanted:
        raise InvalidInput("nothing to change", hint=f"--set FIELD=VALUE, of {', '.join(FIELDS)}")
    before = _terms(deal)
    _assign(session, deal, wanted)
    if _terms(deal) != before:
        passages.change_terms(session, deal, passages.current(session, deal))
    if not session.has_changes:
        return Change((key(deal.id),), f"deal {deal.id} {deal.name} is so already; nothing changed")
    is_dated = any(wish.field == "close" and wish.value.strip() for wish in wanted)
    echo = dates.echo(session, close=deal.close_on if is_dated else None)
    return Change((key(deal.id),), f"changed deal {deal.id} {deal.name}", f"crm deal show {deal.id}", echo=echo)


def edit_many(session: Writer, numbers: Sequence[int], sets: tuple[str, ...]) -> Change:
    """Change many deals alike."""
    if not sets:
        raise InvalidInput("nothing to change", hint=f"--set FIELD=VALUE, of {', '.join(FIELDS)}")
    return several.each(session, numbers, lambda ref: edit(session, ref, sets), noun="deal")


def move(session: Writer, wish: Move) -> Change:
    """Let an open deal go to a stage, forwards, backwards or over others. Raises Conflict for a closed one."""
    deal = _deal(session, wish.deal)
    passage = passages.current(session, deal)
    pipeline = passage.pipeline_id if wish.pipeline is None else reference.pipeline(session.reader, wish.pipeline)
    stage = _stage(session, pipeline, wish.stage)
    _refuse_closed(session, deal, passage)
    if stage.id == passage.stage_id:
        return Change((key(deal.id),), f"deal {deal.id} {deal.name} stands in {stage.name} already; nothing changed")
    old = session.get_one(Stage, passage.stage_id).name
    requirements.refuse_empty(session, deal, stage)
    at = _at(session, passage, wish)
    if pipeline == passage.pipeline_id:
        passages.move(session, deal, passage, stage, Occasion(at, wish.note))
    else:
        passages.hand_over(session, deal, passage, stage, Occasion(at, wish.note))
    return _moved(session, deal, f"moved deal {deal.id} {deal.name}: {old} > {stage.name}", wish, at)


def close(session: Writer, wish: Move, outcome: Outcome, *, reason: str | None = None) -> Change:
    """Win or lose an open deal; a lost one keeps the reason. Raises Conflict for a closed one."""
    deal = _deal(session, wish.deal)
    passage = passages.current(session, deal)
    stage = _closing(session, passage.pipeline_id, outcome)
    _refuse_closed(session, deal, passage)
    requirements.refuse_empty(session, deal, stage)
    at = _at(session, passage, wish)
    passages.move(session, deal, passage, stage, Occasion(at, wish.note))
    if reason is not None:
        deal.assign(lost_reason=reason)
    return _moved(session, deal, f"deal {deal.id} {deal.name} is {stage.name}", wish, at)


def reopen(session: Writer, wish: Move) -> Change:
    """Let a closed deal stand again in the stage that it was closed from, or in `stage`. Raises Conflict."""
    deal = _deal(session, wish.deal)
    passage = passages.current(session, deal)
    if session.get_one(Stage, passage.stage_id).outcome == Outcome.OPEN:
        raise Conflict(f"deal {deal.id} {deal.name} is open already", hint=f"crm deal move {deal.id} STAGE")
    stage = _stage(session, passage.pipeline_id, wish.stage) if wish.stage else _closed_from(session, passage)
    if stage.outcome != Outcome.OPEN:
        raise InvalidInput(f"stage {stage.name!r} closes a deal", hint="reopen into an open stage")
    requirements.refuse_empty(session, deal, stage)
    at = _at(session, passage, wish)
    passages.move(session, deal, passage, stage, Occasion(at, wish.note))
    return _moved(session, deal, f"reopened deal {deal.id} {deal.name} in {stage.name}", wish, at)


def _wishes(session: Writer, sets: tuple[str, ...], *, fields: tuple[str, ...]) -> tuple[Assignment, ...]:
    return assignments(sets, fields=(*fields, *customfields.definitions(session.reader, "deal")))


def _assign(session: Writer, deal: Deal, wanted: Sequence[Assignment]) -> None:
    known = customfields.definitions(session.reader, "deal")
    said = {wish.field: wish.value.strip() for wish in wanted}
    for wish in wanted:
        if wish.field in known:
            currency = session.preferences.currency
            deal.custom = customfields.changed(deal.custom, wish.field, wish.value, known, currency=currency)
        else:
            deal.assign(**_values(session, deal, wish, said))


def _deal(session: Writer, ref: str) -> Deal:
    return session.get_one(Deal, reference.deal(session.reader, ref, preferences=session.preferences))


def _stage(session: Writer, pipeline: int, name: str | None) -> Stage:
    """The stage called `name`, else the first open one. Raises InvalidInput for one that no deal can stand in."""
    _refuse_customers(session, pipeline)
    if name is not None:
        found = session.get_one(Stage, reference.stage(session.reader, pipeline, name))
        passages.refuse_counted(found)
        return found
    first = session.reader.value(
        "select id from stage where pipeline_id = :pipeline and outcome = 'open' and archived_at is null "
        "and not is_counted order by position, id",
        pipeline=pipeline,
    )
    if first is None:
        raise InvalidInput("the pipeline has no open stage", hint="crm stage add makes one")
    return session.get_one(Stage, first)


def _refuse_customers(session: Writer, pipeline: int) -> None:
    """Raises InvalidInput for a pipeline that holds customers."""
    ((name, holds),) = session.reader.rows("select name, holds from pipeline where id = :id", id=pipeline)
    if holds != Holds.DEAL:
        hint = f"crm customer move REF STAGE --pipeline {pipeline}"
        raise InvalidInput(f"pipeline {name!r} holds customers, no deals", hint=hint)


def _closing(session: Writer, pipeline: int, outcome: Outcome) -> Stage:
    found = session.reader.value(
        "select id from stage where pipeline_id = :pipeline and outcome = :outcome and archived_at is null "
        "order by position, id",
        pipeline=pipeline,
        outcome=outcome,
    )
    return session.get_one(Stage, found)


def _closed_from(session: Writer, passage: Passage) -> Stage:
    left = session.reader.value(
        "select e.from_stage_id from stage_event e join stage s on s.id = e.from_stage_id "
        "where e.passage_id = :passage and s.outcome = 'open' and s.archived_at is null "
        "and e.from_stage_id <> e.to_stage_id order by e.id desc",
        passage=passage.id,
    )
    return _stage(session, passage.pipeline_id, None) if left is None else session.get_one(Stage, left)


def _refuse_closed(session: Writer, deal: Deal, passage: Passage) -> None:
    stage = session.get_one(Stage, passage.stage_id)
    if stage.outcome != Outcome.OPEN:
        raise Conflict(f"deal {deal.id} {deal.name} is {stage.name}", hint=f"crm deal reopen {deal.id} first")


def _at(session: Writer, passage: Passage, wish: Move) -> str:
    after = passages.last_event_at(session, passage)
    return dates.occurred(session, wish.at, after=after, allow_future=wish.allow_future)


def _moved(session: Writer, deal: Deal, sentence: str, wish: Move, at: str) -> Change:
    stage = session.get_one(Stage, passages.current(session, deal).stage_id)
    return Change((key(deal.id),), sentence, _next(deal, stage), echo=dates.echo(session, at=at if wish.at else None))


def _next(deal: Deal, stage: Stage) -> str:
    return f"crm deal move {deal.id} STAGE" if stage.outcome == Outcome.OPEN else "crm funnel show"


def _amount(text: str | None, currency: str | None, *, default: str) -> tuple[int | None, str]:
    """Minor units and code; `currency` is what the user gave beside the amount, and must agree with it."""
    said = known_currency(currency) if currency else default
    if text is None or not text.strip():
        return None, said
    amount, code = money.split_amount(text, said)
    if currency and code != said:
        raise InvalidInput(f"amount {shown(text)} is in {code}, the currency given is {said}", hint="give one of them")
    return amount, code


def _terms(deal: Deal) -> tuple[object, ...]:
    return deal.amount, deal.currency, deal.close_on, deal.owner_id


def _values(session: Writer, deal: Deal, wish: Assignment, said: dict[str, str]) -> dict[str, object]:
    """The columns that `wish` is about; `said` are the texts of all wishes, for those that are read together."""
    text = wish.value.strip()
    match wish.field:
        case "amount":
            amount, code = _amount(text, said.get("currency"), default=deal.currency)
            return {"amount": amount, "currency": code}
        case "currency":
            return {} if "amount" in said else _recoined(deal, known_currency(text))
        case "close":
            return {"close_on": dates.day(session, text) if text else None}
        case "owner":
            return {"owner_id": owner(session, text) if text else None}
        case "customer":
            found = reference.customer(session.reader, text, preferences=session.preferences) if text else None
            return {"customer_id": found}
        case "lost_reason":
            _refuse_reason(session, deal)
    return {wish.field: wish.value}


def _refuse_reason(session: Writer, deal: Deal) -> None:
    stage = session.get_one(Stage, passages.current(session, deal).stage_id)
    if stage.outcome != Outcome.LOST:
        hint = f"crm deal lose {deal.id} --reason TEXT"
        raise InvalidInput(f"deal {deal.id} {deal.name} is in {stage.name}: it has no reason of loss", hint=hint)


def _recoined(deal: Deal, code: str) -> dict[str, object]:
    """The same figure in another currency: 1,200 EUR is 1,200 JPY."""
    if deal.amount is None:
        return {"currency": code}
    return {"amount": money.parse(money.Money(deal.amount, deal.currency).decimal, code), "currency": code}
