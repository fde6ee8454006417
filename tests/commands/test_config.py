"""`crm config`: what is set, what says it, and a file that keeps its comments."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from crmcli.settings.known import KNOWN
from tests.conftest import Run
from tests.terminal import CRM

COMMENTED = """\
# mine
currency = "CHF"  # where I sell

[alias]
# the big ones
hot = 'deal list is:open'
"""


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    """Where the config file stands; it is not there yet."""
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    return tmp_path / "config" / "crmcli" / "config.toml"


def written(place: Path, text: str) -> None:
    place.parent.mkdir(parents=True, exist_ok=True)
    place.write_text(text, encoding="utf-8")


def origins(crm: Run) -> dict[str, tuple[str, str]]:
    table = crm("config list --show-origin -f tsv --no-header --columns name,value,origin").stdout
    return {name: (value, origin) for name, value, origin in (row.split("\t") for row in table.splitlines())}


def test_every_value_comes_with_its_origin(crm: Run, file: Path, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    written(place, 'actor = "Eve"\ncurrency = "CHF"\nzone = "Asia/Tokyo"\n')
    monkeypatch.setenv("CRM_WAIT", "7")
    monkeypatch.delenv("CRM_PAGER")

    known = origins(crm)

    assert list(known) == list(KNOWN)
    assert known["db"] == (str(file), "CRM_DB")
    assert known["actor"] == ("Eve", str(place))
    assert known["wait"] == ("7", "CRM_WAIT")
    assert known["pager"] == ("less", "default")
    assert known["currency"] == ("EUR", "the file")
    monkeypatch.setenv("PAGER", "more")
    assert origins(crm)["pager"] == ("more", "PAGER")


def test_a_file_that_is_not_there_yet_will_be_what_the_config_says(
    crm: Run, place: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    written(place, 'currency = "CHF"\n')
    monkeypatch.delenv("CRM_DB")

    known = origins(crm)

    assert known["currency"] == ("CHF", str(place))
    assert known["zone"] == ("UTC", "TZ")
    assert known["db"][1] == "default"


def test_the_origin_of_a_file_that_an_option_names(crm: Run, small: Path, place: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    crm(f"init --db {other} --currency USD")

    rows = crm(f"config list --db {other} -f tsv --no-header --columns name,value,origin").stdout

    assert f"db\t{other}\t--db\n" in rows
    assert "currency\tUSD\tthe file\n" in rows


def test_a_change_keeps_comments_and_order(crm: Run, place: Path) -> None:
    written(place, COMMENTED)

    crm("config set currency usd")
    crm("config set actor Eve")
    crm("config unset date_order")

    assert place.read_text("utf-8") == COMMENTED.replace('"CHF"', '"USD"').replace(
        "\n\n[alias]", '\nactor = "Eve"\n\n[alias]'
    )
    assert crm("config get actor").stdout == "Eve\n"
    crm("config unset actor")
    assert place.read_text("utf-8") == COMMENTED.replace('"CHF"', '"USD"')


def test_what_is_set_is_what_counts(crm: Run, place: Path) -> None:
    assert crm("config path").stdout == f"{place}\n"
    assert not place.exists()

    crm("config set actor 'Zoë Müller'")
    crm("customer add Ada")

    assert crm("history --columns actor --no-header").stdout == "Zoë Müller\n"
    assert place.stat().st_mode & 0o777 == 0o600


def test_a_link_stays_one_and_a_mode_as_it_was(crm: Run, place: Path, tmp_path: Path) -> None:
    mine = tmp_path / "dotfiles" / "crm.toml"
    written(mine, COMMENTED)
    mine.chmod(0o640)
    place.parent.mkdir(parents=True)
    place.symlink_to(mine)

    crm("config set actor Eve")

    assert place.is_symlink()
    assert 'actor = "Eve"' in mine.read_text("utf-8")
    assert mine.stat().st_mode & 0o777 == 0o640


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("set currency XXQ", "no currency 'XXQ'"),
        ("set zone Mars/Olympus", "zone 'Mars/Olympus' is not known"),
        ("set phone_region Germany", "Germany"),
        ("set date_order ymd", "date_order 'ymd' is not known"),
        ("set wait soon", "wait 'soon' is not a number of seconds"),
        ('set pager "less \'x"', "is not a command"),
        ("set db ''", "db is no path"),
        ("set actor 'a\x1bb'", "control character"),
        ("set curency EUR", "no setting 'curency'; did you mean 'currency'?"),
        ("get colour", "no setting 'colour'"),
        ("unset colour", "no setting 'colour'"),
    ],
)
def test_a_bad_value_is_one_clear_line(line: str, says: str, crm: Run, place: Path) -> None:
    written(place, COMMENTED)

    stderr = crm(f"config {line}", exit_code=2).stderr

    assert says in stderr.splitlines()[0]
    assert stderr.splitlines()[0].startswith("error: ")
    assert len(stderr.splitlines()) <= 2
    assert place.read_text("utf-8") == COMMENTED


def test_a_config_file_that_stops_everything_can_be_put_right(crm: Run, place: Path) -> None:
    written(place, 'currency = "XXQ"\ncolour = "red"\n')
    crm("customer list", exit_code=2)

    crm("config set currency EUR")
    crm("config unset colour")

    assert crm("customer list -f ids").stdout == ""


def test_a_config_file_that_is_no_toml_stays_as_it_is(crm: Run, place: Path) -> None:
    written(place, "currency = \n")

    assert "cannot be read" in crm("config set currency EUR", exit_code=2).stderr.splitlines()[0]
    assert place.read_text("utf-8") == "currency = \n"


def test_a_config_file_that_cannot_be_written_is_one_line(crm: Run, place: Path) -> None:
    place.parent.mkdir(parents=True)
    place.mkdir()

    assert "config file" in crm("config set currency EUR", exit_code=10).stderr


def test_what_goes_before_the_config_file_is_said(crm: Run, place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_ACTOR", "Bob")

    assert crm("config set actor Eve").stderr == "CRM_ACTOR goes before it, and says 'Bob'\n"
    assert "crm init changes it" in crm("config set currency CHF").stderr
    assert crm("config set currency CHF --quiet").stderr == ""


@pytest.mark.parametrize(("line", "loads"), [("config set actor Eve", True), ("config list", False), ("hot", False)])
def test_only_a_change_loads_what_keeps_comments(line: str, loads: bool, file: Path, place: Path) -> None:
    written(place, COMMENTED)
    code = (
        "import sys\nfrom crmcli.__main__ import main\n"
        "try:\n    main()\nfinally:\n    print('tomlkit' in sys.modules, file=sys.stderr)"
    )

    done = subprocess.run([sys.executable, "-c", code, *line.split()], capture_output=True, text=True, check=True)

    assert done.stderr.splitlines()[-1] == str(loads)


@pytest.mark.slow
def test_changes_at_the_same_time_are_all_kept(place: Path, file: Path) -> None:
    names = [f"a{number}" for number in range(6)]

    running = [subprocess.Popen([*CRM, "alias", "set", name, "deal list"], env=dict(os.environ)) for name in names]

    assert [each.wait() for each in running] == [0] * len(names)
    assert [name for name in names if f'{name} = "deal list"' in place.read_text("utf-8")] == names
