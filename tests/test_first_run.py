"""Which file a command uses, and what happens before there is one."""

from pathlib import Path

import pytest

from crmcli.core.preferences import Preferences
from crmcli.db.first import first
from crmcli.errors import Busy
from tests.conftest import READS, run
from tests.terminal import on_terminal

NOTHING = "nothing yet: crm customer add NAME begins, crm demo shows around\n"
WITH_A_FILE = [path for path in READS if path != "alias list"]
LISTS = [
    path for path in WITH_A_FILE if path.endswith(("list", "types")) or path in ("history", "funnel show", "export")
]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A home without a file."""
    monkeypatch.setenv("HOME", str(tmp_path))
    return tmp_path


def names(path: str) -> str:
    return run(f"customer list --columns name --no-header --db {path}").stdout


def test_the_default_place_is_made_on_the_first_write_and_said_once(home: Path) -> None:
    place = home / ".local/share/crmcli/crm.db"

    first = run("customer add Ada")
    second = run("customer add Bob")

    assert first.stderr == f"new file: {place}\n"
    assert second.stderr == ""
    assert names(str(place)) == "Ada\nBob\n"


@pytest.mark.slow
def test_a_person_is_told_once_what_helps_and_not_under_quiet(home: Path) -> None:
    begun, next_one = on_terminal("customer", "add", "Ada"), on_terminal("customer", "add", "Bob")
    quiet = on_terminal("--quiet", "customer", "add", "Ada", CRM_DB=str(home / "other.db"))

    assert "crm --install-completion lets TAB offer names" in begun.err
    assert "completion" not in next_one.err
    assert (quiet.err, quiet.out) == ("", "added customer 1 Ada\n")
    assert "completion" not in begun.out


def test_quiet_makes_it_without_a_word(home: Path) -> None:
    assert run("customer add Ada --quiet").stderr == ""
    assert run("customer list -f ids").stdout == "1\n"


def test_the_data_folder_of_xdg_is_the_default_place(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(home / "data"))

    run("customer add Ada")

    assert [path.name for path in (home / "data" / "crmcli").iterdir()] == ["crm.db"]


@pytest.mark.parametrize("path", LISTS)
def test_a_list_or_report_before_that_is_empty(path: str, home: Path) -> None:
    result = run(f"{path} {READS[path]} -f csv")

    assert result.stderr == NOTHING
    assert result.stdout.count("\n") >= 1
    assert not (home / ".local").exists()


def test_an_empty_list_is_an_empty_array(home: Path) -> None:
    assert run("customer list -f json").stdout == "[]\n"
    assert run("customer list -f jsonl").stdout == ""


def test_quiet_reads_nothing_without_a_word(home: Path) -> None:
    assert run("-q customer list").stderr == ""


@pytest.mark.parametrize(
    "line", ["customer show ada", "deal show 1", "interaction show 1", "graph show 1", "undo --dry-run"]
)
def test_a_record_before_that_is_not_found(line: str, home: Path) -> None:
    run(line, exit_code=3)

    assert not (home / ".local").exists()


def test_a_dry_run_makes_no_file(home: Path) -> None:
    result = run("customer add Ada --dry-run")

    assert "dry run: nothing was written" in result.stderr
    assert "new file" not in result.stderr
    assert list(home.iterdir()) == []


def test_a_dry_run_checks_as_the_new_file_would(home: Path) -> None:
    config(home, 'phone_region = "DE"')

    assert "added customer 1 Ada" in run("customer add Ada --phone '030 901820' --dry-run").stderr


@pytest.mark.parametrize("path", WITH_A_FILE)
def test_a_named_file_that_is_missing_is_an_error_for_a_read(path: str, tmp_path: Path) -> None:
    place = tmp_path / "below" / "x.db"

    result = run(f"{path} {READS[path]} --db {place}", exit_code=10)

    assert result.stdout == ""
    assert result.stderr == f"error: no database at '{place}'\nhint: crm init --db {place} makes one\n"
    assert list(tmp_path.iterdir()) == []


def test_the_hint_for_a_missing_file_can_be_typed(tmp_path: Path) -> None:
    place = tmp_path / "a b.db"

    stderr = run(["customer", "list", "--db", str(place)], exit_code=10).stderr

    assert f"crm init --db '{place}' makes one" in stderr


@pytest.mark.parametrize("line", ["customer add Ada", "init"])
def test_a_named_file_that_is_missing_is_made_by_a_write(line: str, tmp_path: Path) -> None:
    place = tmp_path / "below" / "x.db"

    result = run(f"{line} --db {place}")

    assert f"new file: {place}\n" in result.stderr
    assert place.exists()


def test_a_file_named_by_the_environment_must_be_there_too(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_DB", str(tmp_path / "x.db"))

    assert "no database at" in run("deal list", exit_code=10).stderr


@pytest.mark.parametrize(
    ("line", "code"),
    [("customer add Ada --email nonsense", 2), ("undo", 3), ("deal move 1 won", 3), ("import missing.csv", 3)],
)
def test_a_first_write_that_is_refused_leaves_nothing(line: str, code: int, home: Path, tmp_path: Path) -> None:
    for place in ("", f" --db {tmp_path / 'below' / 'deeper' / 'x.db'}"):
        result = run(f"{line}{place}", exit_code=code)

        assert result.stderr.startswith("error: ")
        assert "new file" not in result.stderr
        assert ".new" not in result.stderr
        assert list(tmp_path.iterdir()) == []


def test_a_first_write_that_changes_nothing_makes_no_file(home: Path, tmp_path: Path) -> None:
    (tmp_path / "none.csv").write_text("name\n")

    run(f"import {tmp_path / 'none.csv'} --db {tmp_path / 'x.db'}")

    assert [path.name for path in tmp_path.iterdir()] == ["none.csv"]


def test_a_log_that_was_left_behind_is_not_taken_for_the_new_files_own(home: Path, tmp_path: Path) -> None:
    log = tmp_path / "x.db-wal"
    log.write_bytes(b"writes")

    refused = run(f"customer add Ada --db {tmp_path / 'x.db'}", exit_code=10)

    assert f"'{log}' holds writes of a file that is not there" in refused.stderr
    assert [path.name for path in tmp_path.iterdir()] == ["x.db-wal"]


def test_who_comes_second_waits_and_shares_the_file(home: Path, tmp_path: Path) -> None:
    place = tmp_path / "x.db"
    with first(place, Preferences(), wait=1, waiting=lambda: None) as mine:
        with pytest.raises(Busy), first(place, Preferences(), wait=0.05, waiting=lambda: None):
            pass
        mine.is_wanted = True

    with first(place, Preferences(), wait=1, waiting=lambda: None) as theirs:
        assert theirs.path == place
    assert mine.is_made
    assert not theirs.is_made
    assert [path.name for path in tmp_path.iterdir()] == ["x.db"]


def test_the_nearest_word_on_the_file_wins(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    files = {name: home / f"{name}.db" for name in ("before", "behind", "environment", "config")}
    for name, path in files.items():
        run(f"customer add {name} --db {path}")
    run("customer add default")
    read = "customer list --columns name --no-header"

    assert run(read).stdout == "default\n"
    config(home, f'db = "{files["config"]}"')
    assert run(read).stdout == "config\n"
    monkeypatch.setenv("CRM_DB", str(files["environment"]))
    assert run(read).stdout == "environment\n"
    assert run(f"--db {files['before']} {read}").stdout == "before\n"
    assert run(f"--db {files['before']} {read} --db {files['behind']}").stdout == "behind\n"


def test_a_tilde_is_the_home(home: Path) -> None:
    run("customer add Ada --db ~/x.db")

    assert names(str(home / "x.db")) == "Ada\n"


def test_an_empty_path_is_refused() -> None:
    assert run(["customer", "list", "--db", ""], exit_code=2).stderr.startswith("error: --db is empty\n")


def test_init_makes_the_file_with_what_it_is_told(home: Path) -> None:
    run("init --currency usd --region us --zone America/New_York --date-order mdy")

    run("customer add Ada --phone '(212) 555-0123'")
    run("deal add Engine --customer ada --amount 12")
    assert run("customer show ada --columns phone -f json").stdout == '{\n  "phone": [\n    "+12125550123"\n  ]\n}\n'
    assert run("deal list --columns amount,currency --no-header -f csv").stdout == "12.00,USD\n"


def test_init_again_changes_nothing(home: Path) -> None:
    run("init")
    run("init")

    assert run("history -f ids").stdout == ""


def test_a_new_file_says_what_the_config_file_says(home: Path) -> None:
    config(home, 'currency = "chf"\nphone_region = "ch"\nzone = "Europe/Zurich"\ndate_order = "dmy"\nactor = "Eve"')

    run("deal add Engine --amount 12 --at 05/11/2026")

    assert run("export deals --columns currency,created --no-header -f csv").stdout == "CHF,2026-11-04T23:00:00Z\n"
    assert run("history --columns actor --no-header").stdout == "Eve\n"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("colour = 1", "unknown key 'colour'"),
        ('currency = "XXQ"', "no currency 'XXQ'"),
        ('zone = "Mars/Olympus"', "zone 'Mars/Olympus' is not known"),
        ('phone_region = "Germany"', "Germany"),
        ('date_order = "ymd"', "date_order 'ymd' is not known"),
        ("db = 5", "db is not a text"),
        ("db = ", "cannot be read"),
        ("\udcff", "cannot be read"),
    ],
)
def test_a_config_file_that_says_what_is_not_known_is_refused(text: str, said: str, home: Path) -> None:
    config(home, text)

    for line in ("customer list", "customer add Ada"):
        stderr = run(line, exit_code=2).stderr
        assert stderr.startswith("error: ")
        assert said in stderr.splitlines()[0]
        assert "config.toml" in stderr
    assert not (home / ".local").exists()


@pytest.mark.parametrize(
    ("name", "value"), [("CRM_NOW", "soon"), ("CRM_WAIT", "nan"), ("CRM_WAIT", "-1"), ("CRM_WAIT", "x")]
)
def test_an_environment_that_says_what_is_not_known_is_refused(
    name: str, value: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(name, value)

    stderr = run("customer list", exit_code=2).stderr

    assert stderr.startswith(f"error: {name} '{value}' is not ")


def config(home: Path, text: str) -> None:
    place = home / ".config" / "crmcli" / "config.toml"
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_bytes(text.encode(errors="surrogateescape"))
