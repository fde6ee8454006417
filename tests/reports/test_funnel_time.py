"""Figures by hand: the stays of the deals of `twelve`, in days."""

import pytest

from crmcli.core.preferences import Preferences
from crmcli.query.comparison import Moment
from crmcli.reports.funnel import funnel
from crmcli.reports.funnel_request import FunnelRequest
from crmcli.reports.funnel_time import StageTimes, report, stage_times

from .conftest import NOW, Histories, at


def of(file: Histories, **asked: object) -> StageTimes:
    return stage_times(file.db, FunnelRequest(**asked), moment=Moment(NOW, Preferences()))  # type: ignore[arg-type]  # fields by name


def column(found: StageTimes, name: str) -> list[object]:
    return [getattr(step, name) for step in found.steps]


def test_completed_stays_beside_all_of_them(twelve: Histories) -> None:
    found = of(twelve)

    # lead 1 2 2 2 2 3 4 5 10 and 6 there; contact 1 2 2 2 4 5 6 10 and 7 9 11 there; needs 1 2 2 2 5 6 and 5 there;
    # quote 6 7 10 18 and 12 there; to winning 16 30 39
    assert column(found, "completed") == [9, 8, 6, 4, 3]
    assert column(found, "median_days") == [2, 3, 2, 8.5, 30]
    assert column(found, "p75_days") == [4, 5.25, 4.25, 12, 34.5]
    assert column(found, "mean_days") == [pytest.approx(31 / 9), 4, 3, 10.25, pytest.approx(85 / 3)]
    assert column(found, "max_days") == [10, 10, 6, 18, 39]
    assert column(found, "running") == [1, 3, 1, 1, 0]
    assert column(found, "all_median_days") == [2, 5, 2, 10, None]  # S: 5/10, 5/11, 3/7, 2/5
    assert column(found, "all_p75_days") == [5, None, 6, 18, None]  # S: 2/10, never under 3/11, 1/7, 1/5


def test_the_last_stay_and_the_sum_of_them(twelve: Histories) -> None:
    found = of(twelve)

    # lead: 3 stayed 2 then 4; contact: 3 stayed 2 then 2, and 9 is there again; needs: 4 stayed 2 then 2
    assert column(found, "latest_median_days") == [2.5, 3.5, 2, 8.5, None]
    assert column(found, "cumulative_median_days") == [2.5, 4.5, 4, 8.5, None]


def test_a_stay_that_still_runs_lasts_until_the_day_that_is_asked_for(histories: Histories) -> None:
    for left in (2, 4):
        histories.deal(("lead", 0), ("contact", left))
    histories.deal(("lead", 0))
    step = of(histories, as_of="2026-01-04").steps[0]  # the end of day 3: one has left, two are there

    assert (step.completed, step.running, step.median_days, step.all_median_days) == (1, 2, 2, None)
    assert of(histories, as_of="2026-01-06").steps[0].all_median_days == 4


def test_a_hand_over_ends_a_stay_in_the_funnel_too(histories: Histories) -> None:
    handed, _ = (
        histories.deal(("lead", 0), ("contact", 10)),
        histories.deal(("lead", 0), ("contact", 10), ("needs", 14)),
    )
    histories.db.connection.execute("update passage set ended_at = ? where id = ?", (at(30), handed))

    for days in ({}, {"as_of": "2026-02-15"}, {"by": "owner"}):
        request = FunnelRequest(**days)  # type: ignore[arg-type]  # fields by name
        steps = {step.stage: step for step in of(histories, **days).steps}
        shown = {step.stage: step for step in funnel(histories.db, request, now=NOW, preferences=Preferences()).steps}
        assert (steps["contact"].median_days, shown["contact"].median_days) == (12, 12)  # 20 and 4
        assert (steps["lead"].median_days, shown["lead"].median_days) == (10, 10)


def test_a_hand_over_ends_a_stay(histories: Histories) -> None:
    passage = histories.deal(("lead", 0), ("contact", 4))
    histories.db.connection.execute("update passage set ended_at = ? where id = ?", (at(9), passage))
    step = of(histories).steps[1]

    assert (step.completed, step.median_days, step.running) == (1, 5, 0)


def test_groups_and_what_has_no_date(twelve: Histories) -> None:
    twelve.deal(("lead", None), source="web")
    found = of(twelve, by="source")

    assert [(step.group, step.completed, step.median_days) for step in found.steps if step.stage == "lead"] == [
        ("fair", 3, 2), ("web", 2, 7.5), ("(none)", 4, 2),
    ]  # fmt: skip
    assert (found.deals, found.undated) == (13, 1)
    assert "left out: 1 deal whose coming to the stage has no date" in found.notes
    assert report(found).table.groups == "group"
