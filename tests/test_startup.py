"""Start-up stays light: what is not needed is not loaded, seen in fresh interpreters."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from crmcli.cli import Crm
from crmcli.lazy import Entry, lazily
from tests.conftest import READS, commands

WITH_NETWORKX = ("graph central", "graph communities", "graph components", "graph stats")
HEAVY = ("sqlmodel", "sqlalchemy", "pydantic", "pandas", "networkx", "numpy")

# Runs each command line of argv[1] in one fresh interpreter; after each, which heavy modules are there.
_PROBE = """
import io, json, os, sys
from contextlib import redirect_stderr, redirect_stdout

heavy = sys.argv[2].split()
for line in json.loads(sys.argv[1]):
    from crmcli.cli import app
    with redirect_stdout(io.TextIOWrapper(io.BytesIO(), "utf-8")), redirect_stderr(io.StringIO()) as err:
        try:
            app(line, prog_name="crm")
        except SystemExit as done:
            code = done.code
    print(json.dumps([line, code, [name for name in heavy if name in sys.modules], err.getvalue()]))
"""


def loaded(lines: list[list[str]], **environ: str) -> list[tuple[list[str], int, list[str], str]]:
    """For each of the lines: its words, exit code, the heavy modules loaded by then, and its stderr."""
    command = [sys.executable, "-c", _PROBE, json.dumps(lines), " ".join(HEAVY)]
    done = subprocess.run(command, env={**os.environ, **environ}, capture_output=True, text=True, check=True)
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


def assert_light(lines: list[list[str]], **environ: str) -> None:
    for line, code, heavy, err in loaded(lines, **environ):
        assert (line, code, heavy) == (line, 0, []), err


@pytest.mark.parametrize("entry", Crm.entries, ids=lambda entry: entry.name)
def test_every_line_of_the_table_loads(entry: Entry) -> None:
    command = lazily(entry)

    assert command.target.help


def test_importing_the_program_loads_no_command() -> None:
    code = "import sys, crmcli.cli; print([name for name in sys.modules if name.startswith('crmcli.commands.')])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_an_import_does_without_models() -> None:
    code = f"import sys, crmcli.services.importing; print([name for name in {HEAVY!r} if name in sys.modules])"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout == "[]\n"


def test_version_and_help_are_light() -> None:
    assert_light(
        [["--version"], ["-V"], ["--help"], ["-h"], ["help"], ["help", "query"], ["help", "dates"], ["help", "import"]]
    )


@pytest.mark.slow
def test_the_help_of_every_command_is_light() -> None:
    groups = {path.split()[0] for path in commands() if " " in path}

    assert_light([*([name, "--help"] for name in groups), *([*path.split(), "--help"] for path in commands())])


@pytest.mark.parametrize(
    "line",
    [
        *("crm ", "crm cus", "crm customer ", "crm customer list --", "crm customer add x --kind "),
        *("crm customer show a", "crm customer list +", "crm deal list stage:", "crm customer edit 1 --set "),
    ],
)
def test_completion_is_light(line: str, small: Path) -> None:
    code = (
        "import os, sys\n"
        f"os._exit = lambda code: print([name for name in {HEAVY!r} if name in sys.modules]) or sys.exit(code)\n"
        "from crmcli.__main__ import main; main()"
    )
    environ = {**os.environ, "_CRM_COMPLETE": "bash", "_CRM_LINE": line, "_CRM_WORD": line.rsplit(" ", maxsplit=1)[-1]}

    done = subprocess.run([sys.executable, "-c", code], env=environ, capture_output=True, text=True, check=True)

    kind, *offered, heavy = done.stdout.splitlines()
    assert (kind, heavy) == ("values", "[]")
    assert offered


def test_every_read_is_light(small: Path) -> None:
    assert_light([[*path.split(), *words.split()] for path, words in READS.items() if path not in WITH_NETWORKX])


def test_a_table_on_a_terminal_is_light_too(small: Path) -> None:
    assert_light(
        [["customer", "list", "-f", "table"], ["funnel", "show", "-f", "table"], ["deal", "show", "1", "-f", "json"]]
    )


def test_a_neighbourhood_loads_networkx_at_most(small: Path) -> None:
    ((_, code, heavy, _),) = loaded([["graph", "show", "ada-lovelace"]])

    assert code == 0
    assert set(heavy) <= {"networkx"}


def test_a_read_of_nothing_is_light() -> None:
    assert_light([["customer", "list"], ["funnel", "show"], ["history"]])
