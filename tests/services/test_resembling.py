"""A likely duplicate is said when it is entered."""

import pytest

from tests.conftest import Run, once


@pytest.fixture
@once
def ada(crm: Run) -> None:
    crm("customer add 'Ada Lovelace' --email ada@example.com --phone +4930901820")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("'Ada Lovelace'", "same name"),
        ("'Lovelace, Ada' --email other@example.com", "same name"),
        ("'lovelace ada'", "same name"),
        ("'A. Lovelace' --phone '+49 30 901820'", "same phone"),
    ],
)
def test_a_likely_duplicate_is_a_warning(line: str, reason: str, ada: Run) -> None:
    told = ada(f"customer add {line}")

    assert told.stdout == "2\n"
    assert told.stderr == f"looks like customer 1 Ada Lovelace ({reason}): crm customer merge 1 2 makes them one\n"


@pytest.mark.parametrize(
    "line", ["'Byron Hopper' --phone +4930901820", "'Ada Lovelace' --kind organisation", "'Ada Byron'"]
)
def test_others_are_none(line: str, ada: Run) -> None:
    assert ada(f"customer add {line}").stderr == ""


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("'Lovelace, Ada'", 1),
        ("'Lovelace Ada' --phone +4930901820 --email new@example.com", 1),
        ("'Ada Lovelace' --email new@example.com", 2),
        ("'A. Lovelace' --phone +4930901820", 2),
        ("'Lovelace Ada' --phone +4930901821", 2),
    ],
)
def test_if_absent_gives_the_one_that_is_surely_the_same(line: str, number: int, ada: Run) -> None:
    assert ada(f"customer add {line} --if-absent").stdout == f"{number}\n"
