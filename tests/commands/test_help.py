"""Help on commands, queries and columns."""

import pytest

from crmcli.query.entities import NAMES
from tests.conftest import Run, commands, run


def test_the_page_on_queries_is_there_without_a_file() -> None:
    assert run("help query").stdout.startswith("A QUERY picks records.")


def test_columns_alone_lists_the_kinds_of_records(crm: Run) -> None:
    assert crm("help columns").stdout.splitlines() == [f"crm help columns {name}" for name in NAMES]


@pytest.mark.parametrize("name", NAMES)
def test_every_kind_of_record_lists_its_columns(name: str, crm: Run) -> None:
    told = crm(f"help columns {name} -f tsv").stdout.splitlines()

    assert told[0].split("\t")[:2] == ["name", "kind"]
    assert len(told) > 3


def test_a_table_of_columns_says_the_states_too(crm: Run) -> None:
    assert "is:overdue" in crm("help columns deal -f table").stdout


def test_several_kinds_at_once(crm: Run) -> None:
    told = crm("help columns tag owner -f csv").stdout

    assert told.count("name,kind,") == 2


def test_an_unknown_kind_is_refused(crm: Run) -> None:
    assert "custmer" in crm("help columns custmer", exit_code=2).stderr


def test_a_command_has_no_commands_below(crm: Run) -> None:
    assert "crm customer add has no commands of its own" in crm("help customer add x", exit_code=2).stderr


@pytest.mark.parametrize("path", commands())
def test_every_help_names_the_command_and_ends_in_examples(path: str, crm: Run) -> None:
    told = crm(f"{path} --help").stdout

    assert f"Usage: crm {path}" in told
    assert "\nExamples:\n  crm " in told


def test_help_prefers_the_command_to_nothing(crm: Run) -> None:
    assert "did you mean 'funnel'?" in crm("help funel", exit_code=3).stderr


def test_what_an_import_recognises_is_listed(crm: Run) -> None:
    told = crm("help import").stdout

    assert "Usage: crm import" in told
    for line in (
        "  google      customers     Google Contacts (since 2024)",
        "  salesforce  stage-events  ",
        "  vcard  ",
    ):
        assert line in told
