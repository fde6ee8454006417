"""Which deals a funnel is about, and what the edges of their histories do; the deals of `twelve` by their number."""

from itertools import groupby

import pytest

from crmcli.core.money import Money
from crmcli.core.vocabulary import Mode
from crmcli.errors import InvalidInput, NotFound

from .conftest import RECORDED, Histories, at, column, euros, shown


def test_a_query_chooses_the_deals(twelve: Histories) -> None:
    found = shown(twelve, words=("source:fair",))

    assert column(found, "reached") == [2, 2, 1, 1, 1]  # 3 4
    assert found.parameters["query"] == "source:fair"
    assert found.steps[0].median_days == 2  # 2 4 2


def test_groups_by_value_and_last_the_deals_without_one(twelve: Histories) -> None:
    found = shown(twelve, by="source")
    groups = {name: list(steps) for name, steps in groupby(found.steps, key=lambda step: step.group)}

    assert list(groups) == ["fair", "web", "(none)"]
    assert [step.reached for step in groups["fair"]] == [2, 2, 1, 1, 1]  # 3 4
    assert [step.reached for step in groups["web"]] == [3, 2, 2, 2, 2]  # 1 2 6
    assert [step.reached for step in groups["(none)"]] == [6, 6, 4, 2, 0]  # 5 7 8 9 10 11 12
    assert groups["web"][0].median_days == 7.5  # 5 10
    assert groups["web"][4].median_days == 23  # 16 30
    assert found.summary == shown(twelve).summary


def test_the_aliases_of_what_people_group_by(twelve: Histories) -> None:
    found = shown(twelve, by="month")

    assert found.parameters["by"] == "created.month"
    assert [step.group for step in found.steps[::5]] == ["2026-01", "(none)"]
    assert shown(twelve, by="Quarter").parameters["by"] == "created.quarter"
    assert shown(twelve, by="industry").parameters["by"] == "customer.industry"


def test_the_last_row_of_a_group_of_closed_deals_is_its_win_rate(twelve: Histories) -> None:
    found = shown(twelve, words=("not", "is:open"), by="closed.quarter")

    assert [step.cumulative for step in found.steps if step.stage == "won"] == [3 / 5]  # 10 reached no stage


def test_a_group_of_deals_that_the_window_leaves_out_is_not_shown(twelve: Histories) -> None:
    assert {step.group for step in shown(twelve, by="source", since="2026-01-10").steps} == {"(none)"}


def test_yes_and_no_of_a_field_of_ones_own(histories: Histories) -> None:
    histories.insert("field", entity="deal", name="key", type="boolean", recorded_at=RECORDED)
    for custom in ('{"key": true}', '{"key": false}', "{}"):
        histories.deal(("lead", 0), custom=custom)

    assert [step.group for step in shown(histories, by="key").steps[::5]] == ["no", "yes", "(none)"]


def test_a_field_with_several_values_counts_a_deal_in_each(histories: Histories) -> None:
    histories.deal(("lead", 0), amount=5)
    histories.deal(("lead", 0), amount=7)
    for key in ("a", "b"):
        histories.insert("external_id", source="x", key=key, deal_id=1)
    found = shown(histories, by="external")

    assert [step.group for step in found.steps[::5]] == ["x:a", "x:b", "(none)"]
    assert [step.reached for step in found.steps[::5]] == [1, 1, 1]
    assert found.summary.cohort == 2
    assert "a deal with several values of external counts in each of their groups" in found.notes


def test_bands_of_amounts_are_named_as_a_query_asks_for_them(histories: Histories) -> None:
    for amount, currency in ((-1, "EUR"), (0, "EUR"), (999, "EUR"), (1000, "EUR"), (2_000_000, "EUR"), (None, "EUR")):
        histories.deal(("lead", 0), amount=amount, currency=currency)
    histories.deal(("lead", 0), amount=1, currency="JPY")  # 100 yen: they have no minor unit
    found = shown(histories, by="amount-band")

    bands = [(step.group, step.reached) for step in found.steps if step.stage == "lead"]
    assert bands == [
        ("..0", 1),
        ("0..100", 1),
        ("100..500", 1),
        ("500..1k", 1),
        ("1k..5k", 1),
        ("1m..", 1),
        ("(none)", 1),
    ]


def test_deals_by_the_tags_of_their_customers(histories: Histories) -> None:
    ids = [
        histories.insert(
            "customer", uid=name, kind="person", name=name, handle=name, created_at=at(0), recorded_at=RECORDED
        )
        for name in ("ada", "bob")
    ]
    for name in ("vip", "press"):
        tag = histories.insert("tag", name=name, recorded_at=RECORDED)
        histories.insert("customer_tag", customer_id=ids[0], tag_id=tag)
    for customer in (*ids, None):
        histories.deal(("lead", 0), customer_id=customer)
    found = shown(histories, by="tag")

    assert [(step.group, step.reached) for step in found.steps[::5]] == [("press", 1), ("vip", 1), ("(none)", 2)]
    assert "a deal with several values of customer.tag counts in each of their groups" in found.notes
    assert shown(histories, words=("customer.tag:vip",)).summary.cohort == 1


def test_several_fields_are_crossed(twelve: Histories) -> None:
    found = shown(twelve, by="source,product")

    assert [(step.group, step.reached) for step in found.steps[::5]] == [
        ("fair / (none)", 2), ("web / (none)", 3), ("(none) / (none)", 6),
    ]  # fmt: skip
    assert found.parameters["by"] == "source,product"
    with pytest.raises(InvalidInput, match=r"cannot cross 'customer.tag' with other fields: a deal can have several"):
        shown(twelve, by="source,tag")


def test_what_cannot_be_grouped_by(twelve: Histories) -> None:
    with pytest.raises(InvalidInput, match=r"unknown field 'sorce'; did you mean 'source'\?"):
        shown(twelve, by="sorce")
    with pytest.raises(InvalidInput, match="cannot group by 'amount'"):
        shown(twelve, by="amount")


def test_several_currencies_are_never_added(histories: Histories) -> None:
    histories.deal(("lead", 0), ("won", 4), amount=10)
    histories.deal(("lead", 0), amount=20, currency="USD")
    histories.deal(("lead", 0), currency="JPY")  # nothing to add
    found = shown(histories)

    assert euros(found) == [None] * 5
    assert (found.summary.won_amount, found.summary.currency) == (None, None)
    assert found.notes[2].startswith("no amounts, because there are several currencies; --currency picks one")
    assert euros(shown(histories, by="source")) == [None] * 5

    only = shown(histories, currency="eur")

    assert euros(only) == [10] * 5
    assert (only.summary.cohort, only.summary.won_amount, only.summary.currency) == (1, Money(1000, "EUR"), "EUR")
    assert column(only, "currency") == ["EUR"] * 5
    assert "left out: 2 deals in other currencies" in only.notes
    assert only.steps[0].median_days == 4

    each = shown(histories, by="currency")

    assert [(step.group, step.currency, step.amount) for step in each.steps[::5]] == [
        ("EUR", "EUR", Money(1000, "EUR")),
        ("JPY", "JPY", Money(0, "JPY")),
        ("USD", "USD", Money(2000, "USD")),
    ]


def test_an_unknown_currency_is_refused(twelve: Histories) -> None:
    with pytest.raises(InvalidInput, match="no currency 'EURO'"):
        shown(twelve, currency="EURO")


def test_without_a_deal_every_stage_shows_nothing(histories: Histories) -> None:
    found = shown(histories)

    assert column(found, "reached") == [0] * 5
    assert column(found, "cumulative") == [None] * 5
    assert column(found, "amount") == [None] * 5
    assert found.notes == (
        "mode reached, basis cohort, all deals; 0 of 0 deals still open; none closed",
        "pipeline sales, the default one",
    )
    assert shown(histories, by="owner").steps == ()


def test_the_pipeline_is_the_one_named_else_the_only_one_with_deals(twelve: Histories) -> None:
    first, *_ = twelve.stages("Loans", ("asked", "open"), ("paid", "won"), ("refused", "lost"))
    assert shown(twelve, pipeline="loans").notes[1] == "pipeline Loans"
    assert column(shown(twelve, pipeline="LOANS"), "stage") == ["asked", "paid"]
    deal = twelve.insert("deal", uid="x", name="Loan", currency="EUR", recorded_at=RECORDED)
    twelve.insert("passage", deal_id=deal, pipeline_id=2, stage_id=first, reached_id=first)

    assert shown(twelve).notes[1] == "pipeline sales, the default one"
    with pytest.raises(NotFound, match=r"no pipeline 'saels'; did you mean 'sales'\?"):
        shown(twelve, pipeline="saels")

    twelve.db.connection.execute("update pipeline set is_default = 0")
    with pytest.raises(NotFound, match="none is the default"):
        shown(twelve)


def test_removed_deals_are_left_out(twelve: Histories) -> None:
    twelve.db.connection.execute("update deal set removed_at = :at where id in (2, 5)", {"at": RECORDED})
    found = shown(twelve)

    assert column(found, "reached") == [9, 8, 5, 4, 2]
    assert found.steps[3].median_days == 10  # 7 10 18 without the 6 of deal 2


def test_an_archived_stage_keeps_its_place_while_events_name_it(twelve: Histories) -> None:
    archive = "update stage set archived_at = '2026-11-01T00:00:00Z' where id = 2"
    twelve.db.connection.execute(archive)

    assert column(shown(twelve), "stage") == ["lead", "contact", "needs", "quote", "won"]

    unused = twelve.insert("stage", pipeline_id=1, name="idle", position=0, outcome="open", recorded_at=RECORDED)
    assert "idle" in column(shown(twelve), "stage")
    twelve.db.connection.execute(archive.replace("id = 2", f"id = {unused}"))
    assert "idle" not in column(shown(twelve), "stage")


def test_reports_use_the_present_order_of_stages(histories: Histories) -> None:
    histories.deal(("contact", 0), ("lead", 3))
    histories.db.connection.execute("update stage set position = 0 where id = 2")
    found = shown(histories)

    assert column(found, "stage")[:2] == ["contact", "lead"]
    assert column(found, "reached")[:2] == [1, 1]
    assert column(found, "moved_back")[:2] == [0, 0]


def test_a_deal_handed_over_is_neither_open_nor_closed(histories: Histories) -> None:
    passage = histories.deal(("lead", 0), ("contact", 4))
    histories.db.connection.execute("update passage set ended_at = ? where id = ?", (at(9), passage))
    found = shown(histories)

    assert column(found, "reached") == [1, 1, 0, 0, 0]
    assert column(found, "open") == [0] * 5
    assert (found.summary.cohort, found.summary.open) == (1, 0)
    assert "1 deal handed over to another pipeline: neither open nor closed" in found.notes
    assert shown(histories, as_of="2026-01-09").summary.open == 1
    assert not any("came back" in note for note in found.notes)

    (deal,) = histories.db.row("select deal_id from passage") or ()
    again = histories.insert(
        "passage", deal_id=deal, pipeline_id=1, stage_id=1, began_at=at(12), stage_entered_at=at(12)
    )
    same = {"to_stage_id": 1, "currency": "EUR", "occurred_at": at(12), "recorded_at": at(12)}
    histories.insert("stage_event", passage_id=again, **same)
    assert shown(histories).summary.cohort == 2
    assert "a deal that was handed over and came back counts once for each time it was here" in shown(histories).notes


def test_winning_is_no_beginning_for_a_deal_whose_earlier_events_have_no_date(histories: Histories) -> None:
    histories.deal(("lead", None), ("won", 8))
    histories.deal(("lead", None), ("contact", 2), ("won", 8))

    assert shown(histories).steps[-1].median_days == 6


def test_events_of_one_instant_count_in_the_order_they_were_written(histories: Histories) -> None:
    histories.deal(("needs", 1), ("lead", 1), ("contact", 1))

    assert column(shown(histories, mode=Mode.STRICT), "reached") == [1, 1, 0, 0, 0]
    assert shown(histories, as_of="2026-01-02").steps[1].open == 1
