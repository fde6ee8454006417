"""`crm privacy retention`: who is kept how long, and what happens then."""

from pathlib import Path

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Dump, Run

TODAY = "2026-11-20T12:00:00+00:00"


@pytest.fixture
def aged(crm: Run, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Customers of five years ago; some of them were heard of since."""
    monkeypatch.setenv("CRM_NOW", "2021-06-01T12:00:00+00:00")
    for name in ("Silent", "Talker", "Buyer", "Waiter", "Held"):
        crm(f"customer add {name} --email {name}@example.com")
    crm("customer add Firm --kind organisation")
    crm("deal add Old --customer silent --amount 10 --at 2021-05-01")
    crm("deal lose 1 --at 2021-05-02")
    crm("deal add New --customer buyer")
    crm("deal add Open --customer waiter")
    crm("privacy restrict held --reason 'legal claim'")
    monkeypatch.setenv("CRM_NOW", "2024-06-01T12:00:00+00:00")
    crm("log talker hello")
    crm("deal win 2")
    monkeypatch.setenv("CRM_NOW", TODAY)
    crm("customer add Fresh")
    return crm


def names(crm: Run) -> list[str]:
    return crm("customer list --columns name --no-header").stdout.split()


def test_a_dry_run_lists_whose_time_is_over(aged: Run, dump: Dump) -> None:
    aged("privacy retention add silence --after 3y --action erase kind:person")
    before = dump()

    said = aged("privacy retention run --dry-run").stderr.splitlines()

    assert said[0] == "erase 1 Silent: last sign 2021-06-01, rule silence"
    assert said[1:] == ["dry run: nothing was written", "erased 1 customer"]
    assert dump() == before


def test_what_is_due_is_erased_and_the_others_stay(aged: Run, file: Path) -> None:
    aged("privacy retention add silence --after 3y --action erase kind:person")

    aged("privacy retention run --yes")

    assert names(aged) == ["Talker", "Buyer", "Waiter", "Held", "Firm", "Fresh"]
    assert b"silent@example.com" not in file.read_bytes()
    assert "erased" in aged("undo", exit_code=4).stderr


def test_a_rule_can_remove_instead_and_be_undone(aged: Run) -> None:
    aged("privacy retention add silence --after 36m --action remove")

    aged("privacy retention run --yes")
    assert names(aged) == ["Talker", "Buyer", "Waiter", "Held", "Fresh"]

    aged("undo")
    assert names(aged)[0] == "Silent"


@pytest.mark.parametrize(
    ("after", "due"), [("5y", "1 Silent"), ("65m", "1 Silent"), ("66m", ""), ("2y", "1 Silent, 2 Talker, 3 Buyer")]
)
def test_the_term_begins_with_the_last_sign_of_life(after: str, due: str, aged: Run) -> None:
    aged(f"privacy retention add silence --after {after} --action remove kind:person")

    said = aged("privacy retention run", exit_code=2 if due else 0).stderr

    assert (f"Remove {len(due.split(','))} customer" in said) == bool(due)
    assert f": {due}?" in said if due else said == ""


def test_removed_customers_are_erased_where_the_rule_asks_for_them(aged: Run, file: Path) -> None:
    aged("customer remove silent --yes")
    aged("privacy retention add gone --after 3y --action remove is:removed")
    aged("privacy retention run --yes")

    aged("privacy retention add out --after 3y --action erase is:removed")
    aged("privacy retention run --yes")

    assert b"silent@example.com" not in file.read_bytes()
    assert "Firm" in names(aged)


def test_the_first_rule_that_applies_counts(aged: Run) -> None:
    aged("privacy retention add keep --after 3y --action remove")
    aged("privacy retention add out --after 3y --action erase")

    said = aged("privacy retention run --dry-run").stderr.splitlines()

    assert said[:2] == [
        "remove 1 Silent: last sign 2021-06-01, rule keep",
        "remove 6 Firm: last sign 2021-06-01, rule keep",
    ]


def test_it_asks(aged: Run, terminal: Terminal) -> None:
    aged("privacy retention add silence --after 3y --action erase kind:person")

    seen = terminal("privacy retention run", answer="n\n")

    assert seen.exit_code == 1
    assert "Erase for good 1 customer: 1 Silent?" in seen.stderr
    assert "Silent" in names(aged)


def test_rules_are_listed_and_removed(crm: Run) -> None:
    crm("privacy retention add silence --after 18m --action remove kind:person city:Bonn")

    assert crm("privacy retention list").stdout.splitlines()[1] == "1\tsilence\t18\tremove\tkind:person city:Bonn"

    crm("privacy retention remove Silence")
    assert crm("privacy retention list -f ids").stdout == ""


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("add x --after soon --action erase", 2, "'soon' is not a term"),
        ("add x --after 0y --action erase", 2, "'0y' is not a term"),
        ("add x --after 3y --action burn", 2, "'burn' is not one of"),
        ("add x --after 3y --action erase colour:red", 2, "unknown field 'colour'"),
        ("add silence --after 3y --action erase", 4, "called 'silence' already"),
        ("remove silense", 3, "did you mean 'silence'?"),
    ],
)
def test_what_makes_no_rule_is_said(line: str, code: int, said: str, crm: Run, dump: Dump) -> None:
    crm("privacy retention add silence --after 3y --action erase")
    before = dump()

    assert said in crm(f"privacy retention {line}", exit_code=code).stderr
    assert dump() == before


def test_nothing_due_is_no_operation(crm: Run) -> None:
    crm("privacy retention add silence --after 3y --action erase")

    crm("privacy retention run")

    assert len(crm("history").stdout.splitlines()) == 2
