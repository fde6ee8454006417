"""Whatever is wrong on the command line ends in one clear line, the documented exit code, and an unchanged file."""

import hashlib
import os
import subprocess
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crmcli.cli import app
from tests.conftest import run
from tests.terminal import CRM, in_pipe, on_terminal

# the words, the exit code, what the first line says, what the way out says
BAD: list[tuple[list[str], int, str, str]] = [
    # the command line itself
    (["custmer"], 2, "no such command 'custmer'; did you mean 'customer'?", "crm --help"),
    (["customer", "lst"], 2, "no such command 'lst'; did you mean 'list'?", "crm customer --help"),
    (["help", "custmer"], 3, "no command or topic 'custmer'; did you mean 'customer'?", "crm help"),
    (
        ["customer", "list", "--limt", "3"],
        2,
        "no such option: --limt; did you mean '--limit'?",
        "crm customer list --help",
    ),
    (["--quite"], 2, "no such option: --quite; did you mean '--quiet'?", "crm --help"),
    (["customer", "add"], 2, "missing argument 'name'", "crm customer add --help"),
    (["customer", "add", "Ada", "Bob"], 2, "got unexpected extra argument", "crm customer add --help"),
    (["customer", "list", "--db"], 2, "option '--db' requires an argument", ""),
    (["customer", "list", "--no-header=1"], 2, "option '--no-header' does not take a value", ""),
    (["customer", "add", "Eve", "--kind", "persn"], 2, "'persn' is not one of 'person', 'organisation'", "--help"),
    (
        ["log", "1", "hi", "--channel", "cal"],
        2,
        "not one of 'call', 'email', 'meeting', 'visit', 'chat', 'social', 'web'",
        "",
    ),
    (["funnel", "show", "--mode", "max"], 2, "'max' is not one of 'reached', 'touched', 'strict'", "--help"),
    (["graph", "show", "1", "--depth", "two"], 2, "'two' is not a valid int", "--help"),
    (["undo", "last"], 2, "'last' is not a valid int", "--help"),
    # the options that many commands share
    (["customer", "list", "-f", "xml"], 2, "no format 'xml'; one of table, tsv, csv, json, jsonl, md, html, ids", ""),
    (["customer", "list", "--limit", "few"], 2, "--limit 'few' is neither a number nor all", ""),
    (["customer", "list", "--limit", "-1"], 2, "--limit '-1' is neither a number nor all", ""),
    (["customer", "list", "--columns", "nmae"], 2, "no column 'nmae'", "one of "),
    (["customer", "list", "--columns", ","], 2, "--columns names no column", "crm help columns"),
    (["customer", "list", "--sort", "colour"], 2, "'colour'", ""),
    (["customer", "list", "-o", "/nowhere/x.csv"], 10, "cannot write '/nowhere/x.csv'", "--output"),
    (["funnel", "show", "-f", "ids"], 2, "these rows have no id", ""),
    # queries
    (["customer", "list", "colour:red"], 2, "'colour'", ""),
    (["customer", "list", "ctiy:Berlin"], 2, "city", ""),
    (["deal", "list", "stage:qote"], 2, "quote", ""),
    (["deal", "list", "amount:1k..x"], 2, "", ""),
    (["deal", "list", "close:31.12."], 2, "", ""),
    (["deal", "list", "("], 2, "", ""),
    (["funnel", "show", "--by", "colour"], 2, "colour", ""),
    (["funnel", "show", "--pipeline", "sale"], 3, "sale", "sales"),
    (["funnel", "show", "--since", "soon"], 2, "soon", ""),
    (["export", "custmers"], 2, "custmers", ""),
    # references
    (["customer", "show", "Lovelce"], 3, "Lovelce", "lovelace"),
    (["customer", "show", "99"], 3, "99", ""),
    (["customer", "show", "nobody@example.com"], 3, "nobody@example.com", ""),
    (["customer", "show", "ada"], 6, "1 Ada Lovelace, 5 Ada Byron", "the id, the handle or more of the name"),
    (["customer", "show", ""], 2, "", ""),
    (["deal", "show", "99"], 3, "99", ""),
    (["interaction", "show", "99"], 3, "99", ""),
    (["interaction", "show", "first"], 3, "no interaction 'first'", "crm interaction list"),
    (["deal", "move", "1", "qote"], 3, "qote", "quote"),
    (["relation", "add", "1", "likes", "2"], 3, "likes", ""),
    (["history", "show", "99"], 3, "99", ""),
    (["undo", "99"], 3, "99", "crm history"),
    # values
    (["customer", "add", ""], 2, "name: 1 to 500 characters", ""),
    (["customer", "add", "   "], 2, "name: 1 to 500 characters", ""),
    (["customer", "add", "a\x1bb"], 2, "name: control character U+001B at 2", ""),
    (["customer", "add", "a\u202eb"], 2, "name: control character U+202E at 2", ""),
    (["customer", "add", "x" * 100_000], 2, "name: 1 to 500 characters", ""),
    (["customer", "add", "a\udcffb"], 2, "name: invalid character U+DCFF at 2", ""),
    (["customer", "add", "Eve", "--email", "eve@"], 2, "'eve@'", ""),
    (["customer", "add", "Eve", "--email", "eve"], 2, "'eve'", ""),
    (["customer", "add", "Eve", "--phone", "12"], 2, "'12'", ""),
    (["customer", "add", "Eve", "--phone", "030 901820"], 2, "'030 901820'", ""),
    (["customer", "add", "Eve", "--email", "ada@example.com"], 4, "1 Ada Lovelace", ""),
    (["customer", "edit", "1", "--set", "colour=red"], 2, "colour", ""),
    (["customer", "edit", "1", "--set", "name"], 2, "name", ""),
    (["customer", "edit", "1"], 2, "nothing to change", "--set FIELD=VALUE"),
    (["deal", "add", "X", "--amount", "abc"], 2, "amount 'abc' is not an amount", ""),
    (["deal", "add", "X", "--amount", "inf"], 2, "amount 'inf' is not an amount", ""),
    (["deal", "add", "X", "--amount", "1e309"], 2, "amount '1e309' is not an amount", ""),
    (["deal", "add", "X", "--amount", "9223372036854775808"], 2, "is not an amount", ""),
    (["deal", "add", "X", "--amount", "0.005"], 2, "at most 2 decimals", ""),
    (["deal", "add", "X", "--amount", "1.234,50"], 2, "is not an amount", ""),
    (["deal", "add", "X", "--amount", "5", "--currency", "EURO"], 2, "no currency 'EURO'", ""),
    (["deal", "add", "X", "--close", "someday"], 2, "someday", ""),
    (["deal", "add", "X", "--close", "2026-02-30"], 2, "2026-02-30", ""),
    (["deal", "add", "X", "--close", "03/04/2026"], 2, "03/04/2026", ""),
    (["deal", "add", "X", "--at", "2030-01-01"], 2, "2030-01-01", "--allow-future"),
    (["deal", "move", "1", "won", "--at", "2020-01-01"], 2, "2020-01-01", ""),
    (["log", "1", "hi", "--at", "tomorrow"], 2, "2026-11-21 00:00 is in the future", "--allow-future"),
    (["log", "1", "hi", "--duration", "long"], 2, "long", ""),
    (["log", "1", ""], 2, "text: 1 to 100,000 characters", ""),
    (["graph", "show", "1", "--depth", "0"], 2, "depth 0 is outside 1 to 6", ""),
    (["init", "--currency", "XXQ"], 2, "no currency 'XXQ'", ""),
    (["init", "--zone", "Europe/Berlim"], 2, "zone 'Europe/Berlim' is not known; did you mean 'Europe/Berlin'?", ""),
    (["init", "--region", "Germany"], 2, "Germany", ""),
    # what stands in the way
    (["deal", "move", "2", "lead"], 4, "", "crm deal reopen 2"),
    (["deal", "win", "2"], 4, "", ""),
    (["deal", "reopen", "1"], 4, "", ""),
    (["customer", "remove", "1", "--yes"], 4, "1 Ada Lovelace has open deals: 1 Engine", "--force"),
    (["customer", "remove", "3"], 2, "Nobody is there to ask", "--yes"),
    (["privacy", "erase", "3"], 2, "Nobody is there to ask", "--yes"),
    (["privacy", "erase", "99"], 3, "99", ""),
    (["privacy", "export", "Lovelce"], 3, "Lovelce", "lovelace"),
    (["privacy", "consent", "grant", "1"], 2, "missing option '--purpose'", "crm privacy consent grant --help"),
    (["privacy", "consent", "grant", "1", "--purpose", "x", "--basis", "whim"], 2, "'whim' is not one of", ""),
    (["privacy", "consent", "withdraw", "3", "--purpose", "x"], 3, "granted nothing of the kind", "consent show 3"),
    (["privacy", "retention", "add", "x", "--after", "soon", "--action", "erase"], 2, "'soon' is not a term", "3y"),
    (["privacy", "retention", "add", "silent", "--after", "3y", "--action", "erase"], 4, "'silent'", "retention list"),
    (["privacy", "readmit", "3"], 3, "customer 3 was not erased", ""),
    (["relation", "add", "1", "knows", "1"], 2, "", ""),
    (["relation", "add", "1", "referred", "3"], 4, "", ""),
    (["pipeline", "add", "sales"], 4, "sales", ""),
    (["stage", "add", "quote"], 4, "quote", ""),
    (["undo", "1"], 4, "operation", "crm undo"),
    (["redo"], 3, "nothing to redo", "crm history"),
    (["demo", "{file}"], 4, "is there already and stays as it is", "crm demo"),
]


@pytest.fixture
def known(small: Path) -> Path:
    """The file with a second Ada."""
    run("customer add 'Ada Byron'")
    return small


def named(case: tuple[list[str], int, str, str]) -> str:
    return " ".join(case[0])[:60]


@pytest.mark.parametrize("case", BAD, ids=named)
def test_bad_input_is_one_clear_line(case: tuple[list[str], int, str, str], known: Path) -> None:
    words, code, said, way_out = case
    before = fingerprint(known)

    result = run([word.replace("{file}", str(known)) for word in words], exit_code=code)

    first, *rest = result.stderr.splitlines()
    assert first.startswith("error: ")
    assert said in first
    assert all(line.startswith("hint: ") for line in rest)
    assert way_out in result.stderr
    assert result.stdout == ""
    assert len(first) < 400
    assert result.stderr.replace("\n", "").isprintable()
    assert fingerprint(known) == before


@pytest.mark.enumerating
@pytest.mark.parametrize("case", [case for case in BAD if case[0][0] in ("customer", "deal", "log")], ids=named)
def test_a_dry_run_refuses_the_same(case: tuple[list[str], int, str, str], known: Path) -> None:
    words, code, _, _ = case
    if words[1] in ("list", "show", "lst") or "Nobody" in case[2]:
        return
    before = fingerprint(known)

    refused, tried = run(words, exit_code=code), run([*words, "--dry-run"], exit_code=code)

    assert refused.stderr.splitlines()[0] == tried.stderr.splitlines()[0]
    assert fingerprint(known) == before


def test_a_name_of_a_megabyte_is_refused(file: Path) -> None:
    result = run(["customer", "add", "x" * 1_000_000], exit_code=2)

    assert result.stderr == "error: name: 1 to 500 characters\n"


def test_a_bare_command_answers_with_its_help(file: Path) -> None:
    bare, group = run(""), run("customer", exit_code=2)

    assert "Usage: crm [OPTIONS] COMMAND" in bare.stdout
    assert "Usage: crm customer [OPTIONS] COMMAND" in group.stdout
    assert bare.stdout.count("Usage:") == group.stdout.count("Usage:") == 1
    assert bare.stderr == group.stderr == ""


@pytest.mark.parametrize("line", ["-h", "--help", "help"])
def test_help_of_the_whole(line: str) -> None:
    assert run(line).stdout.rstrip() == run("").stdout.rstrip()


@pytest.mark.parametrize("path", ["customer", "customer add", "deal move", "undo", "help"])
def test_help_of_a_command(path: str) -> None:
    asked = run(f"help {path}")

    assert asked.stdout.rstrip() == run(f"{path} --help").stdout.rstrip() == run(f"{path} -h").stdout.rstrip()
    assert f"Usage: crm {path} " in asked.stdout
    assert asked.stderr == ""


def test_version_is_one_line() -> None:
    assert run("--version").stdout == run("-V").stdout
    assert run("--version").stdout.startswith("crm ")


@pytest.mark.parametrize(
    "text", ['"', "NEAR(", "%", "_", "'", "-x", "\x1b", "a" * 60_000, "\udcff", "(", ")", "or", "not"]
)
def test_any_text_can_be_looked_for(text: str, known: Path) -> None:
    """As a phrase, or else refused in one line."""
    quoted = '"' + text.replace('"', '\\"') + '"'

    for words in (["customer", "list", "--", text], ["customer", "list", "--", quoted]):
        result = CliRunner().invoke(app, words, catch_exceptions=False, prog_name="crm")
        assert (result.exit_code, result.stderr) == (0, "") or (result.exit_code, result.stderr[:7]) == (2, "error: ")


def test_a_percent_sign_is_a_percent_sign(known: Path) -> None:
    assert run(["customer", "list", "-f", "ids", "%"]).stdout == ""
    assert run(["customer", "list", "-f", "ids", "_"]).stdout == ""


@pytest.mark.parametrize(
    "line", ["customer add Eve", "customer remove 3 --yes", "deal move 1 needs", "undo", "log 1 hi"]
)
def test_a_dry_run_leaves_the_bytes_as_they_are(line: str, known: Path) -> None:
    before = fingerprint(known)

    result = run(f"{line} --dry-run")

    assert "dry run: nothing was written" in result.stderr
    assert result.stdout == ""
    assert fingerprint(known) == before


@pytest.mark.parametrize("path", ["/proc/nowhere/x.db", "/proc/self/mem", "/dev/null", "/"])
def test_places_that_are_no_files_of_ours(path: str) -> None:
    for line in ("customer list", "customer add Ada"):
        assert run(f"{line} --db {path}", exit_code=10).stderr.startswith("error: ")


def test_no_traceback_reaches_a_person(known: Path) -> None:
    seen = on_terminal("customer", "show", "nobody\x1b[2J")

    assert seen.exit_code == 3
    assert "\x1b[2J" not in seen.err
    assert "Traceback" not in seen.err
    assert seen.err.count("\n") <= 3


def test_undecodable_bytes_on_the_command_line_are_refused(known: Path) -> None:
    done = subprocess.run([*CRM, "customer", "add", b"a\xffb"], capture_output=True, check=False)

    assert (done.returncode, done.stdout) == (2, b"")
    assert done.stderr == b"error: name: invalid character U+DCFF at 2\n"


def test_undecodable_bytes_in_a_path_are_a_path(tmp_path: Path) -> None:
    place = os.fsencode(tmp_path) + b"/a\xffb.db"

    done = subprocess.run([*CRM, "customer", "add", "Ada", b"--db=" + place], capture_output=True, check=False)

    assert done.returncode == 0
    assert os.path.exists(place)


def test_a_pipe_gets_the_same_line_as_a_person(known: Path) -> None:
    assert in_pipe("deal", "show", "99").err == on_terminal("deal", "show", "99", NO_COLOR="1", TERM="dumb").err


def fingerprint(file: Path) -> str:
    return hashlib.sha256(file.read_bytes()).hexdigest()
