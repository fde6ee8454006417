"""Cards, calendars and mails that are broken in any way give rows and faults, or are refused; nothing else."""

from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.errors import InvalidInput
from crmcli.exchange.record import Fault
from crmcli.exchange.source import open_sources

_WORDS = st.sampled_from(
    [
        *("BEGIN:VCARD", "END:VCARD", "BEGIN:VCALENDAR", "BEGIN:VEVENT", "END:VEVENT", "From x", "\n", "\n\n", "\r\n"),
        *(
            "N:",
            "TEL;",
            "TYPE=",
            "EMAIL;PREF:",
            ":",
            ";",
            ",",
            "\\",
            '"',
            "=",
            "=C3",
            "=\n",
            "UID:urn:uuid:x",
            "item1.",
        ),
        *("NOTE;ENCODING=QUOTED-PRINTABLE;CHARSET=nope:", "ADR:;;;", "RELATED;TYPE=x;VALUE=text:", "MEMBER:mailto:"),
        *("DTSTART:", "DTSTART;TZID=x:", "20261103T100000", "00010101T000000", "99991231T235959Z", "20261399T000000"),
        *(
            "RRULE:FREQ=WEEKLY;COUNT=",
            "9" * 30,
            ";INTERVAL=9999",
            ";BYDAY=MO,XX",
            ";UNTIL=2026",
            "EXDATE:,",
            "DURATION:P9D",
        ),
        *(
            "From: ",
            "Date: ",
            "=?utf-8?b?x?=",
            "=?nope?q?=ff?=",
            "<a@b>",
            "Content-Type: multipart/mixed; boundary=b\n\n",
        ),
        *(
            "--b\n",
            "Content-Type: text/html; charset=nope\n\n",
            "<script>",
            "Content-Transfer-Encoding: base64\n",
            "é",
            "李",
        ),
        *("ATTENDEE:mailto:a@example.com\n", "ORG:a;b\n", " ", "\t", "\x01", "\u2028", "X" * 80),
    ]
)


@pytest.mark.parametrize(
    ("ending", "head"),
    [
        (".vcf", "BEGIN:VCARD\n"),
        (".ics", "BEGIN:VCALENDAR\nBEGIN:VEVENT\n"),
        (".mbox", "From a\n"),
        (".eml", ""),
    ],
)
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(words=st.lists(_WORDS, max_size=40))
def test_nothing_but_rows_and_faults(tmp_path: Path, ending: str, head: str, words: list[str]) -> None:
    path = tmp_path / f"c{ending}"
    path.write_text(head + "".join(words), encoding="utf-8", newline="")

    with suppress(InvalidInput):
        [source] = open_sources([str(path)], entity=None, profile=None, mapping={}, custom={})
        rows = list(source.rows())

        assert all(isinstance(row, Fault) or row.line >= 1 for row in rows)
        assert "".join(source.sheet.written([row.raw for row in rows if row.raw])) is not None


def test_a_meeting_repeats_until_the_end_of_its_rule_or_of_the_calendar(tmp_path: Path) -> None:
    path = tmp_path / "c.ics"
    event = "BEGIN:VEVENT\nUID:{}\nDTSTART:{}\nRRULE:{}\nSUMMARY:x\nEND:VEVENT\n"
    path.write_text(
        "BEGIN:VCALENDAR\n"
        + event.format("a", "20261102T100000Z", "FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20261201T000000Z")
        + event.format("b", "99991230T100000Z", "FREQ=DAILY;COUNT=5")
        + event.format("c", "20261102T100000Z", "FREQ=MONTHLY;BYDAY=1MO")
        + "END:VCALENDAR\n"
    )

    [source] = open_sources([str(path)], entity=None, profile=None, mapping={}, custom={})

    assert [row.values["key"] for row in source.rows() if not isinstance(row, Fault)] == [
        *(f"a/2026{day}T100000Z" for day in ("1102", "1104", "1116", "1118", "1130")),
        *(f"b/9999{day}T100000Z" for day in ("1230", "1231")),
        "c/20261102T100000Z",
    ]
