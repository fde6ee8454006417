"""Whom a row means: keys that the user names, phones that people share, names that prove nothing, those who were removed."""

from pathlib import Path

import pytest

from crmcli.core.vocabulary import OnDuplicate, OnRemoved
from crmcli.errors import InvalidInput
from crmcli.services import customers
from crmcli.services.importing import Key
from tests.conftest import wrote
from tests.services.test_importing.conftest import Load, Rows, said

SHOP = Key("No.", "shop")


def test_a_column_that_the_user_names_identifies_the_rows(load: Load, rows: Rows) -> None:
    content = "No.,name,city\n7,Ada,Rome\n8,Ada,Bonn\n,Bob,\n"

    first, again = load(c=content, key=SHOP), load(c=content, key=SHOP)
    changed = load(c="no.,name,city\n8,Ada,Oslo\n", key=SHOP)

    assert first.sentence == "3 new, 0 changed, 0 unchanged, 0 rejected"
    assert first.notes == []
    assert again.sentence == "0 new, 0 changed, 3 unchanged, 0 rejected"
    assert changed.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"
    assert rows("select x.source, x.key, c.city from external_id x join customer c on c.id = x.customer_id") == [
        ("shop", "7", "Rome"),
        ("shop", "8", "Oslo"),
    ]


def test_the_column_can_give_a_field_too(load: Load, rows: Rows) -> None:
    load(c="name,city\nAcme,Rome\n", key=Key("name", "list"))
    load(c="name,city\nAcme,Bonn\n", key=Key("Name", "list"))

    assert rows("select name, city from customer") == [("Acme", "Bonn")]
    assert rows("select source, key from external_id") == [("list", "Acme")]


def test_deals_and_interactions_have_keys_too(load: Load, rows: Rows) -> None:
    for _ in range(2):
        load(d="No.,name,stage,amount\n1,Engine,lead,5\n", key=SHOP)
        load(c="name,email\nAda,ada@example.com\n")
        load(i="No.,channel,at,text,customer\n1,call,2026-01-02,Hello,Ada\n", key=SHOP)

    assert rows("select count(*) from deal") == rows("select count(*) from interaction") == [(1,)]


def test_a_column_that_no_file_has_is_refused(load: Load) -> None:
    with pytest.raises(InvalidInput, match=r"no column 'Nr\.' in 'c\.csv'; did you mean 'No\.'\?"):
        load(c="No.,name\n1,Ada\n", key=Key("Nr.", "shop"))


TWO = "name,email,phone,company\nAda,ada@example.com,,{}\nBob,bob@example.com,+4930901820,{}\n"
BOTH = "name,email,phone,company\nAda,ada@example.com,+49 30 901820,\n"


def test_a_row_with_the_e_mail_of_one_and_the_phone_of_another_is_rejected_with_both(load: Load) -> None:
    load(c=TWO.format("Engines", "Motors"))

    imported = load(c=BOTH)

    assert said(imported) == ["2: phone: its e-mail is that of customer 1 'Ada', its phone that of customer 2 'Bob'"]


@pytest.mark.parametrize(
    ("there", "row"),
    [
        (TWO.format("Engines", "Engines"), BOTH),
        (TWO.format("", "Engines"), BOTH.replace(",\n", ",Engines\n")),
        (TWO.format("", "") + "Eve,eve@example.com,+4930901820,\n", BOTH),
        ("name,kind,email,phone,company\nAda,,ada@example.com,,Bob\nBob,organisation,,+4930901820,\n", BOTH),
    ],
    ids=["colleagues", "colleagues by the row", "shared by two already", "the phone of the employer"],
)
def test_a_phone_that_people_share_is_no_contradiction(there: str, row: str, load: Load) -> None:
    load(c=there)

    assert load(c=row).sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"


def test_a_new_e_mail_of_somebody_whose_phone_and_name_are_known_is_one_more_of_theirs(load: Load, rows: Rows) -> None:
    load(c="name,email,phone\nAda,ada@example.com,+4930901820\nBob,bob@example.com,+4930901820\n")

    imported = load(c="name,email,phone\nADA,ada@example.org,+49 30 901820\nEve,eve@example.com,+4930901820\n")

    assert imported.sentence == "1 new, 1 changed, 0 unchanged, 0 rejected"
    assert rows("select value from contact_point where customer_id = 1 and kind = 'email' order by position") == [
        ("ada@example.com",),
        ("ada@example.org",),
    ]


def test_rows_of_one_phone_and_name_are_one_record_unless_their_uids_differ(load: Load, rows: Rows) -> None:
    uids = [f"01a1bf29-18dd-7000-8000-2d5c5d1cd97{number}" for number in "12"]
    people = [("Ada", "a@example.com"), ("ada", "b@example.com")]

    one = load(c="name,email,phone\n" + "".join(f"{name},{email},+4930901820\n" for name, email in people))
    two = load(c="uid,name,email,phone\n" + "".join(f"{uid},Bob,{uid[-1]}@example.com,+4930901821\n" for uid in uids))

    assert one.sentence == "1 new, 0 changed, 1 unchanged, 0 rejected"
    assert two.sentence == "2 new, 0 changed, 0 unchanged, 0 rejected"


def test_a_new_customer_of_the_name_and_company_of_one_is_made_and_told(load: Load) -> None:
    load(c="name,email,company\nAda,a@example.com,Engines\nBob,b@example.com,Engines\n")
    content = "name,email,company\nADA,new@example.com,engines\nBob,other@example.com,Motors\n"

    imported, again = load(c=content), load(c=content)

    assert imported.sentence == "2 new, 0 changed, 0 unchanged, 0 rejected"
    assert imported.notes[0] == "c.csv: line 2: new, but may be customer 1 Ada already"
    assert not any("line 3" in note for note in imported.notes)
    assert (again.sentence, again.notes) == ("0 new, 0 changed, 2 unchanged, 0 rejected", [])


def test_rows_without_more_than_a_name_are_told_apart_by_their_company(load: Load, rows: Rows) -> None:
    content = "name,company,city\nAda,Engines,Rome\nAda,Motors,Bonn\nAda,,Oslo\n"

    first, again = load(c=content), load(c=content)

    assert first.sentence == "3 new, 0 changed, 0 unchanged, 0 rejected"
    assert again.sentence == "0 new, 0 changed, 3 unchanged, 0 rejected"
    assert rows("select city from customer where kind = 'person'") == [("Rome",), ("Bonn",), ("Oslo",)]


@pytest.fixture
def removed(load: Load, file: Path) -> None:
    """Four customers who were removed, each known by something else."""
    load(
        c="name,email,phone,external,city\nAda,ada@example.com,,,\nBob,,+4930901820,,\nEve,,,shop:1,\nDan,,,,\n"
        "Fay,fay@example.com,,,\n"
    )
    with wrote(file) as session:
        for number in "1234":
            customers.remove(session, number)


AGAIN = "name,email,phone,external,city\nAda,ada@example.com,,,Rome\nBob,,+4930901820,,Rome\nEve,,,shop:1,Rome\nDan,,,,Rome\n"


@pytest.mark.usefixtures("removed")
def test_removed_customers_stay_removed_by_whatever_they_are_known(load: Load, rows: Rows) -> None:
    imported = load(c=AGAIN)

    assert imported.sentence == "0 new, 0 changed, 4 unchanged, 0 rejected"
    assert rows("select count(*) from customer where city is not null or removed_at is null") == [(1,)]


@pytest.mark.usefixtures("removed")
def test_removed_customers_come_back_where_that_is_the_wish(load: Load, rows: Rows) -> None:
    imported = load(c=AGAIN, on_removed=OnRemoved.RESTORE)

    assert imported.sentence == "0 new, 4 changed, 0 unchanged, 0 rejected"
    assert rows("select name, city from customer where removed_at is null") == [
        *((name, "Rome") for name in ("Ada", "Bob", "Eve", "Dan")),
        ("Fay", None),
    ]
    assert rows("select value from contact_point where is_live = 0") == []


@pytest.mark.usefixtures("removed")
def test_a_restoring_import_that_says_nothing_new_counts_as_a_change_and_skips_what_it_is_to_skip(load: Load) -> None:
    skipped = load(c="name,email\nAda,ada@example.com\n", on_removed=OnRemoved.RESTORE, on_duplicate=OnDuplicate.SKIP)
    restored = load(c="name,email\nAda,ada@example.com\n", on_removed=OnRemoved.RESTORE)

    assert skipped.sentence == "0 new, 0 changed, 0 unchanged, 0 rejected, 1 skipped"
    assert restored.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"


def test_a_removed_customer_whose_address_is_taken_is_named(load: Load, file: Path) -> None:
    load(c="name,email,external\nAda,ada@example.com,shop:1\n")
    with wrote(file) as session:
        customers.remove(session, "1")
        customers.add(session, customers.NewCustomer("Eve", emails=("ada@example.com",)))

    imported = load(c="name,external\nAda,shop:1\n", on_removed=OnRemoved.RESTORE)

    assert said(imported) == ["2: email: customer 1 'Ada' is removed, and customer 2 has its address now"]


def test_a_blank_cell_clears_its_field_where_that_is_the_wish(load: Load, rows: Rows, file: Path) -> None:
    with wrote(file) as session:
        session.raw.execute(
            "insert into field (entity, name, type, recorded_at) values ('customer', 'tier', 'text', '')"
        )
    load(c="name,email,city,title,owner,company,tier,tags\nAda,ada@example.com,Rome,Dr,Bob,Engines,gold,vip\n")

    kept = load(c="name,email,city,owner,company,tier,tags\nAda,ada@example.com,,,,,\n")
    cleared = load(c="name,email,city,owner,company,tier,tags\nAda,ada@example.com,,,,,\n", blank_clears=True)
    again = load(c="name,email,city,owner,company,tier,tags\nAda,ada@example.com,,,,,\n", blank_clears=True)

    assert kept.sentence == again.sentence == "0 new, 0 changed, 1 unchanged, 0 rejected"
    assert cleared.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"
    assert rows("select city, title, owner_id, custom from customer where id = 1") == [(None, "Dr", None, "{}")]
    assert rows("select until from relationship") == [("2026-11-20",)]
    assert rows("select count(*) from customer_tag") == rows("select count(*) from contact_point") == [(1,)]


def test_a_blank_of_one_file_does_not_clear_what_another_has_no_column_for(load: Load, rows: Rows) -> None:
    load(c="name,email,city,title\nAda,ada@example.com,Rome,Dr\nBob,bob@example.com,Bonn,Dr\n")

    load(a="name,email,city\nAda,ada@example.com,\n", b="name,email,title\nBob,bob@example.com,\n", blank_clears=True)

    assert rows("select city, title from customer") == [(None, "Dr"), ("Bonn", None)]


def test_a_blank_clears_no_employer_alone_but_counts_it_as_a_change(load: Load, rows: Rows) -> None:
    load(c="name,email,company\nAda,ada@example.com,Engines\n")

    imported = load(c="name,email,company\nAda,ada@example.com,\nNew,new@example.com,\n", blank_clears=True)

    assert imported.sentence == "1 new, 1 changed, 0 unchanged, 0 rejected"
    assert rows("select until from relationship") == [("2026-11-20",)]


def test_blanks_clear_deals_interactions_and_relationships(load: Load, rows: Rows) -> None:
    load(
        c="name\nAda\nBob\n",
        d="name,customer,stage,created,source,amount\nEngine,Ada,lead,2026-01-01,web,5\n",
        i="at,channel,text,customer,direction\n2026-01-02,call,Hello,Ada,in\n",
        r="from,type,to,note\nAda,knows,Bob,old\n",
    )

    imported = load(
        d="name,customer,stage,created,source,amount\nEngine,Ada,lead,2026-01-01,,\n",
        i="at,channel,text,customer,direction\n2026-01-02,call,Hello,Ada,\n",
        r="from,type,to,note\nAda,knows,Bob,\n",
        blank_clears=True,
    )

    assert imported.sentence == "0 new, 3 changed, 0 unchanged, 0 rejected"
    assert rows("select source, amount from deal") == [(None, 500)]
    assert rows("select direction from interaction") == rows("select note from relationship") == [(None,)]
