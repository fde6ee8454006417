"""Two periods by hand: the rates of two sources stay, and their mix turns round."""

import pytest

from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import Basis
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.reports.funnel_alert import Alert, alert, report
from crmcli.reports.funnel_compare import Comparison, compare
from crmcli.reports.funnel_request import FunnelRequest

from .conftest import NOW, Histories

MOMENT = Moment(NOW, Preferences())


def add(file: Histories, day: float, *, source: str, deals: int, moved: int, after: float = 1) -> None:
    """So many deals of a source that began on a day, and how many of them moved on."""
    for number in range(deals):
        moves = [("lead", day), ("contact", day + after)] if number < moved else [("lead", day)]
        file.deal(*moves, source=source)


@pytest.fixture
def turned(histories: Histories) -> Histories:
    """In January 40 deals of web and 10 of fair, in the 30 days up to May 1st 10 and 40; web moves half, fair a tenth."""
    add(histories, 5, source="web", deals=40, moved=20)
    add(histories, 5, source="fair", deals=10, moved=1)
    add(histories, 95, source="web", deals=10, moved=5)
    add(histories, 95, source="fair", deals=40, moved=4)
    return histories


def of(file: Histories, first: str = "2026-01", second: str = "2026-04", **asked: object) -> Comparison:
    request = FunnelRequest(**{"by": "source", "basis": Basis.PERIOD, **asked})  # type: ignore[arg-type]  # fields by name
    return compare(file.db, request, first, second, moment=MOMENT)


def test_the_mix_and_the_rates_part_a_change(turned: Histories) -> None:
    found = of(turned)
    step = found.changes[0]

    assert [change.step for change in found.changes] == [
        "lead > contact", "contact > needs", "needs > quote", "quote > won", "lead >> won",
    ]  # fmt: skip
    assert (step.first, step.second, step.verdict) == ((21, 50), (9, 50), "fell")
    assert step.change == pytest.approx(-0.24)
    assert [step.mix_effect, step.rate_effect] == pytest.approx([-0.24, 0], abs=1e-12)
    assert step.p_adjusted == pytest.approx(3 * 0.00883, abs=2e-5)  # of the five steps three have deals in both
    assert [change.p for change in found.changes[1:]] == [1.0, None, None, 1.0]
    assert (found.summary["first_deals"], found.summary["second_deals"], found.summary["fell"]) == (50, 50, 1)


def test_a_group_of_one_period_alone_is_mix(histories: Histories) -> None:
    add(histories, 5, source="web", deals=10, moved=5)
    add(histories, 95, source="web", deals=10, moved=8)
    add(histories, 95, source="new", deals=10, moved=1)
    step = of(histories).changes[0]

    # web .5 and .8, weight 1 then .5: mix (.5 - 1) x .65, rate .3 x .75; new only then: mix .5 x .1
    assert [step.mix_effect, step.rate_effect] == pytest.approx([-0.275, 0.225])
    assert step.change == pytest.approx(-0.05)


def test_cohorts_are_seen_equally_long_after_their_ends(histories: Histories) -> None:
    add(histories, 5, source="web", deals=4, moved=4, after=50)  # of January, on 25 February
    add(histories, 35, source="web", deals=4, moved=2, after=1)  # of February
    found = of(histories, first="2026-01", second="2026-02", basis=Basis.COHORT, as_of="2026-03-10")

    # ten days after February are ten days after January too: there the four had not moved yet
    assert (found.changes[0].first, found.changes[0].second) == ((0, 4), (2, 4))
    assert (found.parameters["first_as_of"], found.parameters["second_as_of"]) == ("2026-02-10", "2026-03-10")
    later = of(histories, first="2026-01", second="2026-02", basis=Basis.COHORT, as_of="2026-04-30")
    assert later.changes[0].first == (4, 4)


def test_periods_lie_apart(turned: Histories) -> None:
    with pytest.raises(InvalidInput, match="2026-01-01 to 2026-01-31 and 2026-01-01 to 2026-03-31 share days"):
        of(turned, second="2026-Q1")
    with pytest.raises(InvalidInput, match="a snapshot has no period"):
        of(turned, basis=Basis.SNAPSHOT)


def warned(file: Histories, **asked: object) -> Alert:
    return alert(file.db, FunnelRequest(**asked), moment=MOMENT, fields=("source", "product"))  # type: ignore[arg-type]  # fields by name


def test_an_alert_names_the_step_that_fell_and_the_groups_that_explain_it(turned: Histories) -> None:
    found = warned(turned, as_of="2026-05-01")

    # fair: .8 x (.1 - .42) - .2 x (.1 - .42) = -.192; web: .2 x (.5 - .42) - .8 x (.5 - .42) = -.048
    assert [(row[0], row[7], row[10]) for row in found.rows[:2]] == [
        ("lead > contact", "fair", 40),
        ("lead > contact", "web", 10),
    ]
    assert [row[11] for row in found.rows[:2]] == [pytest.approx(-0.192), pytest.approx(-0.048)]
    assert report(found).summary == {"fell": 1, "steps": ["lead > contact"], "tested": 5}
    assert found.notes[0] == (
        "moves from 2026-04-02 to 2026-05-01 against 2026-01-02 to 2026-04-01: lead > contact -24.0 %"
    )


def test_no_alert_without_a_fall(turned: Histories) -> None:
    found = warned(turned, as_of="2026-03-01")

    assert found.fallen == ()
    assert [row[6:8] for row in found.rows] == [(None, None)] * 5
    assert found.notes[0].endswith("nothing fell")
    with pytest.raises(InvalidInput, match="--days 0 is not a number of days"):
        alert(turned.db, FunnelRequest(), moment=MOMENT, days=0)
