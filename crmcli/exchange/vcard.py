"""vCard 2.1, 3.0 and 4.0 (RFC 2426, RFC 6350) as a table of customers."""

import re
from collections.abc import Iterable, Iterator, Sequence

from crmcli.core.result import join_values
from crmcli.core.vocabulary import FieldType
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput
from crmcli.exchange import contentline
from crmcli.exchange.contentline import Component, Property
from crmcli.exchange.layout import Foreign, Layout
from crmcli.exchange.record import Fault, Record
from crmcli.exchange.text import TextFile

_FIELDS = (
    *("uid", "key", "kind", "name", "nickname", "email", "phone", "employer", "department", "title", "city", "country"),
    *("birthday", "website", "tag", "note", "created", "related", "related.key", "related.email"),
)

LAYOUT = Layout(
    profile="vcard",
    entity="customers",
    headers={name: name for name in _FIELDS},
    fields=_FIELDS,
    custom_types={
        "nickname": FieldType.TEXT,
        "department": FieldType.TEXT,
        "birthday": FieldType.DATE,
        "website": FieldType.TEXT,
    },
    source="vcard",
    foreign=Foreign("vCard 2.1, 3.0, 4.0", organisation="employer"),
)

_TAKEN = {
    *("VERSION", "PRODID", "REV", "UID", "KIND", "X-ADDRESSBOOKSERVER-KIND", "N", "FN", "NICKNAME", "EMAIL", "TEL"),
    *("ORG", "TITLE", "ADR", "BDAY", "URL", "CATEGORIES", "NOTE", "RELATED", "MEMBER", "X-ADDRESSBOOKSERVER-MEMBER"),
    *("X-ABRELATEDNAMES", "X-ABLABEL", "X-ABSHOWAS", "LABEL", "ORG", "CREATED", "X-ABADR"),
}
_RELATED = {
    f"{prefix}{name}": name.lower()
    for prefix in ("X-", "X-MS-", "X-EVOLUTION-", "X-KADDRESSBOOK-X-")
    for name in ("SPOUSE", "MANAGER", "ASSISTANT", "SPOUSESNAME", "MANAGERSNAME", "ASSISTANTSNAME")
}
_SINGLE = ("ADR", "URL", "ORG", "TITLE", "NICKNAME")
_NO_PHONE = ("fax", "pager", "modem")
_UUID = re.compile("[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}")


class Cards:
    """A file of cards; `untaken` are the properties that no field takes, as far as it was read. Raises InvalidInput."""

    header: tuple[str, ...] = _FIELDS
    layout = LAYOUT

    def __init__(self, file: TextFile) -> None:
        self._file = file
        self.untaken: dict[str, None] = {}
        if not any(line.strip().upper() == "BEGIN:VCARD" for line in file.head):
            raise InvalidInput(f"{shown(file.name)} holds no vCard", hint="a card begins with BEGIN:VCARD")

    def records(self) -> Iterator[Record | Fault]:
        for card in contentline.components(self._file.lines(), "VCARD"):
            values = _values(card)
            self.untaken.update(dict.fromkeys(_untaken(card)))
            yield card.line, [values.get(name, "") for name in self.header], (card.raw,)

    def written(self, raws: Iterable[Sequence[str]]) -> Iterator[str]:
        return (card if card.endswith("\n") else f"{card}\n" for (card,) in raws)


def _values(card: Component) -> dict[str, str]:
    name, organisation = card.text("FN") or _name(card), next((each.parts(";") for each in card.all("ORG")), [])
    employer = next(iter(organisation), "")
    labels = {each.group: _label(each.text) for each in card.all("X-ABLABEL") if each.group}
    return {
        **_identity(card),
        **_related(card, labels),
        **_place(card),
        "kind": _kind(card),
        "name": name,
        "nickname": card.text("NICKNAME"),
        "email": join_values(dict.fromkeys(each.text.strip() for each in card.all("EMAIL") if each.value.strip())),
        "phone": join_values(dict.fromkeys(_phones(card))),
        "employer": "" if _kind(card) and employer == name else employer,
        "department": ", ".join(filter(None, organisation[1:])),
        "title": card.text("TITLE"),
        "birthday": _day(card.text("BDAY")),
        "website": card.text("URL"),
        "tag": join_values(dict.fromkeys(tag for each in card.all("CATEGORIES") for tag in each.parts(",") if tag)),
        "note": "\n\n".join(each.text.strip() for each in card.all("NOTE") if each.text.strip()),
        "created": card.text("CREATED"),
    }


def _identity(card: Component) -> dict[str, str]:
    """A UID that is one of ours, or could be, else the key of another system."""
    said = reference(card.text("UID"))
    return {"uid": said} if _UUID.fullmatch(said) else {"key": said}


def reference(text: str) -> str:
    """What a UID, or a URI of one, comes down to: `urn:uuid:F81D…` is `f81d…`."""
    said = text.strip()
    bare = said.lower().removeprefix("urn:uuid:")
    return bare if _UUID.fullmatch(bare) else said


def _kind(card: Component) -> str:
    said = (card.text("KIND") or card.text("X-ADDRESSBOOKSERVER-KIND")).lower()
    is_company = said in ("org", "group") or card.text("X-ABSHOWAS").upper() == "COMPANY"
    return "organisation" if is_company else ""


def _name(card: Component) -> str:
    """What a card without FN says in N: given names before the family name."""
    family, given, further, *_ = [*next((each.parts(";") for each in card.all("N")), []), "", "", ""]
    return " ".join(filter(None, (given, further, family))) or card.text("NICKNAME")


def _phones(card: Component) -> Iterator[str]:
    for each in card.all("TEL"):
        text = each.text.strip()
        if text and each.types.isdisjoint(_NO_PHONE):
            yield text[4:] if text.lower().startswith("tel:") else text


def _place(card: Component) -> dict[str, str]:
    """The city and country of the address at work, else of the first."""
    places = sorted(card.all("ADR"), key=lambda each: "work" not in each.types)
    for each in places:
        *_, city, _, _, country = ["", "", "", "", "", "", "", *each.parts(";")][-7:]
        if city or country:
            return {"city": city, "country": country}
    return {}


def _related(card: Component, labels: dict[str, str]) -> dict[str, str]:
    """Whom the card names: by name, by the UID of another card, by e-mail; each with what they are to it."""
    found: dict[str, list[str]] = {"related": [], "related.key": [], "related.email": []}
    for each in card.properties:
        role = _role(each, labels)
        if role is not None and each.value.strip():
            kind, value = _target(each)
            found[kind].append(f"{role}:{value}")
    return {kind: join_values(dict.fromkeys(values)) for kind, values in found.items() if values}


def _role(each: Property, labels: dict[str, str]) -> str | None:
    match each.name:
        case "RELATED":
            return next(iter(sorted(each.types)), "")
        case "MEMBER" | "X-ADDRESSBOOKSERVER-MEMBER":
            return "has member"
        case "X-ABRELATEDNAMES":
            return labels.get(each.group, "") or next(iter(sorted(each.types)), "")
    return _RELATED.get(each.name)


def _target(each: Property) -> tuple[str, str]:
    text = each.text.strip()
    if text.lower().startswith("mailto:"):
        return "related.email", text[7:]
    is_key = each.name in ("RELATED", "MEMBER", "X-ADDRESSBOOKSERVER-MEMBER") and each.parameters.get("VALUE") != "text"
    return ("related.key", reference(text)) if is_key else ("related", text)


def _label(text: str) -> str:
    """Apple's `_$!<Spouse>!$_` is `Spouse`."""
    return re.sub(r"_\$!<(.*)>!\$_", r"\1", text).replace("_", " ").strip()


def _day(text: str) -> str:
    """`19800321` and `1980-03-21T00:00:00Z` as `1980-03-21`; what is no whole date stays."""
    match = re.match(r"([0-9]{4})-?([0-9]{2})-?([0-9]{2})(?:T|$)", text)
    return "-".join(match.groups()) if match else text


def _untaken(card: Component) -> Iterator[str]:
    """What no field takes: properties, the street of an address, all but the first of those of which one is taken."""
    if any(part for each in card.all("ADR") for part in [*each.parts(";"), "", "", ""][:3]):
        yield "ADR (street)"
    yield from (f"{name} (all but one)" for name in _SINGLE if len({each.value for each in card.all(name)}) > 1)
    for each in card.properties:
        if each.name == "TEL" and not each.types.isdisjoint(_NO_PHONE):
            yield f"TEL ({next(kind for kind in _NO_PHONE if kind in each.types)})"
        elif each.name not in _TAKEN and each.name not in _RELATED:
            yield each.name
