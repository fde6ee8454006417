"""`crm relation`: add, list, edit, end, remove, type."""

import json
from pathlib import Path

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Dump, Run, once


@pytest.fixture
@once
def people(crm: Run) -> None:
    for name in ("Ada", "Bob", "Carla", "Dora"):
        crm(f"customer add {name}")


def ties(crm: Run) -> list[str]:
    """Every relationship as a sentence."""
    return crm("relation list --columns from,type,to --no-header").stdout.replace("\t", " ").splitlines()


def test_a_relationship_is_kept_with_its_date_and_note(people: Run) -> None:
    made = people("relation add ada 'reports to' bob --since 2024-05-06 --note 'since the merger'")

    shown = json.loads(people("relation list -f json --columns from,type,to,since,until,note").stdout)
    assert made.stdout == "1\n"
    assert shown == [
        {
            "from": "Ada",
            "type": "reports to",
            "to": "Bob",
            "since": "2024-05-06",
            "until": None,
            "note": "since the merger",
        }
    ]


@pytest.mark.parametrize(
    ("said", "understood"), [("2024-05", "2024-05-01"), ("2024", "2024-01-01"), ("yesterday", "2026-11-19")]
)
def test_since_is_a_date_and_echoed(said: str, understood: str, people: Run) -> None:
    made = people(f"relation add ada knows bob --since {said}")

    assert made.stderr == f"since {understood}\n"
    assert people("relation list --columns since --no-header").stdout == f"{understood}\n"


def test_since_that_is_no_date_is_refused(people: Run) -> None:
    assert (
        "date 'long ago' is not understood"
        in people("relation add ada knows bob --since 'long ago'", exit_code=2).stderr
    )


@pytest.mark.parametrize(
    ("name", "inverse"),
    [
        ("referred", "referred by"),
        ("reports to", "manages"),
        ("introduced by", "introduced"),
        ("supplies", "supplied by"),
        ("parent of", "subsidiary of"),
        ("advises", "advised by"),
    ],
)
def test_a_type_is_said_from_either_end(name: str, inverse: str, people: Run) -> None:
    people(f"relation add ada '{name}' bob")
    people(f"relation add dora '{inverse.replace(' ', '-')}' carla")

    assert ties(people) == [f"Ada {name} Bob", f"Carla {name} Dora"]


@pytest.mark.parametrize("name", ["knows", "partner of", "married to"])
def test_a_symmetric_relationship_is_stored_once(name: str, people: Run) -> None:
    people(f"relation add bob '{name}' ada")

    refused = people(f"relation add ada '{name}' bob", exit_code=4)

    assert ties(people) == [f"Ada {name} Bob"]
    assert "relationship 1 says so already" in refused.stderr


def test_the_same_relationship_twice_is_a_conflict(people: Run) -> None:
    people("relation add ada supplies bob")

    people("relation add bob 'supplied by' ada", exit_code=4)
    assert people("relation add bob supplies ada").stdout == "2\n"


@pytest.mark.parametrize("kind", ["knows", "referred", "'reports to'"])
def test_nobody_is_tied_to_themselves(kind: str, people: Run) -> None:
    assert "customer 1 Ada cannot be tied to itself" in people(f"relation add ada {kind} 1", exit_code=2).stderr


def test_a_customer_has_one_referrer(people: Run) -> None:
    people("relation add ada referred carla")

    refused = people("relation add bob referred carla", exit_code=4)

    assert "customer 3 Carla was referred by customer 1 Ada already" in refused.stderr
    assert "crm relation remove 1" in refused.stderr


def test_a_circle_of_referrals_is_refused_with_its_path(people: Run) -> None:
    people("relation add ada referred bob")
    people("relation add bob referred carla")

    refused = people("relation add carla referred ada", exit_code=4)

    assert "this referral would close a circle: Ada > Bob > Carla > Ada" in refused.stderr
    assert ties(people) == ["Ada referred Bob", "Bob referred Carla"]


def test_a_circle_of_two_is_refused_from_the_other_end_too(people: Run) -> None:
    people("relation add ada referred bob")

    assert "Ada > Bob > Ada" in people("relation add ada 'referred by' bob", exit_code=4).stderr


def test_a_referral_that_was_removed_stands_in_nobodys_way(people: Run) -> None:
    people("relation add ada referred bob")
    people("relation remove 1 --yes")

    assert people("relation add bob referred ada").stdout == "2\n"
    people("undo 6", exit_code=4)


def test_other_types_may_close_a_circle(people: Run) -> None:
    people("relation add ada supplies bob")
    people("relation add bob supplies carla")

    assert people("relation add carla supplies ada").stdout == "3\n"


def test_an_unknown_type_gets_a_suggestion(people: Run) -> None:
    refused = people("relation add ada refered bob", exit_code=3)

    assert "no relation type 'refered'" in refused.stderr
    assert "did you mean" in refused.stderr
    assert "knows" in refused.stderr


def test_the_relationships_of_one_customer_are_listed(people: Run) -> None:
    people("relation add ada knows bob")
    people("relation add carla referred ada")
    people("relation add carla knows dora")

    assert people("relation list ada -f ids").stdout == "1\n2\n"
    assert people("relation list type:knows -f ids").stdout == "1\n3\n"
    assert people("relation list -f ids").stdout == "1\n2\n3\n"
    people("relation list nobody", exit_code=3)


def test_a_relationship_is_removed_for_good_reason_only(people: Run) -> None:
    people("relation add ada knows bob")
    assert "--yes" in people("relation remove 1", exit_code=2).stderr

    assert people("relation remove 1 --yes").stdout == "1\n"

    assert ties(people) == []
    people("relation remove 1 --yes", exit_code=3)
    assert people("relation add ada knows bob").stdout == "2\n"


def test_the_types_have_an_inverse_and_a_direction(people: Run) -> None:
    people("relation add ada knows bob")

    listed = people("relation types --columns name,inverse,is_symmetric,relationships -f csv").stdout

    assert "referred,referred by,false,0\n" in listed
    assert "works for,employs,false,0\n" in listed
    assert "knows,knows,true,1\n" in listed


def test_a_person_reads_what_was_tied(people: Run, terminal: Terminal) -> None:
    added = terminal("relation add bob 'referred by' ada --since 2024-05")

    assert added.stdout == "added relationship 1: Ada referred Bob, since 2024-05-01\n"
    assert added.stderr == "next: crm graph show 1\n"
    asked = terminal("relation remove 1", answer="y\n")
    assert asked.stdout == "removed relationship 1: Ada referred Bob\n"
    assert asked.stderr.startswith("Remove relationship 1: Ada referred Bob? [y/N]")


def test_a_tie_that_ends_stays_in_the_file(people: Run) -> None:
    people("relation add ada knows bob --since 2024-05-06")

    assert people("relation end 1 --at 2026-11-01").stdout == "1\n"

    assert people("relation list is:ended --columns from,until --no-header").stdout == "Ada\t2026-11-01\n"
    assert people("relation list is:live -f ids").stdout == ""
    assert people("graph show ada -f ids").stdout == ""
    assert "ended on 2026-11-01 already" in people("relation end 1", exit_code=4).stderr
    assert people("relation add ada knows bob").stdout == "2\n"
    assert "relationship 2 says so already" in people("relation edit 1 --set until=", exit_code=4).stderr


def test_a_tie_ends_after_it_began(people: Run) -> None:
    people("relation add ada knows bob --since 2026-05-06")

    assert "began on 2026-05-06" in people("relation end 1 --at 2026-05-05", exit_code=2).stderr
    assert "before since" in people("relation edit 1 --set until=2026-05-05", exit_code=2).stderr


def test_a_tie_is_corrected(people: Run) -> None:
    people("relation add ada knows bob --strength 30")

    people("relation edit 1 --set strength=80 --set since=2024 --set note=chess")

    columns = "relation list --columns since,strength,note --no-header"
    assert people(columns).stdout == "2024-01-01\t80\tchess\n"
    people("relation edit 1 --set strength=")
    assert people(columns).stdout == "2024-01-01\t\tchess\n"
    assert "nothing changed" not in people("relation edit 1 --set strength=", exit_code=0).stderr


@pytest.mark.parametrize("said", ["101", "-1", "strong", "5.5", "٣"])
def test_a_strength_is_a_whole_number_up_to_100(said: str, people: Run) -> None:
    assert "from 0 to 100" in people(["relation", "add", "ada", "knows", "bob", "--strength", said], exit_code=2).stderr


@pytest.mark.parametrize("kind", ["reports to", "parent of", "works for"])
def test_types_that_go_one_way_close_no_circle(kind: str, people: Run) -> None:
    for name in ("ada", "bob", "carla"):
        people(f"customer edit {name} --set kind=organisation")
    people(f"relation add ada '{kind}' bob")
    people(f"relation add bob '{kind}' carla")

    refused = people(f"relation add carla '{kind}' ada", exit_code=4)

    assert f"this tie ({kind}) would close a circle: Ada > Bob > Carla > Ada" in refused.stderr
    people("relation end 1")
    assert people(f"relation add carla '{kind}' ada").stdout == "3\n"
    assert "would close a circle" in people("relation edit 1 --set until=", exit_code=4).stderr


def test_a_list_as_of_a_day_has_what_lasted_then(people: Run) -> None:
    people("relation add ada knows bob --since 2026-01-10")
    people("relation add bob knows carla")
    people("relation edit 2 --set until=2026-03-01")

    def lasted(day: str) -> list[str]:
        return people(f"relation list --as-of {day} -f ids").stdout.split()

    assert [lasted("2026-01-09"), lasted("2026-01-10"), lasted("2026-03-01")] == [["2"], ["1", "2"], ["1"]]
    assert people("relation list carla --as-of 2026-02 -f ids").stdout == "2\n"
    assert "'never'" in people("relation list --as-of never", exit_code=2).stderr


def test_only_an_organisation_employs(people: Run) -> None:
    refused = people("relation add ada 'works for' bob", exit_code=2)

    assert "customer 2 Bob is a person and employs nobody" in refused.stderr
    people("customer edit bob --set kind=organisation")
    assert people("relation add bob employs ada").stdout == "1\n"
    refused = people("customer edit bob --set kind=person", exit_code=4)
    assert "customer 2 Bob employs 1 customer and cannot be a person" in refused.stderr


def test_an_undo_brings_no_circle_back(people: Run, dump: Dump) -> None:
    people("relation add ada 'parent of' bob")
    people("relation add bob 'parent of' carla")
    people("relation end 1")
    people("relation add carla 'parent of' ada")
    before = dump()

    refused = people("undo 7", exit_code=4)

    assert "operation 7 cannot be turned round: a tie would close a circle (relationship 1)" in refused.stderr
    assert dump() == before
    people("relation remove 3 --yes")
    people("undo 7")


def test_an_undo_makes_no_person_an_employer(people: Run, dump: Dump) -> None:
    people("customer edit bob --set kind=organisation")
    people("relation add ada 'works for' bob")
    before = dump()

    refused = people("undo 5", exit_code=4)

    assert "a person would employ somebody (relationship 1)" in refused.stderr
    assert dump() == before


def test_an_import_takes_no_person_for_an_employer(people: Run, tmp_path: Path) -> None:
    path = tmp_path / "ties.csv"
    path.write_text("from,type,to,until\nAda,works for,Bob,\nCarla,employs,Ada,\nAda,works for,Bob,2020-01-01\n")

    done = people(f"import {path} --as relations", exit_code=5)

    assert "line 2: to: customer 2 'Bob' is a person and employs nobody" in done.stderr
    assert "line 3: to: customer 3 'Carla' is a person and employs nobody" in done.stderr
    assert ties(people) == ["Ada works for Bob"]


def test_a_type_of_ones_own_is_read_from_either_end(people: Run) -> None:
    assert people("relation type add mentors --inverse 'mentored by' --weight 70").stdout == "11\n"

    people("relation add bob 'mentored by' ada")

    assert ties(people) == ["Ada mentors Bob"]
    people("relation type edit mentors --name coaches --inverse 'coached by'")
    assert ties(people) == ["Ada coaches Bob"]
    assert "11,coaches,coached by,false,70,1" in people("relation types -f csv").stdout
    assert "in use by 1 relationship" in people("relation type remove coaches --yes", exit_code=4).stderr


def test_a_type_without_an_inverse_is_the_same_both_ways(people: Run) -> None:
    people("relation type add 'plays chess with'")

    people("relation add bob 'plays chess with' ada")

    assert ties(people) == ["Ada plays chess with Bob"]


@pytest.mark.parametrize(
    ("line", "code", "reason"),
    [
        ("add knows", 4, "there is a relation type 'knows' already"),
        ("add minds --inverse 'referred by'", 4, "there is a relation type 'referred by' already"),
        ("add minds --weight 200", 2, "from 0 to 100"),
        ("add 12", 2, "a number means its id"),
        ("edit knows --name likes", 4, "belongs to crm"),
        ("edit knows", 2, "nothing to change"),
        ("edit nothing --weight 1", 3, "no relation type 'nothing'"),
        ("edit 99 --weight 1", 3, "no relation type 99"),
        ("remove 3 --yes", 4, "belongs to crm"),
    ],
)
def test_what_a_type_cannot_be_is_refused(line: str, code: int, reason: str, people: Run) -> None:
    assert reason in people(f"relation type {line}", exit_code=code).stderr


def test_the_weight_of_our_own_types_can_be_changed(people: Run) -> None:
    assert people("relation type edit knows --weight 25").stdout == "3\n"
    assert people("relation types name:knows --columns weight --no-header").stdout == "25\n"
    assert people("relation type edit knows --weight 25").stdout == "3\n"


def test_a_file_closes_no_circle_either(people: Run, tmp_path: Path) -> None:
    path = tmp_path / "ties.csv"
    path.write_text(
        "from,type,to,strength\nAda,reports to,Bob,70\nBob,reports to,Carla,\nCarla,reports to,Ada,\nDora,knows,Ada,x\n"
    )

    refused = people(f"import {path} --as relations", exit_code=5)

    assert "this would close a circle" in refused.stderr
    assert "from 0 to 100" in refused.stderr
    assert ties(people) == ["Ada reports to Bob", "Bob reports to Carla"]
    assert people("relation list --columns strength --no-header").stdout == "70\n\n"
