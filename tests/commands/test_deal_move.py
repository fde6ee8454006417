"""`crm deal move`, `win`, `lose` and `reopen`: the way of a deal through its stages."""

import json

import pytest

from tests.conftest import Run, once


@pytest.fixture
@once
def deal(crm: Run) -> None:
    crm("customer add 'Ada Lovelace'")
    crm("deal add Engine --customer ada --amount 12k --at 2026-11-01T09:00")


def cells(crm: Run, columns: str, number: int = 1) -> list[str]:
    """What the columns of one deal hold."""
    line = crm(f"deal list id:{number} --columns {columns} --no-header").stdout
    return line.removesuffix("\n").split("\t")


def way(crm: Run, number: int = 1) -> list[tuple[str | None, str, str, float | None]]:
    """The events of a deal: from, to, when, days in from."""
    shown = json.loads(crm(f"deal show {number} -f json").stdout)
    return [(event["from"], event["stage"], event["at"], event["days"]) for event in shown["stage_events"]]


def test_a_move_writes_an_event_with_the_time_spent_in_the_stage_that_is_left(deal: Run) -> None:
    moved = deal("deal move 1 contact --at 2026-11-03T21:00")

    assert moved.stdout == "1\n"
    assert moved.stderr == "at Tue 2026-11-03 21:00\n"
    assert way(deal) == [
        (None, "lead", "2026-11-01T09:00:00Z", None),
        ("lead", "contact", "2026-11-03T21:00:00Z", 2.5),
    ]
    assert cells(deal, "stage,entered,reached") == ["contact", "2026-11-03T21:00:00Z", "contact"]


def test_a_move_may_skip_and_go_back(deal: Run) -> None:
    deal("deal move engine quote --at 2026-11-05")
    deal("deal move engine lead --at 2026-11-06")

    assert cells(deal, "stage,reached") == ["lead", "quote"]
    assert [event[:2] for event in way(deal)] == [(None, "lead"), ("lead", "quote"), ("quote", "lead")]


def test_a_move_to_where_the_deal_stands_changes_nothing(deal: Run) -> None:
    assert deal("deal move 1 lead").stdout == "1\n"

    assert len(way(deal)) == 1
    assert deal("history -f ids --limit 1").stdout == "2\n"


def test_a_stage_is_named_in_any_case_or_in_part(deal: Run) -> None:
    deal("deal move 1 QUO")

    assert cells(deal, "stage") == ["quote"]


def test_an_unknown_stage_is_suggested_and_an_ambiguous_one_listed(deal: Run) -> None:
    deal("stage add 'second quote'")

    refused = deal("deal move 1 qoute", exit_code=3)
    assert "no stage 'qoute' in pipeline 'sales'; one of lead, contact, needs, quote" in refused.stderr
    assert "did you mean 'quote'?" in refused.stderr
    assert "quote, 7 second quote" in deal("deal move 1 uot", exit_code=6).stderr


def test_an_event_before_the_previous_one_is_refused(deal: Run) -> None:
    deal("deal move 1 needs --at 2026-11-10T10:00")

    refused = deal("deal move 1 quote --at 2026-11-10T09:59", exit_code=2)

    assert "2026-11-10 09:59 is before the last event at 2026-11-10 10:00" in refused.stderr
    assert cells(deal, "stage") == ["needs"]


def test_a_day_alone_may_be_the_day_of_the_previous_event(deal: Run) -> None:
    deal("deal move 1 needs --at 2026-11-10T10:00")

    deal("deal move 1 quote --at 2026-11-10")

    assert way(deal)[-1] == ("needs", "quote", "2026-11-10T10:00:00Z", 0.0)


def test_today_as_a_day_is_now(deal: Run) -> None:
    deal("deal move 1 needs --at today")

    assert way(deal)[-1][2] == "2026-11-20T12:00:00Z"


def test_an_event_in_the_future_is_refused_unless_it_is_a_plan(deal: Run) -> None:
    refused = deal("deal win 1 --at 2026-12-01", exit_code=2)
    assert "2026-12-01 00:00 is in the future" in refused.stderr

    deal("deal win 1 --at 2026-12-01 --allow-future")

    assert cells(deal, "stage,closed") == ["won", "2026-12-01T00:00:00Z"]


def test_a_deal_that_is_won_has_its_date(deal: Run) -> None:
    deal("deal win 1 --at 2026-11-11T09:00 --note 'at last'")

    assert cells(deal, "stage,outcome,closed,reached,age") == ["won", "won", "2026-11-11T09:00:00Z", "lead", "10.0"]
    events = json.loads(deal("deal show 1 -f json").stdout)["stage_events"]
    assert events[-1]["note"] == "at last"


def test_a_deal_that_is_lost_keeps_its_reason(deal: Run) -> None:
    deal("deal move 1 needs --at 2026-11-05")
    deal("deal lose 1 --reason 'too expensive' --at 2026-11-06")

    assert cells(deal, "stage,outcome,lost_reason,reached") == ["lost", "lost", "too expensive", "needs"]
    deal("deal edit 1 --set lost_reason=price")
    assert cells(deal, "lost_reason") == ["price"]


def test_a_deal_may_be_closed_by_a_move(deal: Run) -> None:
    deal("deal move 1 won --at 2026-11-11")

    assert cells(deal, "outcome,closed") == ["won", "2026-11-11T00:00:00Z"]


@pytest.mark.parametrize("line", ["deal move 1 needs", "deal win 1", "deal lose 1 --reason x", "deal move 1 won"])
def test_a_closed_deal_moves_only_after_it_was_reopened(line: str, deal: Run) -> None:
    deal("deal win 1")

    refused = deal(line, exit_code=4)

    assert refused.stderr == "error: deal 1 Engine is won\nhint: crm deal reopen 1 first\n"
    assert len(way(deal)) == 2


def test_a_reopened_deal_stands_where_it_was_closed_from(deal: Run) -> None:
    deal("deal move 1 needs --at 2026-11-05")
    deal("deal lose 1 --reason price --at 2026-11-06")

    deal("deal reopen 1 --at 2026-11-08")

    assert cells(deal, "stage,outcome,closed,lost_reason,reached") == ["needs", "open", "", "", "needs"]
    assert way(deal)[-1] == ("lost", "needs", "2026-11-08T00:00:00Z", 2.0)
    deal("deal win 1 --at 2026-11-09")


def test_a_deal_is_reopened_into_a_stage_of_ones_choice(deal: Run) -> None:
    deal("deal win 1")

    assert "stage 'lost' closes a deal" in deal("deal reopen 1 --stage lost", exit_code=2).stderr
    deal("deal reopen 1 --stage contact")

    assert cells(deal, "stage,reached") == ["contact", "contact"]


def test_an_edit_of_a_won_deal_does_not_hide_where_it_was_closed_from(deal: Run) -> None:
    deal("deal move 1 quote --at 2026-11-05")
    deal("deal win 1 --at 2026-11-06")
    deal("deal edit 1 --set amount=13k")

    deal("deal reopen 1")

    assert cells(deal, "stage") == ["quote"]


def test_a_deal_that_was_closed_from_the_start_is_reopened_into_the_first_stage(crm: Run) -> None:
    crm("deal add Engine --stage won --at 2026-11-01")
    assert cells(crm, "outcome,closed,reached") == ["won", "2026-11-01T00:00:00Z", ""]

    crm("deal reopen 1")

    assert cells(crm, "stage,reached") == ["lead", "lead"]


def test_a_deal_whose_stage_was_archived_is_reopened_into_an_older_one(deal: Run) -> None:
    deal("deal move 1 contact --at 2026-11-05")
    deal("deal win 1 --at 2026-11-06")
    deal("stage archive contact")

    deal("deal reopen 1")

    assert cells(deal, "stage") == ["lead"]


def test_an_open_deal_cannot_be_reopened(deal: Run) -> None:
    assert "deal 1 Engine is open already" in deal("deal reopen 1", exit_code=4).stderr


def test_another_pipeline_takes_over(deal: Run) -> None:
    deal("pipeline add partners --stage talks --stage pilot")

    deal("deal move 1 pilot --pipeline partners --at 2026-11-05 --note 'better there'")

    assert cells(deal, "pipeline,stage,reached,entered") == ["partners", "pilot", "pilot", "2026-11-05T00:00:00Z"]
    events = json.loads(deal("deal show 1 -f json").stdout)["stage_events"]
    assert [(event["pipeline"], event["from"], event["stage"], event["note"]) for event in events] == [
        ("sales", None, "lead", None),
        ("partners", None, "pilot", "better there"),
    ]


def test_a_deal_in_another_pipeline_is_reopened_there(deal: Run) -> None:
    deal("pipeline add partners --stage talks --stage pilot")
    deal("deal move 1 pilot --pipeline partners --at 2026-11-05")
    deal("deal lose 1 --at 2026-11-06")

    deal("deal reopen 1 --at 2026-11-07")

    assert cells(deal, "pipeline,stage") == ["partners", "pilot"]
