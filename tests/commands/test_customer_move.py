"""Customers in pipelines: put in, moved, taken out, and asked for."""

import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once


@pytest.fixture
@once
def journey(crm: Run) -> None:
    crm("pipeline add journey --template journey")
    crm("customer add Ada")
    crm("customer add 李雷")


def test_a_customer_enters_and_moves_on(journey: Run, terminal: Terminal) -> None:
    entered = terminal("customer move ada interest --at 2026-11-01")
    moved = terminal("customer move ada decision --at 2026-11-05 --note 'saw the demo'")

    assert entered.stdout == "customer 1 Ada entered journey in interest, at Sun 2026-11-01 00:00\n"
    assert moved.stdout == "moved customer 1 Ada in journey: interest > decision, at Thu 2026-11-05 00:00\n"
    assert journey("customer list stage:decision pipeline:journey -f ids").stdout == "1\n"
    assert journey("customer list --columns name,stage --no-header").stdout == "Ada\tdecision\n李雷\t\n"


def test_back_is_said(journey: Run) -> None:
    journey("customer move ada decision")

    refused = journey("customer move ada interest", exit_code=4).stderr
    journey("customer move ada interest --back")

    assert "customer 1 Ada is in 'decision', which comes after 'interest'" in refused
    assert journey("customer list stage:interest -f ids").stdout == "1\n"


def test_a_customer_is_in_several_pipelines(journey: Run) -> None:
    journey("pipeline add lifecycle --template lifecycle")
    journey("customer move ada interest")
    journey("customer move ada subscriber")

    assert journey("customer list --columns stage,pipeline --no-header ada").stdout == (
        "interest;subscriber\tjourney;lifecycle\n"
    )
    journey("pipeline add marketing --template marketing")
    assert (
        "is a stage of 2 pipelines: 3 lifecycle, 4 marketing" in journey("customer move ada lead", exit_code=6).stderr
    )
    journey("customer move ada lead --pipeline lifecycle")


def test_who_leaves_may_come_again(journey: Run) -> None:
    journey("customer move ada interest --at 2026-11-01")
    journey("customer leave ada --at 2026-11-03")
    assert journey("customer list stage:interest -f ids").stdout == ""

    journey("customer move ada awareness --at 2026-11-04")

    assert "error" not in journey("doctor --no-header --columns result").stdout
    assert journey("customer list stage:awareness -f ids").stdout == "1\n"


def test_the_view_of_a_customer_shows_where_it_stands(journey: Run) -> None:
    journey("customer move ada interest --at 2026-11-01")
    journey("customer move ada decision --at 2026-11-05")

    shown = json.loads(journey("customer show ada -f json").stdout)

    assert shown["stages"] == [
        {
            "pipeline": "journey",
            "stage": "decision",
            "outcome": "open",
            "since": "2026-11-05T00:00:00Z",
            "days": 15.5,
            "entered": "2026-11-01T00:00:00Z",
            "left": None,
        }
    ]
    told = journey("customer timeline ada --columns at,kind,what --no-header").stdout
    assert "2026-11-05T00:00:00Z\tstage\tjourney: interest → decision\n" in told


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("customer move ada lead --pipeline sales", 2, "pipeline 'sales' holds deals, no customers"),
        ("customer move ada wonder", 3, "no stage 'wonder'"),
        ("customer leave ada", 3, "customer 1 Ada is in no pipeline"),
        ("deal add One --pipeline journey", 2, "pipeline 'journey' holds customers, no deals"),
    ],
)
def test_what_cannot_be_is_refused(line: str, code: int, reason: str, journey: Run) -> None:
    assert reason in journey(line, exit_code=code).stderr


def test_a_required_field_of_a_customer(journey: Run) -> None:
    journey("stage edit decision --pipeline journey --set required=email")

    assert "customer 1 Ada needs email in 'decision'" in journey("customer move ada decision", exit_code=4).stderr
    journey("customer edit ada --set email=ada@example.com")
    journey("customer move ada decision")
