"""Sessions of commands on the simulated disk: alone, beside a reader, and on a file that is not there yet."""

import shlex
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from crmcli.core.preferences import Preferences
from crmcli.db import migrate
from tests.conftest import run
from tests.reliability.lab import Lab
from tests.reliability.lines import write_given
from tests.reliability.powercut import Outcome, Session
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
import os, sys
from pathlib import Path
from crmcli.db import driver, keys
keys.place.set(Path(os.environ["CRM_KEY_FILE"]))
file = driver.connect(Path(sys.argv[1]))
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


def disk(place: Path, records: Path | None) -> Path:
    """A folder with a copy of `records`, and rows to import."""
    folder = place / "disk"
    folder.mkdir()
    if records:
        shutil.copy(records, folder / "crm.db")
        write_given(folder, 40)
    return folder


def session(lab: Lab, place: Path, records: Path | None, *, seed: int, most: int) -> Session:
    """A session on such a folder."""
    return Session(lab, disk(place, records), place / "image", seed=seed, most=most)


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
    folder = disk(place, records)
    with reader(folder / "crm.db"):
        cut = Session(lab, folder, place / "image", seed=seed, most=most)
        for line in LINES:
            cut.run(shlex.split(line))
    return cut.outcome


def power_cuts_of_a_restore(lab: Lab, place: Path, records: Path, *, seed: int, most: int) -> Outcome:
    """A file that goes back to what a backup held."""
    folder = disk(place, records)
    for line in (f"backup {folder / 'copy.db'}", "customer edit 1 --set city=Rome"):
        run(f"{line} --db {folder / 'crm.db'}")
    shutil.rmtree(folder / "backups")
    cut = Session(lab, folder, place / "image", seed=seed, most=most)
    cut.run(["restore", str(folder / "copy.db"), "--yes"])
    return cut.outcome


def power_cuts_of_a_new_file(lab: Lab, place: Path, *, seed: int, most: int) -> Outcome:
    """The first write, where there was no file."""
    cut = session(lab, place, None, seed=seed, most=most)
    migrate.create(place / "new.db", Preferences())
    cut.run(["customer", "add", "Ada", "--tag", "vip"], also=[content(place / "new.db")])
    cut.run(["customer", "edit", "ada", "--tag", "press"])
    return cut.outcome
