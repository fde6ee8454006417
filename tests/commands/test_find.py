import json
from pathlib import Path

from tests.conftest import Run


def test_a_customer_is_found_by_an_address(crm: Run) -> None:
    crm("customer add Ada")
    crm("customer address add ada --street 'Invalidenstraße 44' --city Berlin --postcode 10115")
    crm("customer address add ada --url linkedin.com/in/countess")

    for words in ("invalidenstrasse", "Berlin", "10115 berlin", "countess"):
        assert crm(["find", words, "--columns", "title", "--no-header"]).stdout == "Ada\n"
    crm("customer address edit ada 1 --city Potsdam")
    assert crm("find Potsdam --columns title --no-header").stdout == "Ada\n"
    crm("customer address remove ada 1 --yes")
    assert crm("find Potsdam --columns title --no-header").stdout == ""


def test_find_says_what_was_found_and_where(small: Path, crm: Run) -> None:
    result = crm("find twice")

    assert result.stdout == (
        "kind\tid\ttitle\tsnippet\tat\tmatch\tno_contact\n"
        "customer\t3\t李雷\tasks; twice\t2026-11-20T12:00:00Z\texact\t\n"
    )
    assert result.stderr == ""


def test_json_has_the_same_keys(small: Path, crm: Run) -> None:
    (row,) = json.loads(crm("find --kind deal engine -f json").stdout)

    assert row == {
        "kind": "deal",
        "id": 1,
        "title": "Engine",
        "snippet": "Ada Lovelace",
        "at": "2026-09-01T00:00:00Z",
        "match": "exact",
        "no_contact": None,
    }


def test_a_slip_is_said_on_stderr_unless_quiet(small: Path, crm: Run) -> None:
    found = crm("find lovelase -f ids --kind customer")

    assert found.stdout == "1\n"
    assert found.stderr == "looked for what 'lovelase' may mean: lovelace\n"
    assert crm("find lovelase --quiet").stderr == ""


def test_nothing_found_is_no_error(small: Path, crm: Run) -> None:
    assert crm("find qqqqqqq -f csv").stdout == "kind,id,title,snippet,at,match,no_contact\n"
    assert crm("find qqqqqqq -f table").stdout == "nothing found\n"


def test_columns_and_limit_are_those_of_any_list(small: Path, crm: Run) -> None:
    found = crm("find vip --limit 1 --columns id,kind --no-header")

    assert found.stdout == "4\tcustomer\n"
    assert found.stderr == "more than 1 customers match; --limit all shows them\n"


def test_a_text_without_a_word_is_looked_for_as_it_is(small: Path, crm: Run) -> None:
    assert crm("find % -f ids").stdout == ""
    assert crm("find ; --columns kind,id --no-header").stdout == "customer\t3\n"
