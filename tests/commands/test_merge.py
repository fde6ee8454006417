"""`crm customer merge`: what a person sees of it."""

import pytest

from crmcli.db.reader import Reader
from tests.commands.conftest import Terminal
from tests.conftest import Dump, Run, once


@pytest.fixture
@once
def two(crm: Run) -> None:
    crm("customer add 'Ada Lovelace' --city London --title Countess")
    crm("customer add 'A. Lovelace' --city Rome --owner Bob")


def test_it_asks_and_says_what_came_of_it(two: Run, terminal: Terminal, db: Reader) -> None:
    seen = terminal("customer merge 1 2", answer="y\n")

    assert seen.exit_code == 0
    assert "Merge customer 2 A. Lovelace into customer 1 Ada Lovelace? [y/N]" in seen.stderr
    assert seen.stdout == "merged customer 2 A. Lovelace into customer 1 Ada Lovelace: 0 records moved\n"
    assert two("customer show a-lovelace -f json").exit_code == 0
    assert two("customer list -f ids").stdout == "1\n"


def test_each_field_is_asked_for(two: Run, terminal: Terminal, db: Reader) -> None:
    seen = terminal("customer merge 1 2 --prefer ask", answer="x\n2\n\ny\n")

    assert seen.exit_code == 0
    assert "  2  A. Lovelace (customer 2)" in seen.stderr
    assert db.row("select name, city, title from customer where id = 1") == ("A. Lovelace", "London", "Countess")


def test_no_answer_changes_nothing(two: Run, terminal: Terminal, dump: Dump) -> None:
    before = dump()

    assert terminal("customer merge 1 2 --prefer ask", answer="").exit_code == 1
    assert terminal("customer merge 1 2", answer="n\n").exit_code == 1
    told = two("customer merge 1 2 --prefer ask --yes", exit_code=2)
    assert "--prefer ask: nobody is there to ask" in told.stderr
    assert dump() == before


def test_whoever_names_the_other_means_the_one_that_stays(two: Run, db: Reader) -> None:
    two("customer merge 1 2 --yes")

    for ref in ("2", "a-lovelace", "'A. Lovelace'"):
        two(f"deal add Engine --customer {ref}")
    assert [row[0] for row in db.rows("select customer_id from deal")] == [1, 1, 1]
    assert '"merged_into": 1' in two("customer show 2 -f json").stdout
