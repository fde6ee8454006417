"""Tasks of files: whom they are for, when they are due, and which are there already."""

from pathlib import Path

import pytest

from crmcli.core.vocabulary import OnDuplicate
from tests.conftest import Dump, Run
from tests.services.test_importing.conftest import Load, Rows, said

_ALL = """
    select k.text, c.name, d.name, k.due_on, k.due_at, k.every, k.series_on, k.is_priority, k.done_at
    from task k left join customer c on c.id = k.customer_id left join deal d on d.id = k.deal_id order by k.id
"""


def test_a_task_is_for_a_customer_or_a_deal_that_it_names(load: Load, rows: Rows, crm: Run) -> None:
    crm("customer add Ada")
    crm("deal add Engine --customer ada")

    told = load(
        todo="text,due,customer,deal,priority,every\n"
        "Call,2026-12-01,Ada,,yes,2w\nSend it,2026-12-02T09:30:00Z,Ada,Engine,,\nTidy up,,,,,\n"
    )

    assert told.sentence == "3 new, 0 changed, 0 unchanged, 0 rejected"
    assert rows(_ALL) == [
        ("Call", "Ada", None, "2026-12-01", None, "2w", "2026-12-01", 1, None),
        ("Send it", None, "Engine", "2026-12-02", None, None, None, 0, None),
        ("Tidy up", None, None, None, None, None, None, 0, None),
    ]


def test_customers_deals_and_tasks_of_one_operation(load: Load, rows: Rows, crm: Run, dump: Dump) -> None:
    before = dump()

    load(
        todo="text,due,customer,deal\nCall,2026-12-01,Ada,Engine\n",
        deals="name,customer,stage,amount\nEngine,Ada,lead,900\n",
        people="name,email\nAda,ada@example.com\n",
    )

    assert rows(_ALL)[0][:4] == ("Call", None, "Engine", "2026-12-01")
    crm("undo")
    assert dump() == before


def test_a_key_of_another_system_tells_a_task(load: Load, rows: Rows, crm: Run, dump: Dump) -> None:
    crm("customer add Ada")
    keys = "select source, key, task_id from external_id order by id"
    load(todo="text,due,external\nCall,2026-12-01,jira:77;shop:1\nWrite,,jira:78\n")
    before = dump()

    again = load(todo="text,due,external\nRing Ada,,jira:77\nWrite,,jira:78\nRest,,jira:79\n")

    assert again.sentence == "1 new, 1 changed, 1 unchanged, 0 rejected"
    assert [row[0] for row in rows(_ALL)] == ["Ring Ada", "Write", "Rest"]
    assert rows(keys) == [("jira", "77", 1), ("shop", "1", 1), ("jira", "78", 2), ("jira", "79", 3)]
    assert crm("task list external:jira:7 --columns id,external -f csv").stdout == (
        "id,external\n1,jira:77;shop:1\n2,jira:78\n3,jira:79\n"
    )
    assert crm("task show jira:78 -f ids").stdout == "2\n"
    crm("undo")
    assert dump() == before


def test_a_column_can_be_the_key_of_a_task(load: Load, rows: Rows, crm: Run, tmp_path: Path) -> None:
    file = tmp_path / "todo.csv"
    file.write_text("text,ID\nCall,77\n", "utf-8")
    crm(f"import {file} --as tasks --key ID --source jira")
    file.write_text("text,ID\nRing,77\nother,77\n", "utf-8")

    crm(f"import {file} --as tasks --key ID --source jira")

    assert [row[0] for row in rows(_ALL)] == ["Ring"]


def test_the_time_of_day_says_the_day(load: Load, rows: Rows) -> None:
    load(todo="text,due,due_at\nCall,2026-12-24,2026-12-01T23:30:00Z\n")

    assert rows(_ALL)[0][3:5] == ("2026-12-01", "2026-12-01T23:30:00Z")


def test_the_same_file_again_changes_nothing_and_another_word_does(load: Load, rows: Rows, crm: Run) -> None:
    crm("customer add Ada")
    text = "text,due,customer,priority\nCall,2026-12-01,Ada,no\n"
    load(todo=text)
    crm("task done 1")

    again = load(todo=text)
    changed = load(todo=text.replace("no", "yes"))
    other = load(todo=text.replace("12-01", "12-02"))

    assert again.sentence.startswith("0 new, 0 changed, 1 unchanged")
    assert changed.sentence.startswith("0 new, 1 changed, 0 unchanged")
    assert other.sentence.startswith("1 new, 0 changed")
    assert [row[7:] for row in rows(_ALL)] == [(1, "2026-11-20T12:00:00Z"), (0, None)]


def test_a_series_comes_back_as_one(load: Load, rows: Rows, crm: Run) -> None:
    crm("task add Call --due 2026-11-18 --every 2w")
    crm("task done 1")
    text = crm("export tasks -f csv").stdout
    crm("undo")
    crm("undo")

    load(todo=text)

    links = "select id, every, series_on, after_id, done_at is not null from task order by id"
    assert rows(links) == [(3, "2w", "2026-11-18", None, 1), (4, "2w", "2026-11-18", 3, 0)]


def test_what_is_done_and_followed_by_none_repeats_no_more(load: Load, rows: Rows) -> None:
    load(todo="text,due,every,done\nCall,2026-11-18,2w,2026-11-19\n")

    assert rows("select every, series_on from task") == [(None, None)]


def test_a_removed_task_stays_removed(load: Load, rows: Rows, crm: Run) -> None:
    crm("task add Call --due 2026-12-01")
    [(uid,)] = rows("select uid from task")
    crm("task remove 1 --yes")

    told = load(todo=f"uid,text,due\n{uid},Call again,2026-12-01\n")

    assert told.sentence == "0 new, 0 changed, 1 unchanged, 0 rejected"
    assert told.notes == ["1 row is about removed tasks, which stay removed"]


@pytest.mark.parametrize(
    ("row", "fault"),
    [
        (",2026-12-01,,,", "2: text: is empty, and no task has its uid"),
        ("Call,2026-12-01,Nobody,,", "2: customer: no customer is called 'Nobody'"),
        ("Call,2026-12-01,,Nothing,", "2: deal: no deal is called 'Nothing'"),
        ("Call,soon,,,", "2: due: 'soon' is not a date; write 2026-03-31 or 2026-03-31T15:00:00Z"),
        ("Call,,,,2w", "2: due: is empty: what comes every 2w needs a due date"),
    ],
)
def test_what_cannot_be_taken_is_named(row: str, fault: str, load: Load) -> None:
    told = load(todo=f"text,due,customer,deal,every\n{row}\n")

    assert said(told) == [fault]


def test_a_task_that_is_there_can_be_skipped_or_refused(load: Load) -> None:
    text = "text,due\nCall,2026-12-01\n"
    load(todo=text)

    assert load(todo=text, on_duplicate=OnDuplicate.SKIP).sentence.endswith("1 skipped")
    assert said(load(todo=text, on_duplicate=OnDuplicate.REJECT)) == ["2: None: is task 1 'Call' already"]


def test_blank_cells_clear_what_a_task_can_be_without(load: Load, rows: Rows, crm: Run) -> None:
    crm("customer add Ada")
    crm("task add Call --for ada --due 2026-12-01 --every 2w")
    [(uid,)] = rows("select uid from task")
    text = f"uid,text,due,due_at,customer,every,done\n{uid},Call,,,,,\n"

    kept = load(todo=text)
    cleared = load(todo=text, blank_clears=True)

    assert kept.sentence == "0 new, 0 changed, 1 unchanged, 0 rejected"
    assert cleared.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"
    assert rows(_ALL) == [("Call", None, None, None, None, None, None, 0, None)]


def test_as_tasks(crm: Run) -> None:
    assert crm("import - --as tasks", input="text\nCall\n").stdout == "1 new, 0 changed, 0 unchanged, 0 rejected\n"
