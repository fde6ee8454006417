"""What is asked of an import holds for the files of other systems too: counts, keys, clearing, dates, numbers, encodings."""

import json
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest

from crmcli.core.vocabulary import DecimalMark
from crmcli.db.history import Header
from crmcli.db.writing import writing
from crmcli.errors import InvalidInput
from crmcli.services import importing
from crmcli.services.importing import Files, Imported, Key, Wish
from tests.conftest import NOW, Run
from tests.services.test_importing.conftest import Rows, said

Take = Callable[..., Imported]

PIPEDRIVE = "Person - ID,Person - Name,Person - Organization,Person - Email,Person - Phone\n"
DEALS = "Deal - ID,Deal - Title,Deal - Value,Deal - Currency,Deal - Organization,Deal - Status,Deal - Stage\n"
ACME = "name,kind\nAcme,organisation\n"
CONNECTIONS = "First Name,Last Name,URL,Email Address,Company,Position,Connected On\n"

CARDS = """BEGIN:VCARD
VERSION:3.0
FN:Ada
EMAIL:ada@example.com
END:VCARD
BEGIN:VCARD
VERSION:3.0
FN:Bob
EMAIL:ada@example.com
UID:b
CATEGORIES:x
END:VCARD
BEGIN:VCARD
VERSION:3.0
NOTE:nobody
END:VCARD
"""
CALENDAR = """BEGIN:VCALENDAR
BEGIN:VEVENT
UID:1
DTSTART:20260105T100000Z
SUMMARY:Talk
ATTENDEE:mailto:ada@example.com
END:VEVENT
BEGIN:VEVENT
UID:2
DTSTART:20260106T100000Z
SUMMARY:Talk
ATTENDEE:mailto:ada@example.com
STATUS:CANCELLED
END:VEVENT
BEGIN:VEVENT
UID:3
DTSTART:20290101T100000Z
SUMMARY:Talk
ATTENDEE:mailto:ada@example.com
END:VEVENT
BEGIN:VEVENT
UID:4
DTSTART:soon
SUMMARY:Talk
ATTENDEE:mailto:ada@example.com
END:VEVENT
END:VCALENDAR
"""
MAILS = """From a Mon Jan  5 10:00:00 2026
From: ada@example.com
To: us@example.com
Date: Mon, 05 Jan 2026 10:00:00 +0000
Message-ID: <1@x>
Subject: Hello

Hi.

From b Mon Jan  5 10:00:00 2026
From: nobody@example.org
To: us@example.com
Date: Mon, 05 Jan 2026 11:00:00 +0000
Message-ID: <2@x>
Subject: Win

Now.
"""


@pytest.fixture
def take(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Take:
    """Import a file of that name and content in one operation."""
    monkeypatch.chdir(tmp_path)

    def taken(name: str, content: str | bytes = b"", *, wish: Wish | None = None, **asked: object) -> Imported:
        if content:
            Path(name).write_bytes(content if isinstance(content, bytes) else content.encode())
        with writing(file, Header("import"), now=NOW) as session:
            return importing.files(session, Files((name,), **asked), wish or Wish())  # type: ignore[arg-type]

    return taken


def counted(imported: Imported) -> tuple[int, ...]:
    """The counts of the one file, which hold together."""
    [tally] = imported.tallies
    assert tally.read == tally.new + tally.changed + tally.unchanged + tally.skipped + tally.rejected
    return tally.counts


def test_every_row_of_every_format_is_counted_once(take: Take) -> None:
    assert counted(take("a.vcf", CARDS)) == (3, 1, 0, 1, 0, 1)
    assert counted(take("a.ics", CALENDAR)) == (4, 1, 0, 0, 2, 1)
    assert counted(take("a.mbox", MAILS)) == (2, 1, 0, 0, 1, 0)
    drafts = f"{CONNECTIONS}Cy,Core,,cy@example.com,,,05 Jan 2026\n,,,,,,\nDi,,,nothing,,,soon\n,,,x@example.com,,,\n"
    assert counted(take("Connections.csv", drafts)) == (3, 2, 0, 0, 1, 0)


def test_what_stands_before_the_header_moves_no_line(take: Take, tmp_path: Path) -> None:
    content = f'Notes:\n"some words, \nof theirs"\n\n{CONNECTIONS}A,B,,a@example.com,,,\nC,D,,c@example.com\n'

    imported = take("Connections.csv", content, rejects=tmp_path / "bad.csv")

    assert said(imported) == ["7: None: 4 fields, expected 7"]
    assert (tmp_path / "bad.csv").read_text() == f"{CONNECTIONS}C,D,,c@example.com\n"


@pytest.mark.slow
def test_a_quote_that_nobody_closes_is_told_by_its_line_behind_a_preamble(take: Take) -> None:
    content = f'Notes:\nwords\n\n{CONNECTIONS}A,B,,,,"x,\n' + "y\n" * 4_100_000

    with pytest.raises(InvalidInput, match="quote opened in line 5 is not closed within 8 MB"):
        take("Connections.csv", content)


def test_a_key_of_ones_own_goes_before_that_of_the_profile(take: Take, rows: Rows) -> None:
    own = Key("Person - Phone", "desk")
    take("p.csv", f"{PIPEDRIVE}1,Ada,,ada@example.com,17\n", key=own)

    assert counted(take("p.csv", f"{PIPEDRIVE}9,Ada,,countess@example.com,17\n", key=own)) == (1, 0, 1, 0, 0, 0)
    assert rows("select source, key from external_id") == [("desk", "17")]


def test_a_row_that_is_left_out_stays_so_with_a_key(take: Take) -> None:
    content = f"{CONNECTIONS},,https://www.linkedin.com/in/x,,,,\nA,B,https://www.linkedin.com/in/y,,,,\n"

    assert counted(take("Connections.csv", content, key=Key("URL", "net"))) == (2, 1, 0, 0, 1, 0)


def test_blank_cells_clear_fields_and_what_cannot_be_read_does_not(take: Take, rows: Rows) -> None:
    header, key = CONNECTIONS, "https://www.linkedin.com/in/ada"
    take("Connections.csv", f"{header}Ada,L,{key},,Acme,Boss,05 Jan 2026\n")
    clearing = Wish(blank_clears=True)

    take("Connections.csv", f"{header}Ada,L,{key},,,,one day\n", wish=clearing)
    assert rows("select title from customer where id = 1") == [(None,)]
    assert rows("select until is null from relationship") == [(0,)]
    assert json.loads(str(rows("select custom from customer where id = 1")[0][0])) == {
        "connected_on": "2026-01-05",
        "unread": "connected_on one day",
    }

    take("Connections.csv", f"{header}Ada,L,{key},,,,\n", wish=clearing)
    assert rows("select custom from customer where id = 1") == [('{"unread":"connected_on one day"}',)]


def test_an_employer_by_key_is_no_blank(take: Take, rows: Rows) -> None:
    accounts = "Id,IsDeleted,MasterRecordId,Name,BillingStreet\nA1,0,,Acme,\n"
    contacts = "Id,IsDeleted,AccountId,LastName,FirstName,MailingStreet\nC1,0,{},L,Ada,\n"
    take("Account.csv", accounts)
    take("Contact.csv", contacts.format("A1"))

    take("Contact.csv", contacts.format("A1"), wish=Wish(blank_clears=True))
    assert rows("select until is null from relationship") == [(1,)]

    take("Contact.csv", contacts.format(""), wish=Wish(blank_clears=True))
    assert rows("select until is null from relationship") == [(0,)]


def test_the_whole_column_says_how_amounts_are_written(take: Take, rows: Rows) -> None:
    content = f'{DEALS}1,Pump,1.234,EUR,Acme,Open,lead\n2,Motor,"12.345,678",EUR,Acme,Open,lead\n'

    take("c.csv", ACME)
    imported = take("deals.csv", content)

    assert rows("select name, amount from deal order by id") == [("Pump", 123_400), ("Motor", 1_234_568)]
    assert any("rounded 1 amount" in note for note in imported.notes)


def test_amounts_of_a_program_are_rounded_as_before(take: Take, rows: Rows) -> None:
    take("c.csv", ACME)
    take("deals.csv", f"{DEALS}1,Pump,9225.225,EUR,Acme,Open,lead\n2,Motor,1.2E7,EUR,Acme,Open,lead\n")

    assert rows("select amount from deal order by id") == [(922_522,), (1_200_000_000,)]


def test_an_amount_without_the_mark_that_is_told_is_refused(take: Take) -> None:
    content = f'{DEALS}1,Pump,"1,234.50",EUR,Acme,Open,lead\n'

    assert said(take("deals.csv", content, wish=Wish(decimal=DecimalMark.COMMA))) == [
        "2: Deal - Value: '1,234.50' is no number with a decimal comma"
    ]


def test_a_number_too_large_to_be_one_is_a_fault(take: Take) -> None:
    assert said(take("deals.csv", f"{DEALS}1,Pump,1.2E40,EUR,Acme,Open,lead\n"))[0].startswith("2: Deal - Value: ")


def test_dates_of_a_profile_that_could_be_two_days_are_asked_about(take: Take, rows: Rows) -> None:
    deals = DEALS.replace("Deal - Stage", "Deal - Stage,Deal - Expected close date")
    row = "1,Pump,5,EUR,Acme,Open,lead,{}\n"

    take("c.csv", ACME)
    with pytest.raises(InvalidInput, match="'03/04/2026' could be 3 April or March 4"):
        take("deals.csv", deals + row.format("03/04/2026"))
    take("deals.csv", deals + row.format("03/04/2026") + row.format("03/14/2026").replace("1,Pump", "2,Motor"))
    assert rows("select close_on from deal order by id") == [("2026-03-04",), ("2026-03-14",)]


def test_files_in_an_archive_are_in_the_encoding_that_is_told(take: Take, rows: Rows) -> None:
    with zipfile.ZipFile("export.zip", "w") as archive:
        archive.writestr("Connections.csv", f"{CONNECTIONS}Zoë,Müller,,,,,\n".encode("cp1252"))

    assert counted(take("export.zip", encoding="cp1252")) == (1, 1, 0, 0, 0, 0)
    assert rows("select name from customer") == [("Zoë Müller",)]


def test_an_encoding_that_is_none_is_refused_whatever_the_format(take: Take) -> None:
    with pytest.raises(InvalidInput, match="no encoding 'nonsense'"):
        take("a.mbox", MAILS, encoding="nonsense")


def test_nobody_erased_comes_back_because_a_card_names_them(crm: Run, tmp_path: Path) -> None:
    crm("customer add 'Ada Lovelace'")
    crm("privacy erase 1 --yes")
    card = tmp_path / "a.vcf"
    card.write_text(
        "BEGIN:VCARD\nVERSION:4.0\nFN:Bob\nORG:Ada Lovelace\nRELATED;TYPE=spouse;VALUE=text:Ada Lovelace\nEND:VCARD\n"
    )

    done = crm(f"import {card}")

    assert crm("customer list --columns name --no-header").stdout == "Bob\n"
    assert "Lovelace" not in done.stderr
