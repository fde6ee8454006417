"""What the records of a customer add up to."""

import json
from pathlib import Path

import pytest

from tests.conftest import Run, once, wrote


def show(crm: Run, ref: str = "1") -> dict[str, object]:
    found: dict[str, object] = json.loads(crm(f"customer show {ref} -f json").stdout)
    return found


def picked(found: dict[str, object], *names: str) -> list[object]:
    return [found[name] for name in names]


@pytest.fixture
@once
def ada(crm: Run) -> None:
    crm("customer add Ada")


def test_the_life_of_a_customer_is_told_by_contacts_up_to_now_and_by_deals_won(ada: Run) -> None:
    ada("log ada first --at 2026-03-02T10:00")
    ada("log ada latest --at 2026-11-19T08:30")
    ada("log ada planned --at 2026-12-24T09:00 --allow-future")
    ada("log ada mistaken --at 2025-01-01")
    ada("interaction remove 4 --yes")
    for number, at in ((1, "2026-05-04"), (2, "2026-04-03")):
        ada(f"deal add D{number} --customer ada --at 2026-03-03")
        ada(f"deal win {number} --at {at}")

    found = show(ada)

    assert picked(found, "first_contact", "last_contact", "customer_since", "deals_won") == [
        "2026-03-02T10:00:00Z",
        "2026-11-19T08:30:00Z",
        "2026-04-03",
        2,
    ]


def test_deals_are_summed_by_outcome_and_currency(ada: Run) -> None:
    for name, amount in (("A", "100.50"), ("B", "200"), ("C", "'USD 7'"), ("D", "40")):
        ada(f"deal add {name} --customer ada --amount {amount}")
    ada("deal add E --customer ada")
    ada("deal win d")
    ada("deal add Elsewhere --amount 999")

    found = show(ada)

    assert found["deal_sums"] == [
        {"outcome": "open", "deals": 3, "amount": "300.50", "currency": "EUR", "without_amount": 1},
        {"outcome": "open", "deals": 1, "amount": "7.00", "currency": "USD", "without_amount": None},
        {"outcome": "won", "deals": 1, "amount": "40.00", "currency": "EUR", "without_amount": None},
    ]
    deals = found["deals"]
    assert isinstance(deals, list)
    assert [(each["name"], each["outcome"]) for each in deals] == [
        ("A", "open"),
        ("B", "open"),
        ("C", "open"),
        ("E", "open"),
        ("D", "won"),
    ]


def test_a_habit_needs_three_contacts_and_more_than_any_other(ada: Run) -> None:
    for day in (2, 9, 16):  # Mondays
        assert picked(show(ada), "preferred_channel", "preferred_weekday_count") == [None, None]
        ada(f"log ada mail --channel email --at 2026-11-{day:02}T09:00")
    names = ("preferred_channel", "preferred_channel_count", "preferred_weekday", "preferred_weekday_count")
    assert picked(show(ada), *names) == ["email", 3, "Monday", 3]

    for day in (3, 4, 5):
        ada(f"log ada ring --channel call --at 2026-11-{day:02}T09:00")
        ada(f"log ada noted --channel note --at 2026-11-{day:02}T09:00")
    assert picked(show(ada), *names) == [None, None, "Monday", 3]


def test_a_weekday_is_that_of_the_zone_of_the_file(ada: Run) -> None:
    ada("init --zone Asia/Shanghai")
    for day in (1, 8, 15):  # Sundays in UTC
        ada(f"log ada ring --channel call --at 2026-11-{day:02}T20:00Z")

    assert show(ada)["preferred_weekday"] == "Monday"


def test_the_strength_is_that_of_the_warmest_tie_with_us(ada: Run) -> None:
    names = ("strength", "strength_level", "strength_with")
    ada("customer add Bob")
    ada("relation add ada knows 2")
    assert picked(show(ada), *names) == [None, None, None]

    ada("log ada hello --channel call --direction out")
    ada("log ada,2 hello --channel email --direction in")

    # (2 + 1) x 1.25 = 3.75; 100 (1 - e^(-3.75 / 12.1)) = 26.65
    assert picked(show(ada), *names) == [26.6, "weak", "me"]
    assert show(ada)["relationships"][0]["tie_strength"] == 40.0  # type: ignore[index]


def test_the_next_contact_is_the_earliest_of_tasks_and_cadence(ada: Run) -> None:
    names = ("next_contact", "next_because")
    ada("log ada hello --at 2026-11-10")
    assert picked(show(ada), *names) == [None, None]
    ada("cadence set ada 30d")
    assert picked(show(ada), *names) == ["2026-12-10", "every 30 days, their own cadence"]
    ada("deal add Engine --customer ada")
    ada("task add 'Send it' --deal engine --due 2026-12-01")
    assert picked(show(ada), *names) == ["2026-12-01", "T1 Send it"]
    ada("task done T1")
    ada("customer edit ada --set do_not_contact=yes")
    assert picked(show(ada), *names) == [None, None]


def test_the_cadence_of_a_tag_and_of_a_segment_is_the_customer_s_too(ada: Run) -> None:
    ada("customer add Bob --tag vip")
    ada("customer edit ada --tag vip --set city=Rome")
    ada("segment add romans city:Rome or name:nobody")
    ada("log bob hello --at 2026-11-01")
    ada("log ada hello --at 2026-11-10")
    ada("cadence set +vip 30d")
    ada("cadence set segment:romans 20d")

    assert picked(show(ada), "next_contact", "next_because") == [
        "2026-11-30",
        "every 20 days, the cadence of segment:romans",
    ]
    assert picked(show(ada, "2"), "next_contact", "next_because") == [
        "2026-12-01",
        "every 30 days, the cadence of +vip",
    ]


def test_referrals_are_counted_with_those_of_the_referred(ada: Run) -> None:
    for name in ("Bob", "Carla", "Dora", "Eve"):
        ada(f"customer add {name}")
    for pair in ("ada referred bob", "ada referred carla", "bob referred dora", "ada knows eve"):
        ada(f"relation add {pair}")
    assert picked(show(ada), "referrals_made", "referrals_in_all") == [2, 3]

    ada("customer remove carla --yes")
    assert picked(show(ada), "referrals_made", "referrals_in_all") == [1, 2]
    assert picked(show(ada, "dora"), "referrals_made", "referrals_in_all") == [0, 0]


def test_what_is_missing_or_invalid_is_told_with_the_way_out(ada: Run, file: Path) -> None:
    ada("field add customer tier --type choice --choices gold,silver")
    ada("customer edit ada --set city=Rome --set source=fair --set phone=+442079460958 --set tier=gold")
    with wrote(file) as session:
        session.raw.execute("update contact_point set value = '12' where kind = 'phone'")
        session.raw.execute("""update customer set custom = '{"tier":"lead"}', name = 'ada@example.com'""")

    found = show(ada)

    assert found["completeness"] == 3 / 8
    assert found["quality"] == [
        {"field": name, "problem": problem, "value": value, "next": f"crm customer edit ada --set {name}=…"}
        for name, problem, value in (
            ("email", "missing", None),
            ("employer", "missing", None),
            ("title", "missing", None),
            ("country", "missing", None),
            ("owner", "missing", None),
            ("name", "invalid", "ada@example.com"),
            ("phone", "invalid", "12"),
            ("tier", "invalid", "lead"),
        )
    ]


def test_a_city_or_country_of_an_address_is_not_missing(ada: Run) -> None:
    ada("customer address add ada --city Rome --country Italy")

    found = show(ada)

    assert found["completeness"] == 2 / 8
    assert not {"city", "country"} & {each["field"] for each in found["quality"]}  # type: ignore[attr-defined]


def test_for_people_a_count_stands_behind_its_habit(ada: Run) -> None:
    for day in (2, 9, 16):
        ada(f"log ada mail --channel email --at 2026-11-{day:02}T09:00")

    shown = ada("customer show ada -f table").stdout

    assert "Preferred channel  email (3)" in shown
    assert "Preferred channel count" not in shown
    assert "| Preferred weekday | Monday (3) |" in ada("customer show ada -f md").stdout


def test_html_is_one_page_that_fetches_nothing(ada: Run, tmp_path: Path) -> None:
    hostile = "</title></style><script>alert(1)</script>"
    ada(["customer", "edit", "ada", "--set", f"note={hostile}", "--set", f"name=Ada {hostile}"])
    place = tmp_path / "ada.html"

    ada(f"customer show 1 --html -o {place}")

    page = place.read_text(encoding="utf-8")
    assert page.startswith("<!doctype html>")
    assert page == ada("customer show 1 -f html").stdout
    assert page.count("<script") == 0
    assert page.count("&lt;script&gt;") >= 3
    assert not any(word in page for word in ("http:", "https:", "<link", "<img", "url(", "@import"))
    assert "color-scheme: light dark" in page
    assert "no deals yet" in page


@pytest.mark.parametrize("words", ["--html -f csv", "-f csv --html"])
def test_html_goes_with_no_other_format(words: str, ada: Run) -> None:
    assert "--html writes a page, not csv" in ada(f"customer show 1 {words}", exit_code=2).stderr
    assert "leave one of them out" in ada("customer show 1 --html --excel", exit_code=2).stderr
