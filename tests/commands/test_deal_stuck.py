"""`crm deal stalled|rotten|overdue|zombies`: by hand, on 2026-11-20 at noon."""

import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once


@pytest.fixture
@once
def deals(crm: Run) -> None:
    """Six deals, of which 1 was won in 50 days; stages give 30 days, quote gives 10."""
    crm("stage edit quote --set rot_days=10")
    crm("customer add Ada")
    crm("deal add Won --at 2026-08-01")
    crm("deal win 1 --at 2026-09-20")
    crm("deal add Old --customer ada --amount 900 --at 2026-09-01 --close 2026-11-10")  # 80 days
    crm("deal add Quoted --amount 'USD 5' --at 2026-10-20 --owner Bob")
    crm("deal move 3 quote --at 2026-11-05")  # 15 days
    crm("deal add Fresh --at 2026-11-15 --close 2026-11-20")
    crm("deal add Late --at 2026-11-01 --close 2026-11-19")
    crm("deal add Gone --at 2026-01-01 --close 2026-02-01")
    crm("deal lose 6 --at 2026-11-01")


def found(run: Run, kind: str, *columns: str) -> list[list[object]]:
    rows = json.loads(run(f"deal {kind} -f json").stdout)["rows"]
    return [[row[column] for column in ("id", *columns)] for row in rows]


def test_stalled_is_too_long_in_the_stage(deals: Run) -> None:
    # by 50.5 and by 5.5 days: the first of the two stands in lead since 2026-09-01, the other in quote since 11-05
    assert found(deals, "stalled", "days", "limit", "limit_source") == [
        [2, 80.5, 30, "the usual"],
        [3, 15.5, 10, "of the stage"],
    ]


def test_rotten_is_nothing_done(deals: Run) -> None:
    assert found(deals, "rotten") == [[2], [3]]

    deals("log ada 'called her' --at 2026-11-19")
    assert found(deals, "rotten") == [[3]]
    deals("task add 'write' --deal 3")
    assert found(deals, "rotten") == [[3]]
    deals("task done T1")
    assert found(deals, "rotten") == []
    assert found(deals, "stalled") == [[2], [3]]


def test_what_is_said_of_another_deal_is_no_sign_of_this_one(deals: Run) -> None:
    deals("log ada 'about the other' --deal 5")

    assert found(deals, "rotten") == [[2], [3]]


def test_a_change_by_hand_is_a_sign(deals: Run) -> None:
    deals("deal edit 2 --set note=hello")

    assert found(deals, "rotten") == [[3]]


def test_overdue_is_open_past_the_close_date(deals: Run) -> None:
    assert found(deals, "overdue", "days") == [[2, 10], [5, 1]]


def test_zombies_are_older_than_the_slowest_win(deals: Run) -> None:
    assert found(deals, "zombies", "days", "limit") == [[2, 80.5, 50]]

    deals("pipeline add partners --stage talks")
    deals("deal add Theirs --pipeline partners --at 2026-01-01")
    assert found(deals, "zombies") == [[2]]
    assert "left out: 1 open deal of pipelines that never won one" in deals("deal zombies -f md").stdout


def test_what_is_planned_counts_where_it_is_said(deals: Run) -> None:
    deals("task add 'meet' --deal 2 --due 2026-11-25")
    deals("task add 'too late' --deal 3 --due 2026-11-18")

    assert found(deals, "stalled", "planned") == [[2, "2026-11-25"], [3, None]]
    assert found(deals, "stalled --planned-counts") == [[3]]
    assert "left out: 1 deal for which a task is planned" in deals("deal stalled --planned-counts -f md").stdout


def test_tasks_come_in_one_operation_and_none_twice(deals: Run) -> None:
    made = deals("deal stalled --create-tasks").stdout

    assert made == "1\n2\n"
    assert deals("task list --columns text,deal.id,due,owner --no-header").stdout == (
        "Decide the next step\t2\t2026-11-21\t\nDecide the next step\t3\t2026-11-21\tBob\n"
    )
    assert deals("deal stalled --create-tasks").stdout == ""
    deals("task done T1")
    assert deals("deal stalled --create-tasks").stdout == "3\n"
    deals("undo")
    deals("undo")
    deals("undo")
    assert deals("task list -f ids").stdout == ""


def test_who_must_not_be_contacted_is_not_to_be_called(deals: Run) -> None:
    deals("customer edit ada --set do_not_contact=yes")

    deals("deal rotten --create-tasks")

    assert deals("task list --columns text --no-header").stdout.splitlines() == [
        "Decide without contact what becomes of it",
        "Get in touch",
    ]
    assert "crm deal lose D2" in deals("deal rotten -f tsv").stdout


def test_a_person_sees_the_command_to_come(deals: Run, terminal: Terminal) -> None:
    seen = terminal("deal overdue")

    assert "D5 Late" in seen.stdout
    assert "crm deal edit D5 --set close=eom" in seen.stdout
    assert "2 of 4 open deals, worth 900 EUR" in seen.stdout
    assert max(map(len, seen.stdout.splitlines())) <= 80


def test_the_same_words_ask_any_list(deals: Run) -> None:
    assert deals("deal list is:zombie -f ids").stdout == "2\n"
    assert deals("deal list is:rotten stage:quote -f ids").stdout == "3\n"
    assert deals("customer list is:zombie -f ids").stdout == "1\n"
    assert deals("deal list idle:50.. -f ids").stdout == "2\n"


def test_an_empty_file_has_none(crm: Run) -> None:
    for kind in ("stalled", "rotten", "overdue", "zombies"):
        assert found(crm, kind) == []
    assert "--dry-run goes with --create-tasks" in crm("deal stalled --dry-run", exit_code=2).stderr


def test_a_past_day_has_the_deals_that_were_in_trouble_then(deals: Run) -> None:
    deals("task add 'meet' --deal 2 --due 2026-11-25")
    day = "--as-of 2026-10-15"  # 6 is open for 288 days, 2 for 45, 1 is won, all others are yet to come

    assert found(deals, f"stalled {day}", "days", "limit", "planned", "next") == [
        [6, 288, 30, None, None],
        [2, 45, 30, None, None],
    ]
    assert found(deals, f"rotten {day}", "days") == [[6, 288], [2, 45]]
    assert found(deals, f"overdue {day}", "days") == [[6, 256]]
    assert found(deals, f"zombies {day}", "days") == [[6, 288]]
    said = json.loads(deals(f"deal stalled --planned-counts {day} -f json").stdout)
    assert (said["summary"]["deals"], said["summary"]["open"], said["parameters"]["as_of"]) == (2, 2, "2026-10-15")
    footer = deals(f"deal stalled {day} -f md").stdout
    assert "close date and owner are those of the end of 2026-10-15, all other fields as now" in footer
    assert "limits, and the slowest win, by the stages and the deals won that are known now" in footer


@pytest.mark.parametrize("kind", ["stalled", "rotten", "overdue", "zombies"])
def test_today_is_what_stands_now(kind: str, deals: Run) -> None:
    now = deals(f"deal {kind} -f tsv --columns id,stage,because").stdout

    assert deals(f"deal {kind} --known-at today -f tsv --columns id,stage,because").stdout == now
    assert "now" in deals(f"deal {kind} --create-tasks --as-of today", exit_code=2).stderr


def test_a_deal_handed_over_since_is_as_old_as_it_was(deals: Run) -> None:
    deals("pipeline add partners --stage talks")
    deals("deal move 2 talks --pipeline partners --at 2026-11-19")

    assert found(deals, "zombies --as-of 2026-11-18", "days", "limit") == [[2, 79, 50]]
