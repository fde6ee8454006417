"""A kill, a full disk, a failing disk and half a write at each step of each command that writes."""

import os
import random
import shlex
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.conftest import IS_ENCRYPTED
from tests.reliability.files import short
from tests.reliability.lab import Fault, Lab, Mode, build
from tests.reliability.lines import BESIDE, EVERY_READ, MORE, WRITES, writing
from tests.reliability.states import content
from tests.reliability.sweep import SPECIAL, USUAL, Case, Whole, faults, made, prepared, strike, whole
from tests.terminal import CRM

#: They write every page, in 750 to 2,500 steps, and have a fault at some.
LONG = ("demo", "encrypt", "decrypt")


def in_turn(steps: range) -> list[Fault]:
    """At each step a kill, or one of the other faults, each in its turn."""
    return [fault for at in steps for fault in faults([USUAL[at % len(USUAL)]], [at])]


def wrongs(case: Case, lab: Lab, struck: list[Fault], usual: Whole) -> list[str]:
    return [wrong for fault in struck if (wrong := strike(case, lab, fault, usual))]


def test_every_command_that_writes_has_a_line() -> None:
    assert sorted(writing()) == sorted(WRITES)


def test_every_command_that_shows_has_a_line() -> None:
    from tests.conftest import commands

    assert sorted({*commands()} - {*writing()}) == sorted({*EVERY_READ} - {"history show"})


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", [name for name in (*WRITES, *MORE, *SPECIAL) if name not in (*LONG, *BESIDE)])
def test_a_fault_at_any_step_leaves_all_or_nothing(name: str, lab: Lab, place: Path, small_file: Path) -> None:
    case = made(name, place, small_file)
    usual = whole(case, lab)

    assert usual.steps > 4
    assert wrongs(case, lab, in_turn(range(1, usual.steps + 1)), usual) == []


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("name", LONG)
def test_a_fault_in_a_long_write_leaves_all_or_nothing(name: str, lab: Lab, place: Path, small_file: Path) -> None:
    case = made(name, place, small_file)
    usual = whole(case, lab)

    assert wrongs(case, lab, in_turn(range(usual.steps, 1, -41)), usual) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ["customer add", "deal move", "undo", "first write", "migrate"])
def test_a_fault_at_some_steps_leaves_all_or_nothing(name: str, lab: Lab, place: Path, small_file: Path) -> None:
    case = made(name, place, small_file)
    usual = whole(case, lab)

    assert wrongs(case, lab, in_turn(range(1, usual.steps + 1, 7)), usual) == []


@pytest.mark.slow
@pytest.mark.skipif(IS_ENCRYPTED, reason="of a damaged first page nobody knows whose it is")
def test_a_fault_while_a_damaged_file_is_replaced_leaves_it_or_the_backup(
    lab: Lab, place: Path, small_file: Path
) -> None:
    case = prepared("restore", place, small_file)
    short(case.base / "crm.db")
    shutil.rmtree(case.base / "backups")
    damaged, sound = (case.base / "crm.db").read_bytes(), content(case.base / "copy.db")
    wrong = []

    for fault in in_turn(range(1, case.run(lab).steps + 1, 3)):
        ran = case.run(lab, fault)
        now = (case.work / "crm.db").read_bytes()
        if now == damaged:
            is_true = ran.code != 0
        else:
            kept = [each.read_bytes() for each in (case.work / "backups").glob("*.db")]
            is_true = content(case.work / "crm.db") == sound and damaged in kept and "nothing was" not in ran.err
        if not is_true or ran.code not in (0, 10, -9):
            wrong.append((fault, ran))

    assert wrong == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_fault_in_a_large_import_leaves_all_or_nothing(lab: Lab, place: Path, small_file: Path) -> None:
    """The first 50 steps, the last 50 and 100 in between."""
    case = prepared("import", place, small_file, rows=10_000)
    usual = whole(case, lab)
    between = sorted(random.Random(3).sample(range(51, usual.steps - 49), 100))
    steps = [*range(1, 51), *between, *range(usual.steps - 49, usual.steps + 1)]
    struck = [next(faults([USUAL[at % len(USUAL)]], [at])) for at in steps]

    assert usual.steps > 1000
    assert wrongs(case, lab, struck, usual) == []


@pytest.mark.slow
def test_a_process_of_its_own_takes_the_same_steps(lab: Lab, place: Path, small_file: Path, tmp_path: Path) -> None:
    case = prepared("customer add", place, small_file)
    usual = whole(case, lab)
    case.fresh()
    environ = {
        "LD_PRELOAD": str(build(tmp_path)),
        "FAULT": f"{case.work}|{Mode.COUNT}|0|0|0|",
        "FAULT_STEPS": str(tmp_path / "steps"),
        "CRM_DB": str(case.work / "crm.db"),
        "SQLITE_TMPDIR": str(case.work),
    }

    subprocess.run([*CRM, *case.words], env={**os.environ, **environ}, capture_output=True, check=True)

    assert int((tmp_path / "steps").read_text()) == usual.steps


@pytest.mark.slow
def test_the_sweep_would_see_a_change_that_is_kept_by_half(lab: Lab, place: Path, small_file: Path) -> None:
    """A file that says one thing where the rules want another is not sound, nor is one that lost a row."""
    case = prepared("customer add", place, small_file)
    usual = whole(case, lab)
    missing = {**usual.after, "crm.db": "something else"}

    wrong = strike(case, lab, Fault(Mode.KILL, usual.steps), Whole(usual.steps, missing, missing, usual.new))

    assert wrong is not None
    assert "neither as before nor as after" in wrong


@pytest.mark.enumerating
@pytest.mark.parametrize("path", EVERY_READ)
def test_a_full_disk_can_be_read(path: str, lab: Lab, place: Path, small_file: Path) -> None:
    case = prepared("undo", place, small_file)
    case.fresh()
    words = shlex.split(f"{path} {EVERY_READ[path]} -q")

    usual = lab.run(words, case.work)
    ran = lab.run(words, case.work, Fault(Mode.ERROR, 1, sticky=True))

    assert (ran.code, ran.out, ran.err) == (0, usual.out, "")
    assert usual.out or path == "doctor"  # which has nothing to say
