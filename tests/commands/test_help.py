"""Help on commands, queries and columns."""

import ast
import re
from pathlib import Path

import pytest

import crmcli
from crmcli.commands.options import FORMATS
from crmcli.errors import CrmError, ExitCode
from crmcli.exchange.own import FIELDS
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


@pytest.mark.enumerating
@pytest.mark.parametrize("path", commands())
def test_every_help_names_the_command_and_ends_in_examples(path: str, crm: Run) -> None:
    told = crm(f"{path} --help").stdout

    assert f"Usage: crm {path}" in told
    assert "\nExamples:\n  crm " in told


def test_help_prefers_the_command_to_nothing(crm: Run) -> None:
    assert "did you mean 'funnel'?" in crm("help funel", exit_code=3).stderr


def test_what_an_import_recognises_is_listed(crm: Run) -> None:
    told = crm("help import").stdout

    for line in (
        "  google      customers     Google Contacts (since 2024)",
        "  salesforce  stage-events  ",
        "  vcard  ",
    ):
        assert line in told


def test_the_exit_codes_are_those_that_the_program_uses() -> None:
    told = dict(re.findall(r"^ +(\d+)  (.+)", run("help exit-codes").stdout, re.MULTILINE))

    assert told == {str(int(code)): code.meaning for code in ExitCode}
    assert {each.exit_code for each in _below(CrmError)} <= set(ExitCode)


def _below(kind: type[CrmError]) -> list[type[CrmError]]:
    return [kind, *(each for child in kind.__subclasses__() for each in _below(child))]


@pytest.mark.slow
def test_no_exit_code_is_written_anywhere_but_in_the_table() -> None:
    """What ends a run is a member of it: no number stands where one is given."""
    for path in Path(crmcli.__file__).parent.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) in ("typer.Exit", "sys.exit", "_Ending"):
                assert not [arg for arg in node.args if isinstance(arg, ast.Constant) and isinstance(arg.value, int)], (
                    path
                )


def test_dates_are_told_as_they_are_read() -> None:
    told = dict(re.findall(r"^  (.+?)  +(\d{4}-.+)", run("help dates").stdout, re.MULTILINE))

    assert told["yesterday"] == "2026-11-19"
    assert told["last fri"] == "2026-11-13"
    assert told["fri 15:00"] == "2026-11-20 15:00"
    assert told["eom"] == "2026-11-30"
    assert told["下周五"] == "2026-11-27"
    assert told["2026-Q1"] == "2026-01-01 to 2026-03-31"


def test_every_format_is_told() -> None:
    told = re.findall(r"^  (\w+)  +\S", run("help formats").stdout, re.MULTILINE)

    assert [form for form in FORMATS if form not in told] == []


def test_every_field_that_an_import_can_give_is_told() -> None:
    told = run("help import").stdout

    assert [name for name in FIELDS if f"\n{name} [" not in told] == []
    assert {field for fields in FIELDS.values() for field in fields} <= set(re.split(r"[,\s]+", told))
    assert "maven" in told


def test_a_topic_with_a_slip_in_it_is_guessed(crm: Run) -> None:
    assert "did you mean 'exit-codes'?" in crm("help exit-code", exit_code=3).stderr
