"""After a power cut at any moment the file is sound, and holds whatever was acknowledged."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from crmcli.core.preferences import Preferences
from crmcli.db import migrate
from tests.reliability.lab import Lab
from tests.reliability.lines import write_rows
from tests.reliability.powercut import Disk, Event, Outcome, Session
from tests.reliability.states import content

LINES = (
    "customer add 'Grace Hopper' --email grace@example.com --employer Navy --tag vip",
    "customer edit ada-lovelace --set city=London --tag board",
    "deal move 1 lead",
    "log ada-lovelace,李雷 met --channel meeting",
    "undo",
    "redo",
    "import rows.csv",
    "stage archive needs",
    "init --currency USD",
)

_READER = """
import sqlite3, sys
file = sqlite3.connect(sys.argv[1], isolation_level=None)
file.execute("begin")
print(file.execute("select count(*) from customer").fetchone(), flush=True)
sys.stdin.read()
"""


@contextmanager
def reader(file: Path) -> Iterator[None]:
    """Another process that reads for as long as the block lasts, so that the log cannot be put away."""
    command = [sys.executable, "-c", _READER, str(file)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        if process.stdout is None or process.stdin is None:
            raise AssertionError
        process.stdout.readline()
        yield
        process.stdin.close()


def session(lab: Lab, place: Path, records: Path | None, *, seed: int, most: int) -> Session:
    folder = place / "disk"
    folder.mkdir()
    if records:
        shutil.copy(records, folder / "crm.db")
        write_rows(folder / "rows.csv", 40)
    return Session(lab, folder, place / "image", seed=seed, most=most)


def power_cuts(
    lab: Lab, place: Path, records: Path, *, seed: int, most: int, lines: tuple[str, ...] = LINES
) -> Outcome:
    """One command after the other, each of which puts its log away."""
    cut = session(lab, place, records, seed=seed, most=most)
    for line in lines:
        cut.run(shlex.split(line))
    return cut.outcome


def power_cuts_beside_a_reader(lab: Lab, place: Path, records: Path, *, seed: int, most: int) -> Outcome:
    """The same while the log stays, and grows."""
    cut = session(lab, place, records, seed=seed, most=most)
    with reader(place / "disk" / "crm.db"):
        for line in LINES:
            cut.run(shlex.split(line))
    return cut.outcome


def power_cuts_of_a_new_file(lab: Lab, place: Path, *, seed: int, most: int) -> Outcome:
    """The first write, where there was no file."""
    cut = session(lab, place, None, seed=seed, most=most)
    migrate.create(place / "new.db", Preferences())
    cut.run(["customer", "add", "Ada", "--tag", "vip"], also=[content(place / "new.db")])
    cut.run(["customer", "edit", "ada", "--tag", "press"])
    return cut.outcome


@pytest.mark.parametrize("seed", range(2))
def test_no_power_cut_in_a_few_commands_loses_anything(seed: int, lab: Lab, place: Path, small_file: Path) -> None:
    done = power_cuts(lab, place, small_file, seed=seed, most=12, lines=(LINES[0], "undo"))

    assert done.images > 40
    assert done.wrong == []


@pytest.mark.slow
def test_no_power_cut_loses_anything(lab: Lab, place: Path, small_file: Path) -> None:
    done = power_cuts(lab, place, small_file, seed=1, most=60)

    assert done.images > 800
    assert done.wrong == []


@pytest.mark.slow
def test_no_power_cut_beside_a_reader_loses_anything(lab: Lab, place: Path, small_file: Path) -> None:
    done = power_cuts_beside_a_reader(lab, place, small_file, seed=2, most=60)

    assert done.images > 500
    assert done.wrong == []


def test_no_power_cut_in_a_first_write_loses_anything(lab: Lab, place: Path) -> None:
    done = power_cuts_of_a_new_file(lab, place, seed=3, most=40)

    assert done.images > 50
    assert done.wrong == []


def test_the_simulator_sees_what_a_missing_sync_loses(lab: Lab, place: Path, small_file: Path) -> None:
    """With the syncs struck from the log the same session loses what it acknowledged, and more."""
    cut = session(lab, place, small_file, seed=4, most=40)
    apply = Disk.apply

    def forgetful(disk: Disk, event: Event) -> None:
        if event.kind not in "SD":
            apply(disk, event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Disk, "apply", forgetful)
        cut.run(shlex.split(LINES[0]))

    assert any("damaged" in wrong for wrong in cut.outcome.wrong)
    assert any("neither" in wrong for wrong in cut.outcome.wrong)
