"""`crm graph show`: who is around a customer."""

import json

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once

PEOPLE = ("Ada", "Bob", "Carla", "Dora", "Eve")
TIES = ("ada knows bob", "bob referred carla", "carla knows ada", "carla supplies dora", "dora knows eve")


@pytest.fixture
@once
def around(crm: Run) -> None:
    """Ada, Bob and Carla in a triangle, Dora behind Carla, Eve behind Dora."""
    for name in PEOPLE:
        crm(f"customer add {name}{' --kind organisation' if name == 'Dora' else ''}")
    for tie in TIES:
        crm(f"relation add {tie}")


def test_a_row_says_how_somebody_is_first_reached(around: Run) -> None:
    shown = around("graph show ada -f csv").stdout

    assert shown == (
        "id,name,kind,distance,via,type,direction,strength,level,open_deals,left_out,no_contact\n"
        "2,Bob,person,1,Ada,knows,both,40.0,fair,,0,\n"
        "3,Carla,person,1,Ada,knows,both,40.0,fair,,0,\n"
        "4,Dora,organisation,2,Carla,supplies,out,50.0,fair,,0,\n"
    )


def test_json_is_a_report_with_its_figures(around: Run) -> None:
    shown = json.loads(around("graph show ada -f json").stdout)

    assert shown["report"] == "neighbourhood"
    assert shown["parameters"] == {
        "customer": 1,
        "depth": 2,
        "types": [],
        "min_strength": 0.0,
        "limit": None,
        "owners": False,
        "as_of": "2026-11-20",
    }
    assert shown["summary"] == {"nodes": 4, "edges": 4, "left_out": 0}
    assert shown["rows"][-1] == {
        "id": 4,
        "name": "Dora",
        "kind": "organisation",
        "distance": 2,
        "via": "Carla",
        "type": "supplies",
        "direction": "out",
        "strength": 50.0,
        "level": "fair",
        "open_deals": None,
        "left_out": 0,
        "no_contact": None,
    }


@pytest.mark.parametrize(
    ("depth", "reached", "edges"), [(1, [2, 3], 3), (2, [2, 3, 4], 4), (3, [2, 3, 4, 5], 5), (6, [2, 3, 4, 5], 5)]
)
def test_the_depth_is_in_hops_and_ties_among_the_last_reached_count(
    depth: int, reached: list[int], edges: int, around: Run
) -> None:
    shown = json.loads(around(f"graph show ada --depth {depth} -f json").stdout)

    assert [row["id"] for row in shown["rows"]] == reached
    assert shown["summary"] == {"nodes": len(reached) + 1, "edges": edges, "left_out": 0}


def test_a_direction_is_seen_from_whom_one_comes(around: Run) -> None:
    assert around("graph show dora --depth 1 --columns name,type,direction --no-header").stdout == (
        "Eve\tknows\tboth\nCarla\tsupplies\tin\n"
    )


@pytest.mark.parametrize("name", ["referred", "referred-by"])
def test_only_ties_of_a_type_are_followed(name: str, around: Run) -> None:
    assert around(f"graph show bob --depth 3 --type {name} -f ids").stdout == "3\n"
    assert around(f"graph show bob --depth 3 --type {name} --type supplies -f ids").stdout == "3\n4\n"


def test_two_ties_between_the_same_two_are_two_rows(around: Run) -> None:
    around("relation add ada referred bob")

    shown = around("graph show ada --depth 1 --columns id,type,direction --no-header").stdout

    assert shown == "2\treferred\tout\n2\tknows\tboth\n3\tknows\tboth\n"


def test_what_has_ended_or_was_removed_ties_nobody(around: Run) -> None:
    around("relation remove 1 --yes")
    around("customer remove dora --yes")
    around("customer add Flo --employer Acme")
    around("customer edit flo --set employer=")

    assert around("graph show ada --depth 3 -f ids").stdout == "3\n2\n"
    assert around("graph show flo -f ids").stdout == ""


def test_somebody_alone_has_an_empty_neighbourhood(crm: Run, terminal: Terminal) -> None:
    crm("customer add Ada")

    assert (
        crm("graph show ada -f csv").stdout
        == "id,name,kind,distance,via,type,direction,strength,level,open_deals,left_out,no_contact\n"
    )
    assert json.loads(crm("graph show ada -f json").stdout)["summary"] == {"nodes": 1, "edges": 0, "left_out": 0}
    assert terminal("graph show ada").stdout == (
        "Ada  1 person\n\nno relationships within reach; crm relation add FROM TYPE TO makes one\n"
    )


@pytest.mark.parametrize(
    ("arguments", "code", "reason"),
    [
        ("ada --depth 0", 2, "depth 0 is outside 1 to 6"),
        ("ada --depth 7", 2, "depth 7 is outside 1 to 6"),
        ("ada --type know", 3, "no relation type 'know'"),
        ("nobody", 3, "no customer matches 'nobody'"),
        ("a", 6, "1 Ada, 3 Carla, 4 Dora"),
    ],
)
def test_what_cannot_be_shown_is_refused(arguments: str, code: int, reason: str, around: Run) -> None:
    assert reason in around(f"graph show {arguments}", exit_code=code).stderr


def test_a_person_sees_a_tree_in_which_nobody_is_repeated(around: Run, terminal: Terminal) -> None:
    around("relation add ada referred bob")

    assert terminal("graph show ada --depth 3").stdout == (
        "Ada  1 person\n"
        "├── referred Bob  2 person · 60 fair\n"
        "│   └── referred Carla  3 · 60 fair ↺ shown elsewhere\n"
        "├── knows Bob  2 · 40 fair ↺ see above\n"
        "└── knows Carla  3 person · 40 fair\n"
        "    └── supplies Dora  4 organisation · 50 fair\n"
        "        └── knows Eve  5 person · 40 fair\n"
        "\n"
        "5 customers, 6 ties within 3 hops · density 0.50 · 1 triangle · most ties: Carla\n"
        "(3)\n"
    )


def test_a_person_sees_a_table_where_flat_is_asked(around: Run, terminal: Terminal) -> None:
    seen = terminal("graph show ada --depth 1 --flat").stdout

    assert "Ada and who is around" in seen
    assert "├" not in seen
    assert "3 customers, 3 ties within 1 hop · density 1.00 · 1 triangle · most ties: Ada" in seen


def test_weak_ties_are_left_out_where_that_is_asked(around: Run) -> None:
    assert around("graph show ada --min-strength 41 -f ids").stdout == ""
    around("relation edit 1 --set strength=90")

    assert around("graph show ada --min-strength 41 --columns id,strength,level --no-header").stdout == (
        "2\t90.0\tstrong\n3\t60.0\tfair\n4\t50.0\tfair\n"
    ).replace("4\t50.0\tfair\n", "")
    assert "outside 0 to 100" in around("graph show ada --min-strength 101", exit_code=2).stderr


def test_a_hub_is_cut_to_its_strongest_and_says_how_many_are_left(around: Run, terminal: Terminal) -> None:
    for name in ("Flo", "Gus", "Hal"):
        around(f"customer add {name}")
        around(f"relation add ada advises {name.lower()}")
    around("relation edit 1 --set strength=95")

    shown = json.loads(around("graph show ada --depth 1 --limit 2 -f json").stdout)
    seen = terminal("graph show ada --depth 1 --limit 2").stdout

    assert [row["id"] for row in shown["rows"]] == [2, 6]
    assert shown["summary"]["left_out"] == 3
    assert "└── … 3 more  not shown; --limit all" in seen
    assert "3 customers left out" in seen
    assert around("graph show ada --depth 1 --limit all -f ids").stdout.count("\n") == 5


def test_a_day_in_the_past_has_the_ties_of_that_day(around: Run) -> None:
    around("relation edit 1 --set since=2026-01-01 --set until=2026-06-01")

    assert around("graph show ada --depth 1 -f ids --as-of 2026-05-31").stdout == "2\n3\n"
    assert around("graph show ada --depth 1 -f ids --as-of 2026-06-01").stdout == "3\n"
    assert around("graph show ada --depth 1 -f ids --as-of 2025-12-31").stdout == "3\n"


def test_open_deals_stand_beside_the_name(around: Run, terminal: Terminal) -> None:
    around("deal add Engine --customer bob --amount 900")

    assert "Bob  2 person · open 900 EUR · 40 fair" in terminal("graph show ada --depth 1").stdout


def test_we_are_around_too_where_that_is_asked(around: Run, terminal: Terminal) -> None:
    around("log ada,eve met --channel meeting")

    # a meeting now is 3 points: 100 (1 - e^(-3 / 12.1)) = 22.0
    assert terminal("graph show me --depth 1").stdout == (
        "me  owner\n"
        "├── in touch with Ada  1 person · 22 weak\n"
        "│   └── in touch with Eve  5 · 22 weak ↺ shown elsewhere\n"
        "└── in touch with Eve  5 person · 22 weak\n"
        "\n"
        "2 customers and 1 of us, 3 ties within 1 hop · density 1.00 · 1 triangle · most \n"
        "ties: me (2)\n"
    )
    row = "graph show ada --depth 1 --columns id,name,type --no-header"
    assert around(f"{row} --owners").stdout == (
        "2\tBob\tknows\n3\tCarla\tknows\n\tme\tin touch with\n5\tEve\tin touch with\n"
    )
    assert around(row).stdout == "2\tBob\tknows\n3\tCarla\tknows\n"
    for words in ("ada --owners", "me"):
        refused = around(f"graph show {words} --type knows", exit_code=2).stderr
        assert "--type follows relationships, and we have none" in refused
    assert around(f"{row} --owners --as-of 2026-11-19").stdout == around(row).stdout
    assert around("graph show me --depth 1 --as-of 2026-11-19 -f ids").stdout == ""
