"""`crm log` and `crm interaction`: what happened with customers, and when."""

import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once


@pytest.fixture
@once
def known(crm: Run) -> None:
    crm("customer add 'Ada Lovelace'")
    crm("customer add 'Bob Stone'")
    crm("deal add Engine --customer ada --at 2026-11-01")


def at(crm: Run, number: int = 1) -> str:
    """When an interaction took place."""
    return str(json.loads(crm(f"interaction show {number} -f json").stdout)["at"])


def test_an_interaction_keeps_all_that_was_said(known: Run) -> None:
    made = known(
        "log ada,bob ' wants\na quote ' --channel call --direction in --at 2026-11-19T15:00 --duration 1h30 --deal eng"
    )

    shown = json.loads(known("interaction show 1 -f json").stdout)
    assert made.stdout == "1\n"
    assert {name: value for name, value in shown.items() if name != "uid"} == {
        "id": 1,
        "at": "2026-11-19T15:00:00Z",
        "channel": "call",
        "direction": "in",
        "customer": ["Ada Lovelace", "Bob Stone"],
        "customer.no_contact": None,
        "text": "wants\na quote",
        "duration": 90,
        "deal": "Engine",
        "owner": None,
        "recorded": "2026-11-20T12:00:00Z",
    }


@pytest.mark.parametrize(
    ("said", "understood"),
    [
        ("2026-11-19", "2026-11-19T00:00:00Z"),
        ("2026-11-19T15:00", "2026-11-19T15:00:00Z"),
        ("2026-11-19T15:00:00+02:00", "2026-11-19T13:00:00Z"),
        ("yesterday", "2026-11-19T00:00:00Z"),
        ("'yesterday 9:30'", "2026-11-19T09:30:00Z"),
        ("'3d ago'", "2026-11-17T00:00:00Z"),
        ("-2w", "2026-11-06T00:00:00Z"),
        ("'2h ago'", "2026-11-20T10:00:00Z"),
        ("'fri 11:00'", "2026-11-20T11:00:00Z"),
        ("mon", "2026-11-16T00:00:00Z"),
        ("today", "2026-11-20T12:00:00Z"),
        ("9:15", "2026-11-20T09:15:00Z"),
        ("2026-W46", "2026-11-09T00:00:00Z"),
        ("昨天", "2026-11-19T00:00:00Z"),
    ],
)
def test_a_time_is_said_in_many_ways_and_echoed_on_stderr(said: str, understood: str, known: Run) -> None:
    logged = known(f"log ada hello --at {said}")

    assert at(known) == understood
    assert logged.stdout == "1\n"
    echoed = logged.stderr.removesuffix("\n")
    assert echoed[:3] == "at "
    assert echoed[7:] == understood[:16].replace("T", " ")


def test_the_echo_names_the_weekday_and_is_in_the_zone_of_the_file(known: Run) -> None:
    known("init --zone Asia/Tokyo")

    logged = known("log ada hello --at 'yesterday 15:00'")

    assert logged.stderr == "at Thu 2026-11-19 15:00\n"
    assert at(known) == "2026-11-19T06:00:00Z"


def test_nothing_is_echoed_without_a_time_or_when_quiet(known: Run) -> None:
    assert known("log ada hello").stderr == ""
    assert known("log ada hello --at yesterday --quiet").stderr == ""
    assert at(known, 1) == "2026-11-20T12:00:00Z"


@pytest.mark.parametrize("said", ["tomorrow", "'fri 15:00'", "2027-01-01"])
def test_the_future_is_refused_unless_it_is_a_plan(said: str, known: Run) -> None:
    refused = known(f"log ada lunch --at {said}", exit_code=2)

    assert "is in the future" in refused.stderr
    assert "--allow-future" in refused.stderr
    assert known(f"log ada lunch --at {said} --allow-future").stdout == "1\n"


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ("ada hello --at 03/04/2026", 2, "could be 3 April or March 4"),
        ("ada hello --at soon", 2, "date 'soon' is not understood"),
        ("ada hello --at 2026-02-30", 2, "February 2026 has 28 days"),
        ("ada ''", 2, "text: 1 to"),
        ("ada hello --duration long", 2, "duration 'long' is not understood"),
        ("ada hello --channel pigeon", 2, "'pigeon'"),
        ("ada hello --direction up", 2, "'up'"),
        ("ada hello --deal nothing", 3, "no deal matches 'nothing'"),
        ("ada,eve hello", 3, "no customer matches 'eve'"),
        ("',' hello", 2, "nobody to log with"),
        ("o hello", 6, "1 Ada Lovelace, 2 Bob Stone"),
    ],
)
def test_what_cannot_be_is_refused_and_nothing_is_logged(arguments: str, code: int, reason: str, known: Run) -> None:
    assert reason in known(f"log {arguments}", exit_code=code).stderr
    assert known("interaction list -f ids").stdout == ""


def test_somebody_named_twice_is_one_party(known: Run) -> None:
    known("log 'ada, 1 , ada-lovelace' hello")

    assert known("interaction list --columns customer --no-header").stdout == "Ada Lovelace\n"


def test_a_comma_may_belong_to_a_name(known: Run) -> None:
    known("customer add 'Stone, Inc.' --kind organisation")

    known("log 'Stone, Inc.' hello")

    assert known("interaction list --columns customer --no-header").stdout == "Stone, Inc.\n"


def test_interactions_are_listed_the_newest_first(known: Run) -> None:
    known("log ada one --at 2026-11-10")
    known("log bob two --at 2026-11-12 --channel call")
    known("log ada three --at 2026-11-11")

    assert known("interaction list -f ids").stdout == "2\n3\n1\n"
    assert known("interaction list channel:call -f ids").stdout == "2\n"
    assert known("interaction list customer:lovelace at:2026-11-11.. -f ids").stdout == "3\n"


def test_an_interaction_is_corrected(known: Run) -> None:
    known("log ada hello --at yesterday")

    edited = known(
        "interaction edit 1 --set text=goodbye --set channel=visit --set direction=out --set at='2d ago' "
        "--set duration=45m --set deal=engine"
    )

    shown = json.loads(known("interaction show 1 -f json").stdout)
    assert edited.stdout == "1\n"
    assert edited.stderr == "at Wed 2026-11-18 00:00\n"
    assert [shown[name] for name in ("text", "channel", "direction", "at", "duration", "deal")] == [
        "goodbye",
        "visit",
        "out",
        "2026-11-18T00:00:00Z",
        45,
        "Engine",
    ]


def test_what_may_be_unknown_is_emptied(known: Run) -> None:
    known("log ada hello --duration 5m --direction in --deal engine")

    known("interaction edit 1 --set duration= --set direction= --set deal=")

    shown = json.loads(known("interaction show 1 -f json").stdout)
    assert [shown[name] for name in ("duration", "direction", "deal")] == [None, None, None]


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("--set chanel=call", "no field 'chanel' to set; did you mean 'channel'?"),
        ("--set channel=cal", "no channel 'cal'; did you mean 'call'?"),
        ("--set direction=up", "no direction 'up'; one of in, out"),
        ("--set at=tomorrow", "is in the future"),
        ("--set text=", "text: 1 to"),
        ("", "nothing to change"),
    ],
)
def test_a_correction_that_cannot_be_is_refused(option: str, reason: str, known: Run) -> None:
    known("log ada hello")

    assert reason in known(f"interaction edit 1 {option}", exit_code=2).stderr


def test_a_correction_that_changes_nothing_leaves_no_operation(known: Run) -> None:
    known("log ada hello --channel call --at 2026-11-19T15:00")

    known("interaction edit 1 --set channel=call --set text=hello --set at=2026-11-19T15:00")

    assert known("history -f ids --limit 1").stdout == "4\n"


def test_a_removed_interaction_is_in_no_list(known: Run) -> None:
    known("log ada hello")
    assert "--yes" in known("interaction remove 1", exit_code=2).stderr

    assert known("interaction remove 1 --yes").stdout == "1\n"

    assert known("interaction list -f ids").stdout == ""
    assert known("interaction show 1", exit_code=3).stderr.startswith("error: interaction 1 was removed\n")
    assert json.loads(known("customer show ada -f json").stdout)["interactions"] == 0


def test_an_unknown_interaction_is_not_found(known: Run) -> None:
    assert "no interaction '9'" in known("interaction show 9", exit_code=3).stderr


def test_a_person_reads_what_was_logged(known: Run, terminal: Terminal) -> None:
    logged = terminal("log ada,bob 'kick-off' --channel meeting --at 'yesterday 15:00'")

    assert logged.stdout == "logged meeting 1 with Ada Lovelace, Bob Stone, at Thu 2026-11-19 15:00\n"
    assert logged.stderr == "next: crm customer show 1\n"
    assert terminal("interaction remove 1", answer="y\n").stdout == "removed interaction 1\n"
    assert terminal("log ada hello").stdout == "logged note 2 with Ada Lovelace\n"
    assert terminal("interaction edit 2 --set text=hello").stdout == "interaction 2 is so already; nothing changed\n"
