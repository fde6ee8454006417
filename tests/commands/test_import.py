"""`crm import`: what it says, where, and how it ends."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conftest import Dump, Run

GOOD = "name,email\nAda,ada@example.com\nBob,bob@example.com\n"
BAD = "name,email\nAda,ada@example.com\nBob,bob@\nEve,eve@\n"


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_a_pipe_gets_one_line_and_a_person_one_for_each_file(crm: Run) -> None:
    Path("a.csv").write_text(GOOD)
    Path("d.csv").write_text("name,customer,stage,amount\nEngine,Ada,lead,900\n")

    result = crm("import d.csv a.csv")

    assert result.stdout == "3 new, 0 changed, 0 unchanged, 0 rejected\n"
    assert result.stderr.splitlines() == [
        "a.csv: 2 new, 0 changed, 0 unchanged, 0 rejected",
        "d.csv: 1 new, 0 changed, 0 unchanged, 0 rejected",
    ]
    assert crm("history --columns command -f csv --no-header").stdout == "import\n"


def test_bad_rows_are_named_and_kept_and_the_rest_goes_in(crm: Run) -> None:
    Path("c.csv").write_text(BAD)

    result = crm("import c.csv --rejects bad.csv", exit_code=5)

    first, second, *_ = result.stderr.splitlines()
    assert first.startswith("c.csv: line 3: email: e-mail 'bob@' is not an address")
    assert second.startswith("c.csv: line 4: email: e-mail 'eve@' is not an address")
    assert result.stdout == "1 new, 0 changed, 0 unchanged, 2 rejected\n"
    assert Path("bad.csv").read_text() == "name,email\nBob,bob@\nEve,eve@\n"


def test_rows_rejected_late_are_kept_as_found_too(crm: Run) -> None:
    crm("customer add Ada --email a@example.com")
    crm("customer add Bob --email b@example.com")
    Path("c.csv").write_text('name,E-Mail,other\n"Eve, the first","a@example.com, B@example.com",x\n')

    crm("import c.csv --rejects bad.csv", exit_code=5)

    assert Path("bad.csv").read_text() == 'name,E-Mail,other\n"Eve, the first","a@example.com, B@example.com",x\n'


def test_only_the_first_bad_rows_are_told(crm: Run) -> None:
    Path("c.csv").write_text("name,email\n" + "Ada,ada@\n" * 23)

    result = crm("import c.csv --quiet", exit_code=5)

    assert len(result.stderr.splitlines()) == 21
    assert result.stderr.splitlines()[-1] == "and 3 more; --rejects FILE keeps them"


def test_strict_lets_nothing_in_and_still_names_the_rows(crm: Run, fingerprint: Callable[[], str]) -> None:
    Path("c.csv").write_text(BAD)
    before = fingerprint()

    result = crm("import c.csv --strict --rejects bad.csv", exit_code=2)

    assert result.stdout == ""
    assert [line.partition(" (")[0] for line in result.stderr.splitlines()] == [
        "c.csv: line 3: email: e-mail 'bob@' is not an address",
        "c.csv: line 4: email: e-mail 'eve@' is not an address",
        "error: c.csv: line 3 and 1 more rows cannot be taken; nothing was imported",
        "hint: mend them, or leave --strict out to import the others",
    ]
    assert Path("bad.csv").exists()
    assert fingerprint() == before


def test_a_dry_run_says_the_same_and_writes_nothing(crm: Run, fingerprint: Callable[[], str]) -> None:
    Path("c.csv").write_text(GOOD)
    before = fingerprint()

    result = crm("import c.csv --dry-run")

    assert result.stdout == "2 new, 0 changed, 0 unchanged, 0 rejected\n"
    assert "dry run: nothing was written" in result.stderr
    assert fingerprint() == before


def test_the_same_file_again_says_so_and_leaves_the_file_alone(crm: Run, fingerprint: Callable[[], str]) -> None:
    Path("c.csv").write_text(GOOD)
    crm("import c.csv")
    before = fingerprint()

    result = crm("import c.csv")

    assert result.stdout == "0 new, 0 changed, 2 unchanged, 0 rejected\n"
    assert fingerprint() == before


def test_undo_takes_an_import_back(crm: Run, dump: Dump) -> None:
    before = dump()
    Path("c.csv").write_text(GOOD)
    crm("import c.csv")

    crm("undo")

    assert dump() == before


def test_columns_can_be_mapped_and_left_out(crm: Run) -> None:
    Path("c.csv").write_text("Who,Firm,e-mail\nAda,Engines,ada@example.com\n")

    crm(["import", "c.csv", "--as", "customers", "--map", "Who=name", "--map", "Firm=", "--on-duplicate", "skip"])

    assert crm("customer list --columns name,employer,email -f csv --no-header").stdout == "Ada,,ada@example.com\n"


def test_the_input_can_be_a_stream(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    result = crm("import -", input=GOOD)

    assert result.stdout == "2 new, 0 changed, 0 unchanged, 0 rejected\n"


def test_the_currency_of_amounts_can_be_given(crm: Run) -> None:
    Path("d.csv").write_text("name,stage,amount\nEngine,lead,900\n")

    crm("import d.csv --currency jpy")

    assert crm("deal list --columns amount,currency -f csv --no-header").stdout == "900,JPY\n"


@pytest.mark.parametrize(
    ("line", "exit_code", "says"),
    [
        ("import nowhere.csv", 3, "nowhere.csv"),
        ("import c.csv --map name", 2, "--map 'name' is not COLUMN=FIELD"),
        ("import c.csv --map nmae=name", 2, "no column 'nmae'"),
        ("import c.csv --map name=nmae", 2, "no field 'nmae'"),
        ("import c.csv --as custmers", 2, "'custmers'"),
        ("import c.csv --profile mavn", 2, "'mavn'"),
        ("import c.csv --currency EUX", 2, "EUX"),
        ("import c.csv --on-duplicate merge", 2, "merge"),
        ("import c.csv -f ids", 2, "counts have no ids"),
        ("import c.csv --key name", 2, "--key goes with --source NAME"),
        ("import c.csv --source list", 2, "--source goes with --key COLUMN"),
        ("import c.csv --encoding utf-9", 2, "no encoding 'utf-9'"),
        ("import c.csv --max-rejects -1", 2, "--max-rejects"),
        ("import c.csv --rejects nowhere/bad.csv", 10, "nowhere/bad.csv"),
        ("import empty.csv", 2, "is empty"),
        ("import twice.csv", 2, "occurs twice"),
        ("import quote.csv", 2, "quote"),
        ("import latin.csv", 2, "UTF-8"),
    ],
)
def test_what_cannot_be_imported_is_named(
    line: str, exit_code: int, says: str, crm: Run, fingerprint: Callable[[], str]
) -> None:
    Path("c.csv").write_text(BAD)
    Path("empty.csv").write_text("")
    Path("twice.csv").write_text("name,name\nAda,Ada\n")
    Path("quote.csv").write_text('name\nAda\n"Bob\n')
    Path("latin.csv").write_bytes("name\nAda\nZo\xeb\n".encode("latin-1"))
    before = fingerprint()

    result = crm(line, exit_code=exit_code)

    assert result.stdout == ""
    [error] = [text for text in result.stderr.splitlines() if text.startswith("error: ")]
    assert says in error
    assert fingerprint() == before


@pytest.mark.parametrize(
    ("column", "value", "found"),
    [
        ("amount", "1500", "1500.00,2026-12-31,Bob"),
        ("close", "2027-01-31", "1000.00,2027-01-31,Bob"),
        ("owner", "Eve", "1000.00,2026-12-31,Eve"),
    ],
)
def test_stage_events_leave_the_terms_that_they_do_not_tell(column: str, value: str, found: str, crm: Run) -> None:
    crm("deal add X --amount 1000 --close 2026-12-31 --owner Bob --at 2026-01-01")
    Path("events.csv").write_text(f"deal.id,stage,{column},at\n1,contact,{value},2026-02-01\n")

    crm("import events.csv")

    assert crm("deal list --columns amount,close,owner -f csv").stdout.splitlines()[1] == found
    assert crm("import events.csv").stdout == "0 new, 0 changed, 1 unchanged, 0 rejected\n"
