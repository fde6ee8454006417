"""vCards as rows: our own small ones, and the real ones of other programs where they are at hand."""

from pathlib import Path

import pytest

from crmcli.core.result import split_values
from crmcli.errors import InvalidInput
from crmcli.exchange.text import TextFile
from crmcli.exchange.vcard import Cards
from tests.exchange.conftest import Opened

SAMPLES = Path(__file__).parents[1] / "samples"
REAL = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "vcards"


def cards(path: Path) -> list[dict[str, str]]:
    sheet = Cards(TextFile(str(path)))
    found = []
    for record in sheet.records():
        assert isinstance(record, tuple)
        found.append({name: cell for name, cell in zip(sheet.header, record[1], strict=True) if cell})
    return found


def test_version_2_1_with_quoted_printable_and_bare_parameters() -> None:
    assert cards(SAMPLES / "card21.vcf") == [
        {
            "name": "Zoë Müller",
            "email": "ZOE@example.com",
            "phone": "+49 171 7654321",
            "employer": "Atelier Nord",
            "department": "Design",
            "title": "Partner",
            "city": "Berlin",
            "country": "Germany",
            "birthday": "1980-03-21",
            "note": "first\nsecond",
        }
    ]


def test_version_3_with_the_labels_of_apple() -> None:
    assert cards(SAMPLES / "card30.vcf") == [
        {
            "key": "zoe-1",
            "name": "Zoë Müller",
            "email": "zoe@example.com",
            "phone": "+49 171 7654321",
            "employer": "Atelier Nord",
            "department": "Design",
            "tag": "vip;long, term",
            "note": "first\nsecond",
            "related": "Spouse:Max Müller",
        }
    ]


def test_version_4_with_uris_relations_and_members() -> None:
    zoe, olaf, jury = cards(SAMPLES / "card40.vcf")

    assert zoe == {
        "uid": "4fbe8971-0bc3-424c-9c26-36c3e1eff6b1",
        "name": "Zoë Müller",
        "email": "zoe@example.com",
        "phone": "+49-30-901820\\;ext=55",
        "employer": "Atelier Nord",
        "related": "friend:Ida Falk",
        "related.key": "colleague:f81d4fae-7dec-41d0-a765-00a0c91e6bf6",
    }
    assert olaf["uid"] == "f81d4fae-7dec-41d0-a765-00a0c91e6bf6"
    assert (jury["kind"], jury["name"]) == ("organisation", "Jury")
    assert jury["related.key"] == "has member:4fbe8971-0bc3-424c-9c26-36c3e1eff6b1"
    assert jury["related.email"] == "has member:olaf@example.com"


def test_what_no_field_takes_is_known(opened: Opened) -> None:
    source = opened((SAMPLES / "card21.vcf").read_bytes(), "c.vcf")

    list(source.rows())

    assert source.untaken == ("ADR (street)", "TEL (fax)", "PHOTO")


def test_a_bad_card_can_be_written_as_it_was(opened: Opened) -> None:
    text = "BEGIN:VCARD\r\nVERSION:3.0\r\nNOTE:a\r\n b\r\nEND:VCARD\r\n"
    source = opened(f"{text}\r\n{text}", "c.vcf")

    raws = [row.raw for row in source.rows()]

    assert "".join(source.sheet.written(raws)) == text * 2


def test_a_file_without_a_card_is_refused(opened: Opened) -> None:
    with pytest.raises(InvalidInput, match=r"'c.vcf' holds no vCard"):
        opened("name,email\n", "c.vcf")


N = "Ñ"
#: Of each real card: the name, the addresses, the numbers, as the program wrote them.
KNOWN: dict[str, list[tuple[str, str, tuple[str, ...]]]] = {
    "John_Doe_ANDROID": [
        ("", "john.doe@company.com", ()),
        ("", "jane.doe@company.com", ()),
        (" ".join(N * 5), "", ("123456789",)),
        (" ".join(N * 11), "", ("123456", "234567", "3456789", "45678901")),
        (" ".join(N * 4), f"bob@company.com;{N * 14}", ("123456",)),
        (N * 4, "henry@company.com", ("55556666",)),
    ],
    "John_Doe_BLACK_BERRY": [("John Doe", "", ("+96123456789",))],
    "John_Doe_EVOLUTION": [("Mr. John Richter, James Doe Sr.", "john.doe@ibm.com", ("905-666-1234", "905-555-1234"))],
    "John_Doe_GMAIL": [("Mr. John Richter, James Doe Sr.", "john.doe@ibm.com", ("905-555-1234", "905-666-1234"))],
    "John_Doe_IPHONE": [
        (
            "Mr. John Richter James Doe Sr.",
            "john.doe@ibm.com",
            ("905-555-1234", "905-666-1234", "905-777-1234", "905-222-1234"),
        )
    ],
    "John_Doe_LOTUS_NOTES": [("Mr. Doe John I Johny", "john.doe@ibm.com;billy_bob@gmail.com", ("+1 (212) 204-34456",))],
    "John_Doe_MAC_ADDRESS_BOOK": [
        (
            "Mr. John Richter,James Doe Sr.",
            "john.doe@ibm.com",
            ("905-777-1234", "905-666-1234", "905-555-1234", "905-222-1234"),
        )
    ],
    "John_Doe_MS_OUTLOOK": [
        ("Mr. John Richter James Doe Sr.", "john.doe@ibm.cm", ("(905) 555-1234", "(905) 666-1234"))
    ],
    "gmail-list": [
        ("Arnold Smith", "asmithk@gmail.com", ()),
        ("Chris Beatle", "chrisy55d@yahoo.com", ()),
        ("Doug White", "dwhite@gmail.com", ()),
    ],
    "gmail-single": [("Greg Dartmouth", "gdartmouth@hotmail.com", ("555 555 1111", "555 555 2222"))],
    "outlook-2003": [("John Doe III", "jdoe@hotmail.com", ("BusinessPhone", "HomePhone", "MobilePhone"))],
    "outlook-2007": [
        (
            "Mr. Michael Angstadt Jr.",
            "mike.angstadt@gmail.com",
            ("(111) 555-1111", "(111) 555-2222", "(111) 555-4444"),
        )
    ],
    "rfc2426-example": [
        ("Frank Dawson", "Frank_Dawson@Lotus.com;fdawson@earthlink.net", ("+1-919-676-9515",)),
        ("Tim Howes", "howes@netscape.com", ("+1-415-937-3419",)),
    ],
    "rfc6350-example": [
        ("Simon Perreault", "simon.perreault@viagenie.ca", ("+1-418-656-9254;ext=102", "+1-418-262-6501"))
    ],
}


@pytest.mark.skipif(not REAL.is_dir(), reason="the real vCards are not here")
def test_the_cards_of_sixteen_real_files() -> None:
    found = {path.stem: cards(path) for path in REAL.glob("*.vcf")}

    assert len(found) == 16
    for name, known in KNOWN.items():
        assert [
            (card.get("name", ""), card.get("email", ""), split_values(card.get("phone", ""))) for card in found[name]
        ] == known
    assert {name: len(found[name]) for name in ("fullcontact", "gmail-single2")} == {
        "fullcontact": 1,
        "gmail-single2": 1,
    }
