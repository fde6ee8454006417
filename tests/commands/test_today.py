"""`crm today`, `crm` alone and `crm why`; today is Friday 2026-11-20, noon."""

import json
import shlex
import shutil
from pathlib import Path

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import NOW, Run, run, wrote

NEW = "2026-11-20T12:00:00Z"


OLD = (
    *(f"customer add {name}" for name in ("Ada", "Bob", "Eve", "Zoe")),
    "deal add Engine --customer ada --stage quote --close 2026-11-17",
    "deal add Fresh --customer bob --close 2026-12-31",
    "deal add Slow --customer bob --stage needs",
    "task add 'Send the quote' --deal 1 --due 2026-11-18 --priority",
)
RECENT = (
    "deal move 2 contact",
    "task add Call --for eve --due today",
    "task add 'Call at eleven' --due '2026-11-20 11:00'",
    "task add Later --due 2026-11-21",
    "task add Someday",
    "cadence set eve 30d",
    "customer edit zoe --set birthday=1990-11-22 --set birthday_gift=2026-11-20",
)


@pytest.fixture(scope="module")
def every_kind(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """A file with something of every kind, made once."""
    path = tmp_path_factory.mktemp("today") / "crm.db"
    shutil.copy(empty_file, path)
    with wrote(path) as session:
        for name, kind in (("birthday", "date"), ("birthday_child", "date"), ("birthday_gift", "text")):
            session.raw.execute(
                "insert into field (entity, name, type, recorded_at) values ('customer', ?, ?, ?)", (name, kind, NEW)
            )
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_NOW", "2026-10-06T09:00:00Z")  # 45 days ago
        for line in OLD:
            run(f"{line} --db {path}")
        patch.setenv("CRM_NOW", NOW.isoformat())
        for line in RECENT:
            run(f"{line} --db {path}")
    return path


@pytest.fixture
def started(every_kind: Path, crm: Run, file: Path) -> Run:
    shutil.copy(every_kind, file)
    return crm


def rows(crm: Run, columns: str = "matter,id,urgency") -> list[list[str]]:
    return [line.split("\t") for line in crm(f"today --columns {columns} --no-header").stdout.splitlines()]


def test_everything_that_calls_for_attention_most_urgent_first(started: Run) -> None:
    # T1: 2 days late 9.71, priority 6, open deal 2, 45 of 365 days 0.25; T3: due today 8.8
    # D1: 3 days late 8.48, 45.125 of twice 30 days: 4.51, 75 %: 3; D3: 4.51 and 50 %: 2
    # C3: 45 of twice 30 days: 6; C4: two days ahead: 4.5
    assert rows(started) == [
        ["overdue", "T1", "17.96"],
        ["overdue", "T3", "8.8"],
        ["past-close", "D1", "15.99"],
        ["due", "T2", "8.8"],
        ["stalled", "D3", "6.51"],
        ["keep-in-touch", "C3", "6.0"],
        ["birthday", "C4", "4.5"],
    ]


def test_each_says_why(started: Run) -> None:
    assert {row[0]: row[1] for row in rows(started, "id,because")} == {
        "T1": "due 2 days ago",
        "T2": "due today",
        "T3": "due earlier today",
        "D1": "close date 3 days ago; 45 days in quote, limit 30 (the usual)",
        "D3": "45 days in needs, limit 30 (the usual)",
        "C3": "45 days since the last contact, every 30",
        "C4": "birthday in 2 days",
    }


def test_the_next_command_of_each_works(started: Run) -> None:
    for _, command in rows(started, "id,next"):
        assert "dry run" in started(f"{command.removeprefix('crm ')} --dry-run").stderr


def test_the_parts_add_up_to_the_figure_shown(started: Run) -> None:
    for number, figure in rows(started, "id,urgency"):
        found = json.loads(started(f"why {number} -f json").stdout)

        assert found["summary"]["urgency"] == float(figure)
        assert round(sum(row["points"] for row in found["rows"]), 2) == float(figure)
        assert all(abs(row["points"] - row["weight"] * row["factor"]) < 0.006 for row in found["rows"])


def test_why_shows_the_sum(started: Run, terminal: Terminal) -> None:
    shown = terminal("why t1").stdout

    assert "T1 Send the quote" in shown
    assert "urgency 17.96 = 9.71 + 6.00 + 2.00 + 0.25" in shown


@pytest.mark.parametrize(
    ("ref", "points"),
    [("T4", [8.34, 0, 0, 0]), ("T5", [0, 0, 0, 0]), ("D2", [2.0, 0, 1.0]), ("C1", [0, 0, 3.0]), ("C4", [0, 4.5, 0])],
)
def test_why_explains_what_is_not_due_too(ref: str, points: list[float], started: Run) -> None:
    assert [row["points"] for row in json.loads(started(f"why {ref} -f json").stdout)["rows"]] == points


@pytest.mark.parametrize(
    ("ref", "code", "said"),
    [
        ("7", 2, "'7' is no task, deal or customer"),
        ("X7", 2, "'X7' is no task, deal or customer"),
        ("ada", 2, "'ada' is no task, deal or customer"),
        ("T99", 3, "no task matches 'T99'"),
        ("D99", 3, "no deal matches 'D99'"),
        ("C99", 3, "no customer matches 'C99'"),
        ("T2", 2, "T2 is done: it has no urgency"),
        ("D3", 2, "D3 is closed: it has no urgency"),
        ("C2", 2, "C2 must not be contacted: it has no urgency"),
    ],
)
def test_why_of_what_has_no_urgency(ref: str, code: int, said: str, started: Run) -> None:
    started("task done 2")
    started("deal win 3")
    started("customer edit bob --set do_not_contact=yes")

    assert started(f"why {ref}", exit_code=code).stderr.splitlines()[0] == f"error: {said}"


def test_what_is_done_closed_or_logged_is_gone(started: Run) -> None:
    for line in ("task done 1", "task done 2", "task remove 3 -y", "deal win 1", "deal move 3 quote", "log eve hello"):
        started(line)

    assert [row[1] for row in rows(started)] == ["C4"]


@pytest.mark.parametrize("line", ["customer edit {} --set do_not_contact=yes", "privacy restrict {}"])
def test_who_is_to_be_left_alone_is_not_suggested(line: str, started: Run) -> None:
    for name in ("eve", "zoe"):
        started(line.format(name))

    found = json.loads(started("today -f json").stdout)

    assert {row["id"][0] for row in found["rows"]} == {"T", "D"}
    assert found["summary"]["left_alone"] == 1


def test_a_customer_stands_there_once(started: Run) -> None:
    started("cadence set zoe 1w")

    assert [row for row in rows(started, "matter,id,urgency,because") if row[1] == "C4"] == [
        ["birthday", "C4", "12.5", "birthday in 2 days; 45 days since the last contact, every 7"]
    ]


@pytest.mark.parametrize(
    ("now", "born", "day"),
    [
        ("2026-11-20", "1990-11-20", "2026-11-20"),
        ("2026-11-20", "1990-11-27", "2026-11-27"),
        ("2026-11-20", "1990-11-28", None),
        ("2026-11-20", "1990-11-19", None),
        ("2026-12-29", "1990-01-02", "2027-01-02"),
        ("2027-02-25", "2000-02-29", "2027-02-28"),
        ("2028-02-25", "2000-02-29", "2028-02-29"),
    ],
)
def test_birthdays(now: str, born: str, day: str | None, started: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    started(f"customer edit zoe --set birthday= --set birthday_child={born}")
    monkeypatch.setenv("CRM_NOW", f"{now}T12:00:00Z")

    found = [row[1:] for row in rows(started, "matter,id,date") if row[0] == "birthday"]

    assert found == ([["C4", day]] if day else [])


def test_the_limit_is_for_each_kind(started: Run) -> None:
    found = json.loads(started("today --limit 1 -f json").stdout)

    assert [row["id"] for row in found["rows"]] == ["T1", "D1", "T2", "D3", "C3", "C4"]
    assert found["summary"]["overdue"] == 2
    assert "1 more overdue: --limit all shows them" in started("today --limit 1 -f table").stdout


@pytest.mark.parametrize(
    ("option", "code"),
    [("overdue", 1), ("due", 1), ("past-close", 1), ("stalled", 1), ("keep-in-touch", 1), ("birthday", 1)],
)
def test_fail_on_what_there_is(option: str, code: int, started: Run) -> None:
    whole = started("today").stdout

    assert started(f"today --fail-on {option}", exit_code=code).stdout == whole


def test_fail_on_what_there_is_not(started: Run) -> None:
    started("task done 1")
    started("task done 3")

    started("today --fail-on overdue")
    started("today --fail-on overdue --fail-on due", exit_code=1)
    assert "'late' is not one of 'overdue'" in started("today --fail-on late", exit_code=2).stderr


def test_crm_alone_is_today_where_there_is_data(started: Run) -> None:
    assert started([]).stdout == started("today").stdout


def test_crm_alone_is_the_help_where_there_is_none(crm: Run, tmp_path: Path) -> None:
    assert "Usage: crm" in crm([]).stdout
    assert "Usage: crm" in crm(f"--db {tmp_path / 'none.db'}").stdout
    assert not (tmp_path / "none.db").exists()


def test_an_empty_day_is_a_friendly_line(crm: Run, terminal: Terminal) -> None:
    crm("customer add Ada")

    assert terminal("today").stdout.strip() == "nothing is due today: no task, deal, contact or birthday"
    assert terminal("").stdout == terminal("today").stdout
    assert crm("today -f ids").stdout == ""


def test_a_person_sees_each_with_its_command(started: Run, terminal: Terminal) -> None:
    lines = [line.strip("│├└─ \n") for line in terminal("today").stdout.splitlines()]

    assert lines[:4] == [
        "Friday 2026-11-20",
        "overdue  2",
        "T1 Send the quote  17.96  Ada; due 2 days ago",
        "crm task done T1",
    ]


def test_the_tasks_of_the_day_as_icalendar(started: Run, tmp_path: Path) -> None:
    place = tmp_path / "day.ics"

    started(f"today --ics -o {place}")
    text = place.read_bytes().decode()

    assert [line for line in text.split("\r\n") if line.startswith(("SUMMARY", "DUE", "DESC"))] == [
        "SUMMARY:Send the quote",
        r"DESCRIPTION:Ada\, Engine",
        "DUE;VALUE=DATE:20261118",
        "SUMMARY:Call",
        "DESCRIPTION:Eve",
        "DUE;VALUE=DATE:20261120",
        "SUMMARY:Call at eleven",
        "DUE:20261120T110000Z",
    ]
    assert place.stat().st_mode & 0o777 == 0o600


def test_any_tasks_as_icalendar(started: Run) -> None:
    started("task done 2")

    text = started("task list is:done --ics").stdout

    assert text.count("BEGIN:VTODO") == 1
    assert "COMPLETED:20261120T120000Z" in text
    assert "--ics is a format of its own" in started("task list --ics -f csv", exit_code=2).stderr


def test_every_word_of_a_next_command_is_plain(started: Run) -> None:
    for _, command in rows(started, "id,next"):
        assert shlex.split(command)[0] == "crm"
