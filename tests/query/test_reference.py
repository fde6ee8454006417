from typing import TYPE_CHECKING

import pytest

from crmcli.core.preferences import Preferences
from crmcli.errors import Ambiguous, InvalidInput, NotFound
from crmcli.query import reference

if TYPE_CHECKING:
    from tests.query.conftest import File

SAID = Preferences(phone_region="DE")


def customer(file: "File", ref: str, *, removed: bool = False, whole: bool = False) -> int:
    return reference.customer(file.db, ref, preferences=SAID, removed=removed, whole=whole)


@pytest.mark.parametrize(
    "ref",
    [
        *("7", "C7", "c7", "acme-ltd", "ACME-LTD", "00000000-0000-7000-8000-0000000000AA", "crm:4711"),
        *("Info@Acme.example", "+49 30 1234-5678", "030 12345678", "0049 30 12345678", "(030) 12345678"),
        *("Acmé Ltd", "ACME LTD", "acme", " Acmé   Ltd "),
    ],
)
def test_a_customer_goes_by_many_names(file: "File", ref: str) -> None:
    uid = "00000000-0000-7000-8000-0000000000aa"
    acme = file.customer("Acmé Ltd", id=7, uid=uid, handle="acme-ltd")
    file.contact(acme, "email", "info@acme.example")
    file.contact(acme, "phone", "+493012345678")
    file.insert("external_id", source="crm", key="4711", customer_id=acme)
    file.customer("Bolt")

    assert customer(file, ref) == acme


def test_a_phone_without_its_country_is_told_by_its_end(file: "File") -> None:
    ada = file.customer("Ada")
    file.contact(ada, "phone", "+493012345678;ext=12")

    assert reference.customer(file.db, "030 12345678", preferences=Preferences()) == ada
    with pytest.raises(NotFound):
        reference.customer(file.db, "45678", preferences=Preferences())


def test_a_name_as_written_wins_over_one_without_accents(file: "File") -> None:
    plain, accented = file.customer("Zoe"), file.customer("Zoë", handle="zoe-2")
    file.db.connection.execute("update customer set handle = 'z' where id = ?", (plain,))

    assert customer(file, "zoe") == plain
    assert customer(file, "Zoë") == accented


def test_a_whole_name_wins_over_a_part(file: "File") -> None:
    file.customer("Pineapplé")
    apple = file.customer("Applé", handle="x")

    assert customer(file, "apple") == apple
    assert customer(file, "APPLÈ", whole=True) == apple


def test_whole_never_takes_a_part(file: "File") -> None:
    file.customer("Pineapple")

    with pytest.raises(NotFound):
        customer(file, "Apple", whole=True)


def test_wildcards_in_a_name_are_letters(file: "File") -> None:
    file.customer("Ada")

    with pytest.raises(NotFound):
        customer(file, "A_a")


def test_a_removed_customer_gives_its_address_free(file: "File") -> None:
    old, new = file.customer("Ada", removed_at="2026-01-01T00:00:00Z"), file.customer("Bob")
    file.insert("contact_point", customer_id=old, kind="email", value="a@example.com", is_live=0)

    with pytest.raises(NotFound):
        customer(file, "a@example.com")
    assert customer(file, "a@example.com", removed=True) == old

    file.contact(new, "email", "a@example.com")
    assert customer(file, "a@example.com", removed=True) == new


def test_several_matches_are_named(file: "File") -> None:
    for number in range(7):
        file.customer(f"Ada {number}")
    twins = [file.customer("Twin", handle=handle) for handle in ("t1", "t2")]

    with pytest.raises(Ambiguous) as many:
        customer(file, "ada")
    with pytest.raises(Ambiguous) as two:
        customer(file, "Twin", whole=True)

    assert many.value.candidates == tuple((number + 1, f"Ada {number}") for number in range(5))
    assert str(many.value).startswith("'ada' matches more than 5 customers: 1 Ada 0, ")
    assert two.value.candidates == ((twins[0], "Twin"), (twins[1], "Twin"))
    assert str(two.value) == f"'Twin' matches 2 customers: {twins[0]} Twin, {twins[1]} Twin"


def test_a_shared_phone_is_ambiguous(file: "File") -> None:
    for name in ("Ada", "Bob"):
        file.contact(file.customer(name), "phone", "+493012345678")

    with pytest.raises(Ambiguous, match="matches 2 customers"):
        customer(file, "+493012345678")


def test_a_near_name_is_offered(file: "File") -> None:
    file.customer("Acme Ltd", id=3)

    with pytest.raises(NotFound) as near:
        customer(file, "Acmee Ldt")
    with pytest.raises(NotFound) as far:
        customer(file, "qqqq")

    assert (str(near.value), near.value.hint) == (
        "no customer matches 'Acmee Ldt'",
        "did you mean 'acme-ltd' (3 Acme Ltd)?",
    )
    assert far.value.hint == "crm customer list shows them all"


def test_a_removed_customer_is_named_as_such(file: "File") -> None:
    file.customer("Ada", id=3, removed_at="2026-01-01T00:00:00Z")

    for ref in ("3", "ada", "Ada"):
        with pytest.raises(NotFound, match="customer 3 'Ada' was removed") as error:
            customer(file, ref)
        assert error.value.hint == "crm customer restore 3 brings it back"
        assert customer(file, ref, removed=True) == 3


def test_a_removed_name_without_its_handle_is_named_as_such(file: "File") -> None:
    file.customer("Ada", id=3, handle="x", removed_at="2026-01-01T00:00:00Z")

    with pytest.raises(NotFound, match="customer 3 'Ada' was removed"):
        customer(file, "ADA")


def test_a_merged_customer_leads_to_where_it_went(file: "File") -> None:
    kept = file.customer("Ada")
    middle = file.customer("Adda", removed_at="2026-01-01T00:00:00Z", merged_into_id=kept)
    gone = file.customer("Addda", removed_at="2026-01-01T00:00:00Z", merged_into_id=middle)

    assert customer(file, str(gone)) == kept
    assert customer(file, "adda") == kept
    assert customer(file, str(gone), removed=True) == gone


@pytest.mark.parametrize("ref", ["", "  \t"])
def test_no_name_is_no_reference(file: "File", ref: str) -> None:
    with pytest.raises(InvalidInput, match="no customer is named"):
        customer(file, ref)


@pytest.mark.parametrize("ref", ["9", "D9", "d9", "maven:1C1I", "Big Deal", "big"])
def test_a_deal_goes_by_number_key_and_name(file: "File", ref: str) -> None:
    deal = file.deal("Big Deal", id=9)
    file.insert("external_id", source="maven", key="1C1I", deal_id=deal)

    assert reference.deal(file.db, ref, preferences=SAID) == deal


def test_a_deal_that_is_not_there(file: "File") -> None:
    file.deal("Big Deal", id=9)
    file.deal("Old", id=10, removed_at="2026-01-01T00:00:00Z")

    with pytest.raises(NotFound, match="no deal matches 'Bag Deal'") as near:
        reference.deal(file.db, "Bag Deal", preferences=SAID)
    with pytest.raises(NotFound, match="deal 10 'Old' was removed"):
        reference.deal(file.db, "10", preferences=SAID)

    assert near.value.hint == "did you mean 9 (Big Deal)?"


def test_interactions_and_relationships_go_by_number(file: "File") -> None:
    ada, bob = file.customer("Ada"), file.customer("Bob")
    talk = file.insert("interaction", channel="call", text="hi", occurred_at="2026-01-01T00:00:00Z")
    tie = file.relate(ada, 3, bob, removed_at="2026-01-01T00:00:00Z")

    assert reference.interaction(file.db, f"I{talk}") == talk
    assert reference.relationship(file.db, str(tie), removed=True) == tie
    with pytest.raises(NotFound, match=f"relationship {tie} was removed"):
        reference.relationship(file.db, f"R{tie}")
    with pytest.raises(NotFound, match="no relationship 'x'") as error:
        reference.relationship(file.db, "x")
    assert error.value.hint == "give the number; crm relation list shows them"


def test_a_pipeline_goes_by_name_number_and_part(file: "File") -> None:
    second = file.insert("pipeline", name="Renewals 1")

    assert [reference.pipeline(file.db, ref) for ref in ("Sales", "1", "sal", "renew", None)] == [1, 1, 1, second, 1]
    with pytest.raises(NotFound, match=r"no pipeline 'slaes'; one of sales, Renewals 1; did you mean 'sales'\?"):
        reference.pipeline(file.db, "slaes")


def test_a_stage_goes_by_name_and_part_within_its_pipeline(file: "File") -> None:
    assert [reference.stage(file.db, 1, ref) for ref in ("QUOTE", "quo", "lost")] == [4, 4, 6]
    with pytest.raises(NotFound) as error:
        reference.stage(file.db, 1, "qote")
    with pytest.raises(Ambiguous, match="'o' matches 4 stages"):
        reference.stage(file.db, 1, "o")
    assert str(error.value) == (
        "no stage 'qote' in pipeline 'sales'; one of lead, contact, needs, quote, won, lost; did you mean 'quote'?"
    )


def test_an_archived_stage_is_no_longer_found(file: "File") -> None:
    file.db.connection.execute("update stage set archived_at = '2026-01-01T00:00:00Z' where name = 'needs'")

    with pytest.raises(NotFound, match="no stage 'needs'"):
        reference.stage(file.db, 1, "needs")


def test_an_owner_goes_by_name_number_mail_and_me(file: "File") -> None:
    ann = file.insert("owner", name="Ann Lee", email="ann@example.com", is_me=1)
    bo = file.insert("owner", name="Bo Ek")

    assert [reference.owner(file.db, ref) for ref in ("ann lee", str(ann), "Ann@Example.com", "me", "bo")] == [
        ann
    ] * 4 + [bo]
    with pytest.raises(NotFound, match="no owner 'Cy'"):
        reference.owner(file.db, "Cy")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("referred", (1, False)),
        ("Referred By", (1, True)),
        ("referred-by", (1, True)),
        ("works_for", (2, False)),
        ("employs", (2, True)),
        ("knows", (3, False)),
        ("introduced", (6, True)),
    ],
)
def test_a_relation_type_goes_by_either_name(file: "File", text: str, expected: tuple[int, bool]) -> None:
    assert reference.relation_type(file.db, text) == expected


def test_an_unknown_relation_type_is_refused_with_the_known_ones(file: "File") -> None:
    with pytest.raises(NotFound, match=r"no relation type 'emploies'; did you mean 'employs'\?") as error:
        reference.relation_type(file.db, "emploies")

    assert error.value.hint is not None
    assert error.value.hint.startswith("one of referred, referred by, works for, employs, ")


def test_an_operation_goes_by_its_number(file: "File") -> None:
    assert reference.operation(file.db, " 1 ") == 1
    with pytest.raises(NotFound, match="no operation 9") as error:
        reference.operation(file.db, "9")
    with pytest.raises(InvalidInput, match="operation 'last' is not a number"):
        reference.operation(file.db, "last")
    assert error.value.hint == "crm history lists them; the last is 1"
