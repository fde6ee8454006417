"""Customers made one: nothing is lost, nothing is left behind, and all of it can be taken back."""

import json
from pathlib import Path

import pytest

from crmcli.core.vocabulary import Prefer
from crmcli.db import connection, subject
from crmcli.db.reader import Reader
from crmcli.errors import Conflict
from crmcli.reports.invariants import breaches
from crmcli.services import merging
from crmcli.services.mergedrows import WAYS
from tests.conftest import Dump, Run, wrote

#: Rows that refer to the customers 1 and 2 in every way that there is, those that are alike included.
BOTH = (
    "customer add 'Ada Lovelace' --email ada@example.com --phone +4930901820 --tag vip --city London --note first",
    "customer add 'A. Lovelace' --email countess@example.com --phone +4930901820 --phone +4930901821 --tag VIP --tag press"
    " --city Rome --country Italy --note second",
    "customer add Bob",
    "customer add Carl",
    "relation add 1 knows 3 --strength 40",
    "relation add 2 knows 3 --since 2024-01-01 --strength 80",
    "relation add 1 knows 2",
    "relation add 1 referred 3",
    "relation add 4 referred 1",
    "relation add 3 referred 2",
    "deal add Engine --customer 2 --amount 900 --at 2026-11-03",
    "log 1,2 both --at 2026-11-02",
    "log 2 alone --at 2026-11-03",
    "task add Call --for 2",
    "segment add all id:1.. --freeze",
    "cadence set 1 2w",
    "cadence set 2 1w",
    "privacy consent grant 2 --purpose newsletter --channel email",
    "privacy restrict 1 --reason one",
    "privacy restrict 2 --reason other",
    "customer address add 1 --city London --label home",
    "customer address add 2 --city London",
    "customer address add 2 --city Rome",
)


@pytest.fixture
def both(crm: Run, file: Path) -> Run:
    for line in (
        *BOTH,
        "pipeline add journey --template journey",
        *(f"customer move {each} awareness" for each in (1, 2)),
    ):
        crm(line)
    with wrote(file) as session:
        at = session.recorded_at
        for number in (1, 2):
            session.raw.execute(
                "insert into external_id (source, key, customer_id) values ('shop', ?, ?)", (number, number)
            )
        session.raw.execute(
            "insert into customer (uid, kind, name, handle, created_at, recorded_at, removed_at, merged_into_id) "
            "values ('u', 'person', 'Adda', 'adda', ?, ?, ?, 2)", (at, at, at),
        )  # fmt: skip
    return crm


def left(file: Path, number: int) -> dict[tuple[str, str], int]:
    """How many rows refer to a customer, by reference of the schema."""
    with connection.reading(file) as db:
        return {
            (table, column): db.value(f"select count(*) from {table} where {column} = :number", number=number)
            for table, column, parent in subject.references(db.connection)
            if parent == "customer"
        }


def test_every_reference_of_the_schema_has_its_way(db: Reader) -> None:
    known = {(each.child, each.column) for each in subject.references(db.connection) if each.parent == "customer"}

    assert set(WAYS) == known


def test_every_reference_moves_and_undo_restores_every_row(both: Run, file: Path, dump: Dump) -> None:
    before, had = dump(), left(file, 2)
    assert min(had.values()) > 0, "a table that nobody thought of: give it a row in BOTH"

    both("customer merge 1 2 --yes")

    assert {key: count for key, count in left(file, 2).items() if count} == {("relationship", "to_id"): 1}
    with connection.reading(file) as db:
        assert list(breaches(db)) == []
        assert db.row("select merged_into_id from customer where id = 2 and removed_at is not null") == (1,)
    merged = dump()
    both("undo")
    assert dump() == before
    both("redo")
    assert dump() == merged


def test_what_both_have_is_there_once(both: Run, db: Reader) -> None:
    told = both("customer merge 1 2 --yes")

    assert told.stdout == "1\n"
    points = "select value from contact_point where customer_id = 1 order by kind, position"
    assert [row[0] for row in db.rows(points)] == [
        "ada@example.com", "countess@example.com", "+4930901820", "+4930901821",
    ]  # fmt: skip
    assert db.value("select count(*) from customer_tag where customer_id = 1") == 2
    assert db.value("select count(*) from interaction_party where customer_id = 1") == 2
    assert list(db.rows("select label, city from address where customer_id = 1 order by position")) == [
        ("home", "London"),
        (None, "Rome"),
    ]
    assert list(db.rows("select days, removed_at is null from cadence where customer_id = 1 order by id")) == [
        (14, 1), (7, 0),
    ]  # fmt: skip
    lasting = "select from_id, to_id, since, strength from relationship r where type_id = 3 and removed_at is null"
    assert list(db.rows(lasting)) == [(1, 3, "2024-01-01", 40)]
    assert "relationship 6 (referred) is removed" in told.stderr


def test_two_passages_stay_and_one_is_active(both: Run, db: Reader) -> None:
    both("customer merge 1 2 --yes")

    assert list(db.rows("select id, ended_at is null from passage where customer_id = 1 order by id")) == [
        (2, 1),
        (3, 0),
    ]


def test_the_only_active_passage_stays_active(both: Run, file: Path, db: Reader) -> None:
    with wrote(file) as session:
        session.raw.execute("update passage set ended_at = began_at where customer_id = 1")

    both("customer merge 1 2 --yes")

    assert list(db.rows("select id, ended_at is null from passage where customer_id = 1 order by id")) == [
        (2, 0),
        (3, 1),
    ]


@pytest.mark.parametrize("option", ["", "--prefer keep"])
def test_the_word_of_the_one_that_stays_counts(option: str, both: Run, db: Reader) -> None:
    both(f"customer merge 1 2 --yes {option}")

    row = db.row("select city, country, note, created_at from customer where id = 1")
    assert row == ("London", "Italy", "first\n\nsecond", "2026-11-20T12:00:00Z")


def test_the_newest_word_is_the_one_that_was_written_last(
    crm: Run, file: Path, monkeypatch: pytest.MonkeyPatch, db: Reader
) -> None:
    crm("field add customer tier --type text")
    crm("customer add Ada --city Rome")
    crm("customer edit 1 --set tier=silver")
    monkeypatch.setenv("CRM_NOW", "2026-11-21T12:00:00Z")
    crm("customer add Adda --city Paris")
    crm("customer edit 2 --set tier=gold")
    monkeypatch.setenv("CRM_NOW", "2026-11-22T12:00:00Z")
    crm("customer edit 1 --set city=London")

    crm("customer merge 1 2 --prefer newest --yes")

    name, city, custom = db.row("select name, city, custom from customer where id = 1") or ("", "", "{}")
    assert (name, city, json.loads(custom)) == ("Adda", "London", {"tier": "gold"})


def test_choices_by_field(both: Run, file: Path, db: Reader) -> None:
    with wrote(file) as session:
        made = merging.merge(session, merging.Wish("1", ("2",), Prefer.ASK, {"city": 2, "name": 1}))

    assert [choice.field for choice in made.choices] == ["name", "city"]
    assert made.choices[1].options == ((1, "London"), (2, "Rome"))
    assert db.row("select name, city from customer where id = 1") == ("Ada Lovelace", "Rome")


def test_a_tie_that_would_close_a_circle_is_removed(crm: Run, file: Path, db: Reader) -> None:
    for name in ("Top", "Middle", "Same"):
        crm(f"customer add {name} --kind organisation")
    crm("relation add 1 'parent of' 2")
    crm("relation add 2 'parent of' 3")

    told = crm("customer merge 1 3 --yes")

    assert "relationship 2 (parent of) is removed: it would close a circle" in told.stderr
    assert list(db.rows("select id from relationship where removed_at is null")) == [(1,)]


def test_a_person_and_an_organisation_need_force(crm: Run, file: Path) -> None:
    crm("customer add Ada --employer Acme")

    with (
        wrote(file) as session,
        pytest.raises(Conflict, match="not both persons"),
    ):
        merging.merge(session, merging.Wish("1", ("2",)))
    crm("customer merge 1 2 --force --yes")
    assert crm("relation list -f ids").stdout == ""


def test_a_merge_of_what_is_merged_changes_nothing(both: Run, dump: Dump) -> None:
    both("customer merge 1 2 --yes")
    before = dump()

    for line in ("customer merge 1 2 --yes", "customer merge 1 2 a-lovelace --yes"):
        assert both(line).stdout == "1\n"
    both("customer merge 1 1 --yes", exit_code=2)
    assert "crm undo" in both("customer restore 2", exit_code=4).stderr
    assert dump() == before
