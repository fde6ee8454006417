"""`crm deal`: added, changed, moved, won, lost and reopened, with a history that keeps it all."""

import json

import pytest

from tests.commands.conftest import Terminal
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


def test_a_deal_keeps_all_that_was_said(crm: Run) -> None:
    crm("customer add 'Ada Lovelace'")

    made = crm(
        "deal add '  Engine  no. 2 ' --customer lovelace --amount 12.5k --currency usd --stage needs --close eom "
        "--owner Bob --source fair --product Cards --note 'big one' --at 2026-11-01T09:00"
    )

    shown = json.loads(crm("deal show 1 -f json").stdout)
    assert made.stdout == "1\n"
    assert made.stderr == "new owner 1 Bob\nat Sun 2026-11-01 09:00, close Mon 2026-11-30\n"
    assert {name: value for name, value in shown.items() if name != "uid"} == {
        "id": 1,
        "name": "Engine no. 2",
        "customer": "Ada Lovelace",
        "customer.id": 1,
        "customer.no_contact": None,
        "pipeline": "sales",
        "stage": "needs",
        "outcome": "open",
        "amount": "12500.00",
        "currency": "USD",
        "close": "2026-11-30",
        "owner": "Bob",
        "source": "fair",
        "product": "Cards",
        "lost_reason": None,
        "note": "big one",
        "created": "2026-11-01T09:00:00Z",
        "entered": "2026-11-01T09:00:00Z",
        "closed": None,
        "age": 19.13,
        "external": [],
        "tasks": [],
        "stage_events": [
            {
                "pipeline": "sales",
                "at": "2026-11-01T09:00:00Z",
                "from": None,
                "days": None,
                "stage": "needs",
                "amount": "12500.00",
                "currency": "USD",
                "close": "2026-11-30",
                "owner": "Bob",
                "note": None,
            }
        ],
        "latest_interactions": [],
    }


def test_a_deal_begins_in_the_first_stage_of_the_default_pipeline_now(crm: Run) -> None:
    crm("deal add Engine")

    assert cells(crm, "customer,pipeline,stage,amount,currency") == ["", "sales", "lead", "", "EUR"]
    assert way(crm) == [(None, "lead", "2026-11-20T12:00:00Z", None)]


@pytest.mark.parametrize(
    ("options", "amount", "currency"),
    [
        ("--amount 12k", "12000.00", "EUR"),
        ("--amount 1,200.50", "1200.50", "EUR"),
        ("--amount 1.2M --currency CHF", "1200000.00", "CHF"),
        ("--amount 'USD 900'", "900.00", "USD"),
        ("--amount '900 USD' --currency usd", "900.00", "USD"),
        ("--amount £5", "5.00", "GBP"),
        ("--amount 1200 --currency JPY", "1200", "JPY"),
        ("--amount 1.234 --currency KWD", "1.234", "KWD"),
        ("--currency JPY", "", "JPY"),
    ],
)
def test_an_amount_is_in_minor_units_of_its_currency(options: str, amount: str, currency: str, crm: Run) -> None:
    crm(f"deal add Engine {options}")

    assert cells(crm, "amount,currency") == [amount, currency]


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ("--amount 12.50 --currency JPY", "no decimals"),
        ("--amount 1.234", "at most 2 decimals"),
        ("--amount much", "amount 'much' is not an amount"),
        ("--amount 1200,50", "write 1234.56"),
        ("--amount 'USD 900' --currency EUR", "amount 'USD 900' is in USD, the currency given is EUR"),
        ("--currency XYZ", "currency"),
        ("--close someday", "date 'someday' is not understood"),
        ("--at tomorrow", "is in the future"),
        ("--pipeline sales --stage quotes", "did you mean 'quote'?"),
    ],
)
def test_a_deal_that_cannot_be_is_refused(options: str, reason: str, crm: Run) -> None:
    code = 3 if "--stage" in options else 2

    assert reason in crm(f"deal add Engine {options}", exit_code=code).stderr
    assert crm("deal list -f ids").stdout == ""


def test_a_deal_of_an_unknown_or_ambiguous_customer_is_refused(crm: Run) -> None:
    crm("customer add 'Ada Lovelace'")
    crm("customer add 'Ada Byron'")

    assert "no customer matches 'eve'" in crm("deal add Engine --customer eve", exit_code=3).stderr
    assert "1 Ada Lovelace, 2 Ada Byron" in crm("deal add Engine --customer ada", exit_code=6).stderr


def test_the_currency_of_the_file_is_the_usual_one(crm: Run) -> None:
    crm("init --currency USD")

    crm("deal add Engine --amount 5")

    assert cells(crm, "amount,currency") == ["5.00", "USD"]


@pytest.mark.parametrize(
    ("assignment", "field", "value"),
    [
        ("amount=15k", "amount", "15000.00"),
        ("amount=", "amount", None),
        ("amount='USD 900'", "currency", "USD"),
        ("currency=USD", "currency", "USD"),
        ("close=eom", "close", "2026-11-30"),
        ("owner=Eve", "owner", "Eve"),
    ],
)
def test_new_terms_are_an_event_that_is_no_move(assignment: str, field: str, value: str | None, deal: Run) -> None:
    deal(f"deal edit 1 --set {assignment}")

    events = json.loads(deal("deal show 1 -f json").stdout)["stage_events"]
    assert len(events) == 2
    assert (events[1]["from"], events[1]["stage"], events[1]["days"]) == ("lead", "lead", None)
    assert events[1][field] == value
    assert events[0]["amount"] == "12000.00"
    assert cells(deal, "entered") == ["2026-11-01T09:00:00Z"]


def test_other_fields_leave_no_event(deal: Run) -> None:
    deal("customer add Bob")

    deal("deal edit 1 --set name=Motor --set source=fair --set product=Cards --set note=x --set customer=bob")

    assert cells(deal, "name,source,product,note,customer") == ["Motor", "fair", "Cards", "x", "Bob"]
    assert len(way(deal)) == 1


def test_the_time_in_a_stage_goes_on_when_terms_change(deal: Run) -> None:
    deal("deal edit 1 --set amount=15k")

    deal("deal move 1 contact")

    assert way(deal)[-1] == ("lead", "contact", "2026-11-20T12:00:00Z", 19.125)


def test_a_deal_without_an_amount_may_change_its_currency(crm: Run) -> None:
    crm("deal add Engine")

    crm("deal edit 1 --set currency=jpy")

    assert cells(crm, "amount,currency") == ["", "JPY"]


def test_amount_and_currency_are_read_together(crm: Run) -> None:
    crm("deal add Engine --amount 12.50")

    assert "no decimals" in crm("deal edit 1 --set currency=JPY", exit_code=2).stderr
    crm("deal edit 1 --set currency=JPY --set amount=1500")
    assert cells(crm, "amount,currency") == ["1500", "JPY"]
    crm("deal edit 1 --set currency=EUR")
    assert cells(crm, "amount,currency") == ["1500.00", "EUR"]
    refused = crm("deal edit 1 --set currency=EUR --set amount='USD 5'", exit_code=2)
    assert "is in USD, the currency given is EUR" in refused.stderr


@pytest.mark.parametrize(
    ("options", "code", "reason"),
    [
        ("--set amout=5", 2, "no field 'amout' to set; did you mean 'amount'?"),
        ("--set stage=quote", 2, "crm deal move 1 STAGE"),
        ("--set amount+=5", 2, "amount holds one value"),
        ("--set lost_reason=price", 2, "deal 1 Engine is in lead: it has no reason of loss"),
        ("--set name=", 2, "name: 1 to 500 characters"),
        ("--set currency=XYZ", 2, "currency"),
        ("--set customer=nobody", 3, "no customer matches 'nobody'"),
        ("", 2, "nothing to change"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(options: str, code: int, reason: str, deal: Run) -> None:
    assert reason in deal(f"deal edit 1 {options}", exit_code=code).stderr
    assert deal("history -f ids --limit 1").stdout == "2\n"


def test_a_won_deal_has_no_reason_of_loss(deal: Run) -> None:
    deal("deal win 1")

    assert "is in won" in deal("deal edit 1 --set lost_reason=price", exit_code=2).stderr


def test_an_edit_that_changes_nothing_leaves_no_event_and_no_operation(deal: Run) -> None:
    edited = deal("deal edit 1 --set amount=12,000 --set currency=EUR --set name=Engine --set owner= --set close=")

    assert edited.stdout == "1\n"
    assert len(way(deal)) == 1
    assert deal("history -f ids --limit 1").stdout == "2\n"


@pytest.mark.parametrize("ref", ["1", "D1", "engine", "ngi"])
def test_a_deal_is_named_by_id_or_part_of_its_name(ref: str, deal: Run) -> None:
    assert deal(f"deal edit {ref} --set note=x").stdout == "1\n"


def test_an_ambiguous_deal_lists_the_candidates(deal: Run) -> None:
    deal("deal add 'Engine no. 2'")

    assert "1 Engine, 2 Engine no. 2" in deal("deal move ngin needs", exit_code=6).stderr
    deal("deal move engine needs")
    assert cells(deal, "stage", 1) == ["needs"]


def test_an_unknown_deal_is_suggested(deal: Run) -> None:
    assert "did you mean 1 (Engine)?" in deal("deal show enginee", exit_code=3).stderr
    deal("deal show 9", exit_code=3)


def test_a_deal_shows_what_was_said_about_it(deal: Run) -> None:
    deal("log ada hello --deal engine --at yesterday --channel call")

    assert json.loads(deal("deal show 1 -f json").stdout)["latest_interactions"] == [
        {
            "id": 1,
            "at": "2026-11-19T00:00:00Z",
            "channel": "call",
            "customer": ["Ada Lovelace"],
            "text": "hello",
            "customer.no_contact": None,
        }
    ]


def test_a_person_reads_where_a_deal_went(deal: Run, terminal: Terminal) -> None:
    added = terminal("deal add Cards --amount 5 --close eom --at yesterday")
    assert added.stdout == "added deal 2 Cards in lead, at Thu 2026-11-19 00:00, close Mon 2026-11-30\n"
    assert added.stderr == "next: crm deal move 2 STAGE\n"

    assert terminal("deal move 1 needs").stdout == "moved deal 1 Engine: lead > needs\n"
    again = terminal("deal move 1 needs")
    assert again.stdout == "deal 1 Engine stands in needs already; nothing changed\n"
    assert terminal("deal edit 1 --set amount=13k").stdout == "changed deal 1 Engine\n"
    assert terminal("deal edit 1 --set amount=13k").stdout == "deal 1 Engine is so already; nothing changed\n"
    won = terminal("deal win 1 --at today")
    assert won.stdout == "deal 1 Engine is won, at Fri 2026-11-20 12:00\n"
    assert won.stderr == "next: crm funnel show\n"
    assert terminal("deal reopen 1").stdout == "reopened deal 1 Engine in needs\n"
    assert terminal("deal lose 1").stdout == "deal 1 Engine is lost\n"


def test_a_person_sees_the_way_of_a_deal(deal: Run, terminal: Terminal) -> None:
    deal("deal move 1 needs --at 2026-11-05")

    seen = terminal("deal show 1").stdout

    assert "The way so far" in seen
    assert "12,000 EUR" in seen
    assert "Pipeline  sales" in seen
    assert max(map(len, seen.splitlines())) <= 80
