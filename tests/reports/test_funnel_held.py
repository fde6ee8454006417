"""Funnels of customers, and of stages that are counted by the day."""

import json

import pytest

from tests.conftest import Run, once


@pytest.fixture
@once
def marketing(crm: Run) -> None:
    """Of four customers one converts, over nurture, one is lost, one is left and one is only a lead; 100 were exposed."""
    crm("pipeline add marketing --template marketing")
    for name in ("Ada", "Bob", "Eve", "李雷"):
        crm(f"customer add {name}")
        crm(f"customer move {name} lead --at 2026-11-01")
    crm("customer edit Ada --set industry=rail")
    crm("customer move Ada nurture --at 2026-11-03")
    crm("customer move Ada conversion --at 2026-11-09")
    crm("customer move Bob lost --at 2026-11-05")
    crm("customer leave Eve --at 2026-11-05")
    crm("stage count exposure 60 --on 2026-11-01")
    crm("stage count exposure 40 --on 2026-11-02")


def steps(run: Run, line: str, *columns: str) -> list[list[object]]:
    told = json.loads(run(f"funnel show --pipeline marketing -f json {line}").stdout)
    return [[row[column] for column in columns] for row in told["rows"]]


def test_customers_pass_the_stages_as_deals_do(marketing: Run) -> None:
    assert steps(marketing, "", "stage", "reached", "skipped", "lost", "open", "median_days") == [
        ["exposure", 100, 0, 0, 0, None],
        ["lead", 4, 0, 1, 1, 4.0],  # the three stays that ended: 2 days, 4 lost, 4 until who left
        ["nurture", 1, 0, 0, 0, 6.0],
        ["conversion", 1, 0, 0, 0, 8.0],
    ]
    assert steps(marketing, "", "conversion", "cumulative") == [[None, 1.0], [0.04, 0.04], [0.25, 0.01], [1.0, 0.01]]


def test_the_counts_are_those_of_the_days_asked_for(marketing: Run) -> None:
    assert steps(marketing, "--since 2026-11-02", "stage", "reached")[0] == ["exposure", 40]
    assert steps(marketing, "--until 2026-11-02", "stage", "reached")[:2] == [["exposure", 60], ["lead", 4]]
    assert steps(marketing, "--as-of 2026-11-01", "stage", "reached")[:2] == [["exposure", 60], ["lead", 4]]


def test_whom_a_query_asks_for_was_not_counted(marketing: Run) -> None:
    assert steps(marketing, "industry:rail", "stage", "reached") == [["lead", 1], ["nurture", 1], ["conversion", 1]]
    assert [row[0] for row in steps(marketing, "--by industry", "group")] == ["rail"] * 3 + ["(none)"] * 3


def test_more_than_were_counted_have_no_rate(marketing: Run) -> None:
    marketing("stage count exposure 2 --on 2026-11-01")
    marketing("stage count exposure 1 --on 2026-11-02")

    assert steps(marketing, "", "reached", "conversion", "cumulative")[:2] == [[3, None, 1.0], [4, None, None]]


def test_the_notes_speak_of_customers(marketing: Run) -> None:
    said = marketing("funnel show --pipeline marketing -f md").stdout

    assert "mode reached, basis cohort, all customers; 1 of 4 customers still open" in said
    assert "1 customer left the pipeline: neither open nor closed" in said
    assert "deals" not in said
    assert "amounts" not in said
    past = marketing("funnel show --pipeline marketing --as-of 2026-11-01 -f md").stdout
    assert "stages are those of the end of 2026-11-01; what a query or a group asks for is as now" in past
