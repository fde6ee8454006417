"""`crm quota`, and the forecast that it is for; today is Friday 2026-11-20."""

import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Dump, Run


def test_a_quota_is_set_changed_removed_and_each_taken_back(crm: Run, dump: Dump) -> None:
    nothing = dump()
    crm("quota set 2026-Q4 100k")
    first = dump()
    crm("quota set Q4 80k")  # the same quarter

    rows = json.loads(crm("quota list -f json").stdout)
    assert rows == [{"id": 1, "period": "2026-Q4", "owner": None, "amount": "80000.00", "currency": "EUR"}]
    crm("undo")
    assert dump() == first
    crm("quota remove 1 --yes")
    assert json.loads(crm("quota list -f json").stdout) == []
    crm("undo")
    assert dump() == first
    crm("undo 1")
    assert dump() == nothing


@pytest.mark.parametrize(
    ("said", "period"),
    [
        ("2026-Q4", "2026-Q4"), ("2026", "2026"), ("2026-12", "2026-12"), ("'next month'", "2026-12"),
        ("2026-10..2026-12", "2026-Q4"), ("2026-11..2026-12", "2026-11-01..2026-12-31"),
    ],
)  # fmt: skip
def test_a_period_is_called_by_its_shortest_name(said: str, period: str, crm: Run) -> None:
    crm(f"quota set {said} 5k --owner Bob --currency USD")

    assert (
        crm("quota list --columns period,owner,amount,currency --no-header").stdout == f"{period}\tBob\t5000.00\tUSD\n"
    )


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("quota set today 5k", 2, "'today' is a single day"),
        ("quota set 2026-Q4 0", 2, "quota '0' is not above 0"),
        ("quota set 2026-Q4 -- -5", 2, "quota '-5' is not above 0"),
        ("quota set 2026-Q4 5kg", 2, "is not an amount"),
        ("quota set 2026-12..2026-10 5k", 2, "ends before it begins"),
        ("quota set 2026-Q4 '5 USD' --currency EUR", 2, "amount '5 USD' is not in EUR"),
        ("quota remove 7 --yes", 3, "no quota 7"),
        ("quota remove Q4 --yes", 2, "'Q4' is no number of a quota"),
    ],
)
def test_what_cannot_be_set_is_said(line: str, code: int, said: str, crm: Run, dump: Dump) -> None:
    before = dump()

    assert said in crm(line, exit_code=code).stderr
    assert dump() == before


def test_the_forecast_says_how_far_the_quota_is_covered(crm: Run, terminal: Terminal) -> None:
    crm("deal add Engine --amount 12k --close 2026-12-31")
    crm("deal add Cards --amount 3k --close 2026-12-01")
    crm("deal win Cards")
    crm("quota set 2026-Q4 20k")

    (total,) = json.loads(crm("forecast -f json").stdout)["summary"]["totals"]
    assert (total["closed"], total["open"], total["weighted"]) == ("3000.00", "12000.00", "4200.00")  # a lead: 10 %
    assert total["coverage"] == 0.7059  # 12 / (20 - 3)
    shown = terminal("forecast show --by stage --explain")
    assert "quota 20,000, 17,000 to go, coverage 0.71" in shown.stdout
    assert "sales › lead: 10.0 % (stage), pipeline" in shown.stdout


def test_show_may_be_left_out_before_options_and_terms(crm: Run) -> None:
    crm("deal add Engine --amount 12k --close 2026-12-31 --owner Bob")

    whole = crm("forecast show owner:Bob -f csv").stdout
    assert crm("forecast owner:Bob -f csv").stdout == whole
    assert crm("forecast -f csv").stdout == crm("forecast").stdout.replace("\t", ",")
    assert "no such command 'waterfal'" in crm("forecast waterfal", exit_code=2).stderr
