"""`crm history`, `crm undo` and `crm redo`, as a person sees them."""

import json

from tests.commands.conftest import Terminal
from tests.conftest import Run


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
        {"record": "customer", "id": 1, "action": "update", "field": "city", "old": "Rome", "new": "Paris"}
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
