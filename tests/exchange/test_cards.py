"""vCards that go out come in again as they were, here and in another program."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.result import split_values
from crmcli.exchange import cards, contentline
from crmcli.exchange.cards import Card
from crmcli.exchange.vcard import _values

_LINE = (
    st.text(alphabet="aé李 ;,\\:\"'=-_.", min_size=1, max_size=90).map(lambda text: " ".join(text.split())).filter(bool)
)
_PROSE = st.text(alphabet='aé李 ;,\\:"=\n', min_size=1, max_size=120).map(str.strip).filter(bool)
_CARD = st.builds(
    Card,
    uid=st.just("4fbe8971-0bc3-424c-9c26-36c3e1eff6b1"),
    name=_LINE,
    emails=st.lists(st.sampled_from(["a@example.com", "ä@example.com"]), unique=True).map(tuple),
    phones=st.lists(st.sampled_from(["+4930901820", "+4930901820;ext=55"]), unique=True).map(tuple),
    employer=_LINE,
    title=_LINE,
    city=_LINE,
    country=_LINE,
    tags=st.lists(_LINE, unique=True).map(tuple),
    note=_PROSE,
    birthday=st.just("1980-03-21"),
)


@given(_CARD, st.booleans())
def test_what_is_written_is_read(card: Card, is_new: bool) -> None:
    lines = list(cards.written([card], is_new=is_new))
    [found] = contentline.components("".join(lines).splitlines(keepends=True), "VCARD")
    values = _values(found)

    assert all(len(line.encode()) <= 77 for text in lines for line in text.splitlines(keepends=True))
    assert (values["uid"], values["name"], values["note"]) == (card.uid, card.name, card.note)
    assert (values["employer"], values["title"]) == (card.employer, card.title)
    assert (values["city"], values["country"], values["birthday"]) == (card.city, card.country, card.birthday)
    assert tuple(map(split_values, (values["email"], values["phone"], values["tag"]))) == (
        card.emails,
        card.phones,
        card.tags,
    )


@given(_CARD)
def test_version_3_is_read_by_vobject(card: Card) -> None:
    vobject = pytest.importorskip("vobject", reason="vobject is not installed")

    [found] = vobject.readComponents("".join(cards.written([card], is_new=False)))

    assert (found.fn.value, found.note.value, found.title.value) == (card.name, card.note, card.title)
    assert found.org.value == [card.employer]
    assert [each.value for each in getattr(found, "email_list", [])] == list(card.emails)
    assert [each.value for each in getattr(found, "tel_list", [])] == list(card.phones)
    assert getattr(found, "categories", None) is None or found.categories.value == list(card.tags)


def test_an_organisation_says_so_in_both_versions() -> None:
    card = Card("u", "Acme", is_organisation=True, spouses=("s",), acquaintances=("k",))

    assert "X-ABShowAs:COMPANY\r\n" in list(cards.written([card], is_new=False))
    assert [line for line in cards.written([card], is_new=True) if line.startswith(("KIND", "ORG", "RELATED"))] == [
        "KIND:org\r\n",
        "ORG:Acme\r\n",
        "RELATED;TYPE=spouse:urn:uuid:s\r\n",
        "RELATED;TYPE=acquaintance:urn:uuid:k\r\n",
    ]
