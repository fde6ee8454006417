"""Deals and stage events from files: the histories that follow, and what later files change in them."""

from datetime import timedelta
from pathlib import Path

import pytest

from crmcli.core.vocabulary import Outcome
from crmcli.db import connection
from crmcli.reports import invariants
from crmcli.services import customers, deals, operations
from crmcli.services.customers import NewCustomer
from crmcli.services.deals import Move, NewDeal
from tests.conftest import NOW, wrote
from tests.services.test_importing.conftest import Load, Rows, said

EVENTS = """
    select d.name, f.name, t.name, e.occurred_at, e.dwell, e.amount, e.close_on, e.note from stage_event e
    join passage p on p.id = e.passage_id join deal d on d.id = p.deal_id join stage t on t.id = e.to_stage_id
    left join stage f on f.id = e.from_stage_id order by p.id, e.occurred_at, e.id
"""
WAYS = """
    select d.name, l.name, p.began_at, p.ended_at, s.name, p.stage_entered_at, r.name, d.closed_at from passage p
    join deal d on d.id = p.deal_id join pipeline l on l.id = p.pipeline_id join stage s on s.id = p.stage_id
    left join stage r on r.id = p.reached_id order by p.id
"""
MOVES = """
    select d.name, t.name, substr(e.occurred_at, 1, 10) from stage_event e join passage p on p.id = e.passage_id
    join deal d on d.id = p.deal_id join stage t on t.id = e.to_stage_id order by p.id, e.occurred_at, e.id
"""
DEALS = """
    select d.name, c.name, d.amount, d.currency, d.close_on, o.name, d.created_at, d.closed_at from deal d
    left join customer c on c.id = d.customer_id left join owner o on o.id = d.owner_id order by d.id
"""


@pytest.fixture(autouse=True)
def sound(file: Path) -> object:
    """Whatever an import does, the file is sound afterwards."""
    yield
    with connection.reading(file) as db:
        assert list(invariants.breaches(db)) == []


def test_deals_and_their_events_are_what_single_commands_would_have_written(load: Load, file: Path, rows: Rows) -> None:
    load(
        deals="name,customer,stage,amount,close,created,entered,closed,owner\n"
        "Cards,,contact,,,2026-02-03,,,\nEngine,Ada,won,900,2026-04-01,2026-01-05,2026-02-01,2026-03-02,Bob\n",
        stage_events="deal,from,stage,amount,close,owner,at\n"
        "Engine,,lead,900,2026-04-01,Bob,2026-01-05\nEngine,lead,needs,900,2026-04-01,Bob,2026-01-15\n"
        "Engine,needs,contact,900,2026-04-01,Bob,2026-01-20\nEngine,contact,won,900,2026-04-01,Bob,2026-03-02\n",
        people="name,email\nAda,ada@example.com\n",
    )
    imported = rows(EVENTS), rows(WAYS), rows(DEALS)
    with wrote(file) as session:
        operations.undo(session, 1)

    with wrote(file) as session:
        customers.add(session, NewCustomer("Ada", emails=("ada@example.com",)))
        deals.add(session, NewDeal("Cards", stage="contact", at="2026-02-03"))
        new = NewDeal("Engine", customer="Ada", amount="900", close="2026-04-01", owner="Bob", at="2026-01-05")
        [engine] = deals.add(session, new).ids
        deals.move(session, Move(str(engine), "needs", at="2026-01-15"))
        deals.move(session, Move(str(engine), "contact", at="2026-01-20"))
        deals.close(session, Move(str(engine), "", at="2026-03-02"), Outcome.WON)

    assert (rows(EVENTS), rows(WAYS), rows(DEALS)) == imported


def test_a_closed_deal_without_history_began_where_the_row_says_and_nothing_is_invented(load: Load, rows: Rows) -> None:
    load(
        deals="name,stage,created,entered,closed\nA,won,2026-01-01,,2026-02-01\nB,lost,2026-01-01,2026-01-10,2026-02-01\n"
        "C,lost,,,2026-02-01\nD,won,2026-01-01,,\nE,needs,2026-01-01,2026-01-10,\nF,,,,\n"
    )

    assert rows(MOVES) == [
        ("A", "lead", "2026-01-01"),
        ("A", "won", "2026-02-01"),
        ("B", "lead", "2026-01-01"),
        ("B", "quote", "2026-01-10"),
        ("B", "lost", "2026-02-01"),
        ("C", "lost", "2026-02-01"),
        ("D", "won", None),
        ("E", "lead", "2026-01-01"),
        ("E", "needs", "2026-01-10"),
        ("F", "lead", None),
    ]


def test_a_later_file_moves_the_deal_and_keeps_its_terms(load: Load, rows: Rows) -> None:
    load(
        deals="name,stage,amount,created,external\nA,lead,100,2026-01-01,x:1\nB,lead,100,2026-01-01,x:2\nC,lead,5,,x:3\n"
    )

    imported = load(
        deals="name,stage,amount,created,entered,closed,external\nA,won,100,2026-01-01,,2026-02-01,x:1\n"
        "B,lead,200,,,,x:2\nC,contact,5,,2026-03-01,,x:3\n",
        now=NOW + timedelta(days=1),
    )

    assert imported.sentence == "0 new, 3 changed, 0 unchanged, 0 rejected"
    assert [(*row[:4], row[5]) for row in rows(EVENTS)] == [
        ("A", None, "lead", "2026-01-01T00:00:00Z", 10000),
        ("A", "lead", "won", "2026-02-01T00:00:00Z", 10000),
        ("B", None, "lead", "2026-01-01T00:00:00Z", 10000),
        ("B", "lead", "lead", "2026-11-21T12:00:00Z", 20000),
        ("C", None, "lead", None, 500),
        ("C", "lead", "contact", "2026-03-01T00:00:00Z", 500),
    ]
    assert rows("select name, created_at, closed_at from deal") == [
        ("A", "2026-01-01T00:00:00Z", "2026-02-01T00:00:00Z"),
        ("B", "2026-01-01T00:00:00Z", None),
        ("C", "2026-03-01T00:00:00Z", None),
    ]


def test_a_whole_history_goes_before_the_one_that_an_import_implied(load: Load, rows: Rows) -> None:
    load(deals="name,stage,created,closed\nA,lost,2026-01-01,2026-02-01\n")

    imported = load(
        events="deal,from,stage,at\nA,,contact,2026-01-01\nA,contact,quote,2026-01-03\nA,quote,lost,2026-02-01\n"
    )

    assert imported.sentence == "3 new, 0 changed, 0 unchanged, 0 rejected"
    assert [row[1] for row in rows(MOVES)] == ["contact", "quote", "lost"]


def test_events_of_a_deal_with_a_history_of_its_own_are_added_to_it(load: Load, file: Path, rows: Rows) -> None:
    with wrote(file) as session:
        deals.add(session, NewDeal("A", at="2026-01-01"))
        deals.move(session, Move("1", "needs", at="2026-03-01"))
    events = "deal,from,stage,at\nA,,lead,2026-01-01\nA,lead,contact,2026-02-01\n"

    first, again = load(events=events), load(events=events)

    assert first.sentence == "1 new, 0 changed, 1 unchanged, 0 rejected"
    assert again.sentence == "0 new, 0 changed, 2 unchanged, 0 rejected"
    assert [row[1] for row in rows(MOVES)] == ["lead", "contact", "needs"]


def test_another_pipeline_is_made_with_its_stages_in_the_order_of_the_histories(load: Load, rows: Rows) -> None:
    imported = load(
        deals="name,pipeline,stage,outcome,external\nA,partners,signed,won,x:1\nB,partners,talks,,x:2\n",
        events="deal,pipeline,from,stage,at\nA,sales,,lead,2026-01-01\nA,partners,,talks,2026-01-02\n"
        "A,partners,talks,pilot,2026-01-03\nA,partners,pilot,signed,2026-01-09\n",
    )

    assert imported.notes == [
        "made the pipeline partners",
        "made the stages talks, pilot, signed, lost in pipeline partners",
    ]
    assert rows("select name, outcome from stage where pipeline_id = 2 order by position") == [
        ("talks", "open"),
        ("pilot", "open"),
        ("signed", "won"),
        ("lost", "lost"),
    ]
    assert [(row[0], row[1], row[3], row[4]) for row in rows(WAYS)] == [
        ("B", "partners", None, "talks"),
        ("A", "sales", "2026-01-02T00:00:00Z", "lead"),
        ("A", "partners", None, "signed"),
    ]


def test_stages_that_no_history_orders_stand_where_the_rows_say(load: Load, rows: Rows) -> None:
    load(
        deals="name,pipeline,stage,stage.position,outcome\nA,partners,pilot,3,open\nB,partners,talks,1,open\nC,partners,signed,4,won\n"
    )

    assert rows("select name, position from stage where pipeline_id = 2 order by position") == [
        ("talks", 1),
        ("pilot", 2),
        ("signed", 3),
        ("lost", 4),
    ]


def test_what_is_not_there_is_named(load: Load, rows: Rows) -> None:
    imported = load(
        people="name,external\nAda,x:1\nAda,x:2\n",
        deals="name,customer,stage,amount,created,closed,currency\nA,Eve,lead,1,,,\nB,Ada,lead,1,,,\nC,,qote,1,,,\nD,,lead,x,,,\n"
        "E,,won,1,2026-02-01,2026-01-01,\nF,,lead,1,,,EUX\nG,,lead,1,,,\n",
        events="deal,stage,at\nZ,lead,2026-01-01\nG,qote,2026-01-01\n,lead,2026-01-01\nG,,2026-01-01\n",
    )

    assert sorted(line.partition(" (")[0] for line in said(imported)) == [
        "2: customer: no customer is called 'Eve'",
        "2: deal: no deal is called 'Z'",
        "3: customer: 2 customers are called 'Ada'; give a uid",
        "3: stage: no stage 'qote' in pipeline sales; did you mean 'quote'?",
        "4: deal: is empty",
        "4: stage: no stage 'qote' in pipeline sales; did you mean 'quote'?",
        "5: amount: amount 'x' is not an amount",
        "5: stage: is empty",
        "6: closed: is before created",
        "7: currency: no currency 'EUX'; did you mean 'UGX'?",
    ]
    assert rows("select name from deal") == [("G",)]


def test_amounts_are_in_the_currency_of_the_row_or_the_file(load: Load, rows: Rows) -> None:
    load(deals="name,amount,currency\nA,12.50,\nB,1200,JPY\nC,5k USD,\nD,,KWD\n")

    assert rows("select name, amount, currency from deal") == [
        ("A", 1250, "EUR"),
        ("B", 1200, "JPY"),
        ("C", 500000, "USD"),
        ("D", None, "KWD"),
    ]


def test_a_deal_is_known_by_name_customer_and_beginning(load: Load) -> None:
    content = "name,customer,created,stage\nA,Ada,2026-01-01,\nA,Ada,2026-01-02,\nA,,,\nA,,,\nA,Ada,2026-01-01,lead\n"

    first = load(people="name\nAda\n", deals=content)
    again = load(deals=content)

    assert first.tallies[1].sentence == "3 new, 0 changed, 2 unchanged, 0 rejected"
    assert again.sentence == "0 new, 0 changed, 5 unchanged, 0 rejected"
