"""Cohorts by hand."""

import pytest

from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import Across, Mode, Per
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_months import Months, months, report
from crmcli.reports.funnel_request import FunnelRequest

from .conftest import NOW, Histories


@pytest.fixture
def two(histories: Histories) -> Histories:
    """Of January: won after 20 and 40 days, one lost, one open. Of February: won after 25 days, one open. One undated."""
    histories.deal(("lead", 0), ("won", 20))
    histories.deal(("lead", 5), ("contact", 10), ("won", 45))
    histories.deal(("lead", 3), ("contact", 9), ("lost", 30))
    histories.deal(("lead", 30))
    histories.deal(("lead", 31), ("needs", 40), ("won", 56))
    histories.deal(("contact", 58))
    histories.deal(("lead", None))
    return histories


def of(file: Histories, across: Across = Across.STAGES, per: Per = Per.MONTH, **asked: object) -> Months:
    request = FunnelRequest(**asked)  # type: ignore[arg-type]  # fields by name
    return months(file.db, request, moment=Moment(NOW, Preferences()), across=across, per=per, days=(30, 60))


def test_how_far_each_month_has_come(two: Histories) -> None:
    found = of(two)
    first, second = found.cells[:5], found.cells[5:10]

    assert [cell.created for cell in found.cells[::5]] == ["2026-01", "2026-02", "(none)"]
    assert [(cell.step, cell.count) for cell in first] == [
        ("lead", 4),
        ("contact", 3),
        ("needs", 2),
        ("quote", 2),
        ("won", 2),
    ]
    assert [cell.count for cell in second] == [2, 2, 1, 1, 1]
    assert (first[0].deals, first[0].open, first[0].open_share, first[1].share) == (4, 1, 0.25, 0.75)
    assert [cell.count for cell in of(two, mode=Mode.TOUCHED).cells[:5]] == [4, 2, 0, 0, 2]


def test_winning_within_so_many_days_is_not_told_before_all_had_them(two: Histories) -> None:
    found = of(two, Across.DAYS, as_of="2026-03-15")  # day 73: the open deals are 43 and 15 days old

    assert found.steps == ("won in 30 days", "won in 60 days")
    assert [(cell.count, cell.share) for cell in found.cells[:4]] == [
        (1, 0.25),
        (None, None),
        (None, None),
        (None, None),
    ]
    assert [cell.count for cell in of(two, Across.DAYS).cells] == [1, 2, 1, 1, None, None]


def test_a_quarter_is_one_cohort_and_people_see_a_line_for_each(two: Histories) -> None:
    found = report(of(two, per=Per.QUARTER))
    pivot = found.for_people

    assert [column.heading for column in pivot.columns][3:] == ["lead", "contact", "needs", "quote", "won"]
    assert next(iter(pivot.rows)) == ["2026Q1", 6, 2 / 6, 1, 5 / 6, 3 / 6, 3 / 6, 3 / 6]
    assert found.summary == {"deals": 7, "cohorts": 2}
    assert [column.name for column in found.table.columns] == [
        "created",
        "deals",
        "open",
        "open_share",
        "step",
        "count",
        "share",
    ]
