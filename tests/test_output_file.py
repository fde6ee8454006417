"""`--output FILE`: whole or not at all, for its owner alone, and never over the database."""

import os
import stat
from pathlib import Path

import pytest

from crmcli.commands.options import FORMATS
from tests.conftest import run, wrote


def out(path: str, *words: str) -> str:
    return run([*path.split(), *words]).stdout


@pytest.mark.parametrize("form", FORMATS)
def test_output_writes_a_file_for_its_owner_alone(form: str, small: Path, tmp_path: Path) -> None:
    place = tmp_path / "list.out"

    assert out("customer list", "-f", form, "-o", str(place)) == ""

    assert place.read_bytes().decode() == out("customer list", "-f", form)
    assert stat.S_IMODE(place.stat().st_mode) == 0o600


def test_output_in_a_terminal_format_is_what_a_pipe_gets(small: Path, tmp_path: Path) -> None:
    out("customer list", "-o", str(tmp_path / "x"))

    assert (tmp_path / "x").read_text() == out("customer list", "-f", "tsv")


def test_a_dash_is_stdout(small: Path) -> None:
    assert out("customer list", "-o", "-") == out("customer list")


def test_output_that_fails_leaves_the_old_file(small: Path, tmp_path: Path) -> None:
    place = tmp_path / "list.csv"
    place.write_text("old")
    with wrote(small) as session:
        session.raw.execute("update customer set name = cast(x'ff' as text) where id = 3")

    run(f"customer list -o {place}", exit_code=10)

    assert place.read_text() == "old"
    assert sorted(path.name for path in tmp_path.iterdir()) == ["crm.db", "list.csv"]


@pytest.mark.parametrize("place", ["nowhere/x", ".", "crm.db"])
def test_a_place_that_cannot_be_written_is_said(place: str, small: Path, tmp_path: Path) -> None:
    before = small.read_bytes()

    result = run(f"customer list -o {tmp_path / place}", exit_code=2 if place == "crm.db" else 10)

    assert result.stderr.startswith("error: ")
    assert str(tmp_path / place) in result.stderr
    assert small.read_bytes() == before


def test_a_device_is_written_and_stays_a_device(small: Path) -> None:
    run("customer list -o /dev/null")

    assert stat.S_ISCHR(os.stat("/dev/null").st_mode)


def test_a_link_stays_a_link(small: Path, tmp_path: Path) -> None:
    link = tmp_path / "link"
    link.symlink_to(tmp_path / "far")

    run(f"customer list -o {link}")

    assert link.is_symlink()
    assert (tmp_path / "far").read_text().startswith("id\t")
