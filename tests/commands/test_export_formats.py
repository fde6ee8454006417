"""`crm export` in the formats of other programs: cards, a calendar, a workbook, Parquet."""

import stat
import sys
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tests.conftest import Dump, Run


@pytest.fixture(autouse=True)
def _place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_customers_are_cards(crm: Run) -> None:
    crm("customer add 'Zoë Müller' --email zoe@example.com --phone '+49 30 901820' --tag vip --employer 'Acme, Ltd'")

    out = crm("export customers kind:person -f vcard").stdout

    uid = crm("customer list kind:person --columns uid --no-header").stdout.strip()
    assert out.split("\n") == [
        *("BEGIN:VCARD", "VERSION:3.0", "FN:Zoë Müller", "N:Zoë Müller;;;;", f"UID:urn:uuid:{uid}"),
        *(r"ORG:Acme\, Ltd", "EMAIL:zoe@example.com", "TEL;TYPE=VOICE:+4930901820", "CATEGORIES:vip", "END:VCARD", ""),
    ]
    assert crm("export customers -f vcard4").stdout.count("VERSION:4.0") == 2


def test_cards_go_into_another_file_and_change_nothing_the_second_time(crm: Run, small: Path, dump: Dump) -> None:
    crm("export customers -o all.vcf")
    before = dump()

    assert crm("import all.vcf").stdout.startswith("0 new, 0 changed, 4 unchanged")
    assert dump() == before


def test_tasks_are_a_calendar(crm: Run, small: Path) -> None:
    crm("export tasks -o tasks.ics")

    assert Path("tasks.ics").read_text().count("BEGIN:VTODO") == 2
    assert crm("export tasks -f ics").stdout == crm("task list --ics").stdout


@pytest.mark.parametrize(("entity", "form"), [("deals", "vcard"), ("tasks", "vcard4"), ("customers", "ics")])
def test_a_format_of_another_kind_is_refused(crm: Run, entity: str, form: str) -> None:
    assert f"{form} is a format for " in crm(f"export {entity} -f {form}", exit_code=2).stderr


@pytest.mark.parametrize(
    ("options", "says"),
    [("-f vcard --columns name", "has fields of its own"), ("-o c.xlsx --excel", "--excel writes CSV, not xlsx")],
)
def test_options_that_a_format_cannot_follow_are_refused(crm: Run, options: str, says: str) -> None:
    assert says in crm(f"export customers {options}", exit_code=2).stderr
    assert not Path("c.xlsx").exists()


def test_cards_are_sorted_and_cut_as_asked(crm: Run) -> None:
    for name in ("Ada", "Bob", "Eve"):
        crm(f"customer add {name}")

    out = crm("export customers -f vcard --sort -name --limit 2").stdout

    assert [line for line in out.splitlines() if line.startswith("FN:")] == ["FN:Eve", "FN:Bob"]


@pytest.mark.parametrize("form", ["xlsx", "parquet"])
def test_what_is_no_text_needs_a_file(crm: Run, form: str) -> None:
    assert "goes to a file" in crm(f"export deals -f {form}", exit_code=2).stderr


def test_a_format_that_is_not_known_names_those_that_are(crm: Run) -> None:
    assert "vcard, vcard4, ics, xlsx, parquet" in crm("export deals -f vcf", exit_code=2).stderr


@pytest.mark.parametrize(
    ("line", "module"),
    [
        ("export deals -o d.xlsx", "xlsxwriter"),
        ("export deals -o d.parquet", "pyarrow"),
        ("import b.xlsx", "python_calamine"),
    ],
)
def test_a_missing_library_is_named(crm: Run, monkeypatch: pytest.MonkeyPatch, line: str, module: str) -> None:
    import zipfile

    with zipfile.ZipFile("b.xlsx", "w") as archive:
        archive.writestr("xl/workbook.xml", "")
    monkeypatch.setitem(sys.modules, module, None)

    assert "pip install 'crmcli[" in crm(line, exit_code=2).stderr
    assert sorted(path.name for path in Path().glob("d.*")) == []


def test_a_workbook_goes_out_and_comes_in(crm: Run, small: Path, dump: Dump) -> None:
    pytest.importorskip("xlsxwriter", reason="xlsxwriter is not installed")
    calamine = pytest.importorskip("python_calamine", reason="python-calamine is not installed")
    crm(["customer", "add", "=1+1", "--note", "two\nlines"])
    for entity in ("customers", "deals"):
        crm(f"export {entity} -o {entity}.xlsx")
    before = dump()

    head, first, *_ = calamine.load_workbook("deals.xlsx").get_sheet_by_index(0).to_python()
    assert dict(zip(head, first, strict=True))["amount"] == 12500.0
    assert crm("import customers.xlsx deals.xlsx").stdout == "0 new, 0 changed, 7 unchanged, 0 rejected\n"
    assert dump() == before
    assert stat.S_IMODE(Path("deals.xlsx").stat().st_mode) == 0o600


def test_what_a_cell_cannot_hold_is_refused(crm: Run) -> None:
    pytest.importorskip("xlsxwriter", reason="xlsxwriter is not installed")
    crm(["customer", "add", "Ada", "--note", "x" * 40_000])

    assert "note has 40,000 characters" in crm("export customers -o c.xlsx", exit_code=2).stderr
    assert list(Path().iterdir()) == [] or not Path("c.xlsx").exists()


def test_parquet_has_types(crm: Run, small: Path) -> None:
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")

    crm("export deals -o deals.parquet --columns id,name,amount,close,created")

    assert parquet.read_table("deals.parquet").to_pylist()[0] == {
        "id": 1,
        "name": "Engine",
        "amount": Decimal(12500),
        "close": date(2026, 12, 31),
        "created": datetime(2026, 9, 1, tzinfo=UTC),
    }
