"""One record in full, and the changes of one operation."""

import json
from pathlib import Path

import pytest

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.core.result import Record, Table
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput, NotFound
from crmcli.query.comparison import Moment
from crmcli.reports import changes, records
from tests.conftest import NOW, Run

MOMENT = Moment(NOW, Preferences())


def named(table: Table) -> list[dict[str, object]]:
    """The rows by column."""
    return [dict(zip((column.name for column in table.columns), row, strict=True)) for row in table.rows]


def values(record: Record) -> dict[str, object]:
    return dict(zip((column.name for column in record.columns), record.values, strict=True))


def test_a_customer_is_read_from_its_own_side(crm: Run, db: Reader) -> None:
    for name in ("Ada --employer Acme", "Bob", "Carla"):
        crm(f"customer add {name}")
    crm("relation add bob referred ada")
    crm("relation add ada knows carla --since 2024-05-06 --note school")
    crm("customer edit ada --set employer=")
    crm("customer add Dora")
    crm("relation add dora manages ada")
    crm("customer remove dora --yes")

    shown = records.customer(db, "ada", moment=MOMENT)

    assert shown.title == "1 Ada"
    assert [tuple(row) for row in shown.parts["relationships"].rows] == [
        (2, "referred by", "Bob", 3, 60.0, None, None, None, None),
        (3, "knows", "Carla", 4, 40.0, "2024-05-06", None, "school", None),
        (1, "works for", "Acme", 2, None, None, "2026-11-20", None, None),
    ]


def test_the_latest_ten_interactions_are_shown(crm: Run, db: Reader) -> None:
    crm("customer add Ada")
    for day in range(1, 13):
        crm(f"log ada 'day {day}' --at 2026-11-{day:02} -q")

    shown = named(records.customer(db, "ada", moment=MOMENT).parts["latest_interactions"])

    assert [row["text"] for row in shown] == [f"day {day}" for day in range(12, 2, -1)]


def test_a_removed_customer_says_since_when(crm: Run, db: Reader) -> None:
    crm("customer add Ada")
    assert "removed" not in values(records.customer(db, "1", moment=MOMENT))
    crm("customer remove ada --yes")

    with pytest.raises(NotFound):
        records.customer(db, "2", moment=MOMENT)
    db.connection.execute("rollback")
    assert values(records.customer(db, "1", moment=MOMENT))["removed"] == "2026-11-20T12:00:00Z"


def test_for_people_a_currency_stands_with_its_amount_only(crm: Run, db: Reader) -> None:
    crm("deal add Engine --amount 'USD 5'")

    shown = records.deal(db, "engine", moment=MOMENT)

    assert values(shown)["amount"] == Money(500, "USD")
    assert {column.name for column in shown.columns if column.is_hidden} == {"currency", "customer.id"}


def test_the_pipeline_of_an_event_is_for_people_where_there_were_several(crm: Run, db: Reader) -> None:
    def hidden() -> bool:
        events = records.deal(db, "1", moment=MOMENT).parts["stage_events"]
        return next(column.is_hidden for column in events.columns if column.name == "pipeline")

    crm("pipeline add partners --stage talks")
    crm("deal add Engine")
    assert hidden()
    db.connection.execute("rollback")

    crm("deal move 1 talks --pipeline partners")

    assert not hidden()


def test_the_days_of_an_event_are_those_in_the_stage_that_was_left(crm: Run, db: Reader) -> None:
    crm("deal add Engine --at 2026-11-01 --amount 5")
    crm("deal move 1 needs --at 2026-11-02T06:00 --note hopeful")

    events = named(records.deal(db, "1", moment=MOMENT).parts["stage_events"])

    assert events[1] == {
        "pipeline": "sales",
        "at": "2026-11-02T06:00:00Z",
        "from": "lead",
        "days": 1.25,
        "stage": "needs",
        "amount": Money(500, "EUR"),
        "currency": "EUR",
        "close": None,
        "owner": None,
        "note": "hopeful",
    }


def test_a_pipeline_counts_what_stands_in_it_and_not_what_passed(crm: Run, db: Reader) -> None:
    crm("pipeline add partners --stage talks")
    crm("deal add One --amount 5")
    crm("deal add Two --amount 7")
    crm("deal move 2 quote")
    crm("deal add Three --amount 9")
    crm("deal move 3 talks --pipeline partners")

    stages = named(records.pipeline(db, None, moment=MOMENT).parts["stages"])

    assert [(row["stage"], row["deals"], row["amount"]) for row in stages] == [
        ("lead", 1, Money(500, "EUR")),
        ("contact", 0, None),
        ("needs", 0, None),
        ("quote", 1, Money(700, "EUR")),
        ("won", 0, None),
        ("lost", 0, None),
    ]


@pytest.mark.parametrize("words", [(), ("type:knows",), ("since>2020",), ("ada", "knows"), ("+vip",)])
def test_what_is_no_bare_reference_stays_a_query(words: tuple[str, ...], db: Reader) -> None:
    assert records.of_customer(db, words, preferences=Preferences()) == words


def test_a_bare_reference_asks_for_what_belongs_to_a_customer(crm: Run, db: Reader) -> None:
    crm("customer add Ada")

    assert records.of_customer(db, ["ada"], preferences=Preferences()) == ("customer.id=1",)


def test_the_changes_of_an_operation_are_what_it_left_behind(crm: Run, db: Reader) -> None:
    crm("customer add Ada --city Rome")
    crm("customer edit ada --set city=Paris --set title=Dr")
    crm("customer edit ada --set city= --tag vip")
    crm("undo")

    def of(operation: int) -> list[tuple[object, ...]]:
        return [tuple(row) for row in changes.changes(db, str(operation)).table.rows]

    assert ("customer", 1, "Ada", "insert", "city", None, "Rome") in of(1)
    assert of(2) == [
        ("customer", 1, "Ada", "update", "title", None, "Dr"),
        ("customer", 1, "Ada", "update", "city", "Rome", "Paris"),
    ]
    assert of(3)[0] == ("customer", 1, "Ada", "update", "city", "Paris", None)
    assert ("customer", 1, "Ada", "update", "city", None, "Paris") in of(4)
    assert ("tag", 1, "vip", "delete", "name", "vip", None) in of(4)


def test_the_changes_name_the_operation_that_they_are_about(crm: Run, db: Reader) -> None:
    crm("customer add Ada")
    crm("undo")

    shown = changes.changes(db, "2")

    assert shown.summary == {
        "operation": 2,
        "command": "undo",
        "options": "",
        "actor": "tester",
        "at": "2026-11-20T12:00:00Z",
        "about": 1,
    }


def test_an_operation_is_named_by_its_number(crm: Run, db: Reader) -> None:
    crm("customer add Ada")

    with pytest.raises(NotFound, match="no operation 9"):
        changes.changes(db, "9")
    with pytest.raises(InvalidInput, match="operation 'last' is not a number"):
        changes.changes(db, "last")


def test_a_customer_in_a_pipe_is_one_object_or_one_row(crm: Run, file: Path) -> None:
    crm("customer add 'Ada; Countess' --email a@example.com --email b@example.com --tag 'x;y' --note 'two\nlines'")

    line = crm("customer show 1 --columns name,email,tag,note -f tsv").stdout
    assert line == "name\temail\ttag\tnote\nAda; Countess\ta@example.com;b@example.com\tx\\\\;y\ttwo\\nlines\n"
    shown = json.loads(crm("customer show 1 --columns email,tag,note -f json").stdout)
    assert shown == {"email": ["a@example.com", "b@example.com"], "tag": ["x;y"], "note": "two\nlines"}
    assert "## Deals" in crm("customer show 1 -f md").stdout
    assert crm("customer show 1 -f ids").stdout == "1\n"
