"""Customers from files: what is read, whom a row means, what is changed."""

from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core import normal
from crmcli.core.vocabulary import CustomerKind, OnDuplicate
from crmcli.services import customers, importing
from crmcli.services.customers import NewCustomer
from crmcli.services.importing.handles import Handles
from tests.conftest import wrote
from tests.services.test_importing.conftest import Load, Rows, said

POINTS = "select customer_id, kind, value, position from contact_point order by customer_id, kind, position"
EMPLOYERS = """
    select c.name, o.name, r.until from relationship r join customer c on c.id = r.from_id
    join customer o on o.id = r.to_id where r.type_id = 2 order by r.id
"""


def test_addresses_come_in_parts_in_one_line_and_from_the_web(load: Load, rows: Rows) -> None:
    text = (
        "name,email,address,website\n"
        'Ada,ada@example.com,"office|Main St 1|10115|Berlin||DE;|Villa \\\\| Park||Rome||","example.com/a (work);http://b.example"\n'
        'Bob,bob@example.com,"Main St 2, Paris",\n'
    )
    addresses = """
        select c.name, a.label, street, postcode, a.city, region, a.country, url, position
        from address a join customer c on c.id = a.customer_id order by c.id, position
    """

    told = load(people=text)

    assert told.sentence == "2 new, 0 changed, 0 unchanged, 0 rejected"
    assert rows(addresses) == [
        ("Ada", "office", "Main St 1", "10115", "Berlin", None, "DE", None, 0),
        ("Ada", None, "Villa | Park", None, "Rome", None, None, None, 1),
        ("Ada", "work", None, None, None, None, None, "https://example.com/a", 2),
        ("Ada", None, None, None, None, None, None, "http://b.example", 3),
        ("Bob", None, "Main St 2, Paris", None, None, None, None, None, 0),
    ]
    assert load(people=text).sentence == "0 new, 0 changed, 2 unchanged, 0 rejected"
    assert load(people="name,email,address\nBob,bob@example.com,||75001|Paris||\n").sentence.startswith(
        "0 new, 1 changed"
    )


@pytest.mark.parametrize(
    ("cells", "fault"),
    [
        ("a|b|c,", "2: address: 'a|b|c' is not label|street|postcode|city|region|country"),
        ("home|||||,", "2: address: 'home|||||' is not label|street|postcode|city|region|country"),
        (",not a page", "2: website: 'not a page' is no address on the web"),
        (",https://ada:secret@x.example", "2: website: 'https://ada:secret@x.example' is no address on the web"),
    ],
)
def test_an_address_that_cannot_be_is_named(cells: str, fault: str, load: Load) -> None:
    assert said(load(people=f"name,address,website\nAda,{cells}\n")) == [fault]


def test_every_field_of_a_row_is_normalised_and_stored(load: Load, rows: Rows) -> None:
    imported = load(
        c="name,email,phone,company,title,city,country,tags,source,owner,notes,created\n"
        "Ada  Lovelace,ADA@Example.com;a.l@example.org,+49 30 901820,Analytical Ltd,Countess,London,UK,"
        '"vip, press; VIP",web,Bob,likes engines,2026-03-31\n'
    )

    assert imported.sentence == "1 new, 0 changed, 0 unchanged, 0 rejected"
    assert rows(
        "select name, handle, kind, title, city, country, source, note, created_at from customer where id = 1"
    ) == [
        (
            "Ada Lovelace",
            "ada-lovelace",
            "person",
            "Countess",
            "London",
            "UK",
            "web",
            "likes engines",
            "2026-03-31T00:00:00Z",
        )
    ]
    assert rows(POINTS) == [
        (1, "email", "ada@example.com", 0),
        (1, "email", "a.l@example.org", 1),
        (1, "phone", "+4930901820", 0),
    ]
    assert rows("select t.name from customer_tag k join tag t on t.id = k.tag_id order by k.id") == [
        ("press",),
        ("vip",),
    ]
    assert rows(EMPLOYERS) == [("Ada Lovelace", "Analytical Ltd", None)]
    assert rows("select kind, handle from customer where id = 2") == [("organisation", "analytical-ltd")]
    assert rows("select o.name from customer c join owner o on o.id = c.owner_id") == [("Bob",)]


def test_the_same_file_again_changes_nothing_and_leaves_no_operation(
    load: Load, file: Path, operations: Callable[[], int]
) -> None:
    content = (
        "name,email,phone,company,tags,owner,owner.region\nAda,ada@example.com,,Engines,vip,Bob,North\nBob,,+4930901820,,,,\n"
        "Eve,,,Engines,,,\nEve,eve@example.com,,,,,\n"
    )
    load(c=content)
    before = file.read_bytes()

    imported = load(c=content)

    assert imported.sentence == "0 new, 0 changed, 4 unchanged, 0 rejected"
    assert operations() == 1
    assert file.read_bytes() == before


def test_a_bad_value_is_told_by_line_column_and_reason_and_its_row_is_kept_out(load: Load, rows: Rows) -> None:
    imported = load(
        c="name,E-Mail,phone,created,kind,do_not_contact,external\n"
        "Ada,ada@,,,,,\n"
        "Bob,,030 12,,,,\n"
        "Eve,,,03.14.2026,,,\n"
        "Dan,,,,persn,,\n"
        "Fay,,,,,perhaps,\n"
        "Gus,,,,,,nokey\n"
        f"{'x' * 501},,,,,,\n"
        ",,,2026-01-01,,,\n"
        "Hal,,,,,,\n"
    )

    assert [line.partition(" (")[0] for line in said(imported)] == [
        "2: E-Mail: e-mail 'ada@' is not an address",
        "3: phone: phone '030 12' has no country code; write +49..., or set a phone region with crm init --region",
        "4: created: date '03.14.2026' does not exist",
        "5: kind: no kind 'persn'; did you mean 'person'?",
        "6: do_not_contact: 'perhaps' is neither yes nor no",
        "7: external: 'nokey' is not source:key",
        "8: name: 1 to 500 characters",
        "9: name: is empty, and no customer is like it",
    ]
    assert rows("select name from customer") == [("Hal",)]


def test_strict_lets_nothing_in(load: Load, rows: Rows) -> None:
    with pytest.raises(importing.Refused, match=r"c\.csv: line 3 cannot be taken; nothing was imported"):
        load(c="name,email\nAda,\nBob,bob@\n", strict=True)

    assert rows("select * from customer") == []


def test_a_row_meets_a_customer_by_uid_then_key_then_any_of_its_addresses(load: Load, rows: Rows) -> None:
    load(c="name,email,external\nAda,ada@example.com,shop:7\nBob,bob@example.com,\n")
    uid = rows("select uid from customer where id = 2")[0][0]

    load(c=f"uid,name,email,external,city\n{uid},Bob,,,Paris\n,Ada,,shop:7,Rome\n")
    load(c="name,email,title\nBob,b@example.org;bob@example.com,Dr\n")

    assert rows("select name, city, title from customer") == [("Ada", "Rome", None), ("Bob", "Paris", "Dr")]
    assert rows("select value, position from contact_point where customer_id = 2 order by position") == [
        ("bob@example.com", 0),
        ("b@example.org", 1),
    ]


def test_a_row_with_the_addresses_of_two_customers_is_rejected_with_both(load: Load) -> None:
    load(c="name,email\nAda,ada@example.com\nBob,bob@example.com\n")
    load(c="name,email,external\nAda,ada@example.com,shop:1\n")

    imported = load(
        c="name,email,external\nEve,ada@example.com;bob@example.com,\nAda,bob@example.com,shop:1\nEve,eve@example.com,\n"
    )

    assert said(imported) == [
        "2: email: its addresses are those of customer 1 'Ada' and of customer 2 'Bob'",
        "3: email: belongs to customer 2 'Bob', the row is about customer 1 'Ada'",
    ]
    assert imported.tallies[0].new == 1


def test_without_address_and_key_a_phone_with_the_name_counts_else_the_name_with_the_kind(
    load: Load, rows: Rows
) -> None:
    load(c="name,kind,phone\nAda,,+4930901820\nBob,,+4930901820\nAcme,organisation,\nAcme,person,\n")

    imported = load(c="name,kind,phone,city\nADA,,+49 30 901820,Rome\nAcme,organisation,,Bonn\nada,,,Oslo\nDan,,,\n")

    assert imported.sentence == "1 new, 2 changed, 0 unchanged, 1 rejected"
    assert said(imported) == ["4: name: may be customer 1 'Ada'; say which by uid, key or e-mail"]
    assert rows("select name, city from customer") == [
        ("ADA", "Rome"),
        ("Bob", None),
        ("Acme", "Bonn"),
        ("Acme", None),
        ("Dan", None),
    ]


def test_a_row_with_no_more_than_a_name_means_nobody_of_whom_more_is_known_in_file_and_rows(
    load: Load, rows: Rows
) -> None:
    content = (
        "name,email\nAda,\nAda,a@example.com\nAda,\nBob,b@example.com\nBob,\nBob,c@example.com\nEve,\nEve,\n"
        "Dan,d@example.com\nDan,\n"
    )

    first, again = load(c=content), load(c=content)

    which = "say which by uid, key or e-mail"
    assert first.sentence == "5 new, 0 changed, 1 unchanged, 4 rejected"
    assert said(first) == [
        *(f"{line}: name: may be the customer of line 3; {which}" for line in (2, 4)),
        f"6: name: may be the customer of line 5; {which}",
        f"11: name: may be the customer of line 10; {which}",
    ]
    assert again.sentence == "0 new, 0 changed, 6 unchanged, 4 rejected"
    assert said(again) == [
        *(f"{line}: name: may be customer 1 'Ada'; {which}" for line in (2, 4)),
        f"6: name: customers 2 and 3 are both called so; {which}",
        f"11: name: may be customer 5 'Dan'; {which}",
    ]


def test_of_several_of_a_name_it_means_the_one_of_which_no_more_is_known(load: Load, rows: Rows) -> None:
    load(c="name\nAda\n")
    load(c="name,email\nAda,a@example.com\n")

    imported = load(c="name,city\nAda,Rome\n")
    again = load(c="name,email,city\nAda,,Rome\nAda,a@example.com,\nAda,new@example.com,\n")

    assert rows("select name, city from customer") == [("Ada", "Rome"), ("Ada", None), ("Ada", None)]
    assert imported.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"
    assert again.sentence == "1 new, 0 changed, 2 unchanged, 0 rejected"


def test_an_organisation_is_the_only_one_of_its_name(load: Load, rows: Rows) -> None:
    load(c="name,kind,email\nAcme,organisation,a@example.com\n")

    imported = load(c="name,kind,city\nACME,organisation,Rome\n")

    assert imported.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"


def test_two_rows_about_one_customer_are_one_record_and_the_later_word_counts(load: Load, rows: Rows) -> None:
    imported = load(
        c="name,email,city,tags,phone\nAda,ada@example.com,Rome,vip,\nBob,bob@example.com,,,\n"
        "Ada L,ada@example.com;a@example.org,,press,+4930901820\nAda Lovelace,a@example.org,Bonn,,\n"
    )

    assert imported.sentence == "2 new, 0 changed, 2 unchanged, 0 rejected"
    assert rows("select name, city from customer") == [("Ada Lovelace", "Bonn"), ("Bob", None)]
    assert rows("select value from contact_point where customer_id = 1 order by kind, position") == [
        ("ada@example.com",),
        ("a@example.org",),
        ("+4930901820",),
    ]
    assert len(rows("select * from customer_tag")) == 2


def test_a_row_that_ties_two_rows_together_is_rejected(load: Load) -> None:
    imported = load(c="name,email\nAda,a@example.com\nBob,b@example.com\nEve,b@example.com;a@example.com\n")

    assert said(imported) == ["4: email: belongs to the customer of line 2, the rest of the row to another"]


@pytest.mark.parametrize(
    ("wish", "sentence"),
    [
        (OnDuplicate.SKIP, "1 new, 0 changed, 0 unchanged, 0 rejected, 2 skipped"),
        (OnDuplicate.REJECT, "1 new, 0 changed, 0 unchanged, 2 rejected"),
    ],
)
def test_what_is_there_can_be_left_alone(wish: OnDuplicate, sentence: str, load: Load, rows: Rows) -> None:
    load(c="name,email\nAda,ada@example.com\n")

    imported = load(
        c="name,email,city\nAda,ada@example.com,Rome\nBob,bob@example.com,\nBob,bob@example.com,Bonn\n",
        on_duplicate=wish,
    )

    assert imported.sentence == sentence
    assert rows("select name, city from customer") == [("Ada", None), ("Bob", None)]
    if wish is OnDuplicate.REJECT:
        assert said(imported) == ["2: None: is customer 1 'Ada' already", "4: name: is the customer of line 3 already"]


def test_update_changes_only_what_the_row_has(load: Load, rows: Rows) -> None:
    load(c="name,email,city,title,owner,tags\nAda,ada@example.com,Rome,Dr,Bob,vip\n")

    imported = load(c="name,email,city,title,owner,tags\nAda,ada@example.com,Bonn,,,\n")

    assert imported.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"
    assert rows("select city, title, owner_id from customer") == [("Bonn", "Dr", 1)]
    assert rows("select action, count(*) from change where operation_id = 2 group by 1") == [("update", 1)]


def test_a_removed_customer_stays_removed(load: Load, file: Path, rows: Rows) -> None:
    load(c="name,external\nAda,shop:1\n")
    with wrote(file) as session:
        customers.remove(session, "1")

    imported = load(c="name,external,city\nAda,shop:1,Rome\n")

    assert imported.sentence == "0 new, 0 changed, 1 unchanged, 0 rejected"
    assert imported.notes == [
        "1 row is about removed customers, which stay removed; --on-removed restore brings them back"
    ]
    assert rows("select city from customer") == [(None,)]


@given(st.text(alphabet="aC 7éß李Σ²-.٣ǆ", min_size=1, max_size=70).filter(str.strip))
def test_a_handle_made_word_by_word_is_the_handle(name: str) -> None:
    text = normal.text(name, name="name")

    assert Handles()(text) == normal.handle(text)


NAMES = [
    "Acme",
    "Acme 2",
    "ACME",
    "Acmé",
    "Acme-2",
    "Acme 2 2",
    "王伟",
    "王伟",
    "!!",
    "??",
    "Acme Ltd",
    "Acme",
    "acme 3",
    "7",
    "7",
]


def test_handles_are_those_that_customers_added_one_by_one_get(load: Load, file: Path, rows: Rows) -> None:
    with wrote(file) as session:
        for name in ("Acme", "acme 5"):
            customers.add(session, NewCustomer(name, CustomerKind.ORGANISATION))
    load(c="name,external\n" + "".join(f"{name},x:{key}\n" for key, name in enumerate(NAMES)))
    at_once = [handle for (handle,) in rows("select handle from customer where id > 2 order by id")]

    with wrote(file) as session:
        session.raw.execute("update customer set handle = 'gone-' || id where id > 2")
        one_by_one = []
        for name in NAMES:
            [number] = customers.add(session, NewCustomer(name)).ids
            one_by_one.append(session.reader.value("select handle from customer where id = :id", id=number))

    assert at_once == one_by_one


def test_another_employer_ends_the_old_tie_and_the_same_one_in_other_letters_does_not(load: Load, rows: Rows) -> None:
    load(c="name,email,company\nAda,ada@example.com,Café Ltd\n")

    same = load(c="name,email,company\nAda,ada@example.com,CAFE LTD\n")
    other = load(c="name,email,company\nAda,ada@example.com,Engines\n")

    assert same.sentence == "0 new, 0 changed, 1 unchanged, 0 rejected"
    assert other.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"
    assert rows(EMPLOYERS) == [("Ada", "Café Ltd", "2026-11-20"), ("Ada", "Engines", None)]


def test_an_employer_is_an_organisation_of_that_whole_name(load: Load, rows: Rows) -> None:
    imported = load(
        c="name,kind,company,external\nApple,person,,x:1\nPineapple,organisation,,x:2\nTwin,organisation,,x:3\n"
        "Twin,organisation,,x:4\nAda,person,Apple,x:5\nBob,person,Twin,x:6\nSelf,organisation,Self,x:7\n"
    )

    assert imported.notes == [
        "employer 'Twin' of 1 rows is left out: several customers are called so (3, 4)",
        "made 1 organisation that rows name as employer",
    ]
    assert rows(EMPLOYERS) == [("Ada", "Apple", None)]
    assert rows("select name, kind from customer where id = 8") == [("Apple", "organisation")]


def test_columns_nobody_knows_are_told(load: Load) -> None:
    imported = load(c="name,shoe size\nAda,38\n")

    assert imported.notes == ["c.csv: not taken: shoe size; --map COLUMN=FIELD takes one"]
