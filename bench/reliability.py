"""What the file survives, counted in one run: `python -m bench.reliability [MINUTES] [CUSTOMERS]`.

Writes `docs/reliability.md`. The machinery is that of the tests; a part that this machine cannot run has no line in
the page. Faults come in a seeded order until their share of the minutes is over; 0 of them are lost, or the page says
which.
"""

import json
import os
import random
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from pathlib import Path

from bench import commands, measure
from bench.hostile import hostile
from bench.reliability_page import Figure, came_of, page, quantile
from crmcli.core.preferences import Preferences
from crmcli.db import connection, migrate
from tests.conftest import NOW, RECORDS, run
from tests.reliability import cuts, lines
from tests.reliability.asking import damaged
from tests.reliability.crowd import hammered
from tests.reliability.lab import Fault, Lab, Mode, laboratory, why_not
from tests.reliability.lines import MORE, WRITES
from tests.reliability.powercut import Outcome
from tests.reliability.sweep import EVERY, SPECIAL, faults, made, prepared, strike, whole
from tests.undoing import undo_sequences

_PAGE = Path(__file__).parents[1] / "docs" / "reliability.md"
_WORKERS = 2
_KEPT = Path(tempfile.gettempdir()) / f"crm-bench-{os.getpid()}.db"  # its number is that of the main process
_DAMAGED = ("customer list", "deal show", "funnel show", "history", "log", "undo")

_SEQUENCES = 40

Swept = tuple[int, int, int, list[str]]  # kills, other faults, how many there could be, what was wrong


def main(minutes: float, customers: int) -> None:
    """Count everything and write the page."""
    began = time.monotonic()
    figures: list[Figure] = []
    with tempfile.TemporaryDirectory() as folder:
        _kept(Path(folder))
    for part in (sweeps, imports, power_cuts, writers, damages, hostile, undoing):
        figures += part(minutes * 60)
        print(f"{time.monotonic() - began:5.0f} s  {figures[-1].what}: {figures[-1].count}, {figures[-1].came}")
    figures += million(customers)
    _KEPT.unlink()
    _PAGE.write_text(page(figures, minutes, customers, time.monotonic() - began), "utf-8")


def sweeps(seconds: float) -> list[Figure]:
    """A fault at the steps of each writing command."""
    if why_not():
        return []
    names = [name for name in (*WRITES, *MORE, *SPECIAL) if lines.why_not(name) is None]
    shares = [names[number::_WORKERS] for number in range(_WORKERS)]
    with ProcessPoolExecutor(_WORKERS) as pool:
        found = [each for several in pool.map(_swept, shares, [seconds * 0.45] * _WORKERS) for each in several]
    kills, errors, possible = (
        sum(each[0] for each in found),
        sum(each[1] for each in found),
        sum(each[2] for each in found),
    )
    wrong = [line for each in found for line in each[3]]
    return [
        Figure(f"kills at a step of one of {len(names)} kinds of write", f"{kills:,}", came_of(wrong, "kill")),
        Figure(
            "I/O faults (disk full, failing, half a write; once and lasting)",
            f"{errors:,}",
            f"{came_of(wrong, 'error', 'short')}; {kills + errors:,} of {possible:,} pairs of step and fault",
            wrong,
        ),
    ]


def _swept(names: list[str], seconds: float) -> list[Swept]:
    """What came of the faults in each command."""
    until, found = time.monotonic() + seconds, []
    with _place() as place, _lab(place) as lab:
        for number, name in enumerate(names):
            share = max(0.0, until - time.monotonic()) / (len(names) - number)
            found.append(_struck(name, lab, place / str(number), share))
    return found


def _struck(name: str, lab: Lab, place: Path, seconds: float) -> Swept:
    place.mkdir()
    case = made(name, place / "case", _records(place))
    usual = whole(case, lab)
    struck = list(faults(EVERY, range(1, usual.steps + 1)))
    random.Random(name).shuffle(struck)
    until, done, wrong = time.monotonic() + seconds, 0, []
    for fault in struck:
        if done and time.monotonic() > until:
            break
        done += 1
        if said := strike(case, lab, fault, usual):
            wrong.append(said)
    kills = sum(fault.mode in (Mode.KILL, Mode.TORN) for fault in struck[:done])
    return kills, done - kills, len(struck), wrong


def imports(seconds: float) -> list[Figure]:
    """Faults in an import of 10,000 rows, and how soon a file is read again after a kill."""
    if why_not():
        return []
    with _place() as place, _lab(place) as lab:
        case = prepared("import", place / "case", _records(place), rows=10_000)
        usual = whole(case, lab)
        between = random.Random(3).sample(range(51, usual.steps - 49), 100)
        steps = [*range(1, 51), *between, *range(usual.steps - 49, usual.steps + 1)]
        random.Random(4).shuffle(steps)
        until, done, wrong, waits = time.monotonic() + seconds * 0.15, 0, [], []
        for at in steps:
            if time.monotonic() > until:
                break
            fault = next(faults([EVERY[at % len(EVERY)]], [at]))
            done += 1
            if said := strike(case, lab, fault, usual):
                wrong.append(said)
            if done % 2:
                case.run(lab, Fault(Mode.KILL, at))
                waits.append(_first_read(case.work / "crm.db"))
    rows = Figure("faults in an import of 10,000 rows, at its first 50, last 50 and 100 other steps", "", "", wrong)
    rows.count, rows.came = f"{done}", came_of(wrong)
    if not waits:
        return [rows]
    first = f"median {statistics.median(waits):.1f} ms, slowest {max(waits):.1f} ms"
    return [rows, Figure("first read of a file whose import was killed", f"{len(waits)}", first)]


def _first_read(file: Path) -> float:
    """Milliseconds to open the file, let SQLite heal it, and count."""
    began = time.perf_counter()
    with connection.reading(file) as db:
        db.value("select count(*) from customer")
    return (time.perf_counter() - began) * 1000


def power_cuts(seconds: float) -> list[Figure]:
    """Disk images of sessions of commands."""
    if why_not():
        return []
    with ProcessPoolExecutor(_WORKERS) as pool:
        found = list(pool.map(_cut, range(_WORKERS), [seconds * 0.25] * _WORKERS))
    images, wrong = sum(count for count, _ in found), [line for _, lines in found for line in lines]
    broken = sum("damaged" in line for line in wrong)
    came = f"{broken} damaged, {len(wrong) - broken} lost something acknowledged"
    return [Figure("different disk images after a power cut", f"{images:,}", came, wrong)]


def _cut(worker: int, seconds: float) -> tuple[int, list[str]]:
    until, images, seed = time.monotonic() + seconds, 0, worker
    wrong: list[str] = []
    kinds: tuple[Callable[[Lab, Path, int], Outcome], ...] = (
        lambda lab, place, seed: cuts.power_cuts(lab, place, _records(place), seed=seed, most=40),
        lambda lab, place, seed: cuts.power_cuts_beside_a_reader(lab, place, _records(place), seed=seed, most=40),
        lambda lab, place, seed: cuts.power_cuts_of_a_new_file(lab, place, seed=seed, most=40),
    )
    with _place() as tools, _lab(tools) as lab:
        while time.monotonic() < until:
            with _place() as place:
                done = kinds[seed // _WORKERS % len(kinds)](lab, place, seed)
            images, wrong, seed = images + done.images, wrong + done.wrong, seed + _WORKERS
    return images, wrong


def writers(_: float) -> list[Figure]:
    """Sixteen writers and two readers at once, on a disk."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "crm.db"
        migrate.create(file, Preferences())
        with _environment(CRM_WAIT="30"):
            account, wrong = hammered(file, count=12, imports=3, writers=16)
    waits = sorted(account.waits)
    errors = sum(count for codes in account.codes.values() for code, count in codes.items() if code not in "04")
    came = f"{errors} errors, {len(wrong) - len(account.said)} lost or doubled"
    waited = f"p50 {quantile(waits, 0.5):.2f} s, p99 {quantile(waits, 0.99):.2f} s, longest {waits[-1]:.2f} s"
    return [
        Figure(
            "commands of 16 writers (two import 1,000 rows) and 2 readers at once", f"{account.commands}", came, wrong
        ),
        Figure("waits of these writers for the file", f"{len(waits)}", waited),
    ]


def damages(seconds: float) -> list[Figure]:
    """Files with a bit, bytes, a sector or a page spoiled, or cut off."""
    until, files, wrong = time.monotonic() + seconds * 0.15, 0, []
    with _place() as place:
        sound = _records(place).read_bytes()
        while time.monotonic() < until:
            wrong += damaged(place / "x.db", sound, 10, list(_DAMAGED), seed=files)
            files += 10
    came = f"{len(wrong)} tracebacks, unknown exit codes, changed files or told secrets"
    return [Figure(f"damaged files, each asked by {len(_DAMAGED)} commands", f"{files:,}", came, wrong)]


def undoing(_: float) -> list[Figure]:
    """Sequences of commands, undos and redos against a plain model."""
    with tempfile.TemporaryDirectory() as folder, _environment(HOME=folder):
        done = undo_sequences(_SEQUENCES, 7)
    came = f"{done.turned:,} undos and redos gave the file back as it must be, {done.refused:,} refused as they must be"
    return [Figure("sequences of up to 30 commands, undos and redos, beside a plain model", f"{done.sequences}", came)]


def million(customers: int) -> list[Figure]:
    """Backup and check of a large file; the check finds that the file was never backed up and has no history."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "large.db"
        commands.build(file, customers)
        taken = []
        for words, expected in ((("doctor",), 1), (("backup", f"{folder}/copy.db"), 0)):
            began = time.perf_counter()
            done = subprocess.run(measure.crm(*words, "-q", "--db", str(file)), capture_output=True, check=False)
            seconds = time.perf_counter() - began
            wrong = [] if done.returncode == expected else [f"crm {words[0]}: exit {done.returncode}"]
            taken.append(Figure(f"`crm {words[0]}`", f"{customers:,} customers", f"{seconds:.1f} s", wrong))
    return taken


@contextmanager
def _place() -> Iterator[Path]:
    """A folder in memory, where there is such a thing."""
    memory = "/dev/shm"
    with (
        tempfile.TemporaryDirectory(dir=memory if os.access(memory, os.W_OK) else None) as folder,
        tempfile.TemporaryDirectory() as home,  # of one worker: commands that write settings write them there
        _environment(HOME=home),
    ):
        yield Path(folder)


@contextmanager
def _environment(**changes: str) -> Iterator[None]:
    """No file, zone or clock of this machine."""
    names = {"CRM_NOW": NOW.isoformat(), "TZ": "UTC", "USER": "bench", "HOME": tempfile.gettempdir(), "CRM_WAIT": "5"}
    names["CRM_KEY_FILE"] = f"{_KEPT}.key"  # there is none: the files are not encrypted
    before = json.dumps(dict(os.environ))
    os.environ.update(names | changes)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(json.loads(before))


@contextmanager
def _lab(place: Path) -> Iterator[Lab]:
    with laboratory(place, {"CRM_WAIT": "1", "NO_COLOR": "1"}) as lab:
        yield lab


def _records(place: Path) -> Path:
    """A copy, in `place`, of a file with a few records of every kind."""
    return Path(shutil.copy(_KEPT, place / "records.db"))


def _kept(folder: Path) -> None:
    """Make the file that all parts begin with."""
    file = folder / "kept.db"
    with _environment():
        for line in RECORDS:
            run(f"{line} --db {file}")
    shutil.copy(file, _KEPT)


if __name__ == "__main__":
    main(float(sys.argv[1]) if len(sys.argv) > 1 else 15, int(sys.argv[2]) if len(sys.argv) > 2 else 1_000_000)
