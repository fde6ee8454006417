"""The nightly import does not bring an erased customer back."""

import re
from pathlib import Path

import pytest

from tests.conftest import Run

ROWS = """name,email,phone,uid,external
Ada,ada@example.com,,,
Someone,,+49 30 901820,,
Bob,bob@example.com,,,
Third,,,{uid},
Fourth,,,,shop:K-1
Fifth,new@example.com;Ada@EXAMPLE.com,,,
"""


@pytest.fixture
def nightly(crm: Run, tmp_path: Path) -> Path:
    """A file that was imported, and in which Ada, who was erased since, still stands in five ways."""
    first = tmp_path / "first.csv"
    first.write_text(
        "name,email,phone,external\nAda,ada@example.com,+4930901820,shop:K-1\nBob,bob@example.com,,shop:K-2\n"
    )
    crm(f"import {first}")
    uid = crm("customer show ada --columns uid --no-header").stdout.strip()
    file = tmp_path / "nightly.csv"
    file.write_text(ROWS.format(uid=uid))
    crm("privacy erase ada --yes")
    return file


def test_rows_about_an_erased_customer_are_refused_and_counted(nightly: Path, crm: Run) -> None:
    done = crm(f"import {nightly}")

    assert done.stdout == "0 new, 0 changed, 1 unchanged, 0 rejected, 5 skipped\n"
    assert crm("customer list --columns name --no-header").stdout == "Bob\n"


def test_their_lines_are_named_and_their_data_are_not_repeated(nightly: Path, crm: Run) -> None:
    said = crm(f"import {nightly}").stderr

    told = [line for line in said.splitlines() if "erased" in line]
    assert [line.partition(": about")[0].rpartition(" ")[2] for line in told] == ["2", "3", "5", "6", "7"]
    assert not any(word in said.lower() for word in ("ada", "901820", "k-1", "someone", "new@"))


def test_no_file_of_rejects_repeats_them(nightly: Path, crm: Run, tmp_path: Path) -> None:
    crm(f"import {nightly} --rejects {tmp_path / 'bad.csv'}")

    assert not (tmp_path / "bad.csv").exists()


def test_with_strict_the_others_go_in(nightly: Path, crm: Run) -> None:
    nightly.write_text(nightly.read_text() + "New,,,,\n")

    assert crm(f"import {nightly} --strict").stdout.startswith("1 new, ")


def test_a_readmitted_customer_comes_in_again(nightly: Path, crm: Run) -> None:
    crm("privacy readmit 1")

    nightly.write_text("name,email\nAda,ada@example.com\n")
    assert crm(f"import {nightly}").stdout.startswith("1 new, ")


DEALS = """name,stage,amount,customer,customer.uid
Engine,lead,5,Ada,
Motor,lead,5,ADA,{uid}
Pump,lead,5,Bob,
"""
CALLS = """at,channel,text,customer
2026-01-02,call,Hello,Ada
2026-01-02,call,Hello,Ada;Bob
2026-01-03,call,Hello,Bob
"""
TIES = "from,type,to\nBob,knows,Ada\n"


@pytest.mark.parametrize(
    ("content", "counts"),
    [
        (DEALS, "1 new, 0 changed, 0 unchanged, 0 rejected, 2 skipped"),
        (CALLS, "1 new, 0 changed, 0 unchanged, 0 rejected, 2 skipped"),
        (TIES, "0 new, 0 changed, 0 unchanged, 0 rejected, 1 skipped"),
    ],
)
def test_rows_of_another_kind_that_name_one_are_refused_without_the_name(
    content: str, counts: str, nightly: Path, crm: Run, tmp_path: Path
) -> None:
    [uid] = re.findall("[0-9a-f-]{36}", nightly.read_text())
    nightly.write_text(content.format(uid=uid))

    done = crm(f"import {nightly} --rejects {tmp_path / 'bad.csv'}")

    assert done.stdout == f"{counts}\n"
    assert "about an erased customer; not taken" in done.stderr
    assert "ada" not in done.stderr.lower()
    assert not (tmp_path / "bad.csv").exists()


def test_one_who_is_called_like_an_erased_customer_is_known_by_that_name(nightly: Path, crm: Run) -> None:
    crm("customer add Ada")
    nightly.write_text(DEALS.format(uid=""))

    assert crm(f"import {nightly}").stdout.startswith("3 new, ")
