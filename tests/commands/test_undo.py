"""Every operation can be taken back and put again, in any order that the records allow."""

from contextlib import closing
from pathlib import Path

import pytest

from crmcli.db import driver
from tests.conftest import Dump, Run, once, run
from tests.reliability.lines import MORE, WRITES, write_given

EVERY_WRITE = [
    "customer add 'Grace Hopper' --email grace@example.com --employer Navy --tag vip --owner Bob",
    "customer edit ada --set city=London --set email+=ada@lovelace.example.com --tag vip",
    "customer edit ada --set email= --set employer=Engines --untag press",
    "customer note ada 'prefers mail'",
    "customer address add ada --street 'Main St 1' --city Rome --label office --primary",
    "customer contact add ada ada@work.example.com --label work --primary",
    "customer contact edit ada ada@example.com --to countess@example.com --label home",
    "customer contact remove ada ada@example.com --yes",
    "customer merge ada bob --yes",
    "customer remove ada --yes --force",
    "relation add ada knows bob",
    "owner edit kit --set name='Kit Lee' --set me=yes --set region=West",
    "owner merge kit robin",
    "owner remove gus --yes",
    "tag rename fair-2025 media",
    "tag remove stand-7 --yes",
    "graph weigh email 0.5",
    "relation edit 1 --set strength=80 --set until=yesterday",
    "relation end 1",
    "relation remove 1 --yes",
    "relation type add mentors --inverse 'mentored by'",
    "relation type edit knows --weight 10",
    "relation type remove minds --yes",
    "log ada,bob 'met' --channel meeting --at yesterday",
    "interaction edit 1 --set text=other --set channel=call",
    "interaction remove 1 --yes",
    "deal add Licence --customer ada --amount 12k --close eom --at 2026-11-01",
    "deal edit 1 --set amount=15k --set owner=Eve",
    "deal move 1 quote",
    "deal win 1",
    "deal lose 1 --reason price",
    "pipeline add partners --stage talks --default",
    "stage add trial --after contact",
    "pipeline add ways --template lifecycle",
    "pipeline edit sales --set name='direct sales'",
    "pipeline archive old",
    "pipeline restore gone",
    "stage edit extra --set required-=amount",
    "stage edit needs --set name=discovery --set probability=40 --set required=amount,close",
    "stage rename lost gone",
    "stage move quote --after lead",
    "stage restore spare",
    "stage count exposure 1200",
    "quota set 2026-Q4 100k --owner Bob",
    "quota remove 1 --yes",
    "deal stalled --create-tasks",
    "customer move ada interest --pipeline journey",
    "customer move bob consideration --pipeline journey",
    "customer leave bob --pipeline journey",
    "stage archive needs",
    "field add customer gift --required-at quote",
    "field edit customer shoe_size --name size",
    "field remove customer shoe_size --yes",
    "init --currency USD --region DE",
    "privacy consent grant ada --purpose newsletter --channel email",
    "privacy restrict bob --reason 'accuracy contested'",
    "privacy retention add silent --after 3y --action erase kind:person",
]


@pytest.fixture
@once
def started(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com --employer 'Analytical Ltd' --tag press")
    crm("customer add Bob --phone +4930901820")
    crm("relation add bob referred ada")
    crm("log ada first --at 2026-11-02")
    crm("deal add Engine --customer ada --amount 900 --at 2026-11-03")


NEEDS = {
    "archive old": ("pipeline add old",),
    "restore gone": ("pipeline add gone", "pipeline archive gone"),
    "restore spare": ("stage add spare", "stage archive spare"),
    "edit extra": ("stage add extra", "stage edit extra --set required=amount,source"),
    "fair-2025": ("customer edit bob --tag fair-2025",),
    "stand-7": ("customer edit bob --tag stand-7",),
    "move quote --after": ("deal move 1 needs", "deal move 1 contact"),
    "owner edit": ("customer edit bob --set owner=Kit", "customer edit ada --set owner=Robin"),
    "owner merge": ("customer edit bob --set owner=Kit", "customer edit ada --set owner=Robin"),
    "owner remove": ("customer edit bob --set owner=Gus", "customer edit bob --set owner="),
    "quota remove": ("quota set 2026-Q4 5k",),
    "stage count": ("pipeline add marketing --template marketing",),
    "deal stalled": ("stage edit contact --set rot_days=5", "stage edit lead --set rot_days=5"),
    "--pipeline journey": ("pipeline add journey --template journey", "customer move bob interest --at 2026-11-04"),
    "remove minds": ("relation type add minds --inverse 'minded by'",),
    "shoe_size": ("field add customer shoe_size --type number", "customer edit ada --set shoe_size=37"),
}


def prepare(crm: Run, line: str) -> None:
    """What `line` needs beside the records that are there."""
    for word, lines in NEEDS.items():
        if word in line:
            for each in lines:
                crm(each)


@pytest.mark.enumerating
@pytest.mark.parametrize("line", EVERY_WRITE)
def test_undo_gives_everything_back_and_redo_puts_it_again(line: str, started: Run, dump: Dump) -> None:
    prepare(started, line)
    before = dump()
    started(line)
    after = dump()

    started("undo")
    undone = dump()
    started("redo")

    assert before != after
    assert undone == before
    assert dump() == after


#: What these write is not in the records, or never comes back.
FOR_GOOD = {"decrypt", "encrypt", "find", "privacy erase", "redo", "restore", "undo"}
LINES = {path: line for path, line in (WRITES | MORE).items() if line.touches_the_file and path not in FOR_GOOD}


@pytest.mark.enumerating
@pytest.mark.parametrize("path", LINES)
def test_every_command_that_writes_can_be_taken_back_and_put_again(path: str, small: Path, dump: Dump) -> None:
    line = LINES[path]
    write_given(small.parent, 3)
    for first in line.first:
        run(first.format(folder=small.parent))
    before = dump()
    run(f"{path} {line.words.format(folder=small.parent)}")
    after = dump()

    run("undo")
    undone = dump()
    run("redo")

    assert before != after
    assert undone == before
    assert dump() == after


def test_the_way_of_a_deal_is_told_by_its_events_where_the_history_is_older_than_it(crm: Run, file: Path) -> None:
    crm("deal add Engine --at 2026-01-01")
    for stage in ("contact", "lead"):
        crm(f"deal move Engine {stage}")
    with closing(driver.connect(file)) as raw:
        raw.execute(
            "update change set old = json_remove(old, '$.way') where table_name = 'passage' and old is not null"
        )
    crm("undo")
    crm("undo")

    with closing(driver.connect(file)) as raw:
        assert raw.execute("select stage_id, way from passage").fetchall() == [(1, None)]
    assert [row.split(",")[4] for row in crm("funnel show -f csv --no-header").stdout.splitlines()] == list("10000")
    crm("deal move Engine needs")
    assert [row.split(",")[4] for row in crm("funnel show -f csv --no-header").stdout.splitlines()] == list("11100")


def test_undo_without_a_number_goes_back_one_by_one(started: Run) -> None:
    started("undo")
    assert started("deal list -f ids").stdout == ""

    started("undo")

    assert started("interaction list -f ids").stdout == ""
    assert "undone" in started("history --columns state").stdout


def test_redo_goes_forward_one_by_one(started: Run, dump: Dump) -> None:
    before = dump()
    for _ in range(3):
        started("undo")

    for _ in range(3):
        started("redo")

    assert dump() == before


def test_an_older_operation_is_undone_by_its_number(started: Run) -> None:
    started("undo 4")

    assert started("interaction list -f ids").stdout == ""
    assert started("deal list -f ids").stdout == "1\n"


def test_an_operation_whose_rows_changed_since_is_not_undone(started: Run, dump: Dump) -> None:
    started("deal move 1 needs")
    started("deal move 1 quote")
    before = dump()

    refused = started("undo 6", exit_code=4)

    assert "operation 7 (deal move)" in refused.stderr
    assert "crm undo 7 first" in refused.stderr
    assert dump() == before


def test_an_undone_change_does_not_stand_in_the_way(started: Run) -> None:
    started("deal move 1 needs")
    started("deal move 1 quote")
    started("undo 7")

    started("undo 6")

    assert started("deal list --columns stage --no-header").stdout == "lead\n"


def test_a_redo_over_a_later_undo_is_refused(started: Run) -> None:
    started("deal move 1 needs")
    started("deal move 1 quote")
    started("undo 7")
    started("undo 6")

    assert "operation 6" in started("redo 7", exit_code=4).stderr


def test_what_others_need_is_not_undone(started: Run) -> None:
    refused = started("undo 1", exit_code=4)

    assert "needs what it made" in refused.stderr


def test_an_address_that_another_has_by_now_stops_the_undo(started: Run) -> None:
    started("customer remove ada --yes --force")
    started("customer add Eve --email ada@example.com")

    refused = started("undo 6", exit_code=4)

    assert "another customer has the e-mail address now" in refused.stderr
    assert "ada@example.com" not in refused.stderr


def test_undoing_twice_and_redoing_what_stands_are_conflicts(started: Run) -> None:
    started("undo 5")

    assert "undone already" in started("undo 5", exit_code=4).stderr
    assert "is not undone" in started("redo 4", exit_code=4).stderr


def test_an_unknown_operation_is_not_found(started: Run) -> None:
    assert "the last is 5" in started("undo 99", exit_code=3).stderr


def test_nothing_to_undo_is_not_found(crm: Run) -> None:
    assert crm("undo", exit_code=3).stderr.startswith("error: nothing to undo\n")
    assert crm("redo", exit_code=3).stderr.startswith("error: nothing to redo\n")


def test_the_history_keeps_option_names_and_no_values(started: Run) -> None:
    listed = started("history --columns id,command,options,actor,state -f csv").stdout

    assert "1,customer add,--email --employer --tag,tester,done" in listed
    assert "example.com" not in listed


def test_the_history_shows_the_fields_that_an_operation_changed(started: Run) -> None:
    started("customer edit ada --set city=London")

    shown = started("history show 6 -f csv").stdout

    assert "customer,1,Ada,update,city,,London\n" in shown


def test_a_command_that_changes_nothing_leaves_no_operation(started: Run) -> None:
    started("customer edit ada --tag press")

    assert started("history -f ids --limit 1").stdout == "5\n"
