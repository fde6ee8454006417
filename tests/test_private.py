"""What is in the file stays in the file: no network, no words of it in errors, logs and temporary files."""

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crmcli.cli import app
from crmcli.db import driver, migrate
from tests.conftest import READS, by_number, commands

#: What the examples of the help refer to.
SEED = (
    "customer add 'Ada Lovelace' --email ada@example.com --tag vip",
    "customer add 'Grace Hopper'",
    "customer add 'Acme Ltd' --kind organisation",
    "relation add 'Acme Ltd' supplies grace-hopper",
    "log ada one --at 2026-11-03",
    "log ada two --at 2026-11-03",
    "deal add Engine --customer ada --at 2026-11-04",
    "deal add Licence --customer ada --at 2026-11-04",
    "deal lose 2 --at 2026-11-05",
    "privacy consent grant ada --purpose newsletter",
    "privacy retention add old --after 3y --action erase",
)
FILES = {"customers.csv": "name,email\nZoë,zoe@example.com\n", "deals.csv": "name,customer\nPilot,Zoë\n"}

# Runs the command lines of argv[1] in one process in which nothing may leave the machine or start another program.
_WATCHED = """
import io, json, os, shutil, sys

FORBIDDEN = ("socket.", "urllib.", "http.", "ftplib.", "smtplib.", "imaplib.", "poplib.", "nntplib.", "telnetlib.",
             "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "pty.spawn", "webbrowser.")
seen = []

def watch(event, args):
    if event.startswith(FORBIDDEN):
        seen.append(event)
        raise PermissionError(event)

sys.addaudithook(watch)
from crmcli.cli import app

for line in json.loads(sys.argv[1]):
    shutil.copy(sys.argv[2], os.environ["CRM_DB"])
    out, err = sys.stdout, sys.stderr
    sys.stdout, sys.stderr = io.TextIOWrapper(io.BytesIO(), "utf-8"), io.TextIOWrapper(io.BytesIO(), "utf-8")
    try:
        app(line, prog_name="crm")
    except SystemExit as done:
        code = done.code
    finally:
        sys.stdout, sys.stderr = out, err
    print(json.dumps([line, code, seen]))
    seen.clear()
"""
_MARK = "s3cr3t-w0rd"

#: A message can name the record that the user asked for; what is removed is not shown.
_SPARED = {"name", "removed_at", "archived_at", "ended_at", "lifted_at"}


@pytest.fixture
def seeded(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for line in SEED:
        assert CliRunner().invoke(app, shlex.split(line), prog_name="crm").exit_code == 0
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    shutil.copy(file, tmp_path / "seeded.db")
    return tmp_path / "seeded.db"


def examples() -> list[list[str]]:
    """Every command, with its help and with the examples of it."""
    found = []
    for path, command in commands().items():
        found.append([*path.split(), "--help"])
        found += [shlex.split(example)[1:] for example in command.examples]  # type: ignore[attr-defined]
    return found


def watched(lines: list[list[str]], seeded: Path) -> list[tuple[list[str], int, list[str]]]:
    command = [sys.executable, "-c", _WATCHED, json.dumps(lines), str(seeded)]
    done = subprocess.run(command, env=dict(os.environ), capture_output=True, text=True, check=True)
    return [tuple(json.loads(line)) for line in done.stdout.splitlines()]


@pytest.mark.slow
def test_no_command_ever_asks_the_network(seeded: Path) -> None:
    lines = examples()

    told = watched(lines, seeded)

    assert [line for line, _, events in told if events] == []
    assert len(told) == len(lines)
    ran = {" ".join(line) for line, code, _ in told if code == 0}
    assert len(ran) > len(commands()) * 1.5


def test_the_watch_sees_what_it_should(seeded: Path) -> None:
    """An e-mail's domain is a name that a careless check would look up."""
    code = _WATCHED.replace(
        "from crmcli.cli import app", "import socket\ndef app(line, **_):\n    socket.getaddrinfo('localhost', 1)"
    )

    done = subprocess.run(
        [sys.executable, "-c", code, '[["x"]]', str(seeded)],
        env=dict(os.environ),
        capture_output=True,
        text=True,
        check=False,
    )

    assert "PermissionError: socket.getaddrinfo" in done.stderr


@pytest.fixture(scope="session")
def marked_file(tmp_path_factory: pytest.TempPathFactory, small_file: Path) -> Path:
    """A file with a word of its own in every text that can be anything, dates included, names aside; made once."""
    path = Path(shutil.copy(small_file, tmp_path_factory.mktemp("crm") / "marked.db"))
    with closing(driver.connect(path)) as raw:
        for (trigger,) in list(raw.execute("select name from sqlite_schema where type = 'trigger'")):
            raw.execute(f"drop trigger {trigger}")
        for table in migrate.tracked(raw):
            for row in list(raw.execute(f"pragma table_info({table})")):
                if row[2] == "TEXT" and table != "setting" and row[1] not in _SPARED:
                    _mark(raw, table, row[1])
        raw.execute(f"update change set old = json_set(old, '$.note', '{_MARK}') where old is not null")
    return path


@pytest.fixture
def marked(marked_file: Path, file: Path) -> Path:
    shutil.copy(marked_file, file)
    return file


def _mark(raw: sqlite3.Connection, table: str, column: str) -> None:
    try:
        raw.execute(f"update {table} set {column} = '{_MARK}' || id")
    except sqlite3.IntegrityError:  # one of a few words, which say nothing of anybody
        return


@pytest.fixture
def places(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Where a careless program leaves traces."""
    scratch, state = tmp_path / "scratch", tmp_path / "state"
    scratch.mkdir()
    for name in ("TMPDIR", "SQLITE_TMPDIR"):
        monkeypatch.setenv(name, str(scratch))
    monkeypatch.setenv("XDG_STATE_HOME", str(state))
    monkeypatch.setattr(tempfile, "tempdir", None)
    return [scratch, state, Path(os.environ["HOME"])]


def traces(places: list[Path]) -> list[Path]:
    files = [file for place in places for file in place.rglob("*") if file.is_file()]
    return [file for file in files if _MARK.encode() in file.read_bytes()]


FAILING = [
    *([*path.split(), *by_number(READS[path]), "-f", form] for path in READS for form in ("table", "json")),
    ["customer", "show", "nobody"],
    ["customer", "add", "Eve", "--email", f"{_MARK}@"],
    ["customer", "edit", "1", "--set", "kind=x"],
    ["customer", "remove", "4"],
    ["deal", "move", "1", "nowhere"],
    ["deal", "edit", "1", "--set", "close=never"],
    ["interaction", "edit", "1", "--set", "duration=x"],
    ["undo", "99"],
    ["undo", "1"],
    ["history", "show", "99"],
    ["privacy", "erase", "99"],
    ["funnel", "show", "--by", "nothing"],
    ["log", "1", "hi", "--at", "never"],
]  # fmt: skip


@pytest.mark.enumerating
@pytest.mark.parametrize("words", FAILING, ids=" ".join)
def test_no_failure_says_what_is_in_the_file(words: list[str], marked: Path, places: list[Path]) -> None:
    done = CliRunner().invoke(app, words, prog_name="crm")

    if done.exit_code != 0:
        said = done.stderr.replace("'s3cr3t-w0rd@'", "")  # what the user typed just now
        assert _MARK not in said
    assert traces(places) == []


def test_a_bug_is_one_line_and_its_log_has_no_value(marked: Path, places: list[Path]) -> None:
    done = CliRunner().invoke(app, ["why", "D1", "-f", "table"], prog_name="crm")

    assert (done.exit_code, done.stderr.splitlines()[0]) == (70, "error: a bug in crm: ValueError")
    log = places[1] / "crmcli" / "bug.log"
    assert str(log) in done.stderr
    assert "ValueError" in log.read_text()
    assert _MARK not in log.read_text() + done.stderr


@pytest.mark.slow
def test_no_command_leaves_a_temporary_file(seeded: Path, places: list[Path], file: Path) -> None:
    for words in examples():
        shutil.copy(seeded, file)
        CliRunner().invoke(app, words, prog_name="crm")

    assert list(places[0].rglob("*")) == []
