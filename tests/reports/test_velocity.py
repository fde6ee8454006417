"""Sales velocity, by hand; deals begin on days counted from 2026-01-01."""

import pytest

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.reports.standing import Asked
from crmcli.reports.velocity import Velocities, Velocity, velocity
from tests.reports.conftest import NOW, Histories

MOMENT = Moment(NOW, Preferences())


def found(file: Histories, *, since: str = "2026-01-01", until: str = "2026-02-15", **asked: object) -> Velocities:
    return velocity(file.db, Asked(**asked), moment=MOMENT, since=since, until=until)  # type: ignore[arg-type]  # fields by name


@pytest.fixture
def five(histories: Histories) -> Histories:
    """Two won in 30 and 10 days, one lost, one open; one won after the window."""
    histories.deal(("lead", 0), ("won", 30), amount=100)
    histories.deal(("lead", 10), ("quote", 12), ("won", 20), amount=300)
    histories.deal(("lead", 5), ("lost", 25), amount=9_000)
    histories.deal(("lead", 5), amount=700)
    histories.deal(("lead", 5), ("won", 60), amount=8_000)
    return histories


def test_the_velocity_is_n_times_w_times_v_by_l(five: Histories) -> None:
    (row,) = found(five).rows

    assert row == Velocity(
        group=None,
        currency="EUR",
        velocity=Money(20_00, "EUR"),  # 3 x 2/3 x 200 / 20
        closed=3,
        won=2,
        win_rate=2 / 3,
        mean_won=Money(200_00, "EUR"),
        mean_days=20.0,
        before=None,
        change=None,
        open=1,
        forward=Money(6_67, "EUR"),  # 1 x 2/3 x 200 / 20
    )


def test_the_window_before_is_as_long(five: Histories) -> None:
    (row,) = found(five, since="2026-02-15", until="2026-04-01").rows

    assert row.before == Money(20_00, "EUR")
    assert row.velocity == Money(145_45, "EUR")  # 1 x 1 x 8000 / 55
    assert row.change == 6.2727


def test_currencies_stand_apart(five: Histories) -> None:
    five.deal(("lead", 0), ("won", 10), amount=50, currency="USD")

    rows = found(five).rows

    assert [(row.currency, row.velocity) for row in rows] == [
        ("EUR", Money(20_00, "EUR")),
        ("USD", Money(5_00, "USD")),
    ]
    assert [row.currency for row in found(five, currency="usd").rows] == ["USD"]


def test_a_past_day_knows_nothing_of_later_ones(five: Histories) -> None:
    (row,) = found(five, as_of="2026-01-24", until="2026-01-25").rows

    assert (row.closed, row.won, row.open, row.velocity) == (1, 1, 4, Money(30_00, "EUR"))


def test_what_is_not_known_is_left_out_and_said(five: Histories) -> None:
    five.deal(("lead", None), ("won", 20))

    said = found(five)

    assert (said.rows[0].mean_won, said.rows[0].mean_days) == (Money(200_00, "EUR"), 20.0)
    assert said.notes[1:] == (
        "left out of the mean amount: 1 deal won without an amount",
        "left out of the mean days: 1 deal won whose beginning nobody knows",
    )


def test_groups_are_those_of_the_day(five: Histories) -> None:
    anna = five.insert("owner", uid="o1", name="Anna", recorded_at="2026-01-01T00:00:00Z")
    passage = five.deal(("lead", 0), ("won", 10), amount=50)
    five.db.value("update stage_event set owner_id = :owner where passage_id = :id returning 1", owner=anna, id=passage)

    now, then = (found(five, by="owner", as_of=day).rows for day in (None, "2026-01-05"))

    assert [row.group for row in now] == ["(none)"]  # the deal itself was never given to her
    assert [(row.group, row.open) for row in then] == [("Anna", 1), ("(none)", 1)]


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ({"by": "amount"}, "cannot group by 'amount'"),
        ({"by": "ownr"}, "cannot group by unknown field 'ownr'; did you mean 'owner'?"),
        ({"until": "2025-12-01"}, "is empty"),
        ({"currency": "ZZZ"}, "no currency 'ZZZ'"),
    ],
)
def test_what_cannot_be_asked_is_said(asked: dict[str, str], said: str, five: Histories) -> None:
    with pytest.raises(InvalidInput, match=said):
        found(five, **asked)
