"""`crm privacy export`: the whole person, and nobody else."""

import json
from pathlib import Path

import pytest

from crmcli.db import subject
from crmcli.db.reader import Reader
from tests.conftest import NOW, Run, wrote

AT = "2026-11-20T12:00:00Z"


def values(crm: Run, ref: str = "ada") -> set[str]:
    return {row["value"] for row in json.loads(crm(f"privacy export {ref} -f json").stdout)["rows"]}


@pytest.fixture
def known(crm: Run, file: Path) -> Run:
    """A customer with a row in every table that can hold one."""
    crm("customer add Ada --email ada@example.com --tag vip --employer Engines --note 'likes tea'")
    crm("customer add Bob --phone +4930901820 --city Bonn")
    crm("relation add ada referred bob --note 'from school'")
    crm("deal add Engine --customer ada --amount 900 --note 'before winter' --at 2026-11-03")
    crm("deal move 1 quote --note 'in a hurry'")
    crm("customer address add ada --street 'Baker St 7'")
    crm("log ada,bob 'met at the fair'")
    crm("task add 'send the plans' --for ada")
    crm("cadence set ada 10d")
    crm("segment add regulars +vip --freeze")
    with wrote(file, now=NOW) as session:
        session.raw.execute("insert into external_id (source, key, customer_id) values ('shop', 'K-77', 1)")
        session.raw.execute(
            "insert into consent (customer_id, action, purpose, basis, occurred_at, recorded_at) "
            f"values (1, 'grant', 'newsletter', 'consent', '{AT}', '{AT}')"
        )
        session.raw.execute(
            f"insert into restriction (customer_id, reason, occurred_at, recorded_at) values (1, 'in court', '{AT}', '{AT}')"
        )
    return crm


def test_every_table_that_leads_to_a_customer_is_in_the_export(known: Run, db: Reader) -> None:
    told = json.loads(known("privacy export ada -f json").stdout)

    assert {row["record"] for row in told["rows"]} == set(subject.tables(db.connection)) == set(told["summary"])


def test_it_says_what_is_kept_by_name(known: Run) -> None:
    assert {
        *("Ada", "ada@example.com", "vip", "likes tea", "Engine", "before winter", "in a hurry", "met at the fair"),
        "Baker St 7",
        *("K-77", "newsletter", "in court", "from school", "works for", "Engines", "quote"),
    } <= values(known)


def test_other_persons_stay_numbers(known: Run) -> None:
    assert not {"Bob", "+4930901820", "Bonn"} & values(known)


def test_what_was_so_once_is_there_with_the_time_it_ended(known: Run) -> None:
    known("customer edit ada --set note= --set email=new@example.com")

    rows = json.loads(known("privacy export ada -f json").stdout)["rows"]

    assert {(row["record"], row["field"], row["value"]) for row in rows if row["until"]} >= {
        ("customer", "note", "likes tea"),
        ("contact_point", "value", "ada@example.com"),
    }
    assert ("contact_point", "value", "new@example.com", None) in {
        (row["record"], row["field"], row["value"], row["until"]) for row in rows
    }


def test_a_removed_customer_can_be_asked_for(known: Run) -> None:
    known("customer remove bob --yes")

    assert "Bonn" in values(known, "bob")
