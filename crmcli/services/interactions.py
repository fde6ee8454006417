"""Logging what happened with customers, and correcting it."""

from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass

from crmcli.core import period
from crmcli.core.change import Change
from crmcli.core.settable import SETTABLE
from crmcli.core.uid import uid
from crmcli.core.vocabulary import Channel, Direction
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput, NotFound
from crmcli.models.interaction import Interaction, InteractionParty
from crmcli.query import reference
from crmcli.services import dates
from crmcli.services.assignments import Assignment, assignments
from crmcli.services.owners import key, milliseconds

FIELDS = SETTABLE["interaction"]


@dataclass(frozen=True, slots=True)
class NewInteraction:
    """What the user says of an interaction; `who` are references to customers, several in one text parted by commas."""

    who: tuple[str, ...]
    text: str
    channel: Channel = Channel.NOTE
    direction: Direction | None = None
    at: str | None = None
    duration: str | None = None
    deal: str | None = None
    allow_future: bool = False


def log(session: Writer, new: NewInteraction) -> Change:
    """Store an interaction with its parties. Raises InvalidInput, NotFound and Ambiguous."""
    db, said = session.reader, session.preferences
    parties = _parties(session, new.who)
    made = Interaction.of(
        uid=uid(milliseconds(session)),
        channel=new.channel,
        direction=new.direction,
        text=new.text,
        duration_minutes=period.duration(new.duration) if new.duration else None,
        deal_id=reference.deal(db, new.deal, preferences=said) if new.deal else None,
        occurred_at=dates.occurred(session, new.at, allow_future=new.allow_future),
        recorded_at=session.recorded_at,
    )
    session.add(made)
    session.flush()
    for party in parties:
        session.add(InteractionParty(interaction_id=key(made.id), customer_id=party))
    names = [str(session.reader.value("select name from customer where id = :id", id=party)) for party in parties]
    sentence = f"logged {made.channel} {made.id} with {', '.join(names)}"
    echo = dates.echo(session, at=made.occurred_at if new.at else None)
    return Change((key(made.id),), sentence, f"crm customer show {parties[0]}", echo=echo)


def edit(session: Writer, ref: str, sets: tuple[str, ...]) -> Change:
    """Correct an interaction. Raises InvalidInput and NotFound."""
    found = _interaction(session, ref)
    wanted = assignments(sets, fields=FIELDS)
    if not wanted:
        raise InvalidInput("nothing to change", hint=f"--set FIELD=VALUE, of {', '.join(FIELDS)}")
    for wish in wanted:
        found.assign(**_value(session, wish))
    if not session.has_changes:
        return Change((key(found.id),), f"interaction {found.id} is so already; nothing changed")
    is_dated = any(wish.field == "at" for wish in wanted)
    echo = dates.echo(session, at=found.occurred_at if is_dated else None)
    return Change((key(found.id),), f"changed interaction {found.id}", f"crm interaction show {found.id}", echo=echo)


def remove(session: Writer, ref: str) -> Change:
    """Take an interaction out of every list and report. Raises NotFound."""
    found = _interaction(session, ref)
    found.removed_at = session.recorded_at
    return Change((key(found.id),), f"removed interaction {found.id}", "crm undo brings it back")


def _parties(session: Writer, who: Iterable[str]) -> list[int]:
    """The customers that `who` names, each once; several in one text are parted by commas."""
    parties: dict[int, None] = {}
    for text in who:
        parties |= dict.fromkeys(_named(session, text))
    if not parties:
        raise InvalidInput("nobody to log with", hint='crm log ada "what happened"')
    return list(parties)


def _named(session: Writer, text: str) -> list[int]:
    """The customers of one text; a comma may belong to a name: `Acme, Inc.`."""
    db, said = session.reader, session.preferences
    parts = [part for part in text.split(",") if part.strip()]
    if len(parts) > 1:
        with suppress(NotFound):
            return [reference.customer(db, text, preferences=said, whole=True)]
    return [reference.customer(db, part, preferences=said) for part in parts]


def _interaction(session: Writer, ref: str) -> Interaction:
    return session.get_one(Interaction, reference.interaction(session.reader, ref))


def _value(session: Writer, wish: Assignment) -> dict[str, object]:
    text = wish.value.strip()
    match wish.field:
        case "channel":
            if text not in set(Channel):
                raise InvalidInput(
                    f"no channel {shown(text)}{did_you_mean(text, Channel)}; one of {', '.join(Channel)}"
                )
            return {"channel": text}
        case "direction":
            if text and text not in set(Direction):
                raise InvalidInput(f"no direction {shown(text)}; one of {', '.join(Direction)}")
            return {"direction": text or None}
        case "at":
            return {"occurred_at": dates.occurred(session, text)}
        case "duration":
            return {"duration_minutes": period.duration(text) if text else None}
        case "deal":
            deal = reference.deal(session.reader, text, preferences=session.preferences) if text else None
            return {"deal_id": deal}
    return {wish.field: wish.value}
