"""How long a deal may stand in its stage: as the stage says, as history says, else 30 days."""

from crmcli.reports.stalls import Limit, limits
from tests.reports.conftest import STAGES, Histories


def won_after(histories: Histories, *days: int, start: int = 0) -> None:
    for stay in days:
        histories.deal(("lead", start), ("won", start + stay))


def test_ten_deals_won_are_enough_for_a_p75(histories: Histories) -> None:
    won_after(histories, *range(1, 11))

    # type 7 of 1..10: 1 + 0.75 × 9
    assert limits(histories.db)[STAGES["lead"]] == Limit(7.75, "p75 of deals won")
    assert limits(histories.db)[STAGES["quote"]] == Limit(30, "the usual")


def test_nine_are_not(histories: Histories) -> None:
    won_after(histories, *range(1, 10))

    assert limits(histories.db)[STAGES["lead"]] == Limit(30, "the usual")


def test_deals_lost_removed_and_open_count_for_nothing(histories: Histories) -> None:
    won_after(histories, *range(1, 11))
    for _ in range(20):
        histories.deal(("lead", 0), ("lost", 90))
        histories.deal(("lead", 0), ("won", 90), removed_at="2026-11-20T12:00:00Z")
        histories.deal(("lead", 0), ("needs", 90))

    assert limits(histories.db)[STAGES["lead"]] == Limit(7.75, "p75 of deals won")


def test_the_500_deals_won_last_count(histories: Histories) -> None:
    won_after(histories, *[50] * 10)
    won_after(histories, *[1] * 376, *[50] * 124, start=100)

    # type 7 of 500: between the 375th and the 376th; of 510 it would be behind the 382nd
    assert limits(histories.db)[STAGES["lead"]] == Limit(1, "p75 of deals won")


def test_the_limit_of_the_stage_comes_first(histories: Histories) -> None:
    won_after(histories, *range(1, 11))
    list(histories.db.rows("update stage set rot_days = 5 where name = 'lead'"))

    assert limits(histories.db)[STAGES["lead"]] == Limit(5, "of the stage")


def test_closing_stages_have_none(histories: Histories) -> None:
    assert set(limits(histories.db)) == {STAGES[name] for name in ("lead", "contact", "needs", "quote")}
