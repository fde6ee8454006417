"""How long an import keeps other writers from the file, seen by one of them.

    python -m bench.lock [ROWS] [RUNS]

While `crm import` adds ROWS customers to a file that is there, this process asks for the write lock every two
milliseconds; the longest time that it was refused, and how long the whole import took, in seconds that pass.
"""

import os
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import closing
from pathlib import Path

from bench import measure
from bench.generate import generate
from crmcli.core.preferences import Preferences
from crmcli.db import migrate

_STEP = 0.002


def refused(file: Path, rows: Path) -> tuple[float, float]:
    """Seconds that the import of `rows` held the file, and seconds that it took."""
    command = measure.crm("--quiet", "--db", str(file), "import", str(rows))
    longest, since = 0.0, None
    with closing(sqlite3.connect(file, isolation_level=None, timeout=0)) as other:
        began = time.perf_counter()
        with subprocess.Popen(command, env=measure.environment(), stdout=subprocess.DEVNULL) as process:
            while process.poll() is None:
                now = time.perf_counter()
                if _is_free(other):
                    since = None
                else:
                    since = since or now
                    longest = max(longest, now - since)
                time.sleep(_STEP)
        if process.returncode:
            raise subprocess.CalledProcessError(process.returncode, command)
        return longest, time.perf_counter() - began


def _is_free(connection: sqlite3.Connection) -> bool:
    try:
        connection.execute("begin immediate")
    except sqlite3.OperationalError:
        return False
    connection.execute("rollback")
    return True


def main(rows: int = 100_000, runs: int = 3) -> None:
    """Print medians."""
    samples = []
    with tempfile.TemporaryDirectory() as folder:
        people = Path(folder) / "people.csv"
        generate(people, rows)
        for number in range(runs):
            file = Path(folder) / f"{number}.db"
            migrate.create(file, Preferences())
            samples.append(refused(file, people))
    held, took = (statistics.median(each) for each in zip(*samples, strict=True))
    print(f"{rows:,} customers, median of {runs} runs: {held:.2f} s of {took:.2f} s", measure.machine(), sep="\n")


if __name__ == "__main__":
    os.environ.pop("CRM_DB", None)
    main(*map(int, sys.argv[1:]))
