"""The nightly import does not bring an erased customer back."""

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
