"""`crm customer address`: by post and on the web."""

import json

import pytest

from tests.commands.test_customer import cells
from tests.conftest import Dump, Run, once


@pytest.fixture
@once
def ada(crm: Run) -> None:
    crm("customer add 'Ada Lovelace' --email ada@example.com")
    crm("customer address add 1 --street \"12 St James's Square\" --postcode 'SW1Y 4JH' --city London --label office")
    crm("customer address add 1 --url linkedin.com/in/ada --label linkedin")


def shown(crm: Run) -> list[dict[str, object]]:
    found = json.loads(crm("customer show 1 -f json").stdout)["addresses"]
    return [{name: value for name, value in each.items() if value is not None} for each in found]


def test_addresses_stand_in_the_customer_those_by_post_first(ada: Run) -> None:
    ada("customer address add 1 --city Torquay --region Devon --country UK")

    assert shown(ada) == [
        {
            "id": 1,
            "label": "office",
            "street": "12 St James's Square",
            "postcode": "SW1Y 4JH",
            "city": "London",
            "primary": True,
        },
        {"id": 3, "city": "Torquay", "region": "Devon", "country": "UK", "primary": False},
        {"id": 2, "label": "linkedin", "url": "https://linkedin.com/in/ada", "primary": True},
    ]
    assert "SW1Y 4JH" in ada("customer show 1 -f table").stdout


def test_they_are_asked_for_listed_and_exported(ada: Run) -> None:
    ada("customer add Bob")
    ada("customer address add bob --city Rome")

    assert ada("customer list address:london -f ids").stdout == "1\n"
    assert ada("customer list 'address:sw1y 4jh' -f ids").stdout == "1\n"
    assert ada("customer list url:linkedin -f ids").stdout == "1\n"
    assert ada("customer list address.label:office -f ids").stdout == "1\n"
    assert ada("customer list url: -f ids").stdout == "2\n"
    assert cells(ada, "1", "address,url,address.label") == [
        "12 St James's Square, SW1Y 4JH, London",
        "https://linkedin.com/in/ada",
        "office;linkedin",
    ]
    assert "Rome" in ada("export customers --columns id,address -f csv").stdout


def test_a_field_is_changed_or_emptied_and_another_made_the_primary_one(ada: Run) -> None:
    ada("customer address add 1 --city Torquay --label home")

    ada("customer address edit 1 HOME --city Paignton --country UK --label '' --primary")
    ada("customer address edit 1 office --postcode ''")

    assert [(each["id"], each["primary"]) for each in shown(ada)] == [(3, True), (1, False), (2, True)]
    assert cells(ada, "1", "address") == ["Paignton, UK;12 St James's Square, London"]


def test_a_removed_address_comes_back_by_undo(ada: Run, dump: Dump) -> None:
    before = dump()
    assert "--yes" in ada("customer address remove 1 office", exit_code=2).stderr

    ada("customer address remove 1 office --yes")
    assert [each["id"] for each in shown(ada)] == [2]

    ada("undo")
    assert dump() == before


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("add 1", 2, "an address has nothing in it"),
        ("add 1 --label empty", 2, "an address has nothing in it"),
        ("add 1 --city Rome --url example.com", 2, "either by post or on the web"),
        ("add 1 --url 'no address'", 2, "'no address' is no address on the web"),
        ("add 1 --url javascript://x.y/alert", 2, "is no address on the web"),
        ("add 1 --url https://ada:secret@example.com", 2, "is no address on the web"),
        ("add 9 --city Rome", 3, "9"),
        ("edit 1 office", 2, "nothing to change"),
        ("edit 1 offce --city Rome", 3, "customer 1 has no address 'offce'; did you mean 'office'?"),
        ("edit 1 office --street '' --postcode '' --city ''", 2, "an address has nothing in it"),
        ("remove 1 3 --yes", 3, "customer 1 has no address '3'"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(
    line: str, code: int, message: str, ada: Run, dump: Dump
) -> None:
    before = dump()

    assert message in ada(f"customer address {line}", exit_code=code).stderr
    assert dump() == before


def test_a_label_of_two_is_ambiguous(ada: Run) -> None:
    ada("customer address add 1 --city Rome --label office")

    refused = ada("customer address edit 1 office --city Bath", exit_code=6)

    assert "one of several: 1 12 St James's Square, SW1Y 4JH, London, 3 Rome" in refused.stderr


def test_privacy_gives_them_out_and_takes_them_away(ada: Run) -> None:
    assert "12 St James's Square" in ada("privacy export 1").stdout

    ada("privacy erase 1 --yes")

    assert shown(ada) == []
    left = ada("customer timeline 1 -f json").stdout + ada("history show 2 -f json").stdout
    assert "James" not in left


def test_the_timeline_and_the_history_tell_of_them(ada: Run) -> None:
    ada("customer address edit 1 office --city Bath")

    told = [each["what"] for each in json.loads(ada("customer timeline 1 -f json").stdout)["rows"]]
    assert told == [
        "customer add",
        "+12 St James's Square, SW1Y 4JH, London",
        "+https://linkedin.com/in/ada",
        "-12 St James's Square, SW1Y 4JH, London, +12 St James's Square, SW1Y 4JH, Bath",
    ]
    assert ada("history --limit 1 --columns about --no-header").stdout == "Ada Lovelace\n"
