"""What a command costs in `crm batch` and by itself: `python -m bench.batch [LINES]`.

The same lines, a customer, a call and a deal in turn, run by `crm batch`, by `crm batch --each` and, the first of them,
by a start of `crm` each, all on fresh files. CPU seconds of whole processes, and seconds that pass, per command.
"""

import shlex
import statistics
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path

from bench import measure

_RUNS = 5
_SINGLE = 15


def main() -> None:
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 1500
    lines = list(_lines(count))
    print(f"{measure.machine()}; {count:,} lines, {_SINGLE} of them by themselves; medians of {_RUNS} runs\n")
    kinds: dict[str, Callable[[], tuple[float, float]]] = {
        "a start each": lambda: _single(lines[:_SINGLE]),
        "`crm batch`": lambda: _batch(lines),
        "`crm batch --each`": lambda: _batch(lines, "--each"),
    }
    costs: dict[str, list[tuple[float, float]]] = {name: [] for name in kinds}
    for _ in range(_RUNS + 1):  # in turn, so that all see the same machine; the first run warms it
        for name, run in kinds.items():
            costs[name].append(run())
    print("| commands by | CPU ms | times as fast | ms that pass | times as fast |\n| --- | --: | --: | --: | --: |")
    medians = {
        name: [statistics.median(sample) for sample in zip(*runs[1:], strict=True)] for name, runs in costs.items()
    }
    single_cpu, single_wall = medians["a start each"]
    for name, (cpu, wall) in medians.items():
        print(f"| {name} | {cpu * 1000:.2f} | {single_cpu / cpu:.1f} | {wall * 1000:.2f} | {single_wall / wall:.1f} |")


def _lines(count: int) -> Iterator[str]:
    for number in range(1, count // 3 + 1):
        yield f"customer add 'Name {number}' --email n{number}@example.com --tag vip"
        yield f"log n{number}@example.com 'first call' --channel call --at yesterday"
        yield f"deal add 'Deal {number}' --customer n{number}@example.com --amount 12k"


def _single(lines: list[str]) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        place = str(_fresh(folder))
        begun = time.perf_counter()
        cpu = sum(measure.once(measure.crm("--db", place, *shlex.split(line))).seconds for line in lines)
        return cpu / len(lines), (time.perf_counter() - begun) / len(lines)


def _batch(lines: list[str], *options: str) -> tuple[float, float]:
    with tempfile.TemporaryDirectory() as folder:
        command = measure.crm("--db", str(_fresh(folder)), "batch", *options)
        begun = time.perf_counter()
        cpu = measure.once(command, stdin="\n".join(lines)).seconds
        return cpu / len(lines), (time.perf_counter() - begun) / len(lines)


def _fresh(folder: str) -> Path:
    place = Path(folder) / "crm.db"
    measure.once(measure.crm("--db", str(place), "init"))
    return place


if __name__ == "__main__":
    main()
