"""Urgency reckoned by hand; today is 2026-11-20."""

from datetime import date, timedelta
from pathlib import Path

import pytest

from crmcli.reports.urgency import (
    WEIGHTS,
    CustomerFacts,
    DealFacts,
    Part,
    TaskFacts,
    of_customer,
    of_deal,
    of_task,
    total,
)

TODAY = date(2026, 11, 20)


def points(parts: tuple[Part, ...]) -> dict[str, float]:
    return {part.name: part.points for part in parts}


def test_a_task() -> None:
    facts = TaskFacts(date(2026, 11, 18), is_late=True, is_priority=True, has_open_deal=True, added=date(2026, 9, 8))

    parts = of_task(facts, TODAY)

    # 2 days late: 0.2 + 0.8 × 16/21 = 0.8095 of 12; 73 of 365 days: 0.2 of 2
    assert points(parts) == {"due": 9.71, "priority": 6.0, "deal": 2.0, "age": 0.4}
    assert total(parts) == 18.11


@pytest.mark.parametrize(
    ("days_late", "expected"), [(-60, 2.4), (-14, 2.4), (-7, 5.6), (0, 8.8), (1, 9.26), (7, 12.0), (300, 12.0)]
)
def test_the_ramp_of_a_due_date(days_late: int, expected: float) -> None:
    facts = TaskFacts(TODAY - timedelta(days=days_late), False, False, False, TODAY)

    assert points(of_task(facts, TODAY))["due"] == expected


def test_a_task_without_anything_is_not_urgent() -> None:
    assert total(of_task(TaskFacts(None, False, False, False, TODAY), TODAY)) == 0


def test_a_deal() -> None:
    facts = DealFacts(date(2026, 11, 17), "quote", 45.0, 30, "of the stage", 75)

    parts = of_deal(facts, TODAY)

    # 3 days late: 0.2 + 0.8 × 17/21 = 0.8476 of 10; 45 of twice 30 days: 0.75 of 6; 0.75 of 4
    assert points(parts) == {"close": 8.48, "stalled": 4.5, "chance": 3.0}
    assert total(parts) == 15.98


@pytest.mark.parametrize(("days", "expected"), [(None, 0), (29.0, 0), (30.0, 0), (31.0, 3.1), (60.0, 6), (400.0, 6)])
def test_a_deal_counts_as_stalled_beyond_its_limit(days: float | None, expected: float) -> None:
    assert points(of_deal(DealFacts(None, "quote", days, 30, "the usual", 0), TODAY))["stalled"] == expected


def test_a_customer() -> None:
    parts = of_customer(CustomerFacts(30, TODAY - timedelta(days=45), date(2026, 11, 22), True), TODAY)

    # 45 of twice 30 days: 0.75 of 8; 2 days before the birthday: 6/8 of 6
    assert points(parts) == {"contact": 6.0, "birthday": 4.5, "open deals": 3.0}
    assert total(parts) == 13.5


@pytest.mark.parametrize(("gone", "expected"), [(0, 0), (29, 0), (30, 4.0), (31, 4.13), (60, 8.0), (99, 8.0)])
def test_a_contact_counts_from_the_day_it_is_due(gone: int, expected: float) -> None:
    facts = CustomerFacts(30, TODAY - timedelta(days=gone), None, False)

    assert points(of_customer(facts, TODAY))["contact"] == expected


@pytest.mark.parametrize(("ahead", "expected"), [(0, 6.0), (1, 5.25), (7, 0.75), (8, 0), (-1, 0)])
def test_a_birthday_comes_nearer(ahead: int, expected: float) -> None:
    facts = CustomerFacts(None, None, TODAY + timedelta(days=ahead), False)

    assert points(of_customer(facts, TODAY))["birthday"] == expected


def test_the_glossary_has_the_table_of_weights() -> None:
    glossary = (Path(__file__).parents[2] / "docs" / "glossary.md").read_text("utf-8")

    for name, weight in WEIGHTS.items():
        assert f"| {name} | {weight.points:g} | {weight.says} |\n" in glossary
