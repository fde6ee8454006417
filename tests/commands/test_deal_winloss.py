"""`crm deal winloss` and `crm deal slippage`, by hand."""

import json

import pytest

from tests.conftest import Run, once

LOST = (  # amount, owner, the stage it is lost from, the reason
    ("100", "Bob", "lead", "price"),
    ("200", "Bob", "quote", "Price"),
    ("50", "Eve", "quote", "price"),
    ("600", "Eve", "quote", "timing"),
    ("50", "Bob", "needs", None),
)


@pytest.fixture
@once
def closed(crm: Run) -> None:
    """Five deals lost and one won; a sixth that is lost and won after, and an open one."""
    for number, (amount, owner, stage, reason) in enumerate(LOST, 1):
        crm(f"deal add Deal{number} --amount {amount} --owner {owner} --stage {stage} --at 2026-11-01")
        crm(f"deal lose {number}" + (f" --reason {reason}" if reason else ""))
    crm("deal add Won --amount 1000 --owner Eve --stage quote")
    crm("deal lose 6 --reason price")
    crm("deal reopen 6")
    crm("deal win 6")
    crm("deal add Open --amount 70")


def told(run: Run, line: str = "") -> list[dict[str, object]]:
    found: list[dict[str, object]] = json.loads(run(f"deal winloss -f json {line}").stdout)["rows"]
    return found


def test_reasons_add_up_to_all_that_was_lost(closed: Run) -> None:
    columns = ("reason", "deals", "share", "cumulative", "amount", "amount_share", "amount_cumulative")
    assert [[row[name] for name in columns] for row in told(closed)] == [
        ["Price", 3, 0.6, 0.6, "350.00", 0.35, 0.35],
        ["timing", 1, 0.2, 0.8, "600.00", 0.6, 0.95],
        ["(none)", 1, 0.2, 1.0, "50.00", 0.05, 1.0],
    ]
    assert json.loads(closed("deal winloss -f json").stdout)["summary"] == {
        "won": 1,
        "lost": 5,
        "win_rate": pytest.approx(1 / 6),
        "won_amount": "1000.00",
        "lost_amount": "1000.00",
        "currency": "EUR",
        "without_reason": 1,
    }


def test_by_value_the_largest_comes_first(closed: Run) -> None:
    assert [row["reason"] for row in told(closed, "--by-value")] == ["timing", "Price", "(none)"]


def test_each_stage_is_the_one_that_the_deals_were_closed_from(closed: Run) -> None:
    rows = told(closed, "--by stage")

    assert [(row["group"], row["reason"], row["deals"], row["share"], row["group_won"]) for row in rows] == [
        ("quote", "Price", 2, pytest.approx(2 / 3), 1),
        ("quote", "timing", 1, pytest.approx(1 / 3), 1),
        ("lead", "price", 1, 1.0, 0),
        ("needs", "(none)", 1, 1.0, 0),
    ]


def test_each_owner_has_a_win_rate(closed: Run) -> None:
    rows = told(closed, "--by owner")

    assert {(row["group"], row["group_lost"], row["group_win_rate"]) for row in rows} == {
        ("Bob", 3, 0.0),
        ("Eve", 2, 1 / 3),
    }


def test_several_currencies_are_not_added(closed: Run) -> None:
    closed("deal add Dollar --amount 'USD 9' ")
    closed("deal lose 8 --reason price")

    assert {row["amount"] for row in told(closed)} == {None}
    assert "several currencies (EUR, USD)" in closed("deal winloss -f md").stdout.replace("\\", "")
    assert [row["amount"] for row in told(closed, "--currency USD")] == ["9.00"]
    assert "left out: 6 deals in other currencies" in closed("deal winloss --currency USD -f md").stdout


def test_a_query_says_when(closed: Run) -> None:
    assert told(closed, "closed:..2026-01-01") == []
    assert len(told(closed, "owner:Eve")) == 2
    assert "did you mean 'owner'" in closed("deal winloss --by ownr", exit_code=2).stderr
    assert "cannot group by 'amount'" in closed("deal winloss --by amount", exit_code=2).stderr


def test_a_push_is_a_move_to_a_later_month(crm: Run) -> None:
    crm("deal add Pushed --close 2026-11-28 --amount 5 --at 2026-11-01")
    for day in ("2026-11-30", "2026-12-15", "2026-12-01", "2027-02-01"):  # two of them to a later month
        crm(f"deal edit 1 --set close={day}")
    crm("deal add Pulled --close 2026-12-20 --at 2026-11-01")
    crm("deal edit 2 --set close=2026-11-10")
    crm("deal add Bare")

    found = json.loads(crm("deal slippage -f json").stdout)

    assert [(row["id"], row["first_close"], row["close"], row["pushes"], row["slip"]) for row in found["rows"]] == [
        (1, "2026-11-28", "2027-02-01", 2, 65)
    ]
    assert found["summary"] == {
        "deals": 2,
        "pushed": 1,
        "pushed_share": 0.5,
        "pushes": 2,
        "median_slip_days": 65.0,
        "slipped": 1,
    }
    assert crm("deal list pushes:2.. -f ids").stdout == "1\n"
    assert crm("deal list --columns slip --sort id --no-header").stdout == "65\n-40\n\n"


def test_nothing_is_lost_in_an_empty_file(crm: Run) -> None:
    assert told(crm) == []
    assert json.loads(crm("deal slippage -f json").stdout)["summary"]["median_slip_days"] is None
