"""`crm cadence`: who is to be heard from; today is Friday 2026-11-20, noon."""

import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Dump, Run, once


@pytest.fixture
@once
def started(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Customers added on 1 October, so that who was never heard from waits since then."""
    with monkeypatch.context() as patch:
        patch.setenv("CRM_NOW", "2026-10-01T09:00:00Z")
        crm("customer add Ada --tag vip --tag press --city Berlin")
        crm("customer add Bob --tag vip")
        crm("customer add Eve --city Berlin")


def due(crm: Run, columns: str = "id,due,late,days,from") -> list[list[str]]:
    lines = crm(f"cadence due --columns {columns} --no-header").stdout.splitlines()
    return [line.split("\t") for line in lines]


def test_the_time_runs_from_the_day_of_the_last_contact(started: Run) -> None:
    started("log ada 'a call' --channel call --at 2026-10-21T22:00")

    started("cadence set ada 30d")
    assert due(started) == [["1", "2026-11-20", "0", "30", "own"]]
    started("cadence set ada 31d")
    assert due(started) == []


@pytest.mark.parametrize("channel", ["call", "email", "meeting", "visit", "chat", "social", "web", "note"])
def test_any_logged_interaction_counts(channel: str, started: Run) -> None:
    started("cadence set ada 30d")
    assert [row[0] for row in due(started)] == ["1"]

    started(f"log bob,ada word --channel {channel}")

    assert due(started) == []
    started("undo")
    assert [row[0] for row in due(started)] == ["1"]


def test_an_older_or_removed_or_planned_interaction_resets_nothing(started: Run) -> None:
    started("cadence set ada 30d")
    started("log ada old --at 2026-10-05")
    started("log ada plan --at 2026-12-01 --allow-future")
    started("log ada mistake")
    started("interaction remove 3 --yes")

    assert due(started, "id,last,due") == [["1", "2026-10-05T00:00:00Z", "2026-11-04"]]


def test_who_was_never_heard_from_waits_since_they_were_added(started: Run) -> None:
    started("cadence set bob 2w")

    assert due(started, "id,last,due,late") == [["2", "", "2026-10-15", "36"]]


def test_the_own_cadence_wins_then_the_shortest(started: Run) -> None:
    started("segment add berlin city:Berlin")
    for target, every in (("+vip", "40d"), ("+press", "20d"), ("segment:berlin", "30d"), ("bob", "45d")):
        started(f"cadence set {target} {every}")

    assert sorted(due(started)) == [
        ["1", "2026-10-21", "30", "20", "+press"],
        ["2", "2026-11-15", "5", "45", "own"],
        ["3", "2026-10-31", "20", "30", "segment:berlin"],
    ]
    started("cadence set ada 60d")
    assert sorted(row[0] for row in due(started)) == ["2", "3"]


def test_the_latest_for_their_cadence_come_first(started: Run) -> None:
    started("cadence set ada 40d")  # 50 days are 1.25 times as many
    started("cadence set bob 10d")
    started("cadence set eve 25d")

    assert [row[0] for row in due(started)] == ["2", "3", "1"]
    assert started("cadence due --limit 1 -f ids").stdout == "2\n"


def test_who_wants_to_be_left_alone_is_counted_and_never_suggested(started: Run, terminal: Terminal) -> None:
    started("cadence set +vip 30d")
    started("customer edit bob --set do_not_contact=yes")

    assert [row[0] for row in due(started)] == ["1"]
    assert json.loads(started("cadence due -f json").stdout)["summary"] == {"due": 1, "left_alone": 1, "problems": 0}
    assert "1 due but restricted or marked do not contact: not suggested" in terminal("cadence due").stdout


def test_removed_customers_are_not_suggested(started: Run) -> None:
    started("cadence set +vip 30d")
    started("customer remove bob --yes")

    assert [row[0] for row in due(started)] == ["1"]


def test_days_are_those_of_the_zone_of_the_file(started: Run) -> None:
    started("init --zone Asia/Tokyo")
    started("log ada late --at '2026-10-21 00:30'")  # still 20 October in UTC
    started("cadence set ada 30d")

    assert due(started) == [["1", "2026-11-20", "0", "30", "own"]]


def test_a_segment_that_cannot_be_read_is_said_and_the_others_stand(started: Run) -> None:
    started("segment add base +vip")
    started("segment add on-top segment:base")
    started("cadence set segment:on-top 1d")
    started("cadence set eve 1d")
    started("undo 4")

    shown = started("cadence due -f table").stdout

    assert [row[0] for row in due(started)] == ["3"]
    assert "segment 'on-top' cannot be read: no segment 'base'" in " ".join(shown.split())


def test_one_cadence_for_each_target(started: Run) -> None:
    first = started("cadence set +vip 30d")
    second = started("cadence set +VIP 2w")

    assert first.stdout == second.stdout == "1\n"
    assert started("cadence list --no-header").stdout == "1\t+vip\ttag\t14\t\n"
    assert "already; nothing changed" in started("cadence set +vip 14d -n").stderr
    started("cadence clear +vip")
    assert started("cadence list -f ids").stdout == ""
    assert started("cadence set +vip 1m").stdout == "2\n"
    assert started("cadence list --columns days --no-header").stdout == "30\n"


def test_a_segment_with_a_cadence_stays(started: Run) -> None:
    started("segment add berlin city:Berlin")
    started("cadence set segment:berlin 30d")

    assert "segment berlin is used by cadence 1" in started("segment remove berlin --yes", exit_code=4).stderr


@pytest.mark.parametrize(
    "line", ["cadence set bob 30d", "cadence set +press 1q", "cadence set +vip 2w", "cadence clear +vip"]
)
def test_every_write_is_one_operation_to_undo(line: str, started: Run, dump: Dump) -> None:
    started("cadence set +vip 30d")
    before = dump()

    started(f"{line} -n")
    assert dump() == before
    started(line)
    after = dump()
    started("undo")
    assert dump() == before
    started("redo")

    assert dump() == after != before


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("cadence set nobody 30d", 3, "no customer matches 'nobody'"),
        ("cadence set +pres 30d", 3, "no tag 'pres'; did you mean 'press'?"),
        ("cadence set segment:x 30d", 3, "no segment 'x'"),
        ("cadence set ada often", 2, "cadence 'often' is not understood; try 3d, 2w"),
        ("cadence set ada 11y", 2, "cadence '11y' is longer than 3,650 days"),
        ("cadence clear ada", 3, "no cadence for Ada"),
    ],
)
def test_bad_input_is_one_clear_line(line: str, code: int, said: str, started: Run, dump: Dump) -> None:
    before = dump()

    result = started(line, exit_code=code)

    assert said in result.stderr.splitlines()[0]
    assert dump() == before
