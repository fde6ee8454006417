"""`crm history`, `crm undo` and `crm redo`, as a person sees them."""

import hashlib
import json
from pathlib import Path

from crmcli.commands.options import Writing
from tests.commands.conftest import Terminal
from tests.conftest import Run, commands


def test_operations_are_listed_the_newest_first(crm: Run) -> None:
    crm("customer add Ada --city Rome")
    crm("customer edit ada --set city=Paris")
    crm("undo")

    listed = crm("history --columns id,command,options,changes,state -f csv").stdout

    assert listed.splitlines()[1:] == [
        "3,undo,,1,undo of 2",
        "2,customer edit,--set,1,undone",
        "1,customer add,--city,1,done",
    ]


def test_operations_are_asked_for_like_any_record(crm: Run) -> None:
    crm("customer add Ada")
    crm("deal add Engine")

    assert crm("history command:deal -f ids").stdout == "2\n"
    assert crm("history --sort id --limit 1 -f ids").stdout == "1\n"


def test_the_changes_of_one_operation_are_a_report(crm: Run) -> None:
    crm("customer add Ada --city Rome")
    crm("customer edit ada --set city=Paris")

    shown = json.loads(crm("history show 2 -f json").stdout)

    assert shown["parameters"] == {"operation": 2}
    assert shown["summary"]["command"] == "customer edit"
    assert shown["rows"] == [
        {
            "record": "customer",
            "id": 1,
            "name": "Ada",
            "action": "update",
            "field": "city",
            "old": "Rome",
            "new": "Paris",
        }
    ]


def test_an_unknown_operation_is_not_found(crm: Run) -> None:
    crm("customer add Ada")

    assert "the last is 1" in crm("history show 9", exit_code=3).stderr
    assert "operation 'last' is not a number" in crm("history show last", exit_code=2).stderr


def test_a_person_reads_what_was_taken_back(crm: Run, terminal: Terminal) -> None:
    crm("customer add Ada --tag vip")

    undone = terminal("undo")
    assert undone.stdout == "undid operation 1 (customer add): 3 records\n"
    assert undone.stderr == "next: crm redo 1 turns it round\n"
    redone = terminal("redo")
    assert redone.stdout == "redid operation 1 (customer add): 3 records\n"
    assert redone.stderr == "next: crm undo 1 turns it round\n"
    assert "customer add" in terminal("history").stdout
    assert terminal("history show 1").stdout.startswith("operation 1: customer add\n")


def about(crm: Run) -> list[str]:
    return crm("history --sort id --columns about --no-header").stdout.splitlines()


def test_an_operation_says_whom_it_was_about(crm: Run) -> None:
    crm("customer add 'Ada Lovelace' --employer 'Analytical Ltd' --tag vip")
    crm("customer add 李雷 --email li@example.com")
    crm("customer edit ada --untag vip")
    crm("relation add ada knows 李雷")
    crm("log 李雷 'first call'")
    crm("deal add Engine --customer ada")
    crm("deal move 1 quote")
    crm("customer edit 3 --set email=")
    crm("stage edit needs --set name=discovery")
    crm("init --currency USD")
    crm("undo 6", exit_code=4)
    crm("undo 7")

    assert about(crm) == [
        "Ada Lovelace +1",
        "李雷",
        "Ada Lovelace",
        "Ada Lovelace – 李雷",
        "first call",
        "Engine",
        "Engine",
        "李雷",
        "discovery",
        "currency",
        "Engine",
    ]
    assert crm("history about:engine command:deal -f ids").stdout == "7\n6\n"


def test_what_was_undone_is_still_named(crm: Run) -> None:
    crm("deal add Engine")
    crm("undo")

    assert about(crm) == ["Engine", "Engine"]
    names = json.loads(crm("history show 1 -f json --columns record,name").stdout)["rows"]
    assert {row["name"] for row in names} == {"Engine"}


def test_an_import_names_its_files(crm: Run, tmp_path: Path) -> None:
    place = tmp_path / "people.csv"
    place.write_text("name,email\nAda,ada@example.com\nBob,bob@\nEve,\n")
    crm(f"import {place}", exit_code=5)

    shown = json.loads(crm("history show 1 -f json").stdout)["summary"]["files"]

    assert len(shown) == 1
    assert (shown[0]["new"], shown[0]["rejected"]) == (2, 1)
    assert shown[0]["sha256"] == hashlib.sha256(place.read_bytes()).hexdigest()
    assert shown[0]["file"].endswith("people.csv")
    assert about(crm) == ["Ada +1"]


def test_a_person_sees_the_files_of_an_import(crm: Run, terminal: Terminal, tmp_path: Path) -> None:
    place = tmp_path / "people.csv"
    place.write_text("name\nAda\n")
    crm(f"import {place}")

    said = "".join(terminal("history show 1").stdout.split())

    assert "people.csv:1new,sha256" in said


def test_an_actor_can_be_named_and_asked_for(crm: Run) -> None:
    crm("customer add Ada --actor bob")
    crm("customer add Eve")
    crm("doctor --fix --actor bob")

    assert crm("history actor:bob -f ids").stdout == "1\n"
    assert crm("history actor:tester -f ids").stdout == "2\n"
    assert "actor: control character U+001B" in crm(["customer", "add", "X", "--actor", "a\x1bb"], exit_code=2).stderr


def test_every_command_that_writes_takes_an_actor() -> None:
    writing = {path: command for path, command in commands().items() if isinstance(command, Writing)}

    assert all(any("--actor" in each.opts for each in command.params) for command in writing.values())
    assert len(writing) > 15
