"""Which rows are a customer's: found from the schema, so that no table is forgotten."""

from pathlib import Path

import pytest

from crmcli.db import subject
from crmcli.db.reader import Reader
from tests.conftest import Run, once, wrote


@pytest.fixture
@once
def known(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com --tag vip --employer Engines")  # 1, and 2
    crm("customer add Bob --email bob@example.com --tag vip")  # 3
    crm("relation add bob referred ada")
    crm("deal add Engine --customer ada --amount 900 --at 2026-11-03")
    crm("deal add Cards --customer bob")
    crm("log ada,bob 'of the engine' --deal 1")
    crm("log bob 'of the engine too' --deal 1")
    crm("log ada alone")


@pytest.mark.slow
def test_the_rows_of_a_customer_are_theirs_alone(known: Run, db: Reader) -> None:
    assert subject.rows(db, 1) == {
        "customer": {1},
        "contact_point": {1},
        "customer_tag": {1},
        "relationship": {1, 2},
        "deal": {1},
        "passage": {1},
        "stage_event": {1},
        "interaction": {1, 3},
        "interaction_party": {1, 4},
    }


def test_an_interaction_with_others_is_shared(known: Run, db: Reader) -> None:
    assert subject.shared(db, subject.rows(db, 1)) == {1}


def test_rows_that_are_gone_are_found_in_the_history(known: Run, db: Reader) -> None:
    known("customer edit ada --set email=new@example.com --untag vip")
    known("deal add Other --customer ada")
    known("undo")

    found = subject.rows(db, 1)

    assert found["contact_point"] == {1, 3}
    assert found["customer_tag"] == {1}
    assert found["deal"] == {1, 3}
    assert found["stage_event"] == {1, 3}


def test_what_went_to_somebody_else_is_theirs_no_more(known: Run, db: Reader) -> None:
    known("deal edit 1 --set customer=bob")

    found = subject.rows(db, 1)

    assert {"deal", "passage", "stage_event"}.isdisjoint(found)
    assert subject.rows(db, 3)["deal"] == {1, 2}


def test_what_was_merged_into_a_customer_is_theirs(known: Run, file: Path, db: Reader) -> None:
    with wrote(file) as session:
        session.raw.execute("update customer set merged_into_id = 1, removed_at = recorded_at where id = 3")

    assert subject.rows(db, 1)["customer"] == {1, 3}
    assert subject.rows(db, 1)["contact_point"] == {1, 2}


def test_a_new_table_that_leads_to_a_customer_is_found(file: Path, db: Reader) -> None:
    with wrote(file) as session:
        session.raw.execute("create table visit (id integer primary key, customer_id integer references customer (id))")
        session.raw.execute("create table photo (id integer primary key, visit_id integer references visit (id))")
        session.raw.execute("create table weather (id integer primary key, stage_id integer references stage (id))")
        reader = Reader(session.raw)
        session.raw.execute(
            "insert into customer (uid, kind, name, handle, created_at, recorded_at) values ('u', 'person', 'A', 'a', '', '')"
        )
        session.raw.execute("insert into visit values (7, 1)")
        session.raw.execute("insert into photo values (8, 7)")

        assert {"visit", "photo"} <= set(subject.tables(session.raw))
        assert "weather" not in subject.tables(session.raw)
        assert subject.rows(reader, 1) == {"customer": {1}, "visit": {7}, "photo": {8}}
