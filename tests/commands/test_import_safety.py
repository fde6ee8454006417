"""`crm import`: what it promises a script and a person who is not sure yet."""

import hashlib
import json
from collections.abc import Callable
from pathlib import Path

import pytest

from crmcli.render import streams
from tests.conftest import Run
from tests.hostile.running import on_terminal

BAD = "name,email\nAda,ada@example.com\nBob,bob@\nEve,eve@\n"


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def _counts(text: str) -> tuple[int, ...]:
    told = json.loads(text)
    return tuple(told[name] for name in ("read", "new", "changed", "unchanged", "skipped", "rejected"))


def test_json_counts_every_row_that_was_read_once(crm: Run) -> None:
    Path("a.csv").write_text("name,email,city\nAda,ada@example.com,\nBob,bob@example.com,\nEve\n")
    Path("b.csv").write_text(
        "name,email,city\nAda,ada@example.com,Rome\nBob,bob@example.com,\nDan,dan@example.com,\nDan,dan@example.com,\nx,y\n"
    )

    first = crm("import a.csv -f json", exit_code=5)
    again = crm("import b.csv -f json --on-duplicate skip", exit_code=5)
    both = crm("import a.csv b.csv -f json", exit_code=5)

    assert _counts(first.stdout) == (3, 2, 0, 0, 0, 1)
    assert _counts(again.stdout) == (5, 1, 0, 0, 3, 1)
    assert _counts(both.stdout) == (8, 0, 1, 5, 0, 2)
    assert [(each["file"], each["read"]) for each in json.loads(both.stdout)["files"]] == [("a.csv", 3), ("b.csv", 5)]


def test_too_many_rejected_rows_end_it_and_those_so_far_are_kept(crm: Run, fingerprint: Callable[[], str]) -> None:
    Path("c.csv").write_text(BAD)
    before = fingerprint()

    refused = crm("import c.csv --max-rejects 1 --rejects bad.csv -f json", exit_code=2)
    unchanged = fingerprint()
    crm("import c.csv --max-rejects 2", exit_code=5)

    assert "error: more than 1 row cannot be taken; nothing was imported" in refused.stderr.splitlines()
    assert refused.stdout == ""
    assert Path("bad.csv").read_text() == "name,email\nBob,bob@\nEve,eve@\n"
    assert unchanged == before


def test_late_rejects_count_against_the_limit_too(crm: Run) -> None:
    crm("customer add Ada --email a@example.com")
    crm("customer add Bob --email b@example.com")
    Path("c.csv").write_text('name,email\nEve,"a@example.com,b@example.com"\n')

    crm("import c.csv --max-rejects 0", exit_code=2)


def test_a_dry_run_shows_what_would_change(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com --city Rome")
    Path("c.csv").write_text(
        "name,email,city,tags\nAda,ada@example.com;ada@example.org,Bonn,vip\n"
        + "".join(f"P{number:02},p{number}@example.com,,\n" for number in range(12))
    )

    shown = crm("import c.csv --dry-run").stderr.splitlines()

    assert shown[1:4] == [
        "~ customer 1 Ada: city Rome → Bonn",
        "~ customer 1 Ada: + email ada@example.org",
        "~ customer 1 Ada: + tag vip",
    ]
    assert shown[4] == "+ customer 2 P00"
    assert shown[-2:] == ["  and 2 more new customers", "dry run: nothing was written"]


def test_a_dry_run_shows_addresses_and_tasks(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com")
    Path("c.csv").write_text("name,email,postal,web\nAda,ada@example.com,|Weg 1||Bonn||,https://ada.example\n")
    Path("t.csv").write_text("text,due,customer\nCall,2026-12-01,Ada\n")

    shown = crm("import c.csv t.csv --dry-run").stderr.splitlines()

    assert shown[2:5] == [
        "~ customer 1 Ada: + address Weg 1, Bonn",
        "~ customer 1 Ada: + address https://ada.example",
        "+ task 1 Call",
    ]


def test_the_operation_keeps_what_was_imported_and_what_was_not(crm: Run) -> None:
    Path("c.csv").write_text("Full name,E-Mail,shoe\nAda,ada@example.com,38\nBob,bob@secret,\n")
    crm("import c.csv", exit_code=5)

    [kept] = json.loads(crm("history show 1 -f json").stdout)["summary"]["files"]

    assert kept == {
        "file": "c.csv",
        "sha256": hashlib.sha256(Path("c.csv").read_bytes()).hexdigest(),
        "entity": "customers",
        "profile": "crmcli",
        "mapping": {"Full name": "name", "E-Mail": "email"},
        "read": 2,
        "new": 1,
        "changed": 0,
        "unchanged": 0,
        "skipped": 0,
        "rejected": 1,
        "rejects": [[3, "E-Mail", kept["rejects"][0][2]]],
        "rejects_left_out": 0,
    }
    assert kept["rejects"][0][2].startswith("e-mail … is not an address")
    assert "line 3: E-Mail: e-mail … is not an address" in crm("history show 1 -f table").stdout


def test_of_very_many_rejected_rows_the_operation_keeps_the_first(crm: Run) -> None:
    Path("c.csv").write_text("name,email\nAda,ada@example.com\n" + "Bob,bob@\n" * 1_200)
    crm("import c.csv --rejects bad.csv", exit_code=5)

    [kept] = json.loads(crm("history show 1 -f json").stdout)["summary"]["files"]

    assert (kept["rejected"], len(kept["rejects"]), kept["rejects_left_out"]) == (1_200, 1_000, 200)
    assert len(Path("bad.csv").read_text().splitlines()) == 1_201


def test_rejects_can_be_mended_and_fed_again_in_their_own_encoding(crm: Run) -> None:
    Path("c.csv").write_bytes("name;email\nZoë;zoë\nJürgen;j@example.com\n".encode("cp1252"))
    crm("import c.csv --encoding cp1252 --rejects bad.csv", exit_code=5)
    Path("bad.csv").write_bytes(Path("bad.csv").read_bytes().replace(b";zo\xeb", b";zoe@example.com"))

    crm("import bad.csv --encoding cp1252")

    assert crm("customer list --columns name,email --sort id --no-header -f csv").stdout == (
        "Jürgen,j@example.com\nZoë,zoe@example.com\n"
    )


def test_progress_is_for_a_terminal_and_leaves_no_trace(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(streams, "_QUICK", 0)
    monkeypatch.setattr(streams, "_PAUSE", 0)
    Path("c.csv").write_text("name\n" + "".join(f"P{number}\n" for number in range(6_000)))

    seen = on_terminal(["import", "c.csv", "--dry-run"])
    piped = crm("import c.csv --dry-run")

    assert "\r\x1b[Kc.csv: 5,000 rows read" in seen.err
    assert seen.err.rpartition("\r\x1b[K")[2].startswith("c.csv: 6,000 new")
    assert "\r" not in piped.stderr
