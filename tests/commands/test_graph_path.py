"""`crm graph path` and `crm graph intro`: who leads to whom."""

import csv
import json
from pathlib import Path

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once


@pytest.fixture
@once
def chain(crm: Run) -> None:
    """Ada knows Bob, Bob knows Carla; Ada supplies Dora, Dora supplies Carla."""
    for name in ("Ada", "Bob", "Carla", "Dora"):
        crm(f"customer add {name}")
    for tie in ("ada knows bob", "bob knows carla", "ada supplies dora", "dora supplies carla"):
        crm(f"relation add {tie}")


def ways(crm: Run, line: str) -> list[str]:
    """The paths as `Ada > Bob 40`."""
    found: dict[str, list[str]] = {}
    for row in csv.DictReader(crm(f"{line} -f csv").stdout.splitlines()):
        found.setdefault(f"{row['path']} {row['warmth']}", [row["from"]]).append(row["to"])
    return [f"{' > '.join(names)} {key.split()[1]}" for key, names in found.items()]


def test_a_graph_without_logs_has_paths_by_the_weights_of_types(chain: Run) -> None:
    # supplies 50 and knows 40: .5 x .5 = 25, .4 x .4 = 16
    assert ways(chain, "graph path ada carla") == ["Ada > Dora > Carla 25.0", "Ada > Bob > Carla 16.0"]
    assert ways(chain, "graph path ada carla --k 1") == ["Ada > Dora > Carla 25.0"]
    assert ways(chain, "graph path ada carla --hops 1") == []


@pytest.mark.parametrize("bar", ["customer edit dora --set do_not_contact=yes", "privacy restrict dora --reason x"])
def test_no_path_goes_through_somebody_not_to_be_contacted(bar: str, chain: Run) -> None:
    chain(bar)

    assert ways(chain, "graph path ada carla") == ["Ada > Bob > Carla 16.0"]
    assert len(ways(chain, "graph path ada dora")) == 2


def test_what_is_said_makes_a_path_warmer(chain: Run) -> None:
    chain("relation edit 1 --set strength=100")
    chain("relation edit 2 --set strength=90")

    assert ways(chain, "graph path ada carla")[0] == "Ada > Bob > Carla 90.0"


def test_an_introduction_begins_with_me(chain: Run, terminal: Terminal) -> None:
    for _ in range(4):
        chain("log bob met --channel meeting")

    # 12 points: 100 (1 - e^(-12 / 12.1)) = 62.9; .629 x .4 = 25.2
    assert ways(chain, "graph intro carla")[0] == "me > Bob > Carla 25.2"
    shown = json.loads(chain("graph intro carla -f json").stdout)
    assert shown["rows"][0]["why"] == "4 meetings, the last today"
    seen = " ".join(terminal("graph intro carla").stdout.split())
    assert "ask Bob for an introduction: crm task add TEXT --for 2" in seen


def test_a_colleague_introduces_too(chain: Run, tmp_path: Path) -> None:
    path = tmp_path / "calls.csv"
    path.write_text("at,channel,customer,text,owner\n2026-11-20T12:00:00Z,meeting,Carla,met,Zed\n")
    chain(f"import {path}")

    # Zed and I are colleagues, 80; Zed met Carla once, 22: .8 x .22 = 17.6
    assert ways(chain, "graph intro carla") == ["me > Zed > Carla 17.6"]


def test_whom_one_knows_needs_no_introduction(chain: Run, terminal: Terminal) -> None:
    chain("log carla met --channel meeting")

    assert ways(chain, "graph intro carla")[0] == "me > Carla 22.0"
    assert "you know Carla: crm log 3 TEXT" in terminal("graph intro carla").stdout


def test_two_who_know_me_are_two_hops_apart(crm: Run) -> None:
    crm("customer add Ada")
    crm("customer add Bob")
    crm("log ada met --channel meeting")
    crm("log bob met --channel meeting")

    # .22 x .22 = 4.84
    assert ways(crm, "graph path ada bob") == ["Ada > me > Bob 4.8"]


def test_those_who_met_together_have_a_tie(crm: Run) -> None:
    crm("customer add Ada")
    crm("customer add Bob")
    crm("log ada,bob met --channel meeting")

    assert ways(crm, "graph path ada bob")[0] == "Ada > Bob 22.0"


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("path ada ada", 2, "both ends of the path are the same"),
        ("path ada carla --k 0", 2, "--k 0 is outside 1 to 100"),
        ("path ada carla --hops 5", 2, "--hops 5 is outside 1 to 4"),
        ("path ada nobody", 3, "no customer matches 'nobody'"),
        ("intro nobody", 3, "no customer matches 'nobody'"),
    ],
)
def test_a_path_that_is_none_is_refused(line: str, code: int, reason: str, chain: Run) -> None:
    assert reason in chain(f"graph {line}", exit_code=code).stderr


def test_nobody_is_introduced_to_one_who_must_not_be_contacted(chain: Run) -> None:
    chain("customer edit carla --set do_not_contact=yes")

    refused = chain("graph intro carla", exit_code=4)

    assert "customer 3 Carla must not be contacted: do not contact" in refused.stderr


def test_a_person_sees_each_path_as_a_branch(chain: Run, terminal: Terminal) -> None:
    seen = terminal("graph path ada carla --k 1").stdout

    assert seen == (
        "From Ada to Carla\n"
        "└── 25 weak  2 hops\n"
        "    ├── Ada → Dora  50 fair: supplies\n"
        "    └── Dora → Carla  50 fair: supplies\n"
        "\n"
        "warmth: the product of the strengths, of 100; nobody on the way who must not be \n"
        "contacted\n"
    )
    assert "no path of 1 hop or fewer" in terminal("graph path ada carla --hops 1").stdout
