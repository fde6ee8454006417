"""What several reports say of the same deals is the same; the figures are by hand."""

import json
from pathlib import Path

from tests.conftest import Run


def test_a_currency_is_that_of_every_panel(crm: Run) -> None:
    crm("deal add Euros --amount 100")
    crm("deal add Dollars --amount 'USD 5'")

    def lead(line: str) -> object:
        rows = json.loads(crm(f"{line} -f json").stdout)["rows"]
        return next(
            row.get("count", row.get("reached")) for row in rows if "lead" in (row.get("item"), row.get("stage"))
        )

    assert (lead("dash"), lead("dash --currency USD"), lead("dash --currency USD --as-of today")) == (2, 1, 1)
    assert lead("funnel show --currency USD") == 1


def test_a_win_is_of_the_month_it_was_won_in(crm: Run) -> None:
    crm("deal add S --amount 1500 --close 2026-04-30 --at 2026-01-01")
    crm("deal win S --at 2026-05-05")

    def closed(period: str) -> dict[str, str]:
        rows = json.loads(crm(f"forecast show --period {period} --by month -f json").stdout)["rows"]
        return {row["group"]: row["closed"] for row in rows}

    assert (closed("2026"), closed("2026-05"), closed("2026-04")) == (
        {"2026-05": "1500.00"},
        {"2026-05": "1500.00"},
        {},
    )


def test_days_begin_with_the_deal_and_not_with_winning(crm: Run, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("name,stage,amount,created,closed\nD1,won,100,,2026-11-10\nD2,won,200,2026-10-01,2026-11-10\n")
    crm(["import", str(path), "--as", "deals"])
    crm("pipeline add partners --stage talks")
    crm("deal add Back --amount 300 --at 2026-10-01")
    crm("deal move Back talks --pipeline partners --at 2026-10-11")
    crm("deal move Back needs --pipeline sales --at 2026-11-01")
    crm("deal win Back --at 2026-11-19")

    (row,) = json.loads(crm("velocity --since 2026-11 -f json").stdout)["rows"]

    assert (row["won"], row["mean_days"]) == (3, 44.5)  # 40 and 49; of the first nobody knows
    won = json.loads(crm("funnel time --pipeline sales -f json").stdout)["rows"][-1]
    assert (won["completed"], won["median_days"]) == (2, 29)  # 40, and 18 since it came back
    assert "0 of 3 deals still open" in crm("funnel curve --pipeline sales -f md").stdout


def test_a_row_without_an_amount_says_its_currency_where_there_are_several(crm: Run) -> None:
    crm("deal add Euros --amount 100 --at 2026-10-01")
    crm("deal win 1 --at 2026-11-01")
    crm("deal add Dollars --amount 'USD 5' --at 2026-10-01")
    assert "| Currency |" not in crm("velocity --currency EUR -f md").stdout
    crm("deal lose 2 --at 2026-11-01")

    assert "|  | USD |  | 1 | 0.0 % |" in crm("velocity -f md").stdout


def test_a_win_that_nothing_came_before_makes_no_zombies(crm: Run, tmp_path: Path) -> None:
    path = tmp_path / "deals.csv"
    path.write_text("name,stage,amount,created,closed\nD1,won,100,,2026-03-10\n")
    crm(["import", str(path), "--as", "deals"])
    crm("deal add Open --at 2026-11-01")

    assert json.loads(crm("deal zombies -f json").stdout)["rows"] == []
