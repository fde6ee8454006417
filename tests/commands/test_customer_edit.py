"""`crm customer edit`: fields, contact points, tags and the employer."""

import pytest

from tests.conftest import Run, once


def cells(crm: Run, ref: str, columns: str) -> list[str]:
    """What the columns of one customer hold."""
    line = crm(f"customer list id:{ref} --columns {columns} --no-header").stdout
    return line.removesuffix("\n").split("\t")


@pytest.fixture
@once
def ada(crm: Run) -> None:
    crm("customer add 'Ada Lovelace' --email ada@example.com --phone +442079460958 --tag vip --tag press")


def test_an_edit_cannot_take_the_email_of_another(ada: Run) -> None:
    ada("customer add Bob")

    for op in ("=", "+="):
        refused = ada(f"customer edit bob --set email{op}ada@example.com", exit_code=4)
        assert "customer 1 Ada Lovelace" in refused.stderr


def test_set_email_replaces_all_and_the_first_is_primary(ada: Run) -> None:
    ada("customer edit 1 --set email=new@example.com,ada@example.com")

    assert cells(ada, "1", "email") == ["new@example.com;ada@example.com"]


def test_emails_are_added_and_taken_away(ada: Run) -> None:
    ada("customer edit 1 --set email+=a@example.com --set email+=B@example.com")
    ada("customer edit 1 --set email-=ada@EXAMPLE.com")

    assert cells(ada, "1", "email") == ["a@example.com;b@example.com"]


def test_an_email_that_is_taken_away_is_free(ada: Run) -> None:
    ada("customer edit 1 --set email=")

    assert ada("customer add Other --email ada@example.com").stdout == "2\n"


def test_phones_are_replaced_added_and_taken_away_in_any_form(ada: Run) -> None:
    ada("customer edit 1 --set 'phone+=+49 30 901820'")
    ada("customer edit 1 --set 'phone-=+44 (0)20 7946-0958'")

    assert cells(ada, "1", "phone") == ["+4930901820"]
    ada("customer edit 1 --set phone=+442079460958")
    assert cells(ada, "1", "phone") == ["+442079460958"]


def test_what_a_customer_has_not_cannot_be_taken_away(ada: Run) -> None:
    refused = ada("customer edit 1 --set email-=adda@example.com", exit_code=3)

    assert "no email 'adda@example.com'; did you mean 'ada@example.com'?" in refused.stderr


def test_tags_are_added_taken_off_and_replaced_in_any_case(ada: Run) -> None:
    ada("customer edit 1 --tag Press --tag new --untag VIP")
    assert cells(ada, "1", "tag") == ["new;press"]

    ada("customer edit 1 --set tag=press,old")
    assert cells(ada, "1", "tag") == ["old;press"]

    ada("customer edit 1 --set tag+=+vip --set tag-=old")
    assert cells(ada, "1", "tag") == ["press;vip"]


def test_a_tag_that_a_customer_has_not_is_suggested(ada: Run) -> None:
    assert "no tag 'vpi'; did you mean 'vip'?" in ada("customer edit 1 --untag vpi", exit_code=3).stderr


def test_plain_fields_are_set_and_emptied(ada: Run) -> None:
    ada("customer edit 1 --set city=London --set 'note=two\nlines' --set owner=Bob --set kind=organisation")
    assert cells(ada, "1", "city,note,owner,kind") == ["London", r"two\nlines", "Bob", "organisation"]

    ada("customer edit 1 --set city= --set note= --set owner=")
    assert cells(ada, "1", "city,note,owner") == ["", "", ""]


def test_do_not_contact_is_yes_or_no(ada: Run) -> None:
    ada("customer edit 1 --set do_not_contact=yes")
    assert cells(ada, "1", "do_not_contact") == ["true"]

    assert "'perhaps' is neither yes nor no" in ada("customer edit 1 --set do_not_contact=perhaps", exit_code=2).stderr


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("--set name=", "name: 1 to 500 characters"),
        ("--set ctiy=Rome", "no field 'ctiy' to set; did you mean 'city'?"),
        ("--set city", "--set 'city' has no '='"),
        ("--set city+=Rome", "city holds one value"),
        ("--set kind=company", "no kind 'company'; one of person, organisation"),
        ("--set email=nonsense", "e-mail 'nonsense' is not an address"),
        ("", "nothing to change"),
    ],
)
def test_an_edit_that_cannot_be_is_refused(option: str, reason: str, ada: Run) -> None:
    assert reason in ada(f"customer edit 1 {option}", exit_code=2).stderr
    assert ada("history -f ids").stdout == "1\n"


@pytest.mark.parametrize(
    "options",
    [
        "--tag VIP",
        "--set tag=press,vip",
        "--set email=ADA@example.com",
        "--set email+=ada@example.com",
        "--set employer=acme",
        "--set 'employer=Acme Ltd'",
        "--set city=London --set 'owner=bob  stone'",
        "--set phone=+44-20-7946-0958",
    ],
)
def test_an_edit_that_changes_nothing_leaves_no_operation(options: str, crm: Run) -> None:
    crm("customer add Acme --kind organisation")
    crm("customer edit acme --set name='Acme Ltd'")
    crm(
        "customer add Ada --email ada@example.com --phone +442079460958 --tag vip --tag press --city London "
        "--owner 'Bob Stone' --employer acme"
    )

    edited = crm(f"customer edit ada {options}")

    assert edited.stdout == "2\n"
    assert crm("history -f ids --limit 1").stdout == "3\n"
