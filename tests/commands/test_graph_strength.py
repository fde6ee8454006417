"""`crm graph strength`, `cooling`, `gaps`, `weights`, `weigh`: how warm ties are."""

import csv
import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once


def rows(crm: Run, line: str) -> list[dict[str, str]]:
    return list(csv.DictReader(crm(f"{line} -f csv").stdout.splitlines()))


@pytest.fixture
@once
def ada(crm: Run) -> None:
    crm("customer add Ada")


def test_a_monthly_meeting_is_70(ada: Run) -> None:
    # now is 2026-11-20 12:00: 36 meetings, 30 days apart, the last of them now
    for month in range(36):
        ada(f"log ada met --channel meeting --at {month * 30}d" if month else "log ada met --channel meeting")

    [me] = rows(ada, "graph strength ada")

    assert (me["name"], me["kind"], me["level"]) == ("me", "owner", "strong")
    assert float(me["strength"]) == pytest.approx(69.9, abs=0.35)  # a past day counts from its beginning


def test_the_parts_add_up_by_hand(ada: Run) -> None:
    ada("log ada hello --channel call --direction out")
    ada("log ada hello --channel email --direction in")

    parts = {row["part"]: row["points"] for row in rows(ada, "graph strength ada --explain")}

    # (2 + 1) x 1.25 = 3.75; 100 (1 - e^(-3.75 / 12.1)) = 26.65
    assert parts == {
        "call": "2.0",
        "email": "1.0",
        "direction: both ways": "3.75",
        "interactions": "26.6",
        "tie: the greatest": "26.6",
    }


def test_a_tie_is_the_greatest_of_interactions_type_and_what_is_said(ada: Run) -> None:
    ada("customer add Bob")
    ada("relation add ada knows bob --strength 30")
    assert rows(ada, "graph strength ada")[0]["strength"] == "40.0"

    ada("relation edit 1 --set strength=95")
    [bob] = rows(ada, "graph strength ada")
    assert (bob["strength"], bob["weight"], bob["said"], bob["why"]) == ("95.0", "40", "95", "knows")

    ada("relation edit 1 --set strength=")
    for _ in range(10):
        ada("log ada,bob met --channel meeting")
    # 30 points: 100 (1 - e^(-30 / 12.1)) = 91.62
    bob = next(row for row in rows(ada, "graph strength ada") if row["name"] == "Bob")
    assert (bob["strength"], bob["interactions"]) == ("91.6", "91.6")


def test_what_is_yet_to_come_warms_nobody(ada: Run) -> None:
    ada("log ada meet --channel meeting --at 2026-12-01 --allow-future")

    assert rows(ada, "graph strength ada") == []
    assert rows(ada, "graph strength ada --as-of today") == []
    assert "nobody knows yet" in ada("graph strength ada --as-of 2026-12-01", exit_code=2).stderr


def test_owners_have_ties_of_their_own(ada: Run) -> None:
    ada("log ada hello --channel call")

    assert [row["name"] for row in rows(ada, "graph strength me")] == ["Ada"]
    assert rows(ada, "graph strength me")[0]["next"] == "crm log 1 TEXT"


def test_who_was_removed_is_tied_to_nobody(ada: Run) -> None:
    ada("customer add Bob")
    ada("log ada,bob met --channel meeting --at 2026-06-01T12:00")
    assert ada("graph strength ada -f ids").stdout == "2\n"  # I have no number

    ada("customer remove bob --yes")

    assert [row["name"] for row in rows(ada, "graph strength me")] == ["Ada"]
    assert [row["name"] for row in rows(ada, "graph cooling")] == ["Ada"]


def test_weights_stand_in_the_file(ada: Run) -> None:
    ada("log ada hello --channel call")
    assert ada("graph weigh call 4").stdout != ""

    # 1 - e^(-4 / 12.1) = .2815
    assert rows(ada, "graph strength ada")[0]["strength"] == "28.1"
    assert {row["name"]: row["value"] for row in rows(ada, "graph weights")}["call"] == "4.0"
    ada("undo")
    # 1 - e^(-2 / 12.1) = .1524
    assert rows(ada, "graph strength ada")[0]["strength"] == "15.2"


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("cal 2", 3, "did you mean 'call'"),
        ("call -1", 2, "from 0 to"),
        ("call nan", 2, "from 0 to"),
        ("call inf", 2, "from 0 to"),
        ("half_life 0", 2, "more than 0"),
        ("colleague 101", 2, "to 100"),
    ],
)
def test_a_weight_that_is_none_is_refused(line: str, code: int, reason: str, ada: Run) -> None:
    assert reason in ada(["graph", "weigh", *(["--"] if "-" in line else []), *line.split()], exit_code=code).stderr


def test_cooling_is_what_a_tie_lost_in_90_days(ada: Run) -> None:
    ada("customer add Bob")
    ada("customer add Carla")
    ada("log ada met --channel meeting --at 2026-08-22T12:00")  # 90 days ago
    ada("log bob met --channel meeting")
    ada("log carla met --channel meeting --at 2026-08-22T12:00")
    ada("customer edit carla --set do_not_contact=yes")

    shown = json.loads(ada("graph cooling -f json").stdout)

    # 22.0 then, 11.7 now: see tests/core/test_strength.py
    assert [(row["id"], row["before"], row["now"], row["fell"], row["quiet"]) for row in shown["rows"]] == [
        (1, 22.0, 11.7, 10.3, 90)
    ]
    assert shown["rows"][0]["next"] == "crm task add TEXT --for 1"
    assert shown["summary"] == {"cooling": 1, "left_alone": 1}


def test_gaps_name_what_is_missing_at_an_organisation(ada: Run) -> None:
    ada("customer edit ada --set employer=Acme")
    ada("customer add Bob --employer Acme")
    ada("deal add Engine --customer acme --amount 900")

    [acme] = rows(ada, "graph gaps")
    assert (acme["name"], acme["deals"], acme["people"], acme["threads"]) == ("Acme", "1", "2", "0")
    assert acme["gaps"] == "no thread;no champion;nobody above"

    for name, count in (("ada", 3), ("bob", 6)):
        for _ in range(count):  # 9 points: 52, 18 points: 77
            ada(f"log {name} met --channel meeting")
    ada("relation add ada 'reports to' bob")
    assert rows(ada, "graph gaps") == []

    ada("relation remove 3 --yes")
    assert rows(ada, "graph gaps")[0]["gaps"] == "nobody above"
    assert rows(ada, "graph gaps")[0]["champion"] == "Bob"


def test_a_person_with_an_open_deal_brings_in_the_employer(ada: Run) -> None:
    ada("customer edit ada --set employer=Acme")
    ada("deal add Engine --customer ada --amount 900")

    [acme] = rows(ada, "graph gaps")

    assert acme["next"].startswith("crm graph show 2")
    ada("deal win 1")
    assert rows(ada, "graph gaps") == []


def test_the_next_step_stands_whole_on_a_terminal(ada: Run, terminal: Terminal) -> None:
    ada("customer add 'The Analytical Engine Company of London' --kind organisation")
    ada("customer edit ada --set employer=2")
    ada("deal add Engine --customer 2 --amount 900")
    ada("log ada met --channel meeting --at 2026-08-22T12:00")

    assert "crm graph show 2 --type 'works for'" in terminal("graph gaps").stdout
    assert "crm task add TEXT --for 1" in terminal("graph cooling").stdout
    for _ in range(3):
        ada("log ada met --channel meeting")
    assert "crm customer add NAME --employer 2" in terminal("graph gaps").stdout


def test_nothing_of_a_tie_is_cut_at_80_columns(ada: Run, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    ada("customer add 'Shanghai Yunqi 云栖科技' --kind organisation")
    ada("relation add ada works-for 2")
    for channel in ("email", "call", "meeting"):
        ada(f"log ada hello --channel {channel} --at 2026-11-02")

    shown = terminal("graph strength ada").stdout

    assert "…" not in shown
    assert "Shanghai Yunqi 云栖科技" in shown
    assert "next: crm task add TEXT --for 1\n" in shown
