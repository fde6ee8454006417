from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from crmcli.core.preferences import Preferences
from crmcli.query.comparison import Moment
from crmcli.query.entities import entity
from crmcli.query.sql import Where, order, select, where
from crmcli.query.syntax import QueryError, parse

if TYPE_CHECKING:
    from tests.query.conftest import File


def found(file: "File", name: str, *words: str, moment: Moment) -> list[int]:
    """The ids of the records that the words ask for, in order."""
    asked = entity(name, file.db)
    query = parse(words)
    condition, by = where(query, asked, moment=moment), order(query, asked)
    sql = f"{select(asked, [asked.key], condition, joins=by.joins)} order by {by.sql}"
    return [number for (number,) in file.db.rows(sql, condition.parameters)]


def test_nothing_asked_is_everything_but_what_was_removed(file: "File", moment: Moment) -> None:
    ada = file.customer("Ada")
    file.customer("Bob", removed_at="2026-01-01T00:00:00Z")

    assert found(file, "customer", moment=moment) == [ada]


def test_a_bare_word_is_looked_for_in_several_fields(file: "File", moment: Moment) -> None:
    ada = file.customer("Ada", city="Zürich")
    bob = file.customer("Bob")
    file.contact(bob, "email", "bob@zurich.example")
    file.customer("Cy")

    assert found(file, "customer", "zurich", moment=moment) == [ada, bob]


def test_text_is_found_without_case_accents_and_wildcards(file: "File", moment: Moment) -> None:
    zoe = file.customer("Zoë 100%")
    file.customer("Zo 100")

    assert found(file, "customer", "name:zoe", moment=moment) == [zoe]
    assert found(file, "customer", "name:0%", moment=moment) == [zoe]
    assert found(file, "customer", "name=ZOE 100%", moment=moment) == [zoe]
    assert found(file, "customer", "name=zoe", moment=moment) == []


def test_not_and_unequal_keep_what_is_unknown(file: "File", moment: Moment) -> None:
    file.customer("Ada", city="Berlin")
    bob = file.customer("Bob")

    assert found(file, "customer", "city!=Berlin", moment=moment) == [bob]
    assert found(file, "customer", "not", "city:Berlin", moment=moment) == [bob]


def test_empty_and_has_are_opposites(file: "File", moment: Moment) -> None:
    ada = file.customer("Ada", city="Berlin")
    bob = file.customer("Bob", city="")
    file.contact(ada, "email", "ada@example.com")

    assert found(file, "customer", "city:", moment=moment) == [bob]
    assert found(file, "customer", "city!=", moment=moment) == [ada]
    assert found(file, "customer", "email:", moment=moment) == [bob]
    assert found(file, "customer", "has:email", moment=moment) == [ada]
    assert found(file, "customer", "has!=email", moment=moment) == [bob]
    assert found(file, "customer", "last:", moment=moment) == [ada, bob]


def test_a_field_of_several_values_matches_by_any_of_them(file: "File", moment: Moment) -> None:
    ada, bob = file.customer("Ada"), file.customer("Bob")
    file.tag(ada, "vip", "press")
    file.tag(bob, "vip-old")

    assert found(file, "customer", "+vip", moment=moment) == [ada]
    assert found(file, "customer", "tag:vip", moment=moment) == [ada, bob]
    assert found(file, "customer", "tag!=press", moment=moment) == [bob]
    assert found(file, "customer", "+press,vip-old", moment=moment) == [ada, bob]


def test_a_phone_is_found_by_its_digits(file: "File", moment: Moment) -> None:
    ada = file.customer("Ada")
    file.contact(ada, "phone", "+493012345678")

    assert found(file, "customer", "phone:030 1234-5678", moment=moment) == [ada]
    assert found(file, "customer", "phone:none", moment=moment) == []


def test_deals_are_asked_by_stage_outcome_and_customer(file: "File", moment: Moment) -> None:
    acme = file.customer("Acme", industry="steel")
    lead = file.deal("A", customer_id=acme, stage=1, close_on="2026-11-20")
    won = file.deal("B", stage=5)

    assert found(file, "deal", "stage:Lead", moment=moment) == [lead]
    assert found(file, "deal", "is:won", moment=moment) == [won]
    assert found(file, "deal", "is!=won", moment=moment) == [lead]
    assert found(file, "deal", "is:overdue,lost", moment=moment) == [lead]
    assert found(file, "deal", "customer.industry:steel", moment=moment) == [lead]
    assert found(file, "customer", "deal.stage:lead", moment=moment) == [acme]
    assert found(file, "customer", "deal.stage:quote", moment=moment) == []


def test_a_deal_is_stalled_past_the_limit_of_its_stage_or_else_the_usual_stay(file: "File", moment: Moment) -> None:
    for days in range(1, 11):  # the p75, type 7, of 1 to 10 days is 7.75
        won = file.deal(f"won in {days}", stage=5)
        passage = file.db.value("select id from passage where deal_id = :id", id=won)
        file.insert(
            "stage_event", passage_id=passage, from_stage_id=1, to_stage_id=5, currency="EUR", dwell=days * 86400
        )
    slow = file.deal("slow", customer_id=file.customer("Ada"), entered="2026-11-13T14:59:00Z")
    usual = file.deal("usual", entered="2026-11-13T15:01:00Z")
    old = file.deal("nobody left it", stage=2, entered="2026-10-22T08:59:00Z")
    file.deal("nor for 30 days", stage=2, entered="2026-10-22T09:01:00Z")

    assert found(file, "deal", "is:stalled", moment=moment) == [slow, old]
    assert found(file, "customer", "is:stalled", moment=moment) == [1]
    file.db.row("update stage set rot_days = 3 where id = 1")
    assert found(file, "deal", "is:stalled", moment=moment) == [slow, usual, old]


def test_a_customer_is_asked_for_what_any_of_its_deals_is(file: "File", moment: Moment) -> None:
    ada, bob, cy = file.customer("Ada"), file.customer("Bob"), file.customer("Cy")
    file.deal("A", customer_id=ada, stage=5)
    file.deal("B", customer_id=ada, close_on="2026-11-20")
    file.deal("C", customer_id=bob, stage=6)
    file.deal("D", customer_id=bob, removed_at="2026-11-20T12:00:00Z")

    assert found(file, "customer", "is:won", moment=moment) == [ada]
    assert found(file, "customer", "is:open", moment=moment) == [ada]
    assert found(file, "customer", "is:lost", moment=moment) == [bob]
    assert found(file, "customer", "is:overdue", moment=moment) == [ada]
    assert found(file, "customer", "not is:open,won", moment=moment) == [bob, cy]


def test_money_is_compared_in_major_units_of_every_currency(file: "File", moment: Moment) -> None:
    euro = file.deal("A", amount=150_000, currency="EUR")
    yen = file.deal("B", amount=1_500, currency="JPY")
    dinar = file.deal("C", amount=1_500_000, currency="KWD")
    file.deal("D", amount=150_001, currency="EUR")
    file.deal("E")

    assert found(file, "deal", "amount:1.5k", moment=moment) == [euro, yen, dinar]
    assert found(file, "deal", "amount:1k..1.5kEUR", moment=moment) == [euro]
    assert found(file, "deal", "amount<=1500.5", "currency:jpy,kwd", moment=moment) == [yen, dinar]
    assert found(file, "deal", "amount:1000.999", moment=moment) == []


def test_an_instant_is_asked_by_the_days_of_the_files_zone(file: "File", moment: Moment) -> None:
    late = file.customer("Ada", created_at="2026-03-31T22:30:00Z")

    assert found(file, "customer", "created:2026-04-01", moment=moment) == [late]
    assert found(file, "customer", "created:2026-03", moment=moment) == []
    assert found(file, "customer", "created:2026-03..", moment=moment) == [late]


def test_the_removed_come_back_where_they_are_asked_for(file: "File", moment: Moment) -> None:
    ada = file.customer("Ada")
    bob = file.customer("Bob", removed_at="2026-11-20T12:00:00Z", merged_into_id=ada)

    assert found(file, "customer", "is:removed", moment=moment) == [bob]
    assert found(file, "customer", "removed:-7d..", moment=moment) == [bob]
    assert found(file, "customer", f"merged_into:{ada}", moment=moment) == [bob]
    assert found(file, "customer", "is:removed", "or", "Ada", moment=moment) == [ada, bob]


def test_either_end_of_a_relationship_can_be_asked_for(file: "File", moment: Moment) -> None:
    ada, bob, cy = file.customer("Ada"), file.customer("Bob"), file.customer("Cy")
    one, two = file.relate(ada, 3, bob), file.relate(bob, 3, cy)

    assert found(file, "relationship", f"customer.id:{bob}", moment=moment) == [one, two]
    assert found(file, "relationship", "customer:cy", moment=moment) == [two]


def test_sorting_puts_the_unknown_last_and_ends_in_the_id(file: "File", moment: Moment) -> None:
    numbers = [file.customer(name, city=city) for name, city in [("A", "b"), ("B", None), ("C", "Á"), ("D", "B")]]

    assert found(file, "customer", "sort:city", moment=moment) == [numbers[place] for place in (2, 0, 3, 1)]
    assert found(file, "customer", "sort:-city", moment=moment) == [numbers[place] for place in (0, 3, 2, 1)]


def test_stages_sort_by_their_place_and_money_by_major_units(file: "File", moment: Moment) -> None:
    needs = file.deal("A", stage=3, amount=200, currency="EUR")
    lead = file.deal("B", stage=1, amount=30, currency="JPY")

    assert found(file, "deal", "sort:stage", moment=moment) == [lead, needs]
    assert found(file, "deal", "sort:-amount", moment=moment) == [lead, needs]


def test_several_values_sort_by_the_least(file: "File", moment: Moment) -> None:
    ada, bob, cy = file.customer("Ada"), file.customer("Bob"), file.customer("Cy")
    file.tag(ada, "m", "z")
    file.tag(bob, "a", "y")

    assert found(file, "customer", "sort:tag", moment=moment) == [bob, ada, cy]


def test_a_custom_field_is_a_field_like_any_other(file: "File", moment: Moment) -> None:
    for name, kind in [
        ("revenue", "number"),
        ("since", "date"),
        ("ok", "boolean"),
        ('odd "name"', "text"),
        ("it's", "text"),
    ]:
        file.insert("field", entity="customer", name=name, type=kind)
    file.insert("field", entity="customer", name="tier", type="choice", choices='["gold", "silver"]')
    file.insert("field", entity="deal", name="bonus", type="money")
    custom = (
        """{"revenue": 5.5, "since": "2026-03-05", "ok": true, "odd \\"name\\"": "x", "it's": "y", "tier": "gold"}"""
    )
    ada = file.customer("Ada", custom=custom)
    file.customer("Bob")
    deal = file.deal("D", customer_id=ada, custom='{"bonus": {"amount": 500, "currency": "EUR"}}')

    for word in ("revenue:5..6", "since:2026-03", "ok:yes", "tier:Gold", "has:it's"):
        assert found(file, "customer", word.replace("has:it's", "has:ok"), moment=moment) == [ada], word
    assert found(file, "deal", "customer.revenue>5", "customer.tier:gold", "bonus:5", moment=moment) == [deal]
    assert 'odd "name"' in entity("customer", file.db).exported
    asked = entity("customer", file.db)
    shown = [asked.fields['odd "name"'].shown, asked.fields["it's"].shown]
    assert file.db.row(select(asked, shown, Where())) == ("x", "y")


def test_a_custom_field_never_hides_one_of_ours(file: "File", moment: Moment) -> None:
    file.insert("field", entity="customer", name="city", type="number")

    asked = entity("customer", file.db)

    assert asked.fields["city"].kind == "text"
    assert asked.exported.count("city") == 1


def test_field_names_are_known_in_any_case(file: "File", moment: Moment) -> None:
    ada = file.customer("Ada")

    assert found(file, "customer", "NAME:ada", moment=moment) == [ada]


def test_an_operation_knows_whether_it_stands(file: "File") -> None:
    for root in (1, 1, 4, 4):
        file.insert("operation", root_id=root, command="x", actor="")
    asked = entity("operation", file.db)

    states = [row[0] for row in file.db.rows(select(asked, [asked.fields["state"].sql], Where()) + " order by q.id")]

    assert states == ["done", "undo of 1", "redo of 1", "undone", "undo of 4"]


def test_a_very_wide_query_stays_within_sqlites_depth(file: "File", moment: Moment) -> None:
    ada = file.customer("Ada")

    assert found(file, "customer", f"id:{','.join(map(str, range(1, 3000)))}", moment=moment) == [ada]
    assert found(file, "customer", *["Ada"] * 500, moment=moment) == [ada]


@pytest.mark.parametrize(
    ("name", "words", "message", "caret"),
    [
        ("customer", ["citty:Berlin"], "unknown field 'citty' in 'citty:Berlin'; did you mean 'city'?", "^^^^^"),
        (
            "customer",
            ["x", "zzz:1"],
            "unknown field 'zzz' in 'zzz:1' (crm help columns customer lists them)",
            "  ^^^",
        ),
        ("customer", ["has:emial"], "unknown field 'emial' in 'has:emial'; did you mean 'email'?", "    ^^^^^"),
        ("customer", ["sort:-naem"], "unknown field 'naem' in '-naem'; did you mean 'name'?", "     ^^^^^"),
        (
            "deal",
            ["is:opn"],
            "deals know no 'is:opn'; one of open, won, lost, stalled, rotten, overdue, zombie, removed; did you mean 'open'?",
            "   ^^^",
        ),
        ("tag", ["is:x"], "tags know no 'is:x'", "   ^"),
        ("deal", ["is:"], "is is asked as is:NAME, not 'is:'", "^^^"),
        ("deal", ["has>x"], "has is asked as has:NAME, not 'has>x'", "^^^^^"),
        ("customer", ["+vpi"], "tag: no 'vpi'; one of press, vip; did you mean 'vip'?", " ^^^"),
        ("customer", ["tag!=prss"], "tag: no 'prss'; one of press, vip; did you mean 'press'?", "     ^^^^"),
        (
            "customer",
            ["kind:persn"],
            "kind: no 'persn'; one of person, organisation; did you mean 'person'?",
            "     ^^^^^",
        ),
        (
            "deal",
            ["stage:won,qote"],
            "stage: no 'qote'; one of lead, contact, needs, quote, won, lost; did you mean 'quote'?",
            "          ^^^^",
        ),
        (
            "deal",
            ["amount:1k..x"],
            "amount: amount 'x' is not an amount (at most 2 decimals, ±90,000,000,000,000)",
            "       ^^^^^",
        ),
    ],
)
def test_what_is_not_known_is_refused_with_the_way_out(
    file: "File", name: str, words: list[str], message: str, caret: str
) -> None:
    file.tag(file.customer("Ada"), "vip", "press")

    with pytest.raises(QueryError) as error:
        found(file, name, *words, moment=Moment(datetime(2026, 11, 21, tzinfo=UTC), Preferences()))

    assert str(error.value) == message
    assert error.value.hint == f"{' '.join(words)}\n{caret}"
