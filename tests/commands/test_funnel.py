"""`crm funnel`, as it is typed."""

import json

import pytest

from crmcli.reports.funnel_formulas import FORMULAS
from tests.conftest import NOW, READS, Run

REPORTS = [path for path in READS if path.startswith("funnel ")]


@pytest.mark.parametrize("path", ["funnel show", "funnel compare"])
def test_a_report_explains_its_figures(path: str, small: object, crm: Run) -> None:
    people, machines = crm(f"{path} {READS[path]} --explain -f md"), crm(f"{path} {READS[path]} --explain -f csv")

    assert "as of a day: the last stage event" in people.stdout
    assert "as of a day: the last stage event" in machines.stderr
    assert "as of a day" not in machines.stdout
    assert "as of a day" not in crm(f"{path} {READS[path]} -f md").stdout


@pytest.mark.parametrize("path", REPORTS)
def test_every_report_has_its_parameters_summary_and_rows(path: str, small: object, crm: Run) -> None:
    found = json.loads(crm(f"{path} {READS[path]} --known-at 2026-11-20 -f json").stdout)

    assert list(found) == ["report", "parameters", "summary", "rows"]
    assert found["parameters"]["known_at"] == "2026-11-20"
    assert FORMULAS[found["report"]]


@pytest.mark.parametrize("path", ["funnel curve", "funnel alert"])
def test_a_day_before_the_first_operation_is_refused(path: str, small: object, crm: Run) -> None:
    result = crm(f"{path} {READS[path]} --known-at 2026-11-19", exit_code=2)

    assert result.stderr.startswith(
        "error: nothing was known at the end of 2026-11-19: the first operation is of 2026-11-20"
    )


@pytest.mark.parametrize("path", REPORTS)
def test_an_empty_file_has_an_empty_report(path: str, crm: Run) -> None:
    crm(f"{path} {READS[path]} -f md")


def test_what_was_undone_was_never_known(small: object, crm: Run) -> None:
    crm("deal add Other --amount 5 --at 2026-10-05")
    crm("undo")

    assert json.loads(crm("funnel show --known-at 2026-11-20 -f json").stdout)["summary"]["cohort"] == 2


def test_days_are_a_list_of_numbers(small: object, crm: Run) -> None:
    result = crm("funnel curve --days 30,x", exit_code=2)

    assert result.stderr.startswith("error: --days '30,x' is not a list of whole numbers")
    assert crm("funnel curve --days 7 --columns days --no-header").stdout.split()[0] == "7"


def test_people_see_cohorts_and_flows_as_a_matrix(small: object, crm: Run) -> None:
    assert "| Created | Deals | Open | lead | contact | needs | quote | won |" in crm("funnel cohort -f md").stdout
    assert "| From | lead | contact | needs | quote | won |" in crm("funnel flow -f md").stdout
    assert crm("funnel flow --columns from,to,moves -f csv").stdout.startswith("from,to,moves\n")


@pytest.mark.slow
def test_an_alert_fails_for_cron_where_a_step_fell(crm: Run) -> None:
    lines = []
    for number in range(120):
        day = "2026-09-01" if number < 60 else "2026-11-10"
        lines.append(f"deal add D{number} --at {day}")
        if number % 60 < (50 if number < 60 else 10):
            lines.append(f"deal move {number + 1} contact --at {day}T13:00")
    crm("batch -", input="\n".join(lines))

    assert crm("funnel alert --fail-on drop --days 15 --as-of 2026-10-01").exit_code == 0
    assert "lead > contact" in crm("funnel alert --fail-on drop", exit_code=1).stdout
    assert NOW.date().isoformat() in crm("funnel alert -f md").stdout
