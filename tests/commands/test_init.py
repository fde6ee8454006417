"""`crm init`, and where the file is on the first run."""

import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.db import migrate
from tests.commands.conftest import Terminal
from tests.conftest import Run, run


@pytest.fixture
def home(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """A fresh machine: nothing named, nothing there."""
    monkeypatch.delenv("CRM_DB", raising=False)
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    return tmp_path


def default_place(home: Path) -> Path:
    """The one file below the data folder."""
    (found,) = (path for path in (home / "data").rglob("*.db") if path.is_file())
    return found


def test_the_default_file_is_made_on_the_first_write_and_its_place_said_once(home: Path) -> None:
    first = run("customer add Ada")

    place = default_place(home)
    assert first.stdout == "1\n"
    assert first.stderr == f"new file: {place}\n"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert stat.S_IMODE(place.parent.stat().st_mode) == 0o700
    assert run("customer add Bob").stderr == ""


def test_a_read_before_the_first_write_says_nothing_yet_and_makes_nothing(home: Path) -> None:
    read = run("customer list")

    assert read.stdout == "id\tname\tkind\temail\tphone\temployer\tcity\ttag\tno_contact\n"
    assert read.stderr == "nothing yet: crm customer add NAME begins, crm demo shows around\n"
    assert not list((home / "data").rglob("*"))
    assert run("customer list -q").stderr == ""


def test_a_dry_run_before_the_first_write_makes_nothing(home: Path) -> None:
    assert "added customer 1 Ada" in run("customer add Ada --dry-run").stderr

    assert not list((home / "data").rglob("*"))


@pytest.mark.parametrize("by", ["--db", "CRM_DB"])
def test_a_named_file_that_is_not_there_is_an_error_for_a_read(
    by: str, home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = home / "mine" / "my.db"
    if by == "CRM_DB":
        monkeypatch.setenv("CRM_DB", str(place))
    option = f" --db {place}" if by == "--db" else ""

    refused = run(f"customer list{option}", exit_code=10)

    assert f"no database at '{place}'" in refused.stderr
    assert f"crm init --db {place}" in refused.stderr
    assert not place.parent.exists()


@pytest.mark.parametrize("line", ["customer add Ada --db {}", "--db {} customer add Ada", "init --db {}"])
def test_a_named_file_is_made_by_a_write_or_by_init(line: str, home: Path) -> None:
    place = home / "my.db"

    made = run(line.format(place))

    assert made.stderr == f"new file: {place}\n"
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    run(f"customer list --db {place}")


def test_the_option_wins_over_the_environment(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_DB", str(home / "other.db"))

    run(f"customer add Ada --db {home / 'mine.db'}")

    assert (home / "mine.db").exists()
    assert not (home / "other.db").exists()


def test_the_file_is_ours_by_its_own_word(home: Path) -> None:
    run(f"init --db {home / 'my.db'}")

    with closing(sqlite3.connect(home / "my.db")) as raw:
        assert raw.execute("pragma application_id").fetchone()[0] != 0
        assert raw.execute("pragma user_version").fetchone() == (migrate.latest(),)
        strict = raw.execute(
            "select name from pragma_table_list where schema = 'main' and type = 'table' and not strict"
        )
        assert {name for (name,) in strict if not name.startswith("sqlite_")} == set()


def test_init_keeps_what_the_file_says_about_its_world(crm: Run) -> None:
    crm("init --currency usd --region de --zone Europe/Berlin --date-order dmy")

    crm("customer add Ada --phone '030 901820'")
    crm("deal add Engine --amount 5 --at '03/04/2026 09:00'")

    assert crm("customer list --columns phone --no-header").stdout == "+4930901820\n"
    assert crm("deal list --columns amount,currency,created --no-header").stdout == "5.00\tUSD\t2026-04-03T07:00:00Z\n"


@pytest.mark.parametrize(
    ("option", "reason"),
    [
        ("--currency EURO", "currency"),
        ("--region XX", "region"),
        ("--zone Europe/Berln", "zone 'Europe/Berln' is not known; did you mean 'Europe/Berlin'?"),
        ("--date-order ymd", "'ymd'"),
    ],
)
def test_what_init_does_not_know_is_refused(option: str, reason: str, crm: Run) -> None:
    assert reason in crm(f"init {option}", exit_code=2).stderr
    assert crm("history -f ids").stdout == ""


def test_init_again_changes_nothing_and_leaves_no_operation(crm: Run) -> None:
    crm("init --currency USD")

    crm("init --currency USD")
    crm("init")

    assert crm("history -f ids").stdout == "1\n"


def test_a_person_reads_what_the_file_says(home: Path, terminal: Terminal, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_DB", str(home / "my.db"))

    made = terminal("init")
    assert made.stdout == "the file is ready\n"
    assert made.stderr == (
        f"new file: {home / 'my.db'}\n"
        "crm --install-completion lets TAB offer names; crm help query tells how to ask\n"
        "next: crm customer add NAME\n"
    )
    assert terminal("init").stdout == "the file is there already; nothing changed\n"
    told = terminal("init --currency USD --region US")
    assert told.stdout == "the file now says: currency USD, phone region US\n"
