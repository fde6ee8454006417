"""The demo: a file beside one's own, the same for the same day, with something to look at."""

import shlex
from datetime import timedelta
from pathlib import Path

import pytest

from tests.conftest import NOW, run


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> tuple[str, Path]:
    """What `crm demo` said, and where its file stands; built once."""
    data = tmp_path_factory.mktemp("my data")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("XDG_DATA_HOME", str(data))
        patch.setenv("CRM_NOW", NOW.isoformat())
        return run("demo").stdout, data / "crmcli" / "demo.db"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "my data"))
    return tmp_path / "my data" / "crmcli"


def content(place: Path) -> str:
    """All that the demo holds but the random identifiers."""
    lists = ("customer list", "deal list", "interaction list", "relation list")
    exports = "".join(run([*line.split(), "-f", "csv", "--db", str(place)]).stdout for line in lists)
    return exports + run(["export", "stage-events", "--columns", "id,stage,at,amount", "--db", str(place)]).stdout


def test_the_demo_shows_a_funnel_a_neighbourhood_and_five_commands(built: tuple[str, Path]) -> None:
    told, place = built

    assert told.startswith(f"built a demo of 60 customers and 80 deals in {place}\n")
    assert "mode reached, basis cohort" in told
    assert "Ada Lovelace  13 person" in told
    assert sum(line.startswith("  crm ") for line in told.splitlines()) == 5
    assert [path.name for path in place.parent.iterdir()] == ["demo.db"]


def test_every_command_to_try_runs(built: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    told, _ = built
    exported = next(line for line in told.splitlines() if "export CRM_DB=" in line)
    monkeypatch.setenv("CRM_DB", shlex.split(exported.partition("CRM_DB=")[2])[0])

    for line in told.splitlines():
        if line.startswith("  crm "):
            for each in line.split("&&"):
                run(each.strip().removeprefix("crm "))


@pytest.mark.slow
def test_the_demo_leaves_the_own_file_alone(home: Path) -> None:
    run("customer add Ada")
    before = (home / "crm.db").read_bytes()

    run("demo")

    assert (home / "crm.db").read_bytes() == before


@pytest.mark.slow
def test_the_demo_again_begins_anew(home: Path) -> None:
    run("demo")
    run(["customer", "add", "Eve", "--db", str(home / "demo.db")])

    run("demo")

    assert run(["customer", "list", "-f", "ids", "--db", str(home / "demo.db")]).stdout.count("\n") == 60


def test_a_file_that_is_there_stays_as_it_is(home: Path, tmp_path: Path) -> None:
    mine = tmp_path / "mine.txt"
    mine.write_text("mine")

    run(["demo", str(mine)], exit_code=4)

    assert mine.read_text() == "mine"


@pytest.mark.slow
def test_the_same_day_gives_the_same_demo(home: Path, tmp_path: Path) -> None:
    for name in ("a.db", "b.db"):
        run(["demo", str(tmp_path / name)])

    assert content(tmp_path / "a.db") == content(tmp_path / "b.db")


@pytest.mark.slow
def test_another_day_shifts_the_dates_alone(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run(["demo", str(tmp_path / "a.db")])
    monkeypatch.setenv("CRM_NOW", (NOW + timedelta(days=30)).isoformat())
    run(["demo", str(tmp_path / "b.db")])

    names = ["customer", "list", "--columns", "id,name,email,city", "--db"]
    assert run([*names, str(tmp_path / "a.db")]).stdout == run([*names, str(tmp_path / "b.db")]).stdout
    assert content(tmp_path / "a.db") != content(tmp_path / "b.db")


def test_the_demo_holds_half_a_year_of_honest_work(built: tuple[str, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_DB", str(built[1]))

    def count(line: str) -> int:
        return run(f"{line} -f ids").stdout.count("\n")

    assert count("customer list") == 60
    assert count("deal list") == 80
    assert count("interaction list at:-6mo..") > 250
    assert count("relation list type:referred") > 10
    assert run("history --columns command --sort id --limit 1 --no-header").stdout == "demo\n"
    assert count("deal list is:open") > 5
    assert {row[0] for row in run("today -f ids").stdout.split()} == {"T", "D", "C"}
    assert run("customer list 云栖 -f ids").stdout
    assert run("customer list 佐藤 -f ids").stdout
    assert run("customer list lefevre --columns name --no-header").stdout == "Chloé Lefèvre\n"
