"""`--excel`: CSV that a spreadsheet opens as it is, computes nothing of, and that comes back unchanged."""

import csv
import io
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.core.preferences import Preferences
from crmcli.db import migrate
from tests.conftest import Run, run
from tests.hostile.payloads import PAYLOADS

_MARK = "\ufeff"
_LINE = st.text(st.sampled_from("'=+-@;,\"＝ a1李"), min_size=1, max_size=8).filter(str.strip)
_PROSE = st.text(st.sampled_from("'=+-@;\t\n ａ1"), min_size=1, max_size=10).filter(str.strip)


def uid(number: int) -> str:
    return f"01900000-0000-7000-8000-{number:012d}"


def test_a_spreadsheet_gets_a_mark_crlf_and_no_formula(crm: Run) -> None:
    crm(["customer", "add", "=1+1", "--phone", "+4930901820", "--note", "one\n- two", "--tag", "-5"])

    out = crm("customer list --columns id,name,phone,note,tag --excel").stdout_bytes.decode()

    assert out == _MARK + "id,name,phone,note,tag\r\n1,'=1+1,'+4930901820,\"one\n'- two\",'-5\r\n"


def test_amounts_and_figures_stay_numbers(crm: Run) -> None:
    crm("deal add Refund --amount -12.50")

    assert (
        crm("deal list --columns name,amount --excel").stdout_bytes.decode()
        == _MARK + "name,amount\r\nRefund,-12.50\r\n"
    )


def test_the_header_is_guarded_too(crm: Run, file: Path, tmp_path: Path) -> None:
    (tmp_path / "c.csv").write_text(f"uid,name,=x\n{uid(1)},Ada,=2\n", encoding="utf-8")
    crm(["import", str(tmp_path / "c.csv")])

    assert (
        crm("export customers --excel --columns uid,name,=x").stdout_bytes.decode()
        == _MARK + f"uid,name,'=x\r\n{uid(1)},Ada,'=2\r\n"
    )


def test_plain_csv_says_how_many_cells_would_be_formulas(crm: Run) -> None:
    crm(["customer", "add", "=1+1", "--city", "@home"])
    crm(["customer", "add", "Ada", "--phone", "+4930901820", "--phone", "+14155552671", "--city", "-5"])

    told = crm("export customers -f csv")

    assert told.stderr == "2 cells would be formulas in a spreadsheet; --excel keeps them text\n"
    assert "=1+1" in told.stdout
    for line in ("export customers -f csv -q", "export customers --excel", "export customers", "export deals -f csv"):
        assert crm(line).stderr == ""


@pytest.mark.parametrize("form", ["tsv", "json", "table", "ids"])
def test_another_format_is_no_spreadsheet(crm: Run, form: str) -> None:
    refused = crm(f"customer list --excel -f {form}", exit_code=2)

    assert refused.stderr == f"error: --excel writes CSV, not {form}\nhint: leave --excel or --format out\n"
    assert refused.stdout == ""


def test_a_file_of_another_ending_is_refused(crm: Run, tmp_path: Path) -> None:
    crm(["export", "customers", "--excel", "-o", str(tmp_path / "x.json")], exit_code=2)
    crm(["export", "customers", "--excel", "-o", str(tmp_path / "x.csv")])

    assert [path.name for path in tmp_path.glob("x.*")] == ["x.csv"]
    assert (tmp_path / "x.csv").read_bytes().startswith(b"\xef\xbb\xbf")


def test_a_foreign_file_keeps_its_apostrophes(crm: Run, tmp_path: Path) -> None:
    for name, content in (("a.csv", "\ufeffname,city\r\n'=1,x\r\n"), ("b.csv", f"uid,name\n{uid(2)},'=2\n")):
        (tmp_path / name).write_text(content, encoding="utf-8", newline="")
        crm(["import", str(tmp_path / name)])

    assert crm("customer list --columns name -f csv --no-header").stdout == "'=1\n'=2\n"


def test_a_rejected_row_of_a_spreadsheet_can_be_fed_again(crm: Run, tmp_path: Path) -> None:
    content = f"\ufeffuid;name;email\r\n{uid(1)};'=1;nonsense\r\n"
    (tmp_path / "c.csv").write_text(content, encoding="utf-8", newline="")

    crm(["import", str(tmp_path / "c.csv"), "--rejects", str(tmp_path / "bad.csv")], exit_code=5)

    assert (tmp_path / "bad.csv").read_text("utf-8") == f"uid;name;email\n{uid(1)};=1;nonsense\n"


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new folder with the empty files `a.db` and `b.db`."""
    empty = tmp_path_factory.mktemp("empty") / "new.db"
    migrate.create(empty, Preferences())

    def made() -> Path:
        folder = tmp_path_factory.mktemp("place")
        for name in ("a.db", "b.db"):
            shutil.copy(empty, folder / name)
        return folder

    return made


@pytest.mark.slow
@settings(max_examples=15, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.tuples(_LINE, _LINE, _PROSE, _LINE), min_size=1, max_size=4, unique_by=lambda row: row[0]))
def test_what_went_out_for_a_spreadsheet_comes_back_equal(
    place: Callable[[], Path], rows: list[tuple[str, str, str, str]]
) -> None:
    folder = place()
    text = io.StringIO()
    csv.writer(text).writerows(
        [("uid", "name", "city", "note", "tag"), *((uid(n), *row) for n, row in enumerate(rows))]
    )
    (folder / "in.csv").write_text(text.getvalue(), "utf-8", newline="")
    run(["import", str(folder / "in.csv"), "--db", str(folder / "a.db")])
    exported = ["export", "customers", "--excel", "-o"]
    run([*exported, str(folder / "one.csv"), "--db", str(folder / "a.db")])

    run(["import", str(folder / "one.csv"), "--db", str(folder / "b.db")])
    again = run(["import", str(folder / "one.csv"), "--db", str(folder / "a.db")])

    run([*exported, str(folder / "two.csv"), "--db", str(folder / "b.db")])
    assert (folder / "two.csv").read_bytes() == (folder / "one.csv").read_bytes()
    assert again.stdout.startswith("0 new, 0 changed, ")
    plain = ["export", "customers", "-f", "csv", "-q", "--db"]
    assert run([*plain, str(folder / "a.db")]).stdout == run([*plain, str(folder / "b.db")]).stdout


def test_no_payload_begins_a_formula_in_a_spreadsheet(crm: Run, tmp_path: Path) -> None:
    rows = [(uid(n), f"x{n}", text) for n, text in enumerate(PAYLOADS.values()) if text.isprintable()]
    with (tmp_path / "c.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([("uid", "name", "note"), *rows])
    crm(["import", str(tmp_path / "c.csv")], exit_code=0)

    out = crm("export customers --columns name,note --excel").stdout.removeprefix(_MARK)

    cells = [cell for row in csv.reader(io.StringIO(out, newline="")) for cell in row]
    assert len(cells) == 2 * len(rows) + 2
    assert not [cell for cell in cells if cell[:1] and cell[0] in "=+-@＝\t\r"]
