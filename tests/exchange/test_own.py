from pathlib import Path

import pytest

from crmcli.db import connection
from crmcli.errors import InvalidInput
from crmcli.exchange.own import FIELDS, QUERIED, entity_named
from crmcli.query.entities import entity as queried
from tests.exchange.conftest import Opened, values


@pytest.mark.parametrize("entity", FIELDS)
def test_every_column_that_export_writes_is_a_field_of_import(entity: str, file: Path) -> None:
    with connection.reading(file) as db:
        exported = queried(QUERIED[entity], db).exported

    assert set(exported) - {"id"} <= set(FIELDS[entity])


@pytest.mark.parametrize("entity", FIELDS)
def test_what_export_writes_is_recognised_by_its_header(entity: str, file: Path, opened: Opened) -> None:
    with connection.reading(file) as db:
        exported = queried(QUERIED[entity], db).exported

    source = opened(",".join(exported) + "\n")

    assert (source.entity, source.profile, source.unknown) == (entity, "crmcli", ())
    assert source.fields == tuple(name if name != "id" else "" for name in exported)


@pytest.mark.parametrize(
    ("header", "fields"),
    [
        ("Full Name,E-Mail,Phone Number,Company", ("name", "email", "phone", "employer")),
        ("* NAME ,Job-Title,Organisation,Labels", ("name", "title", "employer", "tag")),
        ("contact,mail,Mobile,account,Position,Notes", ("name", "email", "phone", "employer", "title", "note")),
        ("Name,OWNER_EMAIL,Créated at,x", ("name", "owner.email", "created", "")),
        ("Deal Name,Account,Value,Expected Close Date", ("name", "customer", "amount", "close")),
        ("deal,stage,when", ("deal", "stage", "at")),
        ("from,relationship,to", ("from", "type", "to")),
        ("who,message,date", ("customer", "text", "at")),
    ],
)
def test_common_headers_are_understood(opened: Opened, header: str, fields: tuple[str, ...]) -> None:
    assert opened(header + "\n").fields == fields


@pytest.mark.parametrize(
    ("header", "entity"),
    [
        ("name", "customers"),
        ("name,email,company", "customers"),
        ("name,amount", "deals"),
        ("title,customer,stage", "deals"),
        ("deal,stage,at,amount", "stage-events"),
        ("from,type,to", "relations"),
        ("customer,text,channel", "interactions"),
        ("customer,text,at", "interactions"),
        ("text,due", "tasks"),
        ("Subject,Due date,Contact", "tasks"),
    ],
)
def test_the_header_says_what_the_records_are(opened: Opened, header: str, entity: str) -> None:
    assert opened(header + "\n").entity == entity


def test_a_header_of_two_kinds_is_not_guessed(opened: Opened) -> None:
    with pytest.raises(InvalidInput, match=r"'c.csv' could be customers or deals") as caught:
        opened("name,email,stage\n")

    assert caught.value.hint == "say --as customers or --as deals"
    assert opened("name,email,stage\n", entity="customers").unknown == ("stage",)


def test_first_and_last_name_are_joined_where_there_is_no_name(opened: Opened) -> None:
    rows = values(opened("First Name,Last Name,email\nAda,Lovelace,a@x.org\n,Bob,\nEve,,\n"))
    named = values(opened("name,first name,last name\nCountess,Ada,Lovelace\n,Ada,Lovelace\n"))

    assert [row["name"] for row in rows] == ["Ada Lovelace", "Bob", "Eve"]
    assert rows[0] == {"email": "a@x.org", "name": "Ada Lovelace"}
    assert named == [{"name": "Countess"}, {"name": "Ada Lovelace"}]


def test_custom_fields_are_columns_too(opened: Opened) -> None:
    source = opened("name,Company,Shoe Size\nAda,Acme,38\n", custom={"customers": ("company", "Shoe size")})

    assert values(source) == [{"name": "Ada", "company": "Acme", "Shoe size": "38"}]


@pytest.mark.parametrize("name", ["customers", "Customer", "stage_events", "stage-event", "relation"])
def test_a_kind_of_record_is_named_in_singular_or_plural(name: str) -> None:
    assert entity_named(name) in FIELDS


def test_an_unknown_kind_of_record_is_refused() -> None:
    with pytest.raises(InvalidInput, match=r"no kind of record 'custmers'; did you mean 'customers'?"):
        entity_named("custmers")
