"""`crm referral`: who brought whom, and what came of it."""

import csv
import json
from pathlib import Path

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once


@pytest.fixture
@once
def line(crm: Run) -> None:
    """Ada brought Bob and Carla, Bob brought Dora, Dora brought Eve."""
    for name in ("Ada", "Bob", "Carla", "Dora", "Eve"):
        crm(f"customer add {name}")
    for referred, by in (("bob", "ada"), ("carla", "ada"), ("dora", "bob"), ("eve", "dora")):
        crm(f"referral add {referred} --by {by}")


def won(crm: Run, customer: str, amount: str) -> None:
    number = crm(f"deal add X --customer {customer} --amount '{amount}'").stdout.strip()
    crm(f"deal win {number}")


def rows(crm: Run, words: str) -> list[dict[str, str]]:
    return list(csv.DictReader(crm(f"referral {words} -f csv").stdout.splitlines()))


def test_a_circle_is_refused_with_the_path_that_would_close(line: Run) -> None:
    refused = line("referral add ada --by eve", exit_code=4)

    assert "Ada > Bob > Dora > Eve > Ada" in refused.stderr


def test_a_customer_has_one_referrer(line: Run) -> None:
    assert "was referred by customer 1 Ada already" in line("referral add bob --by eve", exit_code=4).stderr


def test_the_deal_that_came_of_it_has_its_source(line: Run) -> None:
    line("customer add Flo")
    line("deal add Engine --customer flo")
    line("deal add Licence --customer ada --source fair")

    line("referral add flo --by eve --deal Engine")

    assert line("deal list --columns name,source --no-header").stdout == "Engine\treferral\nLicence\tfair\n"
    line("undo")
    assert line("deal list name:Engine --columns source --no-header").stdout == "\n"
    assert "is not one of customer 6" in line("referral add flo --by eve --deal Licence", exit_code=2).stderr


def test_the_tree_has_everybody_once(line: Run, terminal: Terminal) -> None:
    assert [(row["name"], row["by"], row["generation"]) for row in rows(line, "tree")] == [
        ("Ada", "", "0"),
        ("Bob", "Ada", "1"),
        ("Dora", "Bob", "2"),
        ("Eve", "Dora", "3"),
        ("Carla", "Ada", "1"),
    ]
    assert terminal("referral tree bob").stdout == (
        "Bob  2 · 1 referral\n└── Dora  4 · 1 referral\n    └── Eve  5\n\n2 referred\n"
    )


def test_who_brought_most_comes_first(line: Run) -> None:
    won(line, "bob", "900")

    assert [
        (row["name"], row["referred"], row["downstream"], row["generations"], row["won"]) for row in rows(line, "top")
    ] == [("Ada", "2", "4", "3", "1"), ("Bob", "1", "2", "2", "0"), ("Dora", "1", "1", "1", "0")]


def test_revenue_halves_with_each_generation_and_its_direct_sums_add_up(line: Run) -> None:
    for customer, amount in (("bob", "100"), ("carla", "10.01"), ("dora", "40"), ("eve", "7.03"), ("ada", "1000")):
        won(line, customer, amount)
    line("deal add Open --customer bob --amount 5000")

    found = {row["name"]: (row["direct"], row["downstream"], row["plain"]) for row in rows(line, "revenue")}

    # Ada: 100 + 10.01 + 40 / 2 + 7.03 / 4 = 131.7675; Bob: 40 + 7.03 / 2 = 43.515, to the even cent
    assert found == {
        "Ada": ("110.01", "131.77", "157.04"),
        "Bob": ("40.00", "43.52", "47.03"),
        "Dora": ("7.03", "7.03", "7.03"),
    }
    shown = json.loads(line("referral revenue -f json").stdout)
    assert shown["summary"] == {"direct": {"EUR": "157.04"}}  # 110.01 + 40 + 7.03


@pytest.mark.parametrize("goes", ["customer remove bob --yes --force", "privacy erase bob --yes"])
def test_who_is_gone_holds_the_lines_and_figures_of_others(line: Run, goes: str) -> None:
    for customer, amount in (("bob", "100"), ("dora", "40"), ("eve", "20")):
        won(line, customer, amount)
    before = [(row["id"], row["direct"], row["downstream"]) for row in rows(line, "revenue")]
    share = rows(line, "rate")

    line(goes)
    line("customer remove carla --yes")  # whom Ada brought, and on whom nothing hangs

    assert [(row["id"], row["direct"], row["downstream"]) for row in rows(line, "revenue")] == before
    assert [(row["id"], row["referred"], row["downstream"]) for row in rows(line, "top")] == [
        *(("1", "1", "3"), ("2", "1", "2"), ("4", "1", "1")),
    ]
    assert "(removed)" in line("referral tree -f table").stdout
    gone = int(share[0]["new"]) - 2, int(share[0]["referred"]) - 2
    assert [(int(row["new"]), int(row["referred"])) for row in rows(line, "rate")] == [gone]


def test_currencies_are_never_added(line: Run) -> None:
    won(line, "bob", "100")
    won(line, "carla", "JPY 5")

    assert [(row["name"], row["direct"], row["currency"]) for row in rows(line, "revenue")] == [
        ("Ada", "100.00", "EUR"),
        ("Bob", "0.00", "EUR"),
        ("Dora", "0.00", "EUR"),
        ("Ada", "5", "JPY"),
    ]


def test_the_rate_is_of_new_customers(line: Run) -> None:
    assert rows(line, "rate") == [{"month": "2026-11", "new": "5", "referred": "4", "rate": "0.8"}]
    assert rows(line, "rate --until 2026-10-31") == []
    assert "is empty" in line("referral rate --since 2026-11-20 --until 2026-11-19", exit_code=2).stderr


def test_without_a_referral_there_is_a_hint(crm: Run, terminal: Terminal) -> None:
    assert rows(crm, "tree") == rows(crm, "top") == rows(crm, "revenue") == rows(crm, "rate") == []
    assert "nobody was referred yet" in terminal("referral tree").stdout


def test_who_brought_nobody_is_said_to(line: Run, terminal: Terminal) -> None:
    assert "Eve brought nobody yet; crm referral add REFERRED --by 5" in " ".join(
        terminal("referral tree eve").stdout.split()
    )


def test_a_referrer_who_must_not_be_contacted_is_marked_and_keeps_the_name(line: Run, terminal: Terminal) -> None:
    line("customer edit bob --set do_not_contact=yes")

    for words in ("tree", "top", "revenue"):
        marks = {row["name"]: row["no_contact"] for row in rows(line, words)}
        assert (marks["Ada"], marks["Bob"]) == ("", "do not contact")
    assert "Bob (do not contact)" in terminal("referral tree").stdout


def test_a_line_of_any_length_is_listed_and_drawn_as_far_as_one_can_read(
    crm: Run, terminal: Terminal, tmp_path: Path
) -> None:
    people, ties = tmp_path / "people.csv", tmp_path / "ties.csv"
    people.write_text("name,kind\n" + "".join(f"P{n},person\n" for n in range(1200)))
    ties.write_text("from,type,to\n" + "".join(f"P{n},referred,P{n + 1}\n" for n in range(1199)))
    crm(f"import {people} {ties}")

    assert [row["generation"] for row in rows(crm, "tree")] == [str(n) for n in range(1200)]
    shown = terminal("referral tree").stdout
    last = "P10  11 · 1 referral · 1,189 below left out: --flat has them all"
    assert "".join(last.split()) in "".join(shown.split())
    assert "P11" not in shown
