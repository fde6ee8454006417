"""Rows that mean a customer who was merged are about the one it went into."""

from pathlib import Path

import pytest

from crmcli.services import merging
from tests.conftest import wrote
from tests.services.test_importing.conftest import Load, Rows, said

MERGED_UID = "01a1bf29-18dd-7000-8000-2d5c5d1cd971"
CUSTOMERS = f"""uid,name,email,phone,external,kind
,Ada Lovelace,ada@example.com,+4930901820,,person
{MERGED_UID},A. Lovelace,countess@example.com,+4930901821,shop:2,person
,Acme Limited,,,,organisation
,Acme Ltd,,,,organisation
"""


@pytest.fixture
def merged(load: Load, file: Path) -> Load:
    load(c=CUSTOMERS)
    with wrote(file) as session:
        merging.merge(session, merging.Wish("1", ("2",)))
        merging.merge(session, merging.Wish("3", ("4",)))
    return load


@pytest.mark.parametrize(
    "row",
    [
        f"uid,name,city\n{MERGED_UID},A,Rome\n",
        "external,name,city\nshop:2,A,Rome\n",
        "email,name,city\ncountess@example.com,A,Rome\n",
        "name,phone,city\nA. Lovelace,+4930901821,Rome\n",
    ],
)
def test_a_row_about_a_merged_customer_changes_where_it_went(row: str, merged: Load, rows: Rows) -> None:
    imported = merged(c=row)

    assert imported.faults == []
    assert rows("select id from customer where city = 'Rome'") == [(1,)]
    assert rows("select max(id) from customer") == [(4,)]


def test_a_name_alone_is_still_no_proof_of_a_person(merged: Load) -> None:
    assert said(merged(c="name,city\na. lovelace,Rome\n")) == [
        "2: name: may be customer 1 'Ada Lovelace'; say which by uid, key or e-mail"
    ]


def test_the_name_of_a_merged_organisation_is_that_of_the_one_it_went_into(merged: Load, rows: Rows) -> None:
    merged(c="name,kind,city\nACME LTD,organisation,Rome\n")

    assert rows("select id from customer where city = 'Rome'") == [(3,)]
    assert rows("select max(id) from customer") == [(4,)]


def test_a_person_of_whom_no_more_is_known_goes_by_the_name_and_company_of_those_merged(
    load: Load, file: Path, rows: Rows
) -> None:
    load(c="name,employer\nBob,Acme Limited\nRob,Acme Ltd\n")
    ids = {name: number for number, name in rows("select id, name from customer")}
    with wrote(file) as session:
        merging.merge(session, merging.Wish(str(ids["Bob"]), (str(ids["Rob"]),)))
        merging.merge(session, merging.Wish(str(ids["Acme Limited"]), (str(ids["Acme Ltd"]),)))

    imported = load(c="name,employer,city\nrob,Acme Ltd,Rome\n")

    assert imported.faults == []
    assert rows("select id from customer where city = 'Rome'") == [(ids["Bob"],)]
    assert rows("select count(*) from customer where removed_at is null") == [(2,)]


def test_an_employer_that_was_merged_is_the_one_it_went_into(merged: Load, rows: Rows) -> None:
    merged(c="name,email,employer\nBob,bob@example.com,Acme Ltd\n")
    merged(c="name,email,employer\nBob,bob@example.com,ACME LTD\n")

    assert rows("select to_id, until from relationship") == [(3, None)]


def test_a_deal_of_a_merged_customer_is_that_of_the_one_it_went_into(merged: Load, rows: Rows) -> None:
    merged(d="name,customer,stage\nEngine,A. Lovelace,lead\n")

    assert rows("select customer_id from deal") == [(1,)]
