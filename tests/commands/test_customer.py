"""`crm customer`: add, list, show, edit, remove, restore."""

import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once


def cells(crm: Run, ref: str, columns: str) -> list[str]:
    """What the columns of one customer hold."""
    line = crm(f"customer list id:{ref} --columns {columns} --no-header").stdout
    return line.removesuffix("\n").split("\t")


@pytest.fixture
@once
def ada(crm: Run) -> None:
    crm("customer add 'Ada Lovelace' --email ada@example.com --phone +442079460958 --tag vip --tag press")


def test_a_customer_keeps_all_that_was_said(crm: Run) -> None:
    made = crm(
        "customer add '  Ada   Lovelace ' --email Ada@Example.COM --email countess@example.com "
        "--phone '+44 20 7946 0958' --employer 'Analytical Engines' --title Countess --city London --country UK "
        "--industry Computing "
        "--source fair --owner Bob --tag vip --tag press --note 'first line\nsecond line'"
    )

    shown = json.loads(crm("customer show 1 -f json").stdout)
    assert made.stdout == "1\n"
    assert made.stderr == "new owner 1 Bob\nnew organisation 2 Analytical Engines\n"
    assert {name: shown[name] for name in shown if name not in ("uid", "deals", "relationships")} == {
        "id": 1,
        "kind": "person",
        "name": "Ada Lovelace",
        "handle": "ada-lovelace",
        "email": ["ada@example.com", "countess@example.com"],
        "phone": ["+442079460958"],
        "employer": "Analytical Engines",
        "parent": None,
        "title": "Countess",
        "city": "London",
        "country": "UK",
        "industry": "Computing",
        "source": "fair",
        "owner": "Bob",
        "tag": ["press", "vip"],
        "note": "first line\nsecond line",
        "do_not_contact": False,
        "no_contact": None,
        "consent": [],
        "created": "2026-11-20T12:00:00Z",
        "last": None,
        "interactions": 0,
        "external": [],
        "stages": [],
        "first_contact": None,
        "last_contact": None,
        "customer_since": None,
        "deals_won": 0,
        "next_contact": None,
        "next_because": None,
        "preferred_channel": None,
        "preferred_channel_count": None,
        "preferred_weekday": None,
        "preferred_weekday_count": None,
        "strength": None,
        "strength_level": None,
        "strength_with": None,
        "referrals_made": 0,
        "referrals_in_all": 0,
        "completeness": 1.0,
        "contacts": [
            {"kind": "email", "value": "ada@example.com", "label": None, "primary": True},
            {"kind": "email", "value": "countess@example.com", "label": None, "primary": False},
            {"kind": "phone", "value": "+442079460958", "label": None, "primary": True},
        ],
        "addresses": [],
        "tasks": [],
        "deal_sums": [],
        "latest_interactions": [],
        "quality": [],
    }


def test_organisations_and_persons_stand_in_one_table(crm: Run) -> None:
    crm("customer add Acme --kind organisation")
    crm("customer add Ada")

    assert crm("customer list --columns name,kind --no-header").stdout == "Acme\torganisation\nAda\tperson\n"
    assert crm("customer list kind:organisation -f ids").stdout == "1\n"


def test_an_unknown_kind_is_refused(crm: Run) -> None:
    assert "'company'" in crm("customer add Acme --kind company", exit_code=2).stderr


def test_the_same_email_on_a_second_customer_names_the_first(ada: Run) -> None:
    refused = ada("customer add Imposter --email ADA@example.com", exit_code=4)

    assert refused.stderr.splitlines()[0] == "error: e-mail 'ada@example.com' belongs to customer 1 Ada Lovelace"
    assert ada("customer list -f ids").stdout == "1\n"


def test_two_customers_may_share_a_phone(ada: Run) -> None:
    assert ada("customer add Byron --phone +442079460958").stdout == "2\n"


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("--email ada@", "e-mail 'ada@' is not an address"),
        ("--phone 12", "phone '12'"),
        ("--phone '020 7946 0958'", "phone '020 7946 0958'"),
        ("--email ''", "e-mail"),
        ("--tag ' '", "tag: 1 to 100 characters"),
    ],
)
def test_an_invalid_contact_is_refused_with_the_reason(option: str, reason: str, crm: Run) -> None:
    refused = crm(f"customer add Ada {option}", exit_code=2)

    assert reason in refused.stderr
    assert crm("customer list -f ids").stdout == ""


def test_a_phone_without_its_country_is_read_by_the_region_of_the_file(crm: Run) -> None:
    crm("init --region DE")

    crm("customer add Bob --phone '030 901820'")

    assert cells(crm, "1", "phone") == ["+4930901820"]


def test_the_same_email_in_another_case_is_kept_once(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com --email ADA@EXAMPLE.com")

    assert cells(crm, "1", "email") == ["ada@example.com"]


def test_handles_are_unique_and_stay_when_the_name_changes(crm: Run) -> None:
    for _ in range(3):
        crm("customer add 'Acme Ltd.'")
    crm("customer edit acme-ltd-2 --set name=Zenith")

    assert crm("customer list --columns name,handle --no-header").stdout.splitlines() == [
        "Acme Ltd.\tacme-ltd",
        "Zenith\tacme-ltd-2",
        "Acme Ltd.\tacme-ltd-3",
    ]


def test_a_handle_is_never_what_reads_as_a_number(crm: Run) -> None:
    crm("customer add Ada")
    crm("customer add 1")
    crm("customer add C1")

    assert crm("customer list --columns handle --no-header").stdout == "ada\nx-1\nx-c1\n"
    assert json.loads(crm("customer show c1 -f json").stdout)["name"] == "Ada"


def test_if_absent_gives_back_the_one_that_has_the_email(ada: Run) -> None:
    again = ada("customer add 'A. Lovelace' --email ada@example.com --city Paris --if-absent")

    assert again.stdout == "1\n"
    assert cells(ada, "1", "name,city") == ["Ada Lovelace", ""]
    assert ada("history -f ids").stdout == "1\n"


def test_if_absent_goes_by_name_and_kind_without_an_email(ada: Run) -> None:
    assert ada("customer add 'ada lovelace' --if-absent").stdout == "1\n"
    assert ada("customer add 'Ada Lovelace' --kind organisation --if-absent").stdout == "2\n"


def test_if_absent_adds_one_whose_email_nobody_has(ada: Run) -> None:
    assert ada("customer add 'Ada Lovelace' --email other@example.com --if-absent").stdout == "2\n"


def test_a_removed_customer_is_in_no_list_and_its_email_is_free(ada: Run) -> None:
    assert ada("customer remove ada --yes").stdout == "1\n"

    assert ada("customer list -f ids").stdout == ""
    assert "crm customer restore 1" in ada("customer edit ada-lovelace --set city=x", exit_code=3).stderr
    assert ada("customer add New --email ada@example.com").stdout == "2\n"
    assert json.loads(ada("customer show 1 -f json").stdout)["removed"] == "2026-11-20T12:00:00Z"


def test_a_customer_with_open_deals_is_not_removed_unless_forced(ada: Run) -> None:
    for name in ("One", "Two", "Three", "Four", "Five", "Six", "Seven"):
        ada(f"deal add {name} --customer ada")
    ada("deal win 7")

    refused = ada("customer remove ada --yes", exit_code=4)

    assert "has open deals: 1 One, 2 Two, 3 Three, 4 Four, 5 Five and 1 more" in refused.stderr
    assert "--force" in refused.stderr
    assert ada("customer remove ada --yes --force").stdout == "1\n"


def test_closed_deals_do_not_stand_in_the_way(ada: Run) -> None:
    ada("deal add One --customer ada")
    ada("deal lose 1")

    ada("customer remove ada --yes")


def test_nobody_is_asked_without_a_terminal(ada: Run) -> None:
    refused = ada("customer remove ada", exit_code=2)

    assert "--yes" in refused.stderr
    assert ada("customer list -f ids").stdout == "1\n"


@pytest.mark.parametrize(("answer", "code", "left"), [("y\n", 0, ""), ("n\n", 1, "1\n"), ("\n", 1, "1\n")])
def test_a_person_is_asked(answer: str, code: int, left: str, ada: Run, terminal: Terminal) -> None:
    seen = terminal("customer remove ada", answer=answer)

    assert "Remove customer 1 Ada Lovelace? [y/N]" in seen.stderr
    assert seen.exit_code == code
    assert ada("customer list -f ids").stdout == left


def test_a_removed_customer_comes_back_with_its_contacts(ada: Run) -> None:
    ada("customer remove ada --yes")

    assert ada("customer restore ada-lovelace").stdout == "1\n"

    assert cells(ada, "1", "name,email") == ["Ada Lovelace", "ada@example.com"]
    ada("customer add Other --email ada@example.com", exit_code=4)


def test_a_customer_whose_email_another_has_by_now_stays_removed(ada: Run) -> None:
    ada("customer remove ada --yes")
    ada("customer add New --email ada@example.com")

    refused = ada("customer restore 1", exit_code=4)

    assert "e-mail 'ada@example.com' belongs to customer 2 New" in refused.stderr
    assert ada("customer list -f ids").stdout == "2\n"


def test_restoring_one_that_is_not_removed_changes_nothing(ada: Run) -> None:
    assert ada("customer restore ada").stdout == "1\n"
    assert ada("history -f ids").stdout == "1\n"


@pytest.mark.parametrize("ref", ["1", "C1", "ada-lovelace", "ada@example.com", "'+44 20 7946 0958'", "lovel", "ADA"])
def test_a_customer_is_named_in_many_ways(ref: str, ada: Run) -> None:
    assert ada(f"customer edit {ref} --set city=London").stdout == "1\n"


def test_an_ambiguous_name_lists_the_candidates(ada: Run) -> None:
    ada("customer add 'Ada Byron'")

    refused = ada("customer edit ada --set city=London", exit_code=6)

    assert "1 Ada Lovelace, 2 Ada Byron" in refused.stderr


def test_an_unknown_name_gets_a_suggestion(ada: Run) -> None:
    assert "did you mean 'ada-lovelace'" in ada("customer show 'Ada Lovelase'", exit_code=3).stderr


def test_the_tables_of_a_customer_are_read_from_its_side(ada: Run) -> None:
    ada("customer add Bob")
    ada("relation add bob referred ada --since 2026-02-01")
    ada("deal add Engine --customer ada --amount 12k --at yesterday")
    ada("log ada,bob hello --channel call --at yesterday")

    shown = json.loads(ada("customer show ada -f json").stdout)

    assert shown["relationships"] == [
        {
            "id": 1,
            "type": "referred by",
            "customer": "Bob",
            "customer.id": 2,
            "tie_strength": 60.0,
            "since": "2026-02-01",
            "until": None,
            "note": None,
            "customer.no_contact": None,
        }
    ]
    assert shown["deals"] == [
        {
            "id": 1,
            "name": "Engine",
            "stage": "lead",
            "outcome": "open",
            "amount": "12000.00",
            "currency": "EUR",
            "close": None,
        }
    ]
    assert shown["latest_interactions"] == [
        {"id": 1, "at": "2026-11-19T00:00:00Z", "channel": "call", "direction": None, "text": "hello"}
    ]


def test_a_person_reads_what_was_done_and_what_comes_next(terminal: Terminal) -> None:
    added = terminal("customer add 'Ada Lovelace' --email ada@example.com")

    assert added.stdout == "added customer 1 Ada Lovelace\n"
    assert added.stderr == 'next: crm log ada-lovelace "first call"\n'
    assert terminal("customer edit ada --tag vip").stdout == "changed customer 1 Ada Lovelace\n"
    assert terminal("customer edit ada --tag vip").stdout == (
        "customer 1 Ada Lovelace is so already; nothing changed\n"
    )
    there = terminal("customer add Ada --email ada@example.com --if-absent")
    assert there.stdout == "customer 1 Ada Lovelace is there already; nothing changed\n"
    assert terminal("customer remove ada --yes -q").stderr == ""
    assert terminal("customer restore ada").stdout == "restored customer 1 Ada Lovelace\n"


def test_a_person_sees_a_customer_with_its_tables(ada: Run, terminal: Terminal) -> None:
    ada("deal add Engine --customer ada --amount 12k")

    seen = terminal("customer show ada").stdout

    assert seen.startswith("1 Ada Lovelace\n")
    assert "ada@example.com" in seen
    assert "Engine" in seen
    assert "12,000 EUR" in seen
    assert "Relationships" not in seen
    assert max(map(len, seen.splitlines())) <= 80
