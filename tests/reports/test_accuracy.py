"""How near forecasts came, by hand and beside the forecast of that day; today is 2026-11-20."""

from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import Calendar
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.reports.accuracy import Accuracy, accuracy
from crmcli.reports.chances import chances
from crmcli.reports.forecast import forecast
from crmcli.reports.standing import Asked, standing
from tests.reports.conftest import NOW, STAGES, Histories, new_file
from tests.reports.test_waterfall import EVENTS, Event, add

MOMENT = Moment(NOW, Preferences())


def found(file: Histories, *, periods: int = 2, unit: Calendar = Calendar.QUARTER, is_known: bool = False) -> Accuracy:
    return accuracy(file.db, Asked(), moment=MOMENT, unit=unit, periods=periods, is_known=is_known)


def deal(file: Histories, *events: tuple[str, str, int, str]) -> None:
    add(file, *((*event, "EUR") for event in events))


def test_a_forecast_is_what_was_expected_on_the_first_day(histories: Histories) -> None:
    close = "2026-09-15"
    deal(histories, ("2026-06-01", "quote", 10_000, close), ("2026-07-10", "won", 9_000, close))
    deal(histories, ("2026-06-01", "lead", 20_000, close), ("2026-07-10", "lost", 20_000, close))
    deal(
        histories, ("2026-07-02", "lead", 3_000, close), ("2026-07-11", "won", 3_000, close)
    )  # too late to be expected
    deal(histories, ("2026-06-01", "lead", 50_000, "2026-10-01"))  # of the next quarter

    last = found(histories).rows[-1]

    assert (last.period, last.made_on) == ("2026-Q3", "2026-07-01")
    assert last.forecast == Money(7_500 + 2_000, "EUR")  # a quote 75 %, a lead 10 %: nothing had closed yet
    assert last.actual == Money(12_000, "EUR")
    assert (last.accuracy, last.bias) == (0.7917, -0.2083)  # off by 2,500 of 12,000


def test_what_was_not_recorded_then_was_not_known(histories: Histories) -> None:
    deal(histories, ("2026-06-01", "quote", 10_000, "2026-09-15"), ("2026-07-10", "won", 9_000, "2026-09-15"))

    said = found(histories, is_known=True)

    assert [(row.forecast, row.actual.amount) for row in said.rows] == [(None, 0), (None, 9_000)]
    assert said.totals == ({"currency": "EUR", "accuracy": None, "bias": None},)
    assert said.notes[1].startswith("nothing was recorded yet when 2026-Q2, 2026-Q3 began")


def test_what_was_recorded_late_is_left_out_of_what_was_known(histories: Histories) -> None:
    close = "2026-09-15"
    histories.db.value("update operation set recorded_at = '2026-01-01T00:00:00Z' returning 1")
    deal(histories, ("2026-06-01", "quote", 10_000, close))
    deal(histories, ("2026-06-01", "quote", 4_000, close), ("2026-07-10", "won", 4_000, close))
    histories.db.value(
        "update stage_event set recorded_at = occurred_at where passage_id = (select max(id) from passage) returning 1"
    )

    by = {is_known: found(histories, is_known=is_known).rows[-1].forecast for is_known in (True, False)}

    assert by == {True: Money(3_000, "EUR"), False: Money(10_500, "EUR")}
    for is_known, weighted in by.items():
        day = Asked(known_at="2026-06-30") if is_known else Asked(as_of="2026-06-30")
        (total,) = forecast(histories.db, day, moment=MOMENT, period="2026-Q3").totals
        assert total.weighted == weighted
    with pytest.raises(
        InvalidInput, match="nothing was known at the end of 2025-12-31: the first operation is of 2026-01-01"
    ):
        forecast(histories.db, Asked(known_at="2025-12-31"), moment=MOMENT)


def test_only_whole_periods_count(histories: Histories) -> None:
    deal(histories, ("2026-06-01", "quote", 10_000, "2026-11-15"), ("2026-11-10", "won", 9_000, "2026-11-15"))

    said = found(histories, unit=Calendar.MONTH, periods=3)

    assert said.rows == ()
    deal(histories, ("2026-06-01", "quote", 100, "2026-11-15"), ("2026-10-10", "won", 900, "2026-11-15"))
    assert [row.period for row in found(histories, unit=Calendar.MONTH, periods=3).rows] == [
        "2026-08",
        "2026-09",
        "2026-10",
    ]


@pytest.mark.slow
@given(st.lists(EVENTS, max_size=14))
@settings(max_examples=25, deadline=None)
def test_it_is_the_forecast_of_the_day_before(deals: list[list[Event]]) -> None:
    with new_file() as file:
        for events in deals:
            add(file, *events)
        moment = Moment(NOW.replace(year=2027), Preferences())

        rows = accuracy(file.db, Asked(), moment=moment, periods=4).rows

        that_day = forecast(file.db, Asked(as_of="2026-09-30"), moment=moment, period="2026-Q4")
        mine = {row.currency: row.forecast for row in rows if row.period == "2026-Q4"}
        for total in that_day.totals:
            open_ = Money(total.weighted.amount - total.closed.amount, total.currency)
            assert mine.get(total.currency, Money(0, total.currency)) == open_
        _chances_are_of_the_deals_as_they_stood(file, moment)


def _chances_are_of_the_deals_as_they_stood(file: Histories, moment: Moment) -> None:
    """Counted once more, from where each deal stood and how far it had come."""
    now, today, then = (standing(Asked(as_of=day), file.db, moment) for day in (None, "today", "2026-10-15"))
    assert [(each.won, each.closed) for each in chances(file.db, now).values()] == [
        (each.won, each.closed) for each in chances(file.db, today).values()
    ]
    stood = Counter(
        file.db.rows(f"select stage_id, reached_id from ({then.source}) where stage_id > 4", then.parameters)
    )
    won = sum(count for (stage, _), count in stood.items() if stage == STAGES["won"])
    for stage, chance in chances(file.db, then).items():
        lost = sum(count for (at, reached), count in stood.items() if at == STAGES["lost"] and (reached or 0) >= stage)
        assert (chance.won, chance.closed) == (won, won + lost)
