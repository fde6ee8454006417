"""Who brought whom."""

from dataclasses import replace

from crmcli.core.change import Change
from crmcli.core.vocabulary import REFERRED
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput
from crmcli.models.deal import Deal
from crmcli.query import reference
from crmcli.services import dates, relationships
from crmcli.services.owners import key

_SOURCE = "referral"


def add(session: Writer, referred: str, *, by: str, deal: str | None = None, since: str | None = None) -> Change:
    """Keep who brought a customer; a `deal` of theirs without a source gets `referral` for one.

    Raises InvalidInput, NotFound, and Conflict for a second referrer and for a circle, with the path that would close.
    """
    db, said = session.reader, session.preferences
    brought, referrer = (reference.customer(db, text, preferences=said) for text in (referred, by))
    day = dates.day(session, since, lean="past") if since else None
    made = relationships.tie(session, referrer, REFERRED, brought, relationships.Detail(since=day))
    names = [str(db.value("select name from customer where id = :id", id=number)) for number in (brought, referrer)]
    sentence = f"added relationship {made.id}: {names[0]} referred by {names[1]}"
    change = Change((key(made.id),), sentence, f"crm referral tree {referrer}", echo=day and f"since {day}")
    return replace(change, sentence=f"{sentence}; {_source(session, deal, brought)}") if deal else change


def _source(session: Writer, ref: str, customer: int) -> str:
    number = reference.deal(session.reader, ref, preferences=session.preferences)
    deal = session.get_one(Deal, number)
    if deal.customer_id != customer:
        raise InvalidInput(
            f"deal {number} {deal.name} is not one of customer {customer}", hint="crm deal list shows them"
        )
    if deal.source is None:
        deal.source = _SOURCE
    return f"deal {number} {deal.name} has the source {deal.source!r}"
