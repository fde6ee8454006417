"""`--employer`: an organisation by id, handle or whole name, made where it is new."""

from pathlib import Path

import pytest

from tests.conftest import Dump, Run


def cells(crm: Run, ref: str, columns: str) -> list[str]:
    """What the columns of one customer hold."""
    line = crm(f"customer list id:{ref} --columns {columns} --no-header").stdout
    return line.removesuffix("\n").split("\t")


@pytest.mark.parametrize("ref", ["1", "acme-ltd", "'Acme Ltd'", "'ACME LTD'"])
def test_an_employer_is_named_by_id_handle_or_whole_name(ref: str, crm: Run) -> None:
    crm("customer add 'Acme Ltd' --kind organisation")

    crm(f"customer add Ada --employer {ref}")

    assert cells(crm, "2", "employer") == ["Acme Ltd"]
    assert crm("customer list -f ids").stdout == "1\n2\n"


def test_a_part_of_a_name_is_no_employer(crm: Run) -> None:
    crm("customer add Pineapple --kind organisation")

    crm("customer add Ada --employer Apple")

    assert cells(crm, "2", "employer") == ["Apple"]
    assert crm("customer list kind:organisation --columns name --no-header").stdout == "Pineapple\nApple\n"


def test_an_employer_that_is_new_is_made_in_the_same_operation(crm: Run) -> None:
    crm("customer add Ada --employer 'Analytical Engines'")

    assert cells(crm, "2", "name,kind,handle") == ["Analytical Engines", "organisation", "analytical-engines"]
    assert crm("relation list --columns from,type,to --no-header").stdout == "Ada\tworks for\tAnalytical Engines\n"
    crm("undo")
    assert crm("customer list -f ids").stdout == ""


def test_an_employer_number_that_nobody_has_is_not_made(crm: Run) -> None:
    crm("customer add Ada --employer 99", exit_code=3)

    assert crm("customer list -f ids").stdout == ""


def test_a_person_is_no_employer(crm: Run) -> None:
    crm("customer add 'Bob Stone'")

    for ref in ("1", "bob-stone"):
        refused = crm(f"customer add Ada --employer {ref}", exit_code=2)
        assert "customer 1 Bob Stone is a person" in refused.stderr


def test_an_import_makes_no_person_of_an_employer(crm: Run, tmp_path: Path, dump: Dump) -> None:
    crm("customer add Acme --kind organisation --email a@acme.example")
    crm("customer add Ada --employer Acme")
    before = dump()
    path = tmp_path / "people.csv"
    path.write_text("name,kind,email\nAcme,person,a@acme.example\n")

    refused = crm(f"import {path} --as customers", exit_code=5)

    assert "line 2: kind: customer 1 'Acme' employs 1 customer and cannot be a person" in refused.stderr
    assert dump() == before


def test_a_person_does_not_stand_in_the_way_of_an_organisation_of_that_name(crm: Run) -> None:
    crm("customer add Ford")

    crm("customer add Ada --employer Ford")
    crm("customer add Eve --employer ford")

    assert crm("customer list kind:organisation --columns name,handle --no-header").stdout == "Ford\tford-2\n"
    assert crm("customer list employer=Ford -f ids").stdout == "2\n4\n"


def test_an_employer_that_two_organisations_could_be_is_ambiguous(crm: Run) -> None:
    crm("customer add ACME --kind organisation")
    crm("customer add Acme --kind organisation")

    refused = crm("customer add Ada --employer 'Acmé'", exit_code=6)

    assert "1 ACME, 2 Acme" in refused.stderr


def test_nobody_works_for_themselves(crm: Run) -> None:
    crm("customer add Acme --kind organisation")

    assert "nobody works for themselves" in crm("customer edit acme --set employer=acme", exit_code=2).stderr


def test_an_employer_is_changed_and_the_old_one_stays_known(crm: Run) -> None:
    crm("customer add Ada --employer Acme")

    crm("customer edit ada --set employer=Zenith")

    assert cells(crm, "1", "employer") == ["Zenith"]
    assert crm("relation list --columns to,until --no-header").stdout == "Acme\t2026-11-20\nZenith\t\n"


def test_an_employer_is_left(crm: Run) -> None:
    crm("customer add Ada --employer Acme")

    crm("customer edit ada --set employer=")

    assert cells(crm, "1", "employer") == [""]
