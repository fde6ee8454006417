"""Where the deals of `twelve` are held up, by hand; and what a stage's own best quarter would bring."""

import pytest

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_bottleneck import Bottleneck, bottleneck
from crmcli.reports.funnel_request import FunnelRequest

from .conftest import NOW, Histories


def of(file: Histories, *, weight: float = 0.5, days: int = 90, **asked: object) -> Bottleneck:
    request = FunnelRequest(**asked)  # type: ignore[arg-type]  # fields by name
    return bottleneck(file.db, request, moment=Moment(NOW, Preferences()), weight=weight, days=days)


def column(found: Bottleneck, name: str) -> list[object]:
    return [getattr(hold, name) for hold in found.holds]


def test_losses_and_time_stand_apart_and_their_mean_beside_them(twelve: Histories) -> None:
    found = of(twelve)

    assert column(found, "stage") == ["lead", "contact", "needs", "quote"]
    assert column(found, "lost") == [0, 1, 0, 1]  # 3 for 300, 8 for 800
    assert column(found, "loss_share") == [0, 0.5, 0, 0.5]
    assert column(found, "lost_amount") == [Money(100 * each, "EUR") for each in (0, 300, 0, 800)]
    assert column(found, "loss_amount_share") == [0, 3 / 11, 0, 8 / 11]
    assert column(found, "median_days") == [2, 5, 2, 10]  # Kaplan-Meier
    assert column(found, "time_share") == [2 / 19, 5 / 19, 2 / 19, 10 / 19]
    assert column(found, "score") == [5.3, 38.2, 5.3, 51.3]
    assert column(of(twelve, weight=1), "score") == [0, 50, 0, 50]
    assert column(found, "conversion") == [10 / 11, 7 / 10, 5 / 7, 3 / 5]
    assert column(found, "extra_wins") == [None] * 4  # no quarter has twenty deals
    assert (found.summary["most_lost_in"], found.summary["most_time_in"]) == ("contact", "quote")


def test_a_stage_that_was_archived_before_anybody_came_is_none(histories: Histories) -> None:
    histories.db.connection.execute("update stage set archived_at = '2026-01-01T00:00:00Z' where outcome = 'open'")

    assert of(histories).holds == ()


def test_what_fell_of_late_is_said(histories: Histories) -> None:
    for day, moved in ((200, 40), (290, 10)):  # NOW is day 323: the last ninety days begin on day 234
        for number in range(50):
            histories.deal(("lead", day), *([("contact", day + 1)] if number < moved else []))
    found = of(histories)
    lead = found.holds[0]

    assert (lead.before, lead.now, lead.verdict) == (0.8, 0.2, "fell")
    assert found.summary["fell"] == ["lead"]


def test_the_lever_is_a_stages_own_best_quarter(histories: Histories) -> None:
    for first, moved in ((0, 10), (100, 15), (200, 5)):  # 2026Q1, Q2, and of Q3 too few
        for number in range(20 if moved > 5 else 5):
            won = [("won", first + 3)] if moved == 10 and number < 4 else []
            histories.deal(("lead", first), *([("contact", first + 1)] if number < moved else []), *won)
    lead = of(histories).holds[0]

    assert (lead.best_conversion, lead.best_quarter) == (0.75, "2026Q2")
    assert lead.extra_wins == round(4 * (0.75 / (30 / 45) - 1), 1) == 0.5


def test_weights_and_days_have_their_bounds(twelve: Histories) -> None:
    with pytest.raises(InvalidInput, match=r"--weight 1.5 does not lie from 0 to 1"):
        of(twelve, weight=1.5)
    with pytest.raises(InvalidInput, match="--days 0"):
        of(twelve, days=0)
