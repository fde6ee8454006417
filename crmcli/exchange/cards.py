"""Customers as vCard 3.0 (RFC 2426) or 4.0 (RFC 6350), for any address book."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from crmcli.exchange.contentline import bare, escaped, folded


@dataclass(frozen=True, slots=True)
class Card:
    """A customer; `spouses` and `acquaintances` are the uids of those it is married to, and knows."""

    uid: str
    name: str
    is_organisation: bool = False
    emails: tuple[str, ...] = ()
    phones: tuple[str, ...] = ()
    employer: str | None = None
    title: str | None = None
    city: str | None = None
    country: str | None = None
    tags: tuple[str, ...] = ()
    note: str | None = None
    birthday: str | None = None
    urls: tuple[str, ...] = ()
    spouses: tuple[str, ...] = ()
    acquaintances: tuple[str, ...] = ()


def written(cards: Iterable[Card], *, is_new: bool) -> Iterator[str]:
    """The lines of the cards, folded, each with its CRLF: version 4.0 where `is_new`, else 3.0, which most programs read."""
    version = "VERSION:4.0" if is_new else "VERSION:3.0"
    for card in cards:
        for line in ("BEGIN:VCARD", version, *_properties(card, is_new=is_new), "END:VCARD"):
            yield folded(line)


def _properties(card: Card, *, is_new: bool) -> Iterator[str]:
    yield f"FN:{escaped(card.name)}"
    yield f"N:{escaped(card.name)};;;;"
    yield from _kind(card, is_new=is_new)
    yield f"UID:urn:uuid:{bare(card.uid)}"
    employer = card.name if card.is_organisation else card.employer
    if employer:
        yield f"ORG:{escaped(employer)}"
    if card.title:
        yield f"TITLE:{escaped(card.title)}"
    for email in card.emails:
        yield f"EMAIL:{escaped(email)}"
    for phone in card.phones:
        yield f"TEL;VALUE=uri:tel:{bare(phone)}" if is_new else f"TEL;TYPE=VOICE:{escaped(phone)}"
    if card.city or card.country:
        yield f"ADR:;;;{escaped(card.city or '')};;;{escaped(card.country or '')}"
    for url in card.urls:
        yield f"URL:{escaped(url)}"
    if card.birthday:
        yield f"BDAY:{bare(_stamp(card.birthday) if is_new else card.birthday)}"
    if card.tags:
        yield f"CATEGORIES:{','.join(map(escaped, card.tags))}"
    if card.note:
        yield f"NOTE:{escaped(card.note)}"
    if is_new:
        yield from (f"RELATED;TYPE=spouse:urn:uuid:{bare(uid)}" for uid in card.spouses)
        yield from (f"RELATED;TYPE=acquaintance:urn:uuid:{bare(uid)}" for uid in card.acquaintances)


def _kind(card: Card, *, is_new: bool) -> Iterator[str]:
    if is_new:
        yield f"KIND:{'org' if card.is_organisation else 'individual'}"
    elif card.is_organisation:
        yield "X-ABShowAs:COMPANY"


def _stamp(time: str) -> str:
    """`2026-11-21` as `20261121`."""
    return time.replace("-", "").replace(":", "")
