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
    ("there", "name"),
    [
        ("Zoë Müller", "Muller, Zoe"),
        ("Robert Smith", "Dr. Bob Smith"),
        ("Grace O'Hara", "Grace O’Hara"),
        ("王伟芳", "王 伟芳"),
        ("王 伟芳", "王伟芳"),
        ("欧阳 娜娜", "欧阳娜娜"),
        ("Ada Lovelace-King", "ada lovelace king"),
        ("Sean O'Brien", "Sean OBrien"),
        ("Sean OBrien", "Sean O'Brien"),
        ("Sean O’Brien", "Dr. OBrien Sean"),
        ("Bob O'Brien", "Bob O Brien"),
        ("Jean-Luc Picard", "Jean Luc Picard"),
        ("Jean Luc Picard", "Jeanluc Picard"),
        ("Jeanluc Picard", "Picard, Jean-Luc"),
        ("Ann McDonald", "Ann Mc Donald"),
        ("Ann Mc Donald", "McDonald, Ann"),
        ("Анна Мак-Дональд", "Анна Макдональд"),
    ],
)
def test_the_name_of_a_person_may_be_written_otherwise(there: str, name: str, crm: Run) -> None:
    crm(f'customer add "{there}"')

    told = crm(f'customer add "{name}"')

    assert told.stderr == f"looks like customer 1 {there} (same name): crm customer merge 1 2 makes them one\n"


@pytest.mark.parametrize(
    ("there", "name"),
    [
        ("Zürich Re-Tools", "Zurich Re-Tools AG"),
        ("Zürich Re-Tools AG", "Zürich Re-Tools"),
        ("Acme GmbH", "ACME Ltd."),
        ("深圳创新", "深圳创新有限公司"),
        ("深圳创新股份有限公司", "深圳创新"),
        ("ＡＣＭＥ株式会社", "Acme"),
        ("Bio-Tech GmbH", "Biotech"),
        ("Biotech", "Bio Tech GmbH"),
    ],
)
def test_an_organisation_is_known_without_its_legal_form(there: str, name: str, crm: Run) -> None:
    crm(f"customer add '{there}' --kind organisation")

    told = crm(f"customer add '{name}' --kind organisation")

    assert told.stderr == f"looks like customer 1 {there} (same name): crm customer merge 1 2 makes them one\n"
    assert crm(f"customer add '{name} Holding' --kind organisation --if-absent").stdout == "3\n"


@pytest.mark.parametrize(
    "line",
    [
        "'Byron Hopper' --phone +4930901820",
        "'Ada Lovelace' --kind organisation",
        "'Ada Byron'",
        "'Ada Love'",
        "'Ada Lovelace Ltd'",
        "Ada",
        "!!!",
    ],
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
        ("'Dr. Ada Lovelace'", 2),
    ],
)
def test_if_absent_gives_the_one_that_is_surely_the_same(line: str, number: int, ada: Run) -> None:
    assert ada(f"customer add {line} --if-absent").stdout == f"{number}\n"
