"""Tasks as RFC 5545 wants them."""

import re

from hypothesis import given
from hypothesis import strategies as st

from crmcli.exchange.ics import Todo, calendar

AT = "2026-11-20T12:00:00Z"


def unfolded(todo: Todo) -> list[str]:
    return "".join(calendar([todo])).replace("\r\n ", "").split("\r\n")


def test_a_task_in_full() -> None:
    todo = Todo("u1", "Call", AT, due="2026-11-23T15:00:00Z", is_priority=True, note="Ada", done=AT)

    assert "".join(calendar([todo])) == (
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//crmcli//tasks//EN\r\nCALSCALE:GREGORIAN\r\n"
        "BEGIN:VTODO\r\nUID:u1\r\nDTSTAMP:20261120T120000Z\r\nSUMMARY:Call\r\nDESCRIPTION:Ada\r\n"
        "DUE:20261123T150000Z\r\nPRIORITY:1\r\nSTATUS:COMPLETED\r\nCOMPLETED:20261120T120000Z\r\nEND:VTODO\r\n"
        "END:VCALENDAR\r\n"
    )


def test_a_day_is_a_date() -> None:
    lines = unfolded(Todo("u1", "Call", AT, due="2026-11-23"))

    assert "DUE;VALUE=DATE:20261123" in lines
    assert "STATUS:NEEDS-ACTION" in lines


def test_no_task_is_still_a_calendar() -> None:
    assert "".join(calendar([])).split("\r\n")[-2:] == ["END:VCALENDAR", ""]


def test_what_means_something_is_escaped() -> None:
    assert r"SUMMARY:a\;b\,c\\d\ne:f" in unfolded(Todo("u", "a;b,c\\d\r\ne:f", AT))


def test_no_text_makes_a_property_of_its_own() -> None:
    lines = unfolded(
        Todo("u", "x\nEND:VTODO\r\nBEGIN:VALARM\rATTACH:file", AT, note="\u2028RRULE:FREQ=DAILY\x1b[2J\u202e")
    )

    assert [line.split(":")[0] for line in lines if line.startswith(("END", "BEGIN", "ATTACH", "RRULE"))] == [
        "BEGIN",
        "BEGIN",
        "END",
        "END",
    ]
    assert r"DESCRIPTION:RRULE:FREQ=DAILY[2J" in lines


def test_a_long_line_is_folded_between_characters() -> None:
    text = "库存" * 40 + "😀" * 20
    lines = "".join(calendar([Todo("u", text, AT)])).encode().split(b"\r\n")

    assert max(map(len, lines)) <= 75
    assert all(line.decode() for line in lines[:-1])
    assert f"SUMMARY:{text}" in unfolded(Todo("u", text, AT))


@given(st.text(max_size=400))
def test_any_text_comes_back_and_no_line_is_too_long(text: str) -> None:
    whole = "".join(calendar([Todo("u", text, AT)]))

    assert all(len(line.encode()) <= 75 for line in whole.split("\r\n"))
    assert "\n" not in whole.replace("\r\n", "")
    (summary,) = [line for line in whole.replace("\r\n ", "").split("\r\n") if line.startswith("SUMMARY:")]
    said = re.sub(r"\\(.)", lambda m: "\n" if m[1] == "n" else m[1], summary.removeprefix("SUMMARY:"))
    plain = text.replace("\r\n", "\n").replace("\r", "\n")
    assert [char for char in said if char.isprintable()] == [char for char in plain if char.isprintable()]
