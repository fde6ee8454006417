"""The waterfall, by hand and whatever happens; today is 2026-11-20, the period the fourth quarter of 2026."""

from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core.preferences import Preferences
from crmcli.query.comparison import Moment
from crmcli.reports.standing import Asked, standing
from crmcli.reports.waterfall import STEPS, waterfall
from tests.reports.conftest import NOW, RECORDED, STAGES, Histories, new_file

MOMENT = Moment(NOW, Preferences())
IN, LATER = "2026-12-15", "2027-01-01"

Event = tuple[str, str, int | None, str | None, str]
"""When, the stage, the amount in minor units, the expected close, the currency."""


def add(file: Histories, *events: Event) -> None:
    """A deal with just these events."""
    _, stage, amount, close, currency = events[-1]
    deal = file.insert(
        "deal", uid=f"d{file.db.value('select count(*) from deal')}", name="Deal", amount=amount, currency=currency,
        close_on=close, recorded_at=RECORDED,
    )  # fmt: skip
    began = f"{events[0][0]}T12:00:00Z"
    entered = next(f"{e[0]}T12:00:00Z" for e in events if e[1] == stage)
    passage = file.insert(
        "passage", deal_id=deal, pipeline_id=1, began_at=began, stage_id=STAGES[stage], stage_entered_at=entered,
        reached_id=max((STAGES[e[1]] for e in events if STAGES[e[1]] < STAGES["won"]), default=None),
    )  # fmt: skip
    before = None
    for day, to, worth, close_on, code in events:
        file.insert(
            "stage_event", passage_id=passage, from_stage_id=before, to_stage_id=STAGES[to], amount=worth, currency=code,
            close_on=close_on, occurred_at=f"{day}T12:00:00Z", recorded_at=RECORDED,
        )  # fmt: skip
        before = STAGES[to]


def steps(
    file: Histories, start: str = "2026-10-10", end: str = "2026-11-20", **asked: object
) -> dict[str, tuple[int | None, int]]:
    """(deals, minor units) of each step that is not 0."""
    found = waterfall(file.db, Asked(**asked), start=start, end=end, moment=MOMENT)  # type: ignore[arg-type]  # by name
    return {row.step: (row.deals, row.amount.amount) for row in found.rows if row.amount.amount or row.deals}


def test_every_step_by_hand(histories: Histories) -> None:
    def deal(*events: tuple[str, str, int, str]) -> None:
        add(histories, *((*event, "EUR") for event in events))

    deal(("2026-09-01", "lead", 100, IN))  # stays
    deal(("2026-10-10", "lead", 20, IN))  # new on the first day
    deal(("2026-09-01", "lead", 3, LATER), ("2026-10-12", "lead", 3, IN))  # pulled in
    deal(("2026-09-01", "lead", 400, IN), ("2026-10-12", "quote", 450, IN))  # increased by 50
    deal(("2026-09-01", "lead", 80, IN), ("2026-10-12", "lead", 70, IN))  # decreased by 10
    deal(("2026-09-01", "lead", 500, IN), ("2026-10-12", "lead", 510, LATER))  # up by 10, then out
    deal(("2026-09-01", "lead", 600, IN), ("2026-10-12", "lost", 600, IN))
    deal(("2026-09-01", "lead", 700, IN), ("2026-10-12", "won", 650, IN))  # down by 50, then won
    deal(("2026-09-01", "lead", 9, LATER), ("2026-11-20", "won", 9, LATER))  # won before its time: in, and won
    deal(("2026-09-01", "lead", 5, LATER), ("2026-11-20", "lost", 5, LATER))  # was never in it
    deal(("2026-09-01", "lost", 40, IN), ("2026-11-01", "lead", 40, IN))  # reopened
    deal(("2026-11-01", "won", 7, IN))  # begun and won at once

    assert steps(histories) == {
        "start": (None, 100 + 400 + 80 + 500 + 600 + 700),
        "new": (3, 20 + 40 + 7),
        "pulled_in": (2, 3 + 9),
        "increased": (2, 50 + 10),
        "decreased": (2, -10 - 50),
        "pushed_out": (1, -510),
        "lost": (1, -600),
        "won": (3, -650 - 9 - 7),
        "end": (6, 100 + 20 + 3 + 450 + 70 + 40),
    }


def test_another_currency_leaves_one_and_enters_the_other(histories: Histories) -> None:
    add(histories, ("2026-09-01", "lead", 100, IN, "EUR"), ("2026-10-12", "lead", 90, IN, "USD"))

    assert steps(histories, currency="EUR") == {"start": (None, 100), "decreased": (1, -100)}
    assert steps(histories, currency="usd") == {"increased": (1, 90), "end": (1, 90)}


DAYS = st.dates(date(2026, 9, 1), date(2026, 11, 20)).map(str)
EVENTS = st.lists(
    st.tuples(
        DAYS,
        st.sampled_from(("lead", "quote", "won", "lost")),
        st.integers(-(10**12), 10**12) | st.none(),
        st.sampled_from(("2026-10-01", IN, LATER, None)),
        st.sampled_from(("EUR", "EUR", "JPY")),
    ),
    min_size=1,
    max_size=6,
).map(lambda events: sorted(events, key=lambda event: event[0]))


@pytest.mark.slow
@given(st.lists(EVENTS, max_size=6), DAYS, DAYS)
@settings(max_examples=40, deadline=None)
def test_it_balances_to_the_cent_whatever_happens(deals: list[list[Event]], one: str, other: str) -> None:
    start, end = sorted((one, other))
    with new_file() as file:
        for events in deals:
            add(file, *events)

        found = waterfall(file.db, Asked(), start=start, end=end, moment=MOMENT, close="2026-Q4")

        sums: dict[str, dict[str, int]] = defaultdict(dict)
        for row in found.rows:
            sums[row.currency][row.step] = row.amount.amount
        day_before = date.fromordinal(date.fromisoformat(start).toordinal() - 1)
        for day, step in ((day_before, "start"), (date.fromisoformat(end), "end")):
            expected = _open(file, day)
            assert {code: amounts[step] for code, amounts in sums.items() if amounts[step]} == {
                code: amount for code, amount in expected.items() if amount
            }
        for amounts in sums.values():
            assert sum(amounts[step] for step in STEPS[:-1]) == amounts["end"]
            assert all(amounts[step] <= 0 for step in ("decreased",))


def _open(file: Histories, day: date) -> dict[str, int]:
    """What was open at the end of a day and expected to close in the quarter, by currency, without the waterfall."""
    then = standing(Asked(as_of=day.isoformat()), file.db, MOMENT)
    rows = file.db.rows(
        f"select currency, sum(coalesce(amount, 0)) from ({then.source}) where stage_id < 5 "
        "and close_on between '2026-10-01' and '2026-12-31' group by 1",
        then.parameters,
    )
    return dict(rows)
