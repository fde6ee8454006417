"""The dashboard says what its reports say; today is 2026-11-20."""

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.query.comparison import Moment
from crmcli.reports.dash import Dash, Item, dash
from crmcli.reports.forecast import forecast
from crmcli.reports.funnel import FunnelRequest, funnel
from crmcli.reports.standing import Asked
from crmcli.reports.velocity import velocity
from tests.reports.conftest import NOW, RECORDED, Histories, at

MOMENT = Moment(NOW, Preferences())


def items(of: Dash, panel: str) -> list[Item]:
    return [item for item in of.items if item.panel == panel]


def test_the_funnel_is_that_of_funnel_show(twelve: Histories) -> None:
    steps = funnel(twelve.db, FunnelRequest(), now=NOW, preferences=Preferences()).steps

    shown = items(dash(twelve.db, moment=MOMENT), "funnel")

    assert [(item.item, item.count, item.rate) for item in shown] == [
        (step.stage, step.reached, step.conversion) for step in steps
    ]


def test_forecast_and_velocity_are_those_of_their_reports(histories: Histories) -> None:
    histories.deal(("lead", 280), ("won", 310), amount=100, close_on="2026-11-30")
    histories.deal(("lead", 290), ("lost", 310), amount=100)
    histories.deal(("quote", 290), amount=300, close_on="2026-12-01")
    histories.insert(
        "quota", starts_on="2026-10-01", ends_on="2027-01-01", amount=500_00, currency="EUR", recorded_at=RECORDED
    )

    found = dash(histories.db, moment=MOMENT)

    (total,) = forecast(histories.db, Asked(), moment=MOMENT).totals
    assert {item.item: item.amount for item in items(found, "forecast")} == {
        "closed": total.closed, "weighted": total.weighted, "p10": total.p10, "p50": total.p50, "p90": total.p90,
        "closed + open": Money(400_00, "EUR"), "quota": Money(500_00, "EUR"),
    }  # fmt: skip
    (row,) = velocity(histories.db, Asked(), moment=MOMENT).rows
    assert items(found, "velocity")[0].amount == row.velocity == Money(3_33, "EUR")  # 2 x 1/2 x 100 / 30
    assert [(item.item, item.amount) for item in items(found, "won")][-1] == ("2026-11", Money(100_00, "EUR"))


def test_other_currencies_are_named_never_added(histories: Histories) -> None:
    histories.deal(("lead", 280), ("won", 310), amount=100)
    histories.deal(("lead", 280), ("won", 310), amount=7, currency="USD")

    euros, dollars = (dash(histories.db, moment=MOMENT, currency=code) for code in (None, "usd"))

    assert items(euros, "won")[-1].amount == Money(100_00, "EUR")
    assert items(dollars, "won")[-1].amount == Money(7_00, "USD")
    assert euros.notes == ("amounts in EUR; there are deals in USD too: --currency shows those",)


def test_stalled_deals_and_tasks_are_named_with_their_numbers(histories: Histories) -> None:
    histories.deal(("lead", 280))
    histories.insert("task", uid="t1", text="Call", due_on="2026-11-19", created_at=RECORDED, recorded_at=RECORDED)

    found = dash(histories.db, moment=MOMENT)

    assert [(item.ref, item.item, item.note) for item in items(found, "stalled")] == [
        ("D1", "Deal", "44 days in lead")
    ]  # 43.5
    assert [(item.ref, item.item, item.note) for item in items(found, "tasks")] == [
        ("T1", "Call", "2026-11-19 (overdue)")
    ]


def test_as_of_a_day_every_panel_is_of_that_day(histories: Histories) -> None:
    histories.deal(("lead", 0), ("won", 20), amount=100, close_on="2026-01-21")
    histories.deal(("lead", 5), ("quote", 10), ("won", 60), amount=300, close_on="2026-03-31")
    histories.deal(("lead", 70), ("lost", 80), amount=900)
    histories.db.connection.execute("update stage_event set close_on = '2026-03-31' where passage_id = 2")
    for text, came, done in (("Call", 10, 50), ("Mail", 1, 20), ("Visit", 70, None)):
        histories.insert("task", uid=text, text=text, created_at=at(came), done_at=at(done), recorded_at=RECORDED)

    found = dash(histories.db, moment=MOMENT, as_of="2026-02-14")

    assert [(item.item, item.count) for item in items(found, "funnel")] == [
        ("lead", 2), ("contact", 2), ("needs", 2), ("quote", 2), ("won", 1),
    ]  # fmt: skip
    amounts = {item.item: item.amount for item in items(found, "forecast")}
    assert (amounts["closed"], amounts["closed + open"]) == (Money(100_00, "EUR"), Money(400_00, "EUR"))
    assert [(item.item, item.count) for item in items(found, "won")][-2:] == [("2026-01", 1), ("2026-02", 0)]
    assert items(found, "velocity")[0].amount == Money(5_00, "EUR")  # 1 x 1 x 100 / 20 days
    assert [(item.ref, item.note) for item in items(found, "stalled")] == [("D2", "35 days in quote")]
    assert [item.item for item in items(found, "tasks")] == ["Call"]
    assert found.notes[0] == (
        "stage, amount, close date and owner are those of the end of 2026-02-14, all other fields as now"
    )


def test_an_empty_file_has_all_panels(histories: Histories) -> None:
    panels = dash(histories.db, moment=MOMENT).panels

    assert [panel.title for panel in panels] == [
        "Funnel of sales", "Forecast 2026-Q4", "Won by month", "Velocity, 90 days", "Stalled deals", "Tasks",
    ]  # fmt: skip
