"""`crm customer contact`: one address or number at a time."""

import json
from pathlib import Path

import pytest

from tests.commands.test_customer import cells
from tests.conftest import Run, once


@pytest.fixture
@once
def ada(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com --email countess@example.com --phone +442079460958")


def contacts(crm: Run) -> list[tuple[str, str, str | None, bool]]:
    found = json.loads(crm("customer show 1 -f json").stdout)["contacts"]
    return [(each["kind"], each["value"], each["label"], each["primary"]) for each in found]


def test_an_address_comes_with_its_label_and_last(ada: Run) -> None:
    added = ada("customer contact add ada ' Ada@Work.example.com ' --label '  at  work '")

    assert added.stdout == "1\n"
    assert contacts(ada) == [
        ("email", "ada@example.com", None, True),
        ("email", "countess@example.com", None, False),
        ("email", "ada@work.example.com", "at work", False),
        ("phone", "+442079460958", None, True),
    ]


def test_the_primary_one_comes_first_and_the_others_keep_their_order(ada: Run) -> None:
    ada("customer contact add ada ada@work.example.com --primary")
    assert cells(ada, "1", "email") == ["ada@work.example.com;ada@example.com;countess@example.com"]

    ada("customer contact edit ada countess@example.com --primary")
    assert cells(ada, "1", "email") == ["countess@example.com;ada@work.example.com;ada@example.com"]


def test_one_that_is_there_is_labelled_and_an_empty_label_takes_it_off(ada: Run) -> None:
    ada("customer contact add ada '+44 20 7946 0958' --label desk")
    assert cells(ada, "1", "phone,contact.label") == ["+442079460958", "desk"]

    ada("customer contact edit ada +442079460958 --label ''")
    assert cells(ada, "1", "phone,contact.label") == ["+442079460958", ""]


def test_a_correction_keeps_label_and_place(ada: Run) -> None:
    ada("customer contact edit ada ada@example.com --label home")

    ada("customer contact edit ada ada@example.com --to ada@lovelace.example.com")

    assert contacts(ada)[:2] == [
        ("email", "ada@lovelace.example.com", "home", True),
        ("email", "countess@example.com", None, False),
    ]


def test_labels_are_asked_for_and_shown(ada: Run) -> None:
    ada("customer add Bob --email bob@example.com")
    ada("customer contact edit ada countess@example.com --label invoices")

    assert ada("customer list contact.label:invoice -f ids").stdout == "1\n"
    assert ada("customer list contact.label: -f ids").stdout == "2\n"
    assert cells(ada, "1", "contact") == ["ada@example.com;countess@example.com (invoices);+442079460958"]
    assert "invoices" in ada("customer show ada -f table").stdout
    assert "invoices" in ada("privacy export ada").stdout


def test_a_removed_one_is_free_for_others(ada: Run) -> None:
    assert "--yes" in ada("customer contact remove ada ada@example.com", exit_code=2).stderr

    ada("customer contact remove ada ada@example.com --yes")

    assert cells(ada, "1", "email") == ["countess@example.com"]
    ada("customer add Bob --email ada@example.com")


@pytest.mark.parametrize(
    ("line", "code", "message"),
    [
        ("add ada bob@example.com", 4, "e-mail 'bob@example.com' belongs to customer 2 Bob"),
        ("add ada nonsense@", 2, "is not an address"),
        ("add ada 12x", 2, "12x"),
        ("add nobody x@example.com", 3, "nobody"),
        ("edit ada adda@example.com --label x", 3, "has no email 'adda@example.com'; did you mean 'ada@example.com'?"),
        ("edit ada ada@example.com", 2, "nothing to change"),
        ("edit ada ada@example.com --to bob@example.com", 4, "belongs to customer 2 Bob"),
        ("edit ada ada@example.com --to countess@example.com", 4, "has email 'countess@example.com' already"),
        ("edit ada ada@example.com --to +442079460958", 2, "is not an address"),
        ("remove ada +4930901820 --yes", 3, "has no phone '+4930901820'"),
    ],
)
def test_what_cannot_be_is_refused_and_changes_nothing(line: str, code: int, message: str, ada: Run) -> None:
    ada("customer add Bob --email bob@example.com")
    before = contacts(ada)

    assert message in ada(f"customer contact {line}", exit_code=code).stderr
    assert contacts(ada) == before


def test_what_is_so_already_says_so(ada: Run) -> None:
    ada("customer contact add ada ada@example.com --primary")

    assert ada("history --limit 1 --columns command --no-header").stdout == "customer add\n"


def test_labels_go_out_and_come_back(ada: Run, tmp_path: Path) -> None:
    ada("customer contact edit ada countess@example.com --label 'home; (old)' --primary")
    ada("customer contact edit ada +442079460958 --label desk")
    there = contacts(ada)
    for form in ("csv", "jsonl"):
        other, file = tmp_path / f"{form}.db", tmp_path / f"out.{form}"
        ada(f"export customers -f {form} -o {file}")
        ada(f"import {file} --db {other}")

        assert json.loads(ada(f"customer show 1 --db {other} -f json").stdout)["contacts"] == [
            dict(zip(("kind", "value", "label", "primary"), each, strict=True)) for each in there
        ]
        changed = file.read_text("utf-8").replace("(desk)", "(direct line)")
        (tmp_path / f"changed.{form}").write_text(changed, "utf-8")
        assert "0 changed, 1 unchanged" in ada(f"import {file} --db {other}").stderr
        assert "1 changed" in ada(f"import {tmp_path}/changed.{form} --db {other}").stderr
    header = (tmp_path / "out.csv").read_text("utf-8").splitlines()[0]
    assert header.endswith(",external,labelled")


def test_a_file_labels_what_its_customer_has(ada: Run, tmp_path: Path) -> None:
    file = tmp_path / "labels.csv"
    file.write_text("name,email,labelled\nAda,ada@example.com,+442079460958 (desk);ada@example.com (work)\n", "utf-8")

    ada(f"import {file}")
    assert [label for *_, label, _ in contacts(ada)] == ["work", None, "desk"]
    ada("undo")
    assert [label for *_, label, _ in contacts(ada)] == [None, None, None]

    for cell, reason in (("eve@example.com (work)", "none of its"), ("ada@example.com", "has no label")):
        file.write_text(f"name,email,labelled\nAda,ada@example.com,{cell}\n", "utf-8")
        assert reason in ada(f"import {file}", exit_code=5).stderr
