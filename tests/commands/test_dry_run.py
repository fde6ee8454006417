"""`--dry-run` checks everything and writes nothing, whatever the command."""

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.test_undo import EVERY_WRITE, prepare
from tests.conftest import Run, once

REFUSED = [
    ("customer add Eve --email ada@example.com", 4),
    ("customer add Eve --email nonsense", 2),
    ("customer edit ada --set city+=x", 2),
    ("customer edit ada --untag vip", 3),
    ("customer remove ada", 4),
    ("customer merge ada analytical-ltd", 4),
    ("relation add ada knows ada", 2),
    ("relation add ada referred bob", 4),
    ("log ada hello --at tomorrow", 2),
    ("interaction edit 9 --set text=x", 3),
    ("interaction remove 9", 3),
    ("deal add Engine --amount much", 2),
    ("deal edit 1 --set amout=5", 2),
    ("deal move 1 qoute", 3),
    ("deal reopen 1", 4),
    ("pipeline add sales", 4),
    ("stage add lead", 4),
    ("stage archive lead", 4),
    ("field add customer email", 4),
    ("field remove customer gift", 3),
    ("init --currency XYZ", 2),
    ("privacy consent withdraw ada --purpose newsletter", 3),
    ("privacy retention add silent --after soon --action erase", 2),
    ("privacy readmit 1", 3),
    ("undo 99", 3),
    ("redo", 3),
]


@pytest.fixture
@once
def started(crm: Run) -> None:
    crm("customer add Ada --email ada@example.com --employer 'Analytical Ltd' --tag press")
    crm("customer add Bob --phone +4930901820")
    crm("relation add bob referred ada")
    crm("log ada first --at 2026-11-02")
    crm("deal add Engine --customer ada --amount 900 --at 2026-11-03")


@pytest.mark.enumerating
@pytest.mark.parametrize("line", [*(line.replace(" --yes", "") for line in EVERY_WRITE), "undo", "undo 4"])
def test_a_dry_run_leaves_every_byte_of_the_file(line: str, started: Run, fingerprint: Callable[[], str]) -> None:
    prepare(started, line)
    before = fingerprint()

    told = started(f"{line} --dry-run")

    assert told.stdout == ""
    made = [each for each in told.stderr.splitlines() if each.startswith("new ")]
    assert told.stderr.splitlines()[len(made)] == "dry run: nothing was written"
    assert len(told.stderr.splitlines()) == len(made) + 2
    assert fingerprint() == before


@pytest.mark.parametrize(("line", "code"), REFUSED)
def test_a_dry_run_refuses_what_the_command_would(
    line: str, code: int, started: Run, fingerprint: Callable[[], str]
) -> None:
    before = fingerprint()
    yes = " --yes" if "remove" in line else ""

    dry = started(f"{line} --dry-run", exit_code=code)
    wet = started(f"{line}{yes}", exit_code=code)

    assert dry.stderr == wet.stderr
    assert wet.stdout == ""
    assert fingerprint() == before


def test_a_redo_can_be_tried_too(started: Run, fingerprint: Callable[[], str]) -> None:
    started("undo")
    before = fingerprint()

    assert "redid operation 5 (deal add): 3 records" in started("redo -n").stderr
    assert fingerprint() == before


def test_a_dry_run_makes_no_file(crm: Run, tmp_path: Path) -> None:
    place = tmp_path / "new.db"

    assert "added customer 1 Ada" in crm(f"customer add Ada --dry-run --db {place}").stderr
    assert not place.exists()
