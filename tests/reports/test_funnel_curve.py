"""Figures by hand: the deals of the file `twelve` by their number."""

import pytest

from crmcli.core.preferences import Preferences
from crmcli.errors import InvalidInput, NotFound
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_curve import Curve, curve, report
from crmcli.reports.funnel_request import FunnelRequest

from .conftest import NOW, Histories


def of(file: Histories, *, days: tuple[int, ...] = (10, 20, 40), start: str | None = None, **asked: object) -> Curve:
    request = FunnelRequest(**asked)  # type: ignore[arg-type]  # fields by name
    return curve(file.db, request, moment=Moment(NOW, Preferences()), days=days, start=start)


def test_the_curve_of_all_deals(twelve: Histories) -> None:
    found = of(twelve)

    # won after 30 (1), 16 (2), 39 (4); lost after 10 (3), 12 (8), 0 (10, which began by it); the six others are open
    assert [step.days for step in found.steps] == [10, 20, 39, 40]
    assert [step.at_risk for step in found.steps] == [11, 8, 7, 6]  # but 10; 3 8 2 as well; 1 as well; 4 as well
    assert [step.won for step in found.steps] == pytest.approx([0, 1 / 12, 3 / 12, 3 / 12])
    assert [step.lost for step in found.steps] == pytest.approx([2 / 12, 3 / 12, 3 / 12, 3 / 12])
    assert [step.open for step in found.steps] == pytest.approx([10 / 12, 8 / 12, 6 / 12, 6 / 12])
    assert {step.closed_only for step in found.steps} == {0.5}
    assert (found.summary.deals, found.summary.open, found.summary.undated) == (12, 6, 0)
    assert (found.summary.won_so_far, found.summary.slowest_win_days, found.summary.past_slowest_win) == (0.25, 39, 6)
    assert "6 of 6 open deals are older than the slowest win, 39 days" in found.notes


def test_open_deals_count_while_they_are_seen(twelve: Histories) -> None:
    found = of(twelve, as_of="2026-01-31")  # the last moment is in day 30: 1 is won on it, 4 is not yet

    # at risk after 20 days: 1 4 5 6 7 9; after 30 days: only 1 has been seen for so long, and 11 has 16 days
    assert [(step.days, step.at_risk) for step in found.steps] == [(10, 11), (20, 6), (30, 1), (40, 0)]
    assert found.steps[-1].won is None
    assert sum(filter(None, (found.steps[2].won, found.steps[2].lost, found.steps[2].open))) == pytest.approx(1)


def test_from_a_stage_only_those_count_who_came_to_it(twelve: Histories) -> None:
    found = of(twelve, days=(5,), start="Needs")

    # 1 15>30, 4 9>40, 5, 7, 8 12>20, 12
    assert (found.summary.deals, found.summary.won, found.summary.lost) == (6, 2, 1)
    assert found.summary.slowest_win_days == 31
    with pytest.raises(NotFound, match="no open stage 'neds' in pipeline 'sales'; did you mean 'needs'"):
        of(twelve, start="neds")


def test_groups_have_curves_of_their_own(twelve: Histories) -> None:
    found = of(twelve, days=(20,), by="source")

    assert [(step.group, step.deals, step.closed_only) for step in found.steps if step.days == 20] == [
        ("fair", 2, 0.5), ("web", 3, 1.0), ("(none)", 7, 0.0),
    ]  # fmt: skip
    assert found.summary == of(twelve).summary
    assert report(found).table.groups == "group"


def test_a_deal_without_a_date_to_count_from_is_said(histories: Histories) -> None:
    histories.deal(("lead", None))
    histories.deal(("lead", 0), ("won", None))
    histories.deal(("lead", None), ("contact", 3), ("won", 8))
    found = of(histories, days=(5,))

    assert (found.summary.deals, found.summary.undated, found.summary.won) == (1, 2, 1)
    assert "left out: 2 deals without a date to count from or to" in found.notes


def test_days_are_whole_and_not_for_ever(twelve: Histories) -> None:
    with pytest.raises(InvalidInput, match="--days 0"):
        of(twelve, days=(0,))
