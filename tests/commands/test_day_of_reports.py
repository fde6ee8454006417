"""What every report on deals has: a past day, none to come, and its formulas."""

import json

import pytest

from tests.conftest import READS, Run

REPORTS = [
    *(path for path in READS if path.startswith("funnel ")),
    *(f"deal {name}" for name in ("stalled", "rotten", "overdue", "zombies", "winloss", "slippage")),
    *("velocity", "forecast show", "forecast accuracy", "dash"),
]


@pytest.mark.parametrize("path", [*REPORTS, "deal board"])
def test_a_report_is_of_any_day_up_to_today(path: str, small: object, crm: Run) -> None:
    asked = f"{path} {READS[path]}"
    now = json.loads(crm(f"{asked} -f json").stdout)

    for option in ("as-of", "known-at"):
        of_today = json.loads(crm(f"{asked} --{option} today -f json").stdout)
        days = {day for name, day in of_today["parameters"].items() if name.endswith("as_of")}
        assert days == {"2026-11-20"}
        assert [row | {"next": None} for row in of_today["rows"]] == [row | {"next": None} for row in now["rows"]]
        said = crm(f"{asked} --{option} tomorrow", exit_code=2).stderr
        assert said == "error: nobody knows yet how it will stand at the end of 2026-11-21\nhint: today is 2026-11-20\n"
    assert "nothing was known at the end of" in crm(f"{asked} --known-at yesterday", exit_code=2).stderr
    assert "all other fields as now" in crm(f"{asked} --as-of yesterday -f md").stdout


@pytest.mark.parametrize("path", [path for path in REPORTS if path != "dash"])
def test_alternatives_in_a_query_ask_for_no_more_than_the_report_is_about(path: str, small: object, crm: Run) -> None:
    asked = f"{path} {READS[path]}"

    both = json.loads(crm([*asked.split(), "id<4", "or", "id>=4", "-f", "json"]).stdout)

    assert both["rows"] == json.loads(crm(f"{asked} -f json").stdout)["rows"]


def test_alternatives_leave_a_board_to_its_pipeline_and_a_day_to_its_ties(crm: Run) -> None:
    crm("pipeline add second --template loan")
    crm("customer add Ada")
    crm("customer add Bob")
    for number, pipeline in enumerate(("sales", "second"), 1):
        crm(f"deal add D{number} --pipeline {pipeline}")
    crm("relation add ada knows bob --since 2026-05-01")
    crm("relation add ada advises bob --since 2026-03-01")

    board = json.loads(crm("deal board id:1 or id:2 --pipeline second -f json").stdout)
    ties = crm("relation list --as-of 2026-04-01 type:knows or type:advises --columns type -f csv").stdout

    assert [row["id"] for row in board["rows"]] == [2]
    assert ties == "type\nadvises\n"


@pytest.mark.parametrize("path", [*REPORTS, "forecast waterfall"])
def test_a_report_explains_its_figures(path: str, small: object, crm: Run) -> None:
    asked = f"{path} {READS[path]} -f md"

    plain, explained = crm(asked).stdout, crm(f"{asked} --explain").stdout

    assert explained.startswith(plain)
    assert len(explained.splitlines()) >= len(plain.splitlines()) + 2


def test_a_waterfall_ends_today_at_the_latest(small: object, crm: Run) -> None:
    assert "nobody knows yet" in crm("forecast waterfall 2026-10-01 eoq", exit_code=2).stderr
    assert (
        "nothing was known" in crm("forecast waterfall 2026-10-01 yesterday --known-at yesterday", exit_code=2).stderr
    )


@pytest.mark.parametrize("path", [path for path in REPORTS if path not in ("dash", "forecast accuracy")])
def test_a_report_has_an_order_of_its_own(path: str, small: object, crm: Run) -> None:
    said = crm([*path.split(), *READS[path].split(), "sort:-amount"], exit_code=2).stderr

    assert "have an order of their own" in said
    assert said.splitlines()[1] == "hint: sort:-amount"
