"""What import and export cost beside `sqlite3` doing the least that could be done with the same rows.

    python -m bench.import_export [ROWS] [RUNS]

CPU seconds of the whole child process (user and system, interpreter start included), the median of the runs, which
take turns; the memory is the most that any run held. Ratios travel between machines, seconds do not.
"""

import os
import platform
import sqlite3
import statistics
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

from bench.generate import generate
from crmcli import __version__
from crmcli.core.preferences import Preferences
from crmcli.db import connection
from crmcli.query.comparison import Moment
from crmcli.reports import listing

_FLAT = """
create table t (name text, email text unique, phone text, company text, title text, city text, country text, tags text,
    source text);
"""


@dataclass(slots=True)
class Contender:
    """One command under measurement; `floor` names what its ratio is to."""

    name: str
    command: Sequence[str]
    floor: str | None = None
    seconds: list[float] = field(default_factory=list)
    peak: int = 0

    def run(self) -> None:
        """Run it once. Raises CalledProcessError for an exit code other than 0."""
        with subprocess.Popen(self.command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as child:
            said = child.stderr.read() if child.stderr else b""
            _, status, used = os.wait4(child.pid, 0)
            child.returncode = os.waitstatus_to_exitcode(status)
        if child.returncode:
            raise subprocess.CalledProcessError(child.returncode, self.command, stderr=said)
        self.seconds.append(used.ru_utime + used.ru_stime)
        self.peak = max(self.peak, used.ru_maxrss)

    @property
    def median(self) -> float:
        return statistics.median(self.seconds)


def measured(folder: Path, rows: int, runs: int) -> list[Contender]:
    """Every contender, run `runs` times in turn on the same file of `rows` customers."""
    people, flat, ours = folder / "people.csv", folder / "flat.db", folder / "ours.db"
    generate(people, rows)
    crm = (sys.executable, "-m", "crmcli", "--quiet", "--db", str(ours))
    load = ("sqlite3", str(flat), _FLAT, ".mode csv", f".import --skip 1 {people} t")
    floor = Contender("sqlite3 .import", load)
    first = Contender("crm import", (*crm, "import", str(people)), floor.name)
    again = Contender("crm import, again", first.command, floor.name)
    trial = Contender("crm import --dry-run", (*first.command, "--dry-run"), floor.name)
    for _ in range(runs):
        _remove(flat, ours)
        for contender in (floor, trial, first, again):
            contender.run()
    statement = ("sqlite3", "-csv", "-header", "-readonly", str(ours), _select(ours))
    select = Contender("sqlite3 -csv, our SELECT", statement)
    csv = Contender("crm export -f csv", (*crm, "export", "customers", "-f", "csv"), select.name)
    lines = Contender("crm export -f jsonl", (*crm, "export", "customers", "-f", "jsonl"), select.name)
    for _ in range(runs):
        for contender in (select, csv, lines):
            contender.run()
    return [floor, first, again, trial, select, csv, lines]


def markdown(contenders: Sequence[Contender]) -> str:
    """The table of results."""
    by_name = {contender.name: contender for contender in contenders}
    lines = ["| command | CPU s | ratio | peak MB |", "|---|---:|---:|---:|"]
    for each in contenders:
        ratio = f"{each.median / by_name[each.floor].median:.1f}" if each.floor else "1"
        lines.append(f"| {each.name} | {each.median:.2f} | {ratio} | {each.peak / 1024:.0f} |")
    return "\n".join(lines)


def machine() -> str:
    """The machine and the versions that the figures belong to."""
    cli = subprocess.run(["sqlite3", "--version"], capture_output=True, text=True, check=True).stdout.split()[0]
    sqlite = f"SQLite {sqlite3.sqlite_version} in Python, {cli} on the command line"
    system = f"{_processor()}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"
    return f"{system}; crmcli {__version__}, Python {platform.python_version()}, {sqlite}"


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text("utf-8").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    return next((line.partition(": ")[2] for line in lines if line.startswith("model name")), platform.machine())


def _select(path: Path) -> str:
    """The statement that our export runs."""
    said: list[str] = []
    with connection.reading(path) as db:
        db.connection.set_trace_callback(said.append)
        moment = Moment(datetime.now(UTC), Preferences())
        next(iter(listing.listing(db, "customer", view=listing.View(is_export=True), moment=moment).rows))
    return max(said, key=len)


def _remove(*paths: Path) -> None:
    for path in paths:
        for ending in ("", "-wal", "-shm"):
            path.with_name(path.name + ending).unlink(missing_ok=True)


def main(rows: int = 100_000, runs: int = 3) -> None:
    with tempfile.TemporaryDirectory() as folder:
        contenders = measured(Path(folder), rows, runs)
    print(f"{rows:,} customers, median of {runs} runs, {datetime.now(UTC):%Y-%m-%d}", end="\n\n")
    print(markdown(contenders), machine(), sep="\n\n")


if __name__ == "__main__":
    main(*map(int, sys.argv[1:]))
