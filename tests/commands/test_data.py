"""`crm data`: rules with their pass rates, the records that fail, and who was silent for long."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run, once, wrote


@pytest.fixture
@once
def some(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com --city London --owner Bob")
    crm("customer add bob@example.com --phone +4930901820")
    crm("customer address add 2 --city Rome")
    crm("customer add Acme --kind organisation --industry optics")
    crm("deal add Engine --customer 1 --amount 900 --at 2026-09-01 --close 2026-10-01")
    crm("deal add Cards --customer 1 --at 2026-09-01")
    crm("deal add Old --customer 3 --amount 5 --at 2026-09-01")
    crm("deal win 3 --at 2026-10-20")


def rules(crm: Run) -> dict[str, tuple[int, int]]:
    rows = json.loads(crm("data quality -f json").stdout)["rows"]
    return {row["rule"]: (row["records"], row["failed"]) for row in rows}


def test_how_many_pass_each_rule(some: Run) -> None:
    found = rules(some)

    assert found["customer.email"] == (3, 2)
    assert found["customer.city"] == (3, 1)
    assert found["customer.employer"] == (2, 2)
    assert found["customer.industry"] == (1, 0)
    assert found["deal.amount"] == (2, 1)
    assert found["deal.close"] == (2, 1)
    assert found["name"] == (3, 1)
    assert found["overdue"] == (1, 1)
    assert found["closed"] == (1, 0)
    assert found["duplicate"] == (3, 0)


def test_what_is_broken_past_the_commands_is_found(some: Run, file: Path) -> None:
    some("field add customer tier --type choice --choices gold,silver")
    with wrote(file) as session:
        for sql in (
            "update contact_point set value = '030' where kind = 'phone'",
            """update customer set custom = '{"tier":"iron"}' where id = 1""",
            "update customer set created_at = '2030-01-01T00:00:00Z' where id = 3",
            "update deal set closed_at = '2026-01-01T00:00:00Z' where id in (1, 3)",
            "update deal set amount = -1 where id = 3",
        ):
            session.raw.execute(sql)

    found = rules(some)

    assert {
        name: found[name][1] for name in ("contact", "field", "created", "open", "order", "amount")
    } == dict.fromkeys(("contact", "field", "created", "open", "order", "amount"), 1)


def test_the_score_is_the_mean_of_the_pass_rates(some: Run) -> None:
    whole = json.loads(some("data quality -f json").stdout)
    rates = [1 - row["failed"] / row["records"] for row in whole["rows"] if row["records"]]

    assert whole["summary"]["score"] == pytest.approx(sum(rates) / len(rates))


def test_the_records_that_fail_are_one_command_away(some: Run) -> None:
    assert some("data quality customer.email -f ids").stdout == "2\n3\n"
    assert some("data quality deal.amount -f ids").stdout == "2\n"
    assert "crm customer edit 2 --set email=…" in some("data quality customer.email -f tsv").stdout
    assert "did you mean 'customer.email'" in some("data quality customer.emial", exit_code=3).stderr
    for rule, (_, failed) in rules(some).items():
        assert len(some(f"data quality {rule} -f ids").stdout.split()) == failed


def test_a_double_fails(some: Run) -> None:
    some("customer add 'Grace Hopper' --phone +4930901821")
    some("customer add 'Hopper, Grace' --phone +4930901821")

    assert some("data quality duplicate -f ids").stdout == "4\n5\n"
    assert "crm dupes id:4" in some("data quality duplicate -f tsv").stdout


def test_who_was_neither_heard_from_nor_corrected(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_NOW", "2026-01-01T12:00:00Z")
    for name in ("Silent", "Heard", "Corrected", "Gone"):
        crm(f"customer add {name}")
    monkeypatch.setenv("CRM_NOW", "2026-11-01T12:00:00Z")
    crm("log 2 hello")
    crm("customer edit 3 --set city=Rome")
    crm("customer remove 4 --yes")

    row = crm("data stale -f tsv").stdout.splitlines()[1].split("\t")
    assert row[:5] == ["1", "Silent", "", "2026-01-01T12:00:00Z", "304"]
    assert crm("data stale -f ids").stdout == "1\n"
    assert crm("data stale --days 305 -f ids").stdout == ""
    assert "--days 0" in crm("data stale --days 0", exit_code=2).stderr
    assert rules(crm)["stale"] == (3, 1)


def test_nothing_has_no_score(crm: Run) -> None:
    assert json.loads(crm("data quality -f json").stdout)["summary"] == {"score": None, "failing": 0}
