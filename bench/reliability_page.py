"""The page that the figures of `bench.reliability` make."""

import os
from dataclasses import dataclass, field
from datetime import UTC, datetime

from bench import measure


@dataclass(slots=True)
class Figure:
    """A line of the page: what was done, how often, and what came of it."""

    what: str
    count: str
    came: str
    wrong: list[str] = field(default_factory=list)


def page(figures: list[Figure], minutes: float, customers: int, seconds: float) -> str:
    """The page, every figure of it from this run."""
    lines = "\n".join(f"| {each.what} | {each.count} | {each.came} |" for each in figures)
    lost = [line for each in figures for line in each.wrong]
    verdict = (
        "Nothing was lost." if not lost else "What went wrong:\n\n" + "\n".join(f"- {line[:300]}" for line in lost)
    )
    return f"""# Reliability

What the file was put through in one run of `python -m bench.reliability {minutes:g} {customers}` on {datetime.now(UTC):%Y-%m-%d}, {seconds:.0f} seconds.
Machine: {measure.machine()}; load {os.getloadavg()[1]:.1f} over the last five minutes.
All or nothing means: the file passes `integrity_check`, `foreign_key_check` and our own rules, and holds to the row what it held before the command or after it; exit 0 means after.

| what | how many | what came of it |
| --- | --: | --- |
{lines}

{verdict}

## How

- Faults and kills: a library between `crm` and the disk (`tests/reliability/shim.c`) counts each open for writing, write, sync, truncation, rename, link and removal, and at the Nth kills the process, answers that the disk is full or failing, or writes half.
- Power cuts: the same library logs every step of a session of commands; the simulator (`tests/reliability/powercut.py`) keeps what was synced and, of the rest, nothing, all, the first so many, any, or parts torn at a sector of 512 bytes.
- The tests run all of this in a smaller measure; this page counts more of it.
"""  # noqa: E501


def came_of(wrong: list[str], *kinds: str) -> str:
    """Of the faults of these kinds, how many did not leave all or nothing."""
    count = sum(not kinds or any(f", {kind}" in line or ", torn" in line for kind in kinds) for line in wrong)
    return "all or nothing each time" if not count else f"{count} not all or nothing"


def quantile(values: list[float], share: float) -> float:
    """The value below which that share of the sorted `values` lies."""
    return values[min(len(values) - 1, int(len(values) * share))]
