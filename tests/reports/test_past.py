"""What deals were at the end of a day: by what is known now, and by what was known then."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.entities import entity
from crmcli.query.past import past
from crmcli.query.sql import Where, select
from crmcli.reports import board, slippage, winloss
from crmcli.reports.dash import dash
from crmcli.reports.forecast import forecast
from crmcli.reports.listing import View, listing
from crmcli.reports.standing import Asked, standing
from crmcli.reports.velocity import velocity
from crmcli.reports.waterfall import waterfall

from .conftest import NOW, RECORDED, Histories, at, column, euros, new_file, shown
from .test_waterfall import DAYS, EVENTS, Event, add

MOMENT = Moment(NOW, Preferences())


@pytest.fixture
def changed(histories: Histories) -> Histories:
    """A deal of Ann's for 100, from day 5 one of Bob's for 250, won on day 10; the terms became known on day 20."""
    ann, bob = (histories.insert("owner", uid=name, name=name, recorded_at=RECORDED) for name in ("Ann", "Bob"))
    passage = histories.deal(("lead", 0), ("contact", 3), ("won", 10), amount=100, source="web")
    file = histories.db.connection
    file.execute("update stage_event set owner_id = ?, close_on = '2026-02-01', recorded_at = occurred_at", (ann,))
    terms = {"from_stage_id": 2, "to_stage_id": 2, "amount": 25_000, "currency": "EUR", "owner_id": bob}
    histories.insert(
        "stage_event", passage_id=passage, occurred_at=at(5), recorded_at=at(20), close_on="2026-05-01", **terms
    )
    file.execute("update stage_event set amount = 25000, owner_id = ? where to_stage_id = 5", (bob,))
    file.execute("update deal set amount = 25000, owner_id = ?, close_on = '2026-05-01'", (bob,))
    file.execute("update operation set recorded_at = ?", (at(1),))
    return histories


def test_queries_and_groups_take_stage_amount_close_date_and_owner_as_they_were(changed: Histories) -> None:
    for day, owner, asked, amount in (
        ("2026-01-05", "Ann", ("owner:Ann", "amount:100", "stage:contact", "close:2026-02-01", "is:open"), 100),
        ("2026-01-07", "Bob", ("owner:Bob", "amount:250", "reached:contact", "close:2026-05", "not", "is:won"), 250),
        ("2026-01-12", "Bob", ("owner:Bob", "is:won", "closed:2026-01-11", "age:..11", "not", "is:open"), 250),
    ):
        found = shown(changed, words=asked, as_of=day, by="owner")

        assert [step.group for step in found.steps[::5]] == [owner]
        assert euros(found)[0] == amount
    assert shown(changed, words=("owner:Ann",)).summary.cohort == 0
    assert shown(changed, words=("source:web", "stage:lead"), as_of="2026-01-02").summary.cohort == 1
    assert [step.group for step in shown(changed, by="amount-band", as_of="2026-01-05").steps[::5]] == ["100..500"]


def test_what_was_known_at_a_day_knows_nothing_recorded_later(changed: Histories) -> None:
    late = shown(changed, as_of="2026-01-07", known_at="2026-01-25", by="owner")
    then = shown(changed, known_at="2026-01-07", by="owner")

    assert [(each.steps[0].group, euros(each)[0]) for each in (late, then)] == [("Bob", 250), ("Ann", 100)]
    assert (then.summary.as_of, then.summary.known_at) == ("2026-01-07", "2026-01-07")
    assert column(then, "open") == [0, 1, 0, 0, 0]
    assert then.notes[2:4] == (
        "stage, amount, close date and owner are those of the end of 2026-01-07, all other fields as now",
        "by what was recorded until the end of 2026-01-07; what was undone since was never known",
    )


def test_nothing_was_known_before_the_first_operation(changed: Histories) -> None:
    with pytest.raises(
        InvalidInput, match="nothing was known at the end of 2026-01-01: the first operation is of 2026-01-02"
    ):
        shown(changed, known_at="2026-01-01")

    assert shown(changed, known_at="2026-01-02").summary.cohort == 1
    assert shown(changed, as_of="2026-01-01").summary.cohort == 1


def test_what_was_known_on_a_day_is_not_about_a_later_one(changed: Histories) -> None:
    with pytest.raises(InvalidInput, match="--as-of 2026-02-01 comes after --known-at 2026-01-07"):
        shown(changed, as_of="2026-02-01", known_at="2026-01-07")


def test_days_without_a_date_are_told_from_the_day_that_is_asked_for(changed: Histories) -> None:
    found = shown(changed, since="-3d", until="today", as_of="2026-01-04", words=("created:-3d..",))

    assert (found.parameters["since"], found.parameters["until"]) == ("2026-01-01", "2026-01-04")
    assert found.summary.cohort == 1


def test_stays_are_those_between_the_moves_that_were_known(histories: Histories) -> None:
    histories.deal(("lead", 0), ("contact", 4), ("needs", 10))
    histories.db.connection.execute(
        "update stage_event set recorded_at = case to_stage_id when 2 then ? else ? end", (at(30), at(1))
    )
    histories.db.connection.execute("update operation set recorded_at = ?", (at(1),))
    found = shown(histories, as_of="2026-01-15", known_at="2026-01-15")

    assert column(found, "skipped") == [0, 1, 0, 0, 0]
    assert column(found, "median_days") == [10, None, None, None, None]


def test_every_field_can_be_asked_of_the_past(twelve: Histories) -> None:
    then, moment = past(twelve.db, Moment(NOW, Preferences()), as_of="2026-01-16")
    now = entity("deal", twelve.db)
    deals = then.of(now)

    for each in (one for one in deals.fields.values() if one.many is None):
        sql = select(deals, ["d.id", each.sql], Where(), joins=each.joins)
        assert len(list(twelve.db.rows(sql, {**then.parameters, **moment.parameters}))) == 12
    for state in deals.states:
        sql = select(deals, ["d.id"], Where(state.sql), joins=state.joins)
        assert len(list(twelve.db.rows(sql, {**then.parameters, **moment.parameters}))) <= 12


@pytest.fixture
def put_off(histories: Histories) -> Histories:
    """A deal lost from quote for 100 on day 5, reopened, put off to April, lost from contact for 250 on day 12.

    Its first putting off, on day 6, was recorded on day 11.
    """
    passage = histories.deal(
        *[("lead", 0), ("quote", 2), ("lost", 5), ("contact", 8), ("lost", 12)],
        amount=250,
        close_on="2026-04-10",
        lost_reason="price",
    )
    file = histories.db.connection
    file.execute("update stage_event set recorded_at = occurred_at, close_on = '2026-02-01'")
    file.execute("update stage_event set amount = 10000 where occurred_at < ?", (at(8),))
    file.execute("update stage_event set close_on = '2026-04-10' where occurred_at >= ?", (at(8),))
    same = {"passage_id": passage, "from_stage_id": 6, "to_stage_id": 6, "amount": 10_000, "currency": "EUR"}
    histories.insert("stage_event", occurred_at=at(6), recorded_at=at(11), close_on="2026-03-15", **same)
    file.execute("update operation set recorded_at = ?", (at(0),))
    return histories


def test_why_deals_were_lost_is_told_by_the_stage_and_amount_of_that_day(put_off: Histories) -> None:
    def lost(as_of: str | None) -> list[object]:
        asked = winloss.Asked(by="stage", as_of=as_of)
        return [(row[0], row[2], str(row[5])) for row in winloss.winloss(put_off.db, asked, moment=MOMENT).table.rows]

    assert lost("2026-01-07") == [("quote", 1, "100 EUR")]
    assert lost("2026-01-10") == []
    assert lost(None) == [("contact", 1, "250 EUR")]


def test_slippage_knows_no_close_date_that_was_said_later(put_off: Histories) -> None:
    def slipped(**then: str) -> tuple[object, ...]:
        found = slippage.slippage(put_off.db, moment=MOMENT, **then)  # type: ignore[arg-type]  # dates by name
        return (found.summary["deals"], *(row[-2:] for row in found.table.rows))

    assert slipped(as_of="2026-01-05") == (1,)
    assert slipped(as_of="2026-01-08") == (1, (1, 42))
    assert slipped(known_at="2026-01-08") == (1,)
    assert slipped() == (1, (2, 68))


@pytest.mark.parametrize(("close", "slip"), [("2026-02-01", 0), (None, None)])
def test_a_close_that_was_put_off_was_so_whatever_was_said_last(put_off: Histories, close: str, slip: int) -> None:
    put_off.db.connection.execute("update stage_event set close_on = ? where occurred_at = ?", (close, at(12)))
    put_off.db.connection.execute("update deal set close_on = ?", (close,))

    found = slippage.slippage(put_off.db, moment=MOMENT)

    assert [row[-2:] for row in found.table.rows] == [(2, slip)]
    assert found.summary["deals"] == 1


def test_a_board_of_the_past_has_its_lanes_sums_and_days(put_off: Histories) -> None:
    found = board.board(put_off.db, board.Asked(as_of="2026-01-04"), moment=MOMENT)

    assert found.board is not None
    cards = {(lane.title, lane.note): list(lane.cards) for lane in found.board.lanes}
    assert [lane for lane, held in cards.items() if held] == [("quote", "1 deal; 100 EUR")]
    assert cards["quote", "1 deal; 100 EUR"][0].lines == ("close 2026-02-01", "100 EUR, 2 d")
    assert "all other fields as now" in found.notes[-1]


def test_what_is_forecast_of_a_past_day_is_asked_and_grouped_by_what_deals_were_then(changed: Histories) -> None:
    changed.db.connection.execute("update owner set region = 'region of ' || name")

    def expected(*words: str, **then: str) -> list[tuple[str | None, int]]:
        asked = Asked(words, then.get("as_of"), "owner.region", known_at=then.get("known_at"))
        return [
            (line.group, line.open.amount // 100)
            for line in forecast(changed.db, asked, moment=MOMENT, period="2026").lines
        ]

    assert expected("amount:100", "stage:contact", as_of="2026-01-05") == [("region of Ann", 100)]
    assert expected("owner:Bob", as_of="2026-01-05") == []
    assert expected("owner:Bob", as_of="2026-01-07") == [("region of Bob", 250)]
    assert expected(as_of="2026-01-07", known_at="2026-01-15") == [("region of Ann", 100)]


def test_every_report_on_money_knows_what_was_known(changed: Histories) -> None:
    late, then = ({"as_of": "2026-01-07", "known_at": day} for day in ("2026-01-25", "2026-01-15"))
    for day, expected in ((late, []), (then, ["100 EUR"])):  # by then it was put off to May
        items = dash(changed.db, moment=MOMENT, **day).items
        assert [str(item.amount) for item in items if item.item == "closed + open"] == expected
    (ahead,) = velocity(
        changed.db, Asked(by="owner", as_of=then["as_of"], known_at=then["known_at"]), moment=MOMENT
    ).rows
    assert (ahead.group, ahead.open) == ("Ann", 1)
    ways = [
        {
            row.step: row.amount.amount // 100
            for row in waterfall(
                changed.db, Asked(known_at=day), start="2026-01-04", end="2026-01-07", moment=MOMENT
            ).rows
        }
        for day in ("2026-01-25", "2026-01-15")
    ]
    assert [(way["increased"], way["pushed_out"], way["end"]) for way in ways] == [(150, -250, 0), (0, 0, 100)]


def test_a_deal_stays_where_it_was_known_to_be_until_its_handing_over_was_recorded(histories: Histories) -> None:
    (scouting,) = histories.stages("partners", ("scouting", "open"))
    passage = histories.deal(("lead", 0))
    deal = histories.db.value("select deal_id from passage where id = :id", id=passage)
    way = {"pipeline_id": 2, "began_at": at(5), "stage_id": scouting, "stage_entered_at": at(5)}
    file = histories.db.connection
    file.execute("update passage set ended_at = ?", (at(5),))
    number = histories.insert("passage", deal_id=deal, **way)
    event = {"passage_id": number, "to_stage_id": scouting, "currency": "EUR", "occurred_at": at(5)}
    histories.insert("stage_event", recorded_at=at(10), **event)
    file.execute("update stage_event set recorded_at = ? where passage_id = ?", (at(0), passage))
    file.execute("update operation set recorded_at = ?", (at(0),))

    def stages(**then: str) -> list[object]:
        found = standing(Asked(as_of=then.get("as_of"), known_at=then.get("known_at")), histories.db, MOMENT)
        return [stage for (stage,) in histories.db.rows(f"select stage_id from ({found.source})", found.parameters)]

    assert stages(as_of="2026-01-07") == [scouting]
    assert stages(known_at="2026-01-07") == [1]
    assert column(shown(histories, pipeline="sales", known_at="2026-01-07"), "open")[0] == 1
    assert column(shown(histories, pipeline="sales", as_of="2026-01-07"), "open")[0] == 0


@pytest.mark.slow
@given(st.lists(EVENTS, max_size=6), DAYS)
@settings(max_examples=20, deadline=None)
def test_a_deal_stands_as_its_last_event_by_then_left_it(deals: list[list[Event]], day: str) -> None:
    with new_file() as file:
        for events in deals:
            add(file, *events)
        known = [(number, [event for event in events if event[0] <= day]) for number, events in enumerate(deals, 1)]
        expected = [(number, *events[-1][1:4]) for number, events in known if events]

        then, moment = past(file.db, MOMENT, as_of=day)
        view = View(("id", "stage", "amount", "close"), "id")
        listed = list(listing(file.db, "deal", view=view, moment=moment, past=then).rows)
        stood = standing(Asked(as_of=day), file.db, MOMENT)
        sql = f"""
            select t.deal_id, s.name, t.amount, t.close_on from ({stood.source}) t join stage s on s.id = t.stage_id
            order by 1
        """

        assert list(file.db.rows(sql, stood.parameters)) == expected
        assert [
            (number, stage, worth.amount if isinstance(worth, Money) else None, close)
            for number, stage, worth, close in listed
        ] == expected


@pytest.mark.parametrize("day", ["2026-11-21", "2026", "eom", "2030-01-01"])
def test_nobody_knows_how_it_will_stand(day: str, histories: Histories) -> None:
    for asked in ({"as_of": day}, {"known_at": day}):
        with pytest.raises(InvalidInput, match="nobody knows yet how it will stand at the end of 20"):
            past(histories.db, MOMENT, **asked)
    assert past(histories.db, MOMENT, as_of="today")[0].said["as_of"] == "2026-11-20"


def test_a_deal_that_was_handed_over_is_grouped_and_worth_what_it_is_where_it_went(histories: Histories) -> None:
    (scouting,) = histories.stages("partners", ("scouting", "open"))
    ann, bob = (histories.insert("owner", uid=name, name=name, recorded_at=RECORDED) for name in ("Ann", "Bob"))
    passage = histories.deal(("lead", 0), amount=100)
    deal = histories.db.value("select deal_id from passage where id = :id", id=passage)
    file = histories.db.connection
    file.execute("update stage_event set owner_id = ?", (ann,))
    file.execute("update passage set ended_at = ?", (at(5),))
    number = histories.insert(
        "passage", deal_id=deal, pipeline_id=2, began_at=at(5), stage_id=scouting, stage_entered_at=at(5), way="6"
    )
    event = {"passage_id": number, "to_stage_id": scouting, "currency": "EUR", "recorded_at": RECORDED}
    histories.insert("stage_event", occurred_at=at(5), amount=10_000, owner_id=ann, **event)
    histories.insert("stage_event", occurred_at=at(9), from_stage_id=scouting, amount=25_000, owner_id=bob, **event)
    file.execute("update deal set amount = 25000, owner_id = ?", (bob,))

    def groups(by: str, **then: str) -> list[tuple[str | None, int | None]]:
        found = shown(histories, pipeline="sales", by=by, **then)
        return [(step.group, step.amount.amount // 100 if step.amount else None) for step in found.steps[::5]]

    for days in ({}, {"as_of": "today"}, {"as_of": "2026-01-12"}):
        assert [groups(by, **days) for by in ("owner", "stage", "pipeline")] == [
            *([("Bob", 250)], [("scouting", 250)], [("partners", 250)]),
        ]
    assert groups("owner", as_of="2026-01-07") == [("Ann", 100)]
    assert groups("pipeline", as_of="2026-01-07") == [("partners", 100)]
    assert groups("pipeline", as_of="2026-01-03") == [("sales", 100)]


def test_what_is_dated_ahead_is_said_to_be_a_plan(histories: Histories) -> None:
    histories.deal(("lead", 0), ("won", 400), amount=100)
    histories.deal(("lead", 0), amount=100)

    ahead = "1 deal moved by a date to come, a plan: counted as there already; --as-of today counts what has happened"
    assert ahead in shown(histories).notes
    assert ahead in forecast(histories.db, Asked(), moment=MOMENT).notes
    assert ahead in board.board(histories.db, board.Asked(), moment=MOMENT).notes
    assert column(shown(histories), "reached")[4] == 1

    today = shown(histories, as_of="today")
    assert column(today, "reached")[4] == 0
    assert not [note for note in today.notes if "plan" in note]
