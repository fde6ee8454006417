"""Golden figures by hand: how each deal of the file `twelve` counts stands in the comments."""

import subprocess
import sys
from dataclasses import astuple

import pytest

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import Basis, Mode
from crmcli.errors import InvalidInput
from crmcli.reports.funnel import FunnelRequest, funnel, report

from .conftest import NOW, RECORDED, Histories, at, column, euros, shown


def test_reached_fills_what_was_skipped_and_what_a_won_deal_passed(twelve: Histories) -> None:
    found = shown(twelve)

    assert column(found, "stage") == ["lead", "contact", "needs", "quote", "won"]
    assert column(found, "position") == [1, 2, 3, 4, 5]
    # furthest: quote 1 2 4 8 12, needs 5 7, contact 3 9 11, lead 6, nowhere 10; won now 1 2 4
    assert column(found, "reached") == [11, 10, 7, 5, 3]
    assert column(found, "conversion") == [None, 10 / 11, 7 / 10, 5 / 7, 3 / 5]
    assert column(found, "cumulative") == [1, 10 / 11, 7 / 11, 5 / 11, 3 / 11]
    # Wilson for 3 of 5: (0.6 + 0.384146 ± sqrt(0.768292 (0.24 + 0.192073))) / 1.768292
    assert found.steps[-1].conversion_low == pytest.approx(0.2307, abs=5e-5)
    assert found.steps[-1].conversion_high == pytest.approx(0.8824, abs=5e-5)
    assert found.steps[0].conversion_low is None
    assert euros(found) == [6200, 6200, 3900, 2700, 700]  # 10 is nowhere, 6 has no amount


def test_what_happened_in_each_stage_is_the_same_in_every_mode(twelve: Histories) -> None:
    for mode in Mode:
        found = shown(twelve, mode=mode)

        assert column(found, "skipped") == [1, 1, 1, 0, 0]  # 5 skipped lead, 2 skipped contact and needs
        assert column(found, "moved_back") == [0, 1, 1, 0, 1]  # 3 and 7; 9 was won and reopened; 4 was lost
        assert column(found, "lost") == [0, 1, 0, 1, 0]  # 3 and 8; 10 never stood in an open stage
        assert column(found, "open") == [1, 3, 1, 1, 0]  # 6; 7 9 11; 5; 12


def test_touched_counts_only_where_a_deal_stood(twelve: Histories) -> None:
    found = shown(twelve, mode=Mode.TOUCHED)

    assert column(found, "reached") == [10, 9, 6, 5, 3]  # not 5 and 10; not 2 and 6; 1 4 5 7 8 12; 1 2 4 8 12
    # who touched both: 1 3 4 7 8 9 11 12; 1 4 5 7 8 12; 1 4 8 12; 1 2 4
    assert column(found, "conversion") == [None, 8 / 10, 6 / 9, 4 / 6, 3 / 5]
    assert column(found, "cumulative") == [1, 8 / 10, 5 / 10, 5 / 10, 3 / 10]
    assert euros(found) == [5700, 6000, 3700, 2700, 700]


def test_strict_counts_first_touches_in_order(twelve: Histories) -> None:
    found = shown(twelve, mode=Mode.STRICT)

    # contact: 1 3 4 7 8 9 11 12 (5 has no lead); needs: 1 4 8 12 (7 came to needs before contact); won: 1 4
    assert column(found, "reached") == [10, 8, 4, 4, 2]
    assert column(found, "conversion") == [None, 8 / 10, 4 / 8, 1, 2 / 4]
    assert column(found, "cumulative") == [1, 8 / 10, 4 / 10, 4 / 10, 2 / 10]
    assert euros(found) == [5700, 5500, 2500, 2500, 500]


def test_a_snapshot_counts_where_deals_stand(twelve: Histories) -> None:
    for mode in Mode:
        found = shown(twelve, basis=Basis.SNAPSHOT, mode=mode)

        assert column(found, "reached") == [1, 3, 1, 1, 3]
        assert euros(found) == [0, 2700, 500, 1200, 700]
        for name in ("conversion", "conversion_low", "conversion_high", "cumulative"):
            assert column(found, name) == [None] * 5


def test_days_of_completed_stays_and_from_the_first_event_to_winning(twelve: Histories) -> None:
    found = shown(twelve)

    # lead 1 2 2 2 2 3 4 5 10, contact 1 2 2 2 4 5 6 10, needs 1 2 2 2 5 6, quote 6 7 10 18, to winning 16 30 39
    assert column(found, "median_days") == [2, 3, 2, 8.5, 30]
    assert column(found, "p75_days") == [4, 5.25, 4.25, 12, 34.5]


def test_every_entry_ends_in_exactly_one_way(twelve: Histories) -> None:
    found = shown(twelve)

    # lead: 1 2 3 3 4 6 7 8 9 11 12; contact: 1 3 3 4 5 7 8 9 9 11 12; needs: 1 4 4 5 7 8 12; quote: 1 2 4 8 12
    assert column(found, "entries") == [11, 11, 7, 5, 4]
    assert column(found, "advanced") == [10, 6, 4, 3, 0]  # contact: 1 4 5 8 9 12; needs: 1 4 8 12; quote: 1 2 4
    assert column(found, "lost_here") == [0, 1, 1, 1, 0]  # 3; 4, who came back; 8
    assert column(found, "moved_back") == [0, 1, 1, 0, 1]  # 3; 7; 9
    assert column(found, "handed_over") == [0] * 5
    assert column(found, "still_there") == [1, 3, 1, 1, 3]  # 6; 7 9 11; 5; 12; 1 2 4


def test_a_period_counts_what_was_done_in_it(twelve: Histories) -> None:
    found = shown(twelve, basis=Basis.PERIOD, since="2026-01-11", until="2026-01-16")  # days 10 to 14

    # in it: 2 lead>quote, 3 lead>contact>lost, 4 needs>lost, 8 lead>contact>needs>quote, 9 lead>contact, 10 lost,
    # 11 lead>contact, 5 6 7 nothing; 1 contact, nothing; 12 nothing
    assert found.summary.cohort == 7
    assert column(found, "reached") == [6, 6, 3, 2, 0]  # 2 3 4 8 9 11; the same; 2 4 8; 2 8
    touched = shown(twelve, basis=Basis.PERIOD, since="2026-01-11", until="2026-01-16", mode=Mode.TOUCHED)
    assert column(touched, "reached") == [5, 4, 2, 2, 0]  # 2 3 8 9 11; 3 8 9 11; 4 8; 2 8
    strict = shown(twelve, basis=Basis.PERIOD, since="2026-01-11", until="2026-01-16", mode=Mode.STRICT)
    assert column(strict, "reached") == [5, 4, 1, 1, 0]  # 2 3 8 9 11; 3 8 9 11; 8; 8
    assert (found.summary.won, found.summary.lost, found.summary.open) == (0, 3, 4)  # 3 4 10 lost by then
    assert column(found, "lost") == [0, 1, 1, 0, 0]
    assert column(found, "entries") == [5, 4, 2, 2, 0]  # who stood there as it began has come in too
    assert column(found, "still_there") == [0, 2, 0, 2, 0]  # 9 11; 2 8
    assert found.steps[0].median_days == 3  # 2 2 4 10 of 2 3 8 9, of 11 nobody knows
    assert found.notes[0].startswith(
        "mode reached, basis period, deals that moved from 2026-01-11 and before 2026-01-16"
    )
    assert "left out: 1 stage event without a date, which no window holds" in found.notes


def test_a_period_of_all_time_is_the_cohort_of_all_deals(twelve: Histories) -> None:
    for mode in Mode:
        assert shown(twelve, basis=Basis.PERIOD, mode=mode).steps == shown(twelve, mode=mode).steps


def test_amounts_have_conversions_of_their_own(twelve: Histories) -> None:
    found = shown(twelve)

    assert column(found, "amount_conversion") == [None, 62 / 62, 39 / 62, 27 / 39, 7 / 27]
    assert column(found, "amount_cumulative") == [1, 1, 39 / 62, 27 / 62, 7 / 62]
    shown_columns = [each.name for each in report(found, by_amount=True).table.columns if not each.is_hidden]
    assert shown_columns == [
        "group",
        "stage",
        "reached",
        "lost",
        "open",
        "amount",
        "amount_conversion",
        "amount_cumulative",
    ]


def test_summary_of_the_cohort(twelve: Histories) -> None:
    summary = shown(twelve).summary

    assert astuple(summary)[:6] == (12, 1, 6, 3, 3, 0.5)
    assert (summary.won_amount, summary.currency) == (Money(70_000, "EUR"), "EUR")
    assert (summary.mode, summary.basis) == (Mode.REACHED, Basis.COHORT)
    assert (summary.since, summary.until, summary.as_of) == (None, None, None)


def test_notes_name_the_choices_and_what_no_column_shows(twelve: Histories) -> None:
    assert shown(twelve).notes == (
        "mode reached, basis cohort, all deals; 6 of 12 deals still open; closed-only win rate 50.00 % of 6",
        "pipeline sales, the only one with deals",
        "the amounts leave out 1 deal without one",
        "1 deal lost without ever standing in an open stage: in no row",
    )


def test_a_window_holds_the_deals_that_began_in_it(twelve: Histories) -> None:
    found = shown(twelve, since="2026-01-02", until="2026-01-10")

    assert column(found, "reached") == [6, 5, 4, 2, 1]  # 3 4 5 6 7 8: 9 begins with the first day outside
    assert (found.summary.cohort, found.summary.undated) == (6, 1)
    assert (found.summary.since, found.summary.until) == ("2026-01-02", "2026-01-10")
    assert found.notes[0].startswith("mode reached, basis cohort, deals begun from 2026-01-02 and before 2026-01-10; ")
    assert "left out: 1 deal without a date, which no window holds" in found.notes
    assert found.steps[0].median_days == 2  # 2 4 2 1 2
    assert shown(twelve, until="2026-01-02").summary.cohort == 2


def test_a_month_stands_for_its_first_day_and_as_of_for_its_last(twelve: Histories) -> None:
    found = shown(twelve, since="2026-01", until="2026-02", as_of="2026-01")

    assert found.parameters == {
        "query": None,
        "pipeline": "sales",
        "mode": Mode.REACHED,
        "basis": Basis.COHORT,
        "since": "2026-01-01",
        "until": "2026-02-01",
        "by": None,
        "as_of": "2026-01-31",
        "known_at": None,
        "currency": None,
    }


def test_a_window_without_days_is_refused(twelve: Histories) -> None:
    with pytest.raises(InvalidInput, match="from 2026-02-01 until before 2026-01-01 is empty"):
        shown(twelve, since="2026-02-01", until="2026-01-01")


def test_as_of_a_day_knows_nothing_of_later_events(twelve: Histories) -> None:
    found = shown(twelve, as_of="2026-01-16")  # day 15 is the last that counts

    # needs 1 5, quote 2 8, lost 3 4 10, lead 6 12, contact 7 11, won 9
    assert column(found, "reached") == [11, 9, 7, 3, 1]
    assert column(found, "open") == [2, 2, 2, 2, 0]
    assert column(found, "lost") == [0, 1, 1, 0, 0]
    assert column(found, "skipped") == [1, 1, 2, 1, 0]  # 5; 2; 2 9; 9
    assert column(found, "moved_back") == [0, 1, 1, 0, 0]
    assert (found.steps[0].median_days, found.steps[0].p75_days) == (2, 4.25)  # 1 2 2 2 2 4 5 10
    assert found.steps[-1].median_days == 6
    assert astuple(found.summary)[:6] == (12, 1, 8, 1, 3, 0.25)
    assert found.summary.won_amount == Money(90_000, "EUR")
    assert found.notes[0].startswith("mode reached, basis cohort, all deals, as of the end of 2026-01-16; 8 of 12 ")


def test_as_of_strict_goes_by_the_events_that_were_known(twelve: Histories) -> None:
    found = shown(twelve, as_of="2026-01-16", mode=Mode.STRICT)

    assert column(found, "reached") == [10, 7, 3, 1, 0]  # contact 1 3 4 7 8 9 11, needs 1 4 8, quote 8


def test_as_of_before_a_deal_began_leaves_it_out(histories: Histories) -> None:
    histories.deal(("lead", 10), amount=1)

    assert shown(histories, as_of="2026-01-05").summary.cohort == 0
    assert shown(histories, as_of="2026-01-11").summary.cohort == 1


def test_as_of_a_day_takes_the_amount_of_that_day(histories: Histories) -> None:
    passage = histories.deal(("lead", 0), amount=100)
    terms = {"from_stage_id": 1, "to_stage_id": 1, "amount": 25_000, "currency": "EUR", "recorded_at": RECORDED}
    histories.insert("stage_event", passage_id=passage, occurred_at=at(10), **terms)
    histories.db.connection.execute("update deal set amount = 25000")

    assert euros(shown(histories, as_of="2026-01-05"))[0] == 100
    assert euros(shown(histories, as_of="2026-01-11"))[0] == 250
    assert column(shown(histories), "moved_back") == [0] * 5


def test_the_end_of_the_day_is_that_of_the_file(histories: Histories) -> None:
    histories.deal(("lead", 0), ("won", 9.9))  # 21:36 UTC is 5:36 of the next day in Shanghai
    asked = FunnelRequest(as_of="2026-01-10")

    for zone, won in (("UTC", 1), ("Asia/Shanghai", 0)):
        found = funnel(histories.db, asked, now=NOW, preferences=Preferences(zone=zone))

        assert found.summary.won == won


def test_the_report_is_what_renderers_take(twelve: Histories) -> None:
    found = report(shown(twelve, by="source"))

    assert found.name == "funnel"
    assert " ".join(each.name for each in found.table.columns) == (
        "group currency stage position reached conversion conversion_low conversion_high cumulative skipped moved_back"
        " lost open amount median_days p75_days amount_conversion amount_cumulative"
        " entries advanced lost_here handed_over still_there"
    )
    assert " ".join(found.summary) == (
        "cohort undated open won lost win_rate won_amount currency mode basis since until as_of known_at"
    )
    assert found.table.groups == "group"
    assert report(shown(twelve)).table.groups is None
    assert len(list(found.table.rows)) == 15
    assert [each.name for each in found.table.columns if each.bar] == ["reached"]


def test_the_report_loads_nothing_heavy() -> None:
    heavy = {"sqlmodel", "sqlalchemy", "pandas", "numpy", "networkx", "rich", "typer"}
    code = f"import sys, crmcli.reports.funnel; print({heavy} & set(sys.modules))"

    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "set()\n"
