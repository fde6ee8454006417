"""The files of other systems: what becomes of a small one of each, with its real header."""

import csv
import json
import shutil
import zipfile
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

import pytest

from crmcli.db.history import Header
from crmcli.db.writing import writing
from crmcli.services import importing
from crmcli.services.importing import Files, Imported, Wish
from tests.conftest import NOW, Dump, Run
from tests.services.test_importing.conftest import Rows, said

SAMPLES = Path(__file__).parents[2] / "samples"
SHARED = Path(__file__).resolve().parents[3].parent / "shared" / "samples"

Take = Callable[..., Imported]

TIES = """
    select a.name, t.name, b.name from relationship r join customer a on a.id = r.from_id
    join relation_type t on t.id = r.type_id join customer b on b.id = r.to_id order by r.id
"""
POINTS = """
    select c.name, p.kind, p.value from customer c join contact_point p on p.customer_id = c.id
    order by c.id, p.kind, p.position
"""
DEALS = """
    select d.name, c.name, s.name, s.outcome, d.amount, d.currency, d.close_on, d.closed_at from deal d
    left join customer c on c.id = d.customer_id join passage p on p.deal_id = d.id join stage s on s.id = p.stage_id
    order by d.id
"""
TALKS = """
    select i.channel, i.direction, i.occurred_at, i.text, group_concat(c.name, ' + ') from interaction i
    join interaction_party y on y.interaction_id = i.id join customer c on c.id = y.customer_id group by i.id order by i.id
"""


@pytest.fixture
def take(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Take:
    """Import samples in one operation: `take("google.csv")`; files of that name in the working folder go first."""
    monkeypatch.chdir(tmp_path)

    def taken(*names: str, now: datetime = NOW, **asked: object) -> Imported:
        paths = tuple(name if Path(name).exists() else str(SAMPLES / name) for name in names)
        with writing(file, Header("import"), now=now) as session:
            return importing.files(session, Files(paths, **asked), Wish())  # type: ignore[arg-type]

    return taken


def counts(imported: Imported) -> list[str]:
    """The profile, kind and counts of each file."""
    return [f"{tally.source.profile} {tally.source.entity}: {tally.sentence}" for tally in imported.tallies]


def test_google_contacts(take: Take, rows: Rows) -> None:
    imported = take("google.csv")

    assert counts(imported) == ["google customers: 3 new, 0 changed, 0 unchanged, 0 rejected"]
    assert rows("select name, kind, title, city, country, note, custom from customer where id < 4") == [
        ("Ines Maria Costa", "person", "Buyer", "Lisboa", "Portugal", "met at the fair", '{"birthday":"1984-05-06"}'),
        ("李雷", "person", None, None, None, None, '{"unread":"birthday --02-03; phone 12345"}'),
        ("Hafen GmbH", "organisation", None, None, None, None, "{}"),
    ]
    assert rows(POINTS)[:4] == [
        ("Ines Maria Costa", "email", "ines@vento.example"),
        ("Ines Maria Costa", "email", "ines@home.example"),
        ("Ines Maria Costa", "phone", "+351912345678"),
        ("Ines Maria Costa", "phone", "+351211234567"),
    ]
    assert rows("select name from tag") == [("Fair",)]
    assert rows(TIES) == [
        ("Ines Maria Costa", "works for", "Vento SA"),
        ("Ines Maria Costa", "reports to", "Rui Melo"),
    ]
    assert any("not taken: Address 1 - Formatted" in note for note in imported.notes)


def test_google_contacts_of_before_2024(take: Take, rows: Rows) -> None:
    assert counts(take("google_legacy.csv")) == ["google customers: 2 new, 0 changed, 0 unchanged, 0 rejected"]
    assert rows("select name, title, note from customer where id < 3") == [
        ("Tomás Ruiz", "Owner", "two\nlines"),
        ("Ana Paz", None, None),
    ]
    assert rows("select name from tag") == [("Suppliers",)]


def test_outlook_of_the_desktop_names_the_people_around_somebody(take: Take, rows: Rows) -> None:
    imported = take("outlook_classic.csv")

    assert counts(imported) == ["outlook customers: 2 new, 0 changed, 0 unchanged, 0 rejected"]
    assert rows("select name, title, city, country, custom from customer where id = 1") == [
        ("Jürgen Möller", "Leiter", "Köln", "Germany", "{}")
    ]
    assert [value for name, _, value in rows(POINTS) if name == "Jürgen Möller"] == [
        "jm@example.de",
        "moeller@example.de",
        "+491711234567",
        "+4930123456",
    ]
    assert rows(TIES) == [
        ("Jürgen Möller", "works for", "Beispiel GmbH"),
        ("Jürgen Möller", "reports to", "Petra Vogt"),
        ("Jürgen Möller", "married to", "Uta Möller"),
        ("Karl Ott", "referred", "Jürgen Möller"),
    ]
    assert rows("select count(*) from customer where name = 'Petra Vogt'") == [(1,)]
    assert imported.notes[-1].endswith("not taken: User 1; --map COLUMN=FIELD takes one")


def test_outlook_of_the_web_and_google_as_outlook(take: Take, rows: Rows) -> None:
    imported = take("outlook_web.csv", "outlook_google.csv")

    assert counts(imported) == ["outlook customers: 1 new, 0 changed, 0 unchanged, 0 rejected"] * 2
    assert rows("select name, city, custom from customer where id < 3") == [
        ("Svein Heim", "Oslo", '{"birthday":"1970-01-31"}'),
        ("Jane Dow", None, "{}"),
    ]
    assert rows(TIES) == [
        ("Svein Heim", "works for", "Fjord AS"),
        ("Svein Heim", "reports to", "Kari Nes"),
        ("Jane Dow", "married to", "John Dow"),
    ]


def test_linkedin_knows_people_by_the_handle_of_their_page(take: Take, rows: Rows) -> None:
    imported = take("messages.csv", "Connections.csv")

    assert counts(imported) == [
        "linkedin customers: 2 new, 0 changed, 0 unchanged, 0 rejected, 1 skipped",
        "linkedin interactions: 2 new, 0 changed, 0 unchanged, 0 rejected, 2 skipped",
    ]
    assert rows("select name, title, custom from customer where id < 3") == [
        ("Ada Berg", "Engineering Manager", '{"connected_on":"2026-09-28"}'),
        ("Bo Lind", None, '{"connected_on":"2022-02-07"}'),
    ]
    assert rows("select source, key from external_id order by id") == [
        ("linkedin", "ada-berg"),
        ("linkedin", "bo-lind"),
    ]
    assert rows(TALKS) == [
        ("social", "in", "2026-09-19T13:28:00Z", "Hi, line1\nline2", "Ada Berg"),
        ("social", "out", "2026-09-20T08:00:00Z", "Re\nThanks", "Ada Berg + Bo Lind"),
    ]


def test_hubspot_links_by_ids_that_are_counted_apart_for_each_kind(take: Take, rows: Rows) -> None:
    imported = take("hubspot_deals.csv", "hubspot_contacts.csv", "hubspot_companies.csv")

    assert [line.partition(":")[2] for line in counts(imported)] == [" 2 new, 0 changed, 0 unchanged, 0 rejected"] * 3
    assert rows("select name, kind, city, title, created_at from customer order by id") == [
        ("Priya Nair", "person", None, "CFO", "2024-01-15T10:00:00Z"),
        ("info@pel.example", "person", None, None, "2026-11-20T12:00:00Z"),
        ("Kora Ltd", "organisation", "London", None, "2024-02-01T09:30:00Z"),
        ("pel.example", "organisation", None, None, "2026-11-20T12:00:00Z"),
    ]
    assert rows(TIES) == [("Priya Nair", "works for", "Kora Ltd")]
    assert rows(DEALS) == [
        ("Kora - renewal", "Kora Ltd", "Contract Sent", "open", 1_500_000, "EUR", "2026-12-01", None),
        ("Pel - trial", "info@pel.example", "Closed Won", "won", 9_950, "EUR", "2026-10-01", "2026-10-01T00:00:00Z"),
    ]
    assert rows("select o.name from customer c join owner o on o.id = c.owner_id") == [("Sam Lee",)]


def test_pipedrive_links_by_name(take: Take, rows: Rows) -> None:
    imported = take("pipedrive_deals.csv", "pipedrive_people.csv", "pipedrive_organizations.csv")

    assert [tally.sentence for tally in imported.tallies] == [
        "1 new, 0 changed, 0 unchanged, 0 rejected",
        "1 new, 0 changed, 0 unchanged, 0 rejected",
        "2 new, 0 changed, 0 unchanged, 0 rejected",
    ]
    assert [value for name, _, value in rows(POINTS) if name == "Elin Dahl"] == [
        "elin@nordlys.example",
        "e.dahl@nordlys.example",
        "+46701740605",
        "+46901234567",
    ]
    assert rows(TIES) == [("Elin Dahl", "works for", "Nordlys AB")]
    assert rows(DEALS) == [
        ("Nordlys - renewal", "Nordlys AB", "Qualify / Discovery", "open", 2_500_000, "SEK", "2026-04-30", None),
        ("Elin - course", "Elin Dahl", "Lost", "lost", 90_000, "SEK", None, "2026-03-01T10:00:00Z"),
    ]
    assert rows("select lost_reason from deal where id = 2") == [("too dear",)]
    assert rows("select name from tag order by id") == [("Hot",), ("Customer",)]


def test_salesforce_has_parents_managers_and_the_way_of_every_deal(take: Take, rows: Rows) -> None:
    imported = take("Opportunity.csv", "OpportunityHistory.csv", "Contact.csv", "Account.csv")

    assert [tally.sentence.replace(", 0 changed, 0 unchanged, 0 rejected", "") for tally in imported.tallies] == [
        "2 new",
        "2 new, 1 skipped",
        "2 new",
        "3 new",
    ]
    assert rows(TIES) == [
        ("Rosa Quispe", "works for", "Pampa SA"),
        ("Iván Flores", "works for", "Pampa SA"),
        ("Pampa Holding", "parent of", "Pampa SA"),
        ("Rosa Quispe", "reports to", "Iván Flores"),
    ]
    assert rows("select name, city, do_not_contact from customer where name like 'Rosa%'") == [
        ("Rosa Quispe", "Cusco", 1)
    ]
    assert rows("select custom from customer where name = 'Pampa SA'") == [
        ('{"account_type":"Customer","employees":120,"revenue":12000000}',)
    ]
    assert rows(DEALS) == [
        ("Pampa renewal", "Pampa SA", "Closed Won", "won", 922_522, "PEN", "2023-05-11", "2023-05-11T12:00:00Z"),
        ("Iván pilot", "Iván Flores", "Prospecting", "open", 120_000, "PEN", "2026-12-11", None),
    ]
    assert rows(
        "select occurred_at, amount, dwell from stage_event where passage_id = (select id from passage where deal_id = 1) order by id"
    ) == [
        ("2023-01-10T09:00:00Z", 800_000, None),
        ("2023-03-01T09:00:00Z", 922_522, 4_320_000),
        ("2023-05-11T12:00:00Z", 922_522, 6_145_200),
    ]
    assert any("rounded 1 amount" in note for note in imported.notes)


def test_zoho(take: Take, rows: Rows) -> None:
    imported = take("zoho_deals.csv", "zoho_contacts.csv")

    assert [tally.sentence for tally in imported.tallies] == ["2 new, 0 changed, 0 unchanged, 0 rejected"] * 2
    assert rows("select name, title, created_at from customer where id = 1") == [
        ("Meera Iyer", "Head", "2026-03-04T11:12:13Z")
    ]
    assert rows(TIES) == [
        ("Meera Iyer", "works for", "Sagar Mills"),
        ("Arun Rao", "works for", "Sagar Mills"),
        ("Meera Iyer", "reports to", "Arun Rao"),
    ]
    assert rows(DEALS) == [
        ("Looms", "Sagar Mills", "Negotiation/Review", "open", 12_000_000, "EUR", "2026-12-24", None),
        ("Spares", "Arun Rao", "Closed Lost", "lost", 50_000, "EUR", "2026-06-30", "2026-06-30T00:00:00Z"),
    ]


ARCHIVES = {
    "linkedin": (("Connections.csv", "messages.csv"), "4 new, 0 changed, 0 unchanged, 0 rejected, 3 skipped"),
    "salesforce": (
        ("Account.csv", "Contact.csv", "Opportunity.csv", "OpportunityHistory.csv"),
        "9 new, 0 changed, 0 unchanged, 0 rejected, 1 skipped",
    ),
}


@pytest.mark.parametrize("name", ARCHIVES)
def test_the_archive_of_an_export_is_read_as_it_is(take: Take, tmp_path: Path, name: str) -> None:
    members, sentence = ARCHIVES[name]
    with zipfile.ZipFile("export.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Ad_Targeting.csv", "Member Age,Company\n30,Acme\n")
        archive.writestr("empty.csv", "")
        archive.writestr("photo.jpg", b"\xff\xd8\xff")
        for member in members:
            archive.write(SAMPLES / member, f"../{member}")

    first, again = take("export.zip"), take("export.zip")

    assert first.sentence == sentence
    left = "export.zip/Ad_Targeting.csv, export.zip/empty.csv, export.zip/photo.jpg"
    assert f"not taken of the archive: {left}" in first.notes
    assert (again.sentence.startswith("0 new, 0 changed"), said(again)) == (True, [])
    assert not any((tmp_path.parent / member).exists() for member in members)


@pytest.mark.parametrize(
    ("name", "made"),
    [
        ("google.csv", [("Address 1 - Formatted", "text", "Rua 1, Lisboa")]),
        ("outlook_classic.csv", [("User 1", "text", "blue")]),
        ("own.csv", [("shoes", "number", 43)]),
    ],
)
def test_columns_that_no_field_takes_can_become_fields(
    take: Take, rows: Rows, name: str, made: list[tuple[object, ...]]
) -> None:
    Path("own.csv").write_text("name,shoes\nAda,43\n")

    take(name, keeps_unknown=True)
    again = take(name, keeps_unknown=True)

    known = ("nickname", "department", "birthday", "website", "unread")
    defined = [row for row in rows("select name, type from field order by id") if row[0] not in known]
    custom = json.loads(str(rows("select custom from customer where id = 1")[0][0]))
    assert [(*row, custom[row[0]]) for row in defined] == made
    assert again.sentence.startswith("0 new, 0 changed")


def test_a_workbook_is_recognised_like_its_csv(take: Take, rows: Rows) -> None:
    writer = pytest.importorskip("xlsxwriter", reason="xlsxwriter is not installed")
    pytest.importorskip("python_calamine", reason="python-calamine is not installed")
    names = ["pipedrive_organizations", "pipedrive_people", "pipedrive_deals"]
    for name in names:
        with writer.Workbook(f"{name}.xlsx") as book, (SAMPLES / f"{name}.csv").open(newline="") as file:
            sheet = book.add_worksheet()
            sheet.write(0, 0, "exported by Pipedrive")
            for number, cells in enumerate(csv.reader(file), 2):
                for place, cell in enumerate(cells):
                    sheet.write(number, place, float(cell) if cell.isdigit() else cell)

    imported = take(*(f"{name}.xlsx" for name in names))

    assert imported.sentence == "4 new, 0 changed, 0 unchanged, 0 rejected"
    assert rows("select name, amount from deal order by id") == [
        ("Nordlys - renewal", 2_500_000),
        ("Elin - course", 90_000),
    ]
    assert take("pipedrive_deals.csv").sentence == "0 new, 0 changed, 2 unchanged, 0 rejected"


def test_undo_takes_every_kind_of_file_back(take: Take, dump: Dump, crm: Run) -> None:
    before = dump()

    for names in (("card40.vcf", "mails.mbox", "meetings.ics"), ("Account.csv", "Contact.csv", "Opportunity.csv")):
        take(*names)
        crm("undo")

        assert dump() == before


@pytest.mark.parametrize(
    "names",
    [
        ("google.csv", "google_legacy.csv", "outlook_classic.csv", "outlook_web.csv", "outlook_google.csv"),
        ("Connections.csv", "messages.csv"),
        ("hubspot_companies.csv", "hubspot_contacts.csv", "hubspot_deals.csv"),
        ("pipedrive_organizations.csv", "pipedrive_people.csv", "pipedrive_deals.csv"),
        ("Account.csv", "Contact.csv", "Opportunity.csv", "OpportunityHistory.csv"),
        ("zoho_contacts.csv", "zoho_deals.csv"),
        ("card21.vcf", "card30.vcf", "card40.vcf", "mails.mbox", "mail.eml", "meetings.ics"),
    ],
)
def test_the_same_files_again_change_nothing(take: Take, operations: Callable[[], int], names: tuple[str, ...]) -> None:
    take(*names)

    again = take(*names)

    assert again.sentence.startswith("0 new, 0 changed")
    assert operations() == 1


def test_a_profile_of_ones_own_is_found_by_its_header(take: Take, rows: Rows) -> None:
    Path("mine").mkdir()
    Path("mine/till.toml").write_text(
        '[[file]]\nentity = "customers"\ntitle = "Till"\nsignature = ["Kundennr", "Name 1"]\n[file.columns]\n'
        '"Kundennr" = "key"\n"Name 1" = "name"\n"Tel #" = "phone"\n"Seit" = "created"\n'
        '[file.dates]\ncreated = ["%d.%m.%y"]\n'
    )
    Path("k.csv").write_text("made by a till\n\nKundennr;Name 1;Tel 1;Tel 2;Seit\n7;Ada;+4930901820;;03.04.25\n")

    imported = take("k.csv", profiles=Path("mine"))

    assert counts(imported) == ["till customers: 1 new, 0 changed, 0 unchanged, 0 rejected"]
    assert rows("select name, created_at from customer") == [("Ada", "2025-04-03T00:00:00Z")]
    assert rows("select source, key from external_id") == [("till", "7")]


@pytest.mark.skipif(not SHARED.is_dir(), reason="the samples of the other systems are not here")
def test_the_samples_come_in(take: Take, tmp_path: Path) -> None:
    for path in SHARED.glob("*.csv"):
        shutil.copy(path, tmp_path)

    for names, sentence in (
        (("google_contacts.csv",), "2 new"),
        (("google_contacts_legacy.csv",), "0 new, 1 changed"),
        (("outlook_web.csv",), "1 new"),
        (("linkedin_Connections.csv", "linkedin_messages.csv"), "2 new"),
        (("hubspot_companies.csv", "hubspot_contacts.csv", "hubspot_deals.csv"), "3 new"),
        (("salesforce_Account.csv", "salesforce_Contact.csv", "salesforce_Opportunity.csv"), "2 new, 1 changed"),
    ):
        imported = take(*names)
        assert (names, imported.sentence[: len(sentence)], said(imported)) == (names, sentence, [])
    (reason,) = said(take("google_as_outlook.csv"))  # a name and nothing else, and somebody of that name is known
    assert "may be customer 1 'Jane Doe'" in reason
