"""`crm task`: added, done, put off, coming again; today is Friday 2026-11-20, noon."""

import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Dump, Run, once


@pytest.fixture
@once
def started(crm: Run) -> None:
    crm("customer add 'Ada Lovelace'")
    crm("customer add Bob")
    crm("deal add Engine --customer ada")


def cells(crm: Run, columns: str, number: int = 1) -> list[str]:
    return crm(f"task list id:{number} --columns {columns} --no-header").stdout.removesuffix("\n").split("\t")


def test_a_task_keeps_all_that_was_said(started: Run) -> None:
    made = started(
        "task add ' Send  the quote ' --for ada --deal 1 --due 'mon 15:00' --every 2w --priority --owner Eve"
    )

    shown = json.loads(started("task show T1 -f json").stdout)
    assert made.stdout == "1\n"
    assert made.stderr == "new owner 1 Eve\ndue Mon 2026-11-23 15:00\n"
    assert {name: value for name, value in shown.items() if name != "uid"} == {
        "id": 1,
        "text": "Send the quote",
        "due": "2026-11-23",
        "due_at": "2026-11-23T15:00:00Z",
        "every": "2w",
        "priority": True,
        "customer": "Ada Lovelace",
        "customer.id": ["1"],
        "customer.no_contact": None,
        "deal": "Engine",
        "deal.id": 1,
        "owner": "Eve",
        "created": "2026-11-20T12:00:00Z",
        "after": None,
        "done": None,
        "external": [],
    }


def test_a_task_of_a_deal_is_one_of_its_customer(started: Run) -> None:
    started("task add Call --deal 1")
    started("task add Other --for bob")

    assert cells(started, "customer,customer.id,deal") == ["Ada Lovelace", "1", "Engine"]
    assert started("task list customer.id=1 -f ids").stdout == "1\n"
    assert [each["text"] for each in json.loads(started("customer show ada -f json").stdout)["tasks"]] == ["Call"]
    assert [each["text"] for each in json.loads(started("deal show 1 -f json").stdout)["tasks"]] == ["Call"]


def test_a_task_that_is_done_leaves_the_shows_and_stays_in_the_list(started: Run) -> None:
    started("task add Call --for ada")
    started("task done call")

    assert json.loads(started("customer show ada -f json").stdout)["tasks"] == []
    assert cells(started, "text,done") == ["Call", "2026-11-20T12:00:00Z"]
    assert "done already" in started("task done 1 -n").stderr


@pytest.mark.parametrize(
    ("due", "states"),
    [
        ("2026-11-19", "open overdue due"),
        ("2026-11-20", "open due"),
        ("2026-11-20 11:59", "open overdue due"),
        ("2026-11-20 12:01", "open due"),
        ("2026-11-21", "open"),
    ],
)
def test_what_is_overdue_and_what_is_due(due: str, states: str, crm: Run) -> None:
    crm(f"task add Call --due '{due}'")

    for state in ("open", "overdue", "due", "done"):
        assert (crm(f"task list is:{state} -f ids").stdout == "1\n") == (state in states.split())


def test_open_tasks_come_first_the_earliest_at_the_top(crm: Run) -> None:
    for line in (
        "Later --due 2026-12-01",
        "Some-day",
        "Soon --due 2026-11-21",
        "Gone",
        "Weighty --due 2026-12-01 --priority",
    ):
        crm(f"task add {line}")
    crm("task done 4")

    assert crm("task list --columns text --no-header").stdout.split() == [
        "Soon",
        "Weighty",
        "Later",
        "Some-day",
        "Gone",
    ]


@pytest.mark.parametrize(
    ("due", "every", "next_"),
    [
        ("2026-11-16", "1w", "2026-11-23"),  # from its due date, not from the day it was done
        ("2026-11-13", "1w", "2026-11-20"),  # today is not past
        ("2026-10-26", "1w", "2026-11-23"),  # three missed ones make one
        ("2026-11-27", "1w", "2026-12-04"),  # done early
        ("2026-10-31", "1m", "2026-11-30"),
        ("2026-11-20", "3d", "2026-11-23"),
    ],
)
def test_a_repeating_task_comes_again(due: str, every: str, next_: str, crm: Run, dump: Dump) -> None:
    crm(f"task add Call --due {due} --every {every}")
    before = dump()

    told = crm("task done T1")

    assert told.stdout == "1\n"
    assert cells(crm, "text,due,every,done,after", 2) == ["Call", next_, every, "", "1"]
    assert crm("task list -f ids").stdout == "2\n1\n"
    crm("undo")
    assert dump() == before


def test_the_last_day_of_a_month_stays_the_last(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", "2027-01-31T12:00:00Z")
    crm("task add Rent --due 2027-01-31 --every 1m")

    crm("task done 1")
    crm("task done 2")

    assert [cells(crm, "due", number) for number in (2, 3)] == [["2027-02-28"], ["2027-03-31"]]


def test_a_time_of_day_comes_again_in_the_zone_of_the_file(crm: Run) -> None:
    crm("init --zone Europe/Berlin")
    crm("task add Call --due '2026-10-22 09:00' --every 1m")  # summer time

    crm("task done 1")

    assert cells(crm, "due,due_at") == ["2026-10-22", "2026-10-22T07:00:00Z"]
    assert cells(crm, "due,due_at", 2) == ["2026-11-22", "2026-11-22T08:00:00Z"]


def test_a_snooze_leaves_the_rhythm_and_another_due_date_moves_it(crm: Run) -> None:
    crm("task add Call --due 2026-11-16 --every 1w")

    crm("task snooze 1 wed")
    assert cells(crm, "due") == ["2026-11-25"]
    crm("task done 1")
    assert cells(crm, "due", 2) == ["2026-11-30"]
    crm("task edit 2 --set due=2026-12-03")
    crm("task done 2")
    assert cells(crm, "due", 3) == ["2026-12-10"]


def test_a_snooze_is_until_tomorrow_and_keeps_the_time(crm: Run) -> None:
    crm("task add Call --due '2026-11-19 15:00'")

    told = crm("task snooze T1")

    assert told.stderr == "due Sat 2026-11-21 15:00\n"
    assert "2026-11-19 is past" in crm("task snooze 1 2026-11-19", exit_code=2).stderr


def test_a_repeating_task_without_a_due_date_begins_today(crm: Run) -> None:
    crm("task add Call --every daily")

    assert cells(crm, "due,every") == ["2026-11-20", "1d"]
    assert "needs a due date" in crm("task edit 1 --set due=", exit_code=2).stderr
    crm("task edit 1 --set every= --set due=")
    assert cells(crm, "due,every") == ["", ""]


@pytest.mark.parametrize(
    "line",
    [
        "task add New --for ada --deal 1 --due fri --every 1m --owner Eve",
        "task edit 1 --set text=Other --set customer=bob --set deal=1 --set priority=yes --set owner=Bob",
        "task edit 1 --set every=2w",
        "task done 1",
        "task snooze 1 3d",
        "task remove 1 --yes",
    ],
)
def test_every_write_is_one_operation_to_undo(line: str, started: Run, dump: Dump) -> None:
    started("task add Call --due 2026-11-02 --every 1w")
    before = dump()

    started(f"{line} --dry-run")
    assert dump() == before
    started(line)
    after = dump()
    started("undo")
    assert dump() == before
    started("redo")

    assert dump() == after != before


def test_a_removed_task_comes_back(crm: Run) -> None:
    crm("task add Call")
    crm("task remove call --yes")

    assert crm("task list -f ids").stdout == ""
    assert "crm task restore 1 brings it back" in crm("task done call", exit_code=3).stderr
    crm("task restore 1")
    assert crm("task list -f ids").stdout == "1\n"


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("task add ''", 2, "text: 1 to 500 characters"),
        ("task add Call --for nobody", 3, "no customer matches 'nobody'"),
        ("task add Call --due someday", 2, "date 'someday' is not understood"),
        ("task add Call --every often", 2, "every 'often' is not understood; try 3d, 2w"),
        ("task edit 1", 2, "nothing to change"),
        ("task edit 1 --set colour=red", 2, "no field 'colour' to set"),
        ("task edit 1 --set priority=so", 2, "priority: 'so' is neither yes nor no"),
        ("task edit 2 --set every=2w", 2, "task 2 Mail is done"),
        ("task snooze 2", 2, "task 2 Mail is done"),
        ("task done 9", 3, "no task matches '9'"),
        ("task show all", 6, "'all' matches 2 tasks: 1 Call, 3 Wall"),
        ("task list is:late", 2, "tasks know no 'is:late'; one of open, done, overdue, due, removed"),
    ],
)
def test_bad_input_is_one_clear_line(line: str, code: int, said: str, crm: Run, dump: Dump) -> None:
    crm("task add Call")
    crm("task add Mail")
    crm("task add Wall")
    crm("task done 2")
    before = dump()

    result = crm(line, exit_code=code)

    assert result.stdout == ""
    assert said in result.stderr.splitlines()[0]
    assert dump() == before


def test_export_has_what_identifies_everything(started: Run) -> None:
    started("task add 'Call; soon' --deal 1 --due 2026-11-23 --every 1w")

    (row,) = json.loads(started("export tasks -f json").stdout)

    assert {name: row[name] for name in ("text", "due", "every", "customer", "deal", "done")} == {
        "text": "Call; soon",
        "due": "2026-11-23",
        "every": "1w",
        "customer": "Ada Lovelace",
        "deal": "Engine",
        "done": None,
    }
    assert row["deal.uid"] == json.loads(started("deal show 1 -f json").stdout)["uid"]


def test_a_person_hears_what_comes_next(terminal: Terminal) -> None:
    added = terminal("task add Call --due 2026-11-16 --every 1w")
    done = terminal("task done 1")

    assert added.stdout == "added task 1 Call, due Mon 2026-11-16\n"
    assert added.stderr == "next: crm task done T1\n"
    assert done.stdout == "done: task 1 Call; again as task 2, due Mon 2026-11-23\n"
