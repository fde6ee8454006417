"""Deals and their events are imported into pipelines for deals, and into stages in which anything can stand."""

from pathlib import Path

from tests.conftest import Run


def test_a_history_is_deal_stage_and_occurred_at(crm: Run, tmp_path: Path) -> None:
    file = tmp_path / "events.csv"
    file.write_text("deal,stage,occurred_at\nEngine,needs,2026-09-10\nEngine,lead,2026-09-01\nEngine,won,2026-10-01\n")
    (tmp_path / "deals.csv").write_text("name,stage,amount\nEngine,won,5\n")
    crm(f"import {tmp_path / 'deals.csv'} {file}")

    told = crm("deal history 1 --columns at,what,stage,days --no-header").stdout.splitlines()

    assert told == [
        "2026-09-01T00:00:00Z\tcreated\tlead\t",
        "2026-09-10T00:00:00Z\tmoved on\tneeds\t9.0",
        "2026-10-01T00:00:00Z\twon\twon\t21.0",
    ]
    assert "0 new, 0 changed" in crm(f"import {tmp_path / 'deals.csv'} {file}").stdout


def test_a_pipeline_for_customers_takes_no_deal(crm: Run, tmp_path: Path) -> None:
    crm("pipeline add journey --template journey")
    file = tmp_path / "deals.csv"
    file.write_text("name,pipeline,stage,amount\nEngine,journey,interest,5\nCards,sales,lead,5\n")

    told = crm(f"import {file}", exit_code=5)

    assert "line 2: pipeline: pipeline journey holds customers, no deals" in told.stderr
    assert crm("deal list --columns name --no-header").stdout == "Cards\n"


def test_no_deal_stands_in_a_counted_stage(crm: Run, tmp_path: Path) -> None:
    crm("stage add visits --counted")
    crm("stage move visits --first")
    file = tmp_path / "deals.csv"
    file.write_text("name,stage,amount\nEngine,visits,5\nCards,,5\n")

    told = crm(f"import {file}", exit_code=5)

    assert "line 2: stage: nobody stands in 'visits'" in told.stderr
    assert crm("deal list --columns name,stage --no-header").stdout == "Cards\tlead\n"
