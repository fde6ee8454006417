"""Cards, mails and meetings: who they make known to whom, and what becomes of those with nobody known."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tests.services.test_importing.conftest import Rows, said
from tests.services.test_importing.test_profiles import POINTS, TALKS, TIES, Take, counts, take

__all__ = ["take"]

CARDS = ("card21.vcf", "card30.vcf", "card40.vcf")


def test_three_copies_of_a_card_are_one_customer(take: Take, rows: Rows) -> None:
    imported = take(*CARDS)

    assert imported.sentence == "3 new, 0 changed, 2 unchanged, 0 rejected"
    assert rows("select name, title, note from customer where name like 'Zo%'") == [
        ("Zoë Müller", "Partner", "first\nsecond")
    ]
    assert {value for name, _, value in rows(POINTS) if name == "Zoë Müller"} == {
        "zoe@example.com",
        "+491717654321",
        "+4930901820;ext=55",
    }
    assert rows("select name from tag order by id") == [("vip",), ("long, term",)]


def test_three_copies_one_after_the_other_are_one_customer_too(take: Take, rows: Rows) -> None:
    for card in CARDS:
        take(card)

    assert rows("select count(*) from customer where name like 'Zo%'") == [(1,)]


def test_those_whom_a_card_names_are_tied_to_it(take: Take, rows: Rows) -> None:
    take(*CARDS)

    assert rows(TIES)[1:] == [
        ("Zoë Müller", "married to", "Max Müller"),
        ("Zoë Müller", "knows", "Ida Falk"),
        ("Zoë Müller", "knows", "Olaf Kern"),
        ("Zoë Müller", "member of", "Jury"),
        ("Olaf Kern", "member of", "Jury"),
    ]
    assert rows("select note from relationship where note is not null order by id") == [("friend",), ("colleague",)]


def test_mails_are_interactions_with_those_who_are_known(take: Take, rows: Rows) -> None:
    take(*CARDS)

    imported = take("mails.mbox", "mail.eml")

    assert counts(imported) == [
        "mail interactions: 2 new, 0 changed, 0 unchanged, 1 rejected, 1 skipped",
        "mail interactions: 1 new, 0 changed, 0 unchanged, 0 rejected",
    ]
    assert said(imported) == ["37: at: is empty: every interaction has its time"]
    assert rows(TALKS) == [
        (
            "email",
            "in",
            "2026-11-13T08:00:00Z",
            "Quote 李\n\nSchön.\n\nFrom now on we pay.",
            "Zoë Müller + Olaf Kern",
        ),
        ("email", "out", "2026-11-14T09:00:00Z", "Re: Quote\n\nThank you", "Zoë Müller"),
        ("email", "in", "2026-11-16T12:30:00Z", "Hello\n\nOne mail.", "Olaf Kern"),
    ]
    assert rows("select key from external_id where source = 'mail' order by id") == [
        ("1@example.com",),
        ("2@example.com",),
        ("5@example.com",),
    ]


def test_customers_who_write_to_each_other_know_each_other(take: Take, rows: Rows) -> None:
    Path("c.csv").write_text("name,email\nZoë,zoe@example.com\nOlaf,olaf@example.com\n")
    take("c.csv")

    take("mails.mbox")
    take("mails.mbox")

    assert rows(TIES) == [("Zoë", "knows", "Olaf")]


def test_meetings_are_interactions_once_they_have_begun(take: Take, rows: Rows) -> None:
    take(*CARDS)

    imported = take("meetings.ics")

    assert counts(imported) == ["icalendar interactions: 2 new, 0 changed, 0 unchanged, 1 rejected, 3 skipped"]
    assert said(imported) == ["44: DTSTART: no time zone 'Mars/Olympus'"]
    assert rows(TALKS) == [
        ("meeting", None, "2026-11-03T09:00:00Z", "Weekly, with Zoë\n\nBerlin", "Zoë Müller"),
        ("meeting", None, "2026-11-17T14:00:00Z", "Weekly, later", "Zoë Müller"),
    ]
    assert rows("select duration_minutes from interaction order by id") == [(90,), (45,)]

    later = take("meetings.ics", now=datetime(2026, 12, 1, tzinfo=UTC))

    assert later.sentence == "1 new, 0 changed, 2 unchanged, 1 rejected, 2 skipped"


@pytest.mark.parametrize("name", ["mails.mbox", "meetings.ics"])
def test_of_strangers_nothing_is_kept(take: Take, rows: Rows, name: str) -> None:
    take(name)

    assert (rows(TALKS), rows("select count(*) from customer")) == ([], [(0,)])
