"""The output contract, for every command that shows anything: enumerated from the program itself."""

import csv
import io
import json
import os
import re
import shutil
import zlib
from collections.abc import Iterator
from decimal import Decimal
from functools import cache
from pathlib import Path

import pytest

from crmcli.commands.options import FORMATS, Listing, Showing
from tests.conftest import NOW, READS, Run, commands, run, write_config

REPORTS = {
    "cadence due": "cadences_due",
    "dash": "dash",
    "doctor": "doctor",
    "customer timeline": "timeline",
    "forecast accuracy": "forecast_accuracy",
    "forecast show": "forecast",
    "forecast waterfall": "forecast_waterfall",
    "deal board": "board",
    "deal history": "deal_history",
    "deal overdue": "overdue",
    "deal rotten": "rotten",
    "deal slippage": "slippage",
    "deal stalled": "stalled",
    "deal winloss": "winloss",
    "deal zombies": "zombie",
    "data quality": "quality",
    "data stale": "stale",
    "dupes": "dupes",
    "funnel show": "funnel",
    **{
        f"funnel {name}": f"funnel_{name}"
        for name in ("alert", "bottleneck", "cohort", "compare", "curve", "flow", "time")
    },
    "graph central": "graph_central",
    "graph communities": "graph_communities",
    "graph components": "graph_components",
    "graph cooling": "cooling",
    "graph gaps": "gaps",
    "graph intro": "path",
    "graph path": "path",
    "graph show": "neighbourhood",
    "graph stats": "graph_stats",
    "graph strength": "strength",
    "graph weights": "graph_weights",
    "referral rate": "referral_rate",
    "referral revenue": "referral_revenue",
    "referral top": "referral_top",
    "referral tree": "referral_tree",
    "history show": "changes",
    "privacy export": "subject",
    "today": "today",
    "velocity": "velocity",
    "why": "why",
}
SHOWS = [
    "customer brief",
    "customer show",
    "deal show",
    "interaction show",
    "pipeline show",
    "segment show",
    "task show",
]
EVERY = {**READS, "history show": "1"}
NO_IDS = (
    *(
        *(path for path in READS if path.startswith("funnel ")),
        "alias list",
        "config list",
        "data quality",
        "deal history",
        "deal winloss",
        "help",
        "why",
        "graph communities",
        "graph components",
        "graph intro",
        "graph path",
        "graph stats",
    ),
    *("graph weights", "referral rate", "velocity", "forecast show", "forecast waterfall", "forecast accuracy", "dash"),
)
NOBODY = ("data stale", "dupes")  # is there twice, or was silent
LISTS = [path for path in EVERY if path not in (*REPORTS, *SHOWS)]

FUNNEL_ROWS = [
    *(
        "group",
        "currency",
        "stage",
        "position",
        "reached",
        "conversion",
        "conversion_low",
        "conversion_high",
        "cumulative",
    ),
    *("skipped", "moved_back", "lost", "open", "amount", "median_days", "p75_days"),
    *("amount_conversion", "amount_cumulative", "entries", "advanced", "lost_here", "handed_over", "still_there"),
]
FUNNEL_SUMMARY = [
    *("cohort", "undated", "open", "won", "lost", "win_rate", "won_amount", "currency", "mode", "basis"),
    *("since", "until", "as_of", "known_at"),
]


#: What some reports are about, and the small file has not.
MORE = (
    "deal add Pump --amount 5 --at 2026-09-02 --close 2026-10-01",
    "deal edit 3 --set close=2026-11-05",
    "deal add Valve --amount 7 --at 2026-10-01",
    "deal lose 4 --reason price --at 2026-11-01",
    "deal add Gauge --at 2026-09-01",
)


@pytest.fixture(scope="module")
def fuller_file(tmp_path_factory: pytest.TempPathFactory, small_file: Path) -> Path:
    """The small file with deals that are late, lost and put off, made once."""
    path = tmp_path_factory.mktemp("crm") / "fuller.db"
    shutil.copy(small_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_NOW", NOW.isoformat())
        for line in MORE:
            run(f"{line} --db {path}")
    return path


@pytest.fixture
def small(fuller_file: Path, file: Path) -> Path:
    """The fresh file with a few records of every kind in it, and an alias."""
    shutil.copy(fuller_file, file)
    write_config()
    return file


@pytest.fixture
def smaller(small_file: Path, file: Path) -> Path:
    """The fresh file without those deals."""
    shutil.copy(small_file, file)
    return file


def out(path: str, *words: str) -> str:
    home = os.environ["HOME"] if path == "config list" else ""
    return _out(path, words, zlib.crc32(Path(os.environ["CRM_DB"]).read_bytes()), home)


@cache
def _out(path: str, words: tuple[str, ...], file: int, home: str) -> str:
    """What is shown of a file with that content: many tests look at the same."""
    return run([*path.split(), *EVERY[path].split(), *words]).stdout


def objects(path: str, *words: str) -> list[dict[str, object]]:
    found = json.loads(out(path, "-f", "json", *words))
    if path in REPORTS:
        found = found["rows"]
    rows = found if isinstance(found, list) else [found]
    assert all(isinstance(row, dict) for row in rows)
    return rows


def table(path: str, *words: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(out(path, "-f", "csv", *words), newline=""), strict=True))


def test_every_command_that_shows_anything_is_tried_here() -> None:
    assert {path for path, command in commands().items() if isinstance(command, Showing)} == set(READS)


@pytest.mark.enumerating
@pytest.mark.parametrize("path", EVERY)
def test_every_format_goes_to_stdout_alone(path: str, small: Path) -> None:
    for form in FORMATS:
        asked = [*path.split(), *EVERY[path].split(), "-f", form]
        if form == "ids" and path in NO_IDS:
            assert run(asked, exit_code=2).stderr.startswith("error: ")
            continue

        result = run(asked)

        is_empty = (path in NOBODY and form in ("jsonl", "ids")) or (path, form) == (
            "doctor",
            "ids",
        )  # of no one record
        assert result.stdout.endswith("\n") or is_empty, form
        assert result.stderr == "" or (form == "csv" and "--excel keeps them text" in result.stderr), form
        assert not {"\x1b", "\r"} & {*result.stdout}, form


@pytest.mark.enumerating
@pytest.mark.parametrize("path", EVERY)
def test_a_pipe_gets_tsv(path: str, small: Path) -> None:
    assert out(path) == out(path, "-f", "tsv")


@pytest.mark.parametrize("path", LISTS)
def test_json_of_a_list_is_an_array_of_objects(path: str, small: Path) -> None:
    assert isinstance(json.loads(out(path, "-f", "json")), list)
    assert objects(path)


@pytest.mark.parametrize("path", SHOWS)
def test_json_of_one_record_is_one_object(path: str, small: Path) -> None:
    assert isinstance(json.loads(out(path, "-f", "json")), dict)
    assert out(path, "-f", "jsonl").count("\n") == 1


@pytest.mark.enumerating
@pytest.mark.parametrize("path", REPORTS)
def test_json_of_a_report_names_what_was_asked(path: str, small: Path) -> None:
    found = json.loads(out(path, "-f", "json"))

    assert list(found) == ["report", "parameters", "summary", "rows"]
    assert found["report"] == REPORTS[path]
    assert isinstance(found["parameters"], dict)
    assert isinstance(found["summary"], dict)
    assert found["rows"] or path in NOBODY


@pytest.mark.enumerating
@pytest.mark.parametrize("path", EVERY)
def test_every_machine_format_has_the_same_keys_in_the_same_order(path: str, small: Path) -> None:
    header = table(path)[0]

    assert all(re.fullmatch(r"[a-z][a-z0-9_]*(\.[a-z][a-z0-9_]*)?", name) for name in header)
    assert out(path).splitlines()[0].split("\t") == header
    for row in objects(path):
        assert list(row)[: len(header)] == header
        assert all(isinstance(value, list) for value in list(row.values())[len(header) :])
    if path not in SHOWS:
        assert [json.loads(line) for line in out(path, "-f", "jsonl").splitlines()] == objects(path)


@pytest.mark.parametrize("path", EVERY)
def test_csv_and_json_carry_the_same_values(path: str, small: Path) -> None:
    header, *rows = table(path)

    assert rows == [[_as_csv(row[name]) for name in header] for row in objects(path)]


@pytest.mark.parametrize("path", EVERY)
def test_an_amount_stands_beside_its_currency(path: str, small: Path) -> None:
    for row in objects(path):
        for each in (row, *_parts(row)):
            if each.get("amount") is not None:
                assert re.fullmatch(r"-?[0-9]+\.[0-9]{2}", str(each["amount"]))
                assert each["currency"] == "EUR"


@pytest.mark.enumerating
@pytest.mark.parametrize("path", LISTS)
def test_no_header_leaves_out_just_the_header(path: str, small: Path) -> None:
    for form in ("tsv", "csv"):
        assert out(path, "-f", form, "--no-header") == out(path, "-f", form).partition("\n")[2]


@pytest.mark.parametrize(
    "path", ["customer list", "deal list", "interaction list", "relation list", "history", "funnel show"]
)
def test_an_empty_csv_has_its_header(path: str, crm: Run) -> None:
    header = crm(f"{path} -f csv --limit 0" if path == "history" else f"{path} -f csv").stdout

    assert header.count("\n") >= 1
    assert header.partition(",")[0] in ("id", "group")


@pytest.mark.enumerating
@pytest.mark.parametrize("path", EVERY)
def test_columns_picks_and_orders(path: str, small: Path) -> None:
    names = table(path)[0][1::-1]

    assert table(path, "--columns", ",".join(names))[0] == names
    assert all(list(row) == names for row in objects(path, "--columns", ",".join(names)))


@pytest.mark.enumerating
@pytest.mark.parametrize("path", EVERY)
def test_an_unknown_column_is_refused_with_those_there_are(path: str, small: Path) -> None:
    result = run([*path.split(), *EVERY[path].split(), "--columns", "nonsense"], exit_code=2)

    assert result.stdout == ""
    assert result.stderr.startswith("error: no column 'nonsense'")
    assert "hint: one of " in result.stderr


def test_a_limit_is_a_number_of_rows_or_all(small: Path) -> None:
    assert len(table("customer list", "--limit", "2")) == 3
    assert len(table("customer list", "--limit", "all")) == len(table("customer list"))


@pytest.mark.parametrize(
    "path", [path for path in READS if path in LISTS and path not in ("help", "find", "alias list", "config list")]
)
def test_every_list_takes_a_limit(path: str, small: Path) -> None:
    assert isinstance(commands()[path], Listing)
    assert len(table(path, "--limit", "1")) == 2


def test_the_rows_of_a_funnel(smaller: Path) -> None:
    assert all(list(row) == FUNNEL_ROWS for row in objects("funnel show"))
    lead, *_, quote, won = objects("funnel show")
    assert (lead["stage"], lead["position"], lead["reached"], lead["amount"], lead["currency"]) == (
        "lead",
        1,
        2,
        "13400.00",
        "EUR",
    )
    assert lead["conversion"] is None
    assert (quote["stage"], quote["reached"], quote["open"], quote["cumulative"]) == ("quote", 2, 1, 1.0)
    assert (won["stage"], won["reached"], won["conversion"], won["amount"]) == ("won", 1, 0.5, "900.00")


def test_the_summary_of_a_funnel(smaller: Path) -> None:
    summary = json.loads(out("funnel show", "-f", "json"))["summary"]

    assert list(summary) == FUNNEL_SUMMARY
    assert (summary["cohort"], summary["won"], summary["open"], summary["win_rate"]) == (2, 1, 1, 1.0)
    assert (summary["won_amount"], summary["currency"], summary["mode"]) == ("900.00", "EUR", "reached")


def test_the_rows_and_summary_of_a_neighbourhood(small: Path) -> None:
    found = json.loads(out("graph show", "-f", "json"))

    assert all(
        list(row)
        == [
            *("id", "name", "kind", "distance", "via", "type", "direction"),
            *("strength", "level", "open_deals", "left_out", "no_contact"),
        ]
        for row in found["rows"]
    )
    assert found["summary"] == {"nodes": 4, "edges": 3, "left_out": 0}
    assert table("graph show") == table("graph show", "--flat")


def test_several_values_are_joined_by_semicolons_and_an_array_in_json(small: Path) -> None:
    run("customer edit zoe-muller --tag 'a;b' --tag 'c\\d'")

    _, row = table("customer show", "--columns", "email,tag")
    assert row == ["ada@example.com;countess@example.com", "vip"]
    zoe = table("customer list", "name:Zoë", "--columns", "tag")[1]
    assert zoe == [r"a\;b;c\\d;press;vip"]
    assert objects("customer list", "name:Zoë", "--columns", "tag") == [{"tag": ["a;b", r"c\d", "press", "vip"]}]


def test_tsv_escapes_what_would_break_a_line(small: Path) -> None:
    run(["customer", "edit", "ada-lovelace", "--set", "note=one\ttwo\nthree\\four"])

    assert out("customer list", "--columns", "note", "--no-header", "id:1").strip("\n") == r"one\ttwo\nthree\\four"
    assert table("customer list", "--columns", "note", "id:1")[1] == ["one\ttwo\nthree\\four"]


@pytest.mark.slow
def test_the_same_question_gives_the_same_bytes(small: Path) -> None:
    for path, words in EVERY.items():
        asked = [*path.split(), *words.split(), "-f", "json"]
        assert run(asked).stdout == run(asked).stdout


def test_rates_and_numbers_are_raw(small: Path) -> None:
    won = next(row for row in objects("funnel show") if row["stage"] == "won")

    assert won["conversion"] == 0.5
    assert isinstance(won["median_days"], float)


def test_amounts_of_any_currency_keep_their_decimals(crm: Run) -> None:
    for amount, currency in (("1200", "JPY"), ("1.234", "KWD"), ("-0.5", "EUR")):
        crm(["deal", "add", currency, f"--amount={amount}", "--currency", currency])

    rows = json.loads(crm("deal list --columns amount,currency --sort id -f json").stdout)

    assert rows == [
        {"amount": "1200", "currency": "JPY"},
        {"amount": "1.234", "currency": "KWD"},
        {"amount": "-0.50", "currency": "EUR"},
    ]
    assert sum(Decimal(row["amount"]) for row in rows) == Decimal("1200.734")


def _parts(row: dict[str, object]) -> Iterator[dict[str, object]]:
    """The rows of the tables inside a record."""
    for value in row.values():
        if isinstance(value, list):
            yield from (part for part in value if isinstance(part, dict))


def _as_csv(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, list):
        return ";".join(str(each).replace("\\", "\\\\").replace(";", "\\;") for each in value)
    return str(value)
