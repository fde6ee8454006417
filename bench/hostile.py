"""Files and texts that attack, and files of earlier versions, counted for the page of `bench.reliability`."""

import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from bench.reliability_page import Figure
from tests.db.test_schemas import SCHEMAS
from tests.hostile.files import cases
from tests.hostile.fuzz import fuzz
from tests.hostile.payloads import PAYLOADS

_ROOT = Path(__file__).parents[1]
_BROKEN = 300

#: Tests that are counted as they stand: the modules, what they are about, and how many things that is.
_COUNTED: tuple[tuple[str, str, Callable[[], int]], ...] = (
    ("tests/hostile/test_files.py", "hostile files, each imported", lambda: len(list(cases()))),
    (
        "tests/hostile/test_surfaces.py",
        "payloads that attack, each in every text column, shown by every command in every format",
        lambda: len(PAYLOADS),
    ),
    ("tests/db/test_schemas.py", "schemas of earlier versions, brought up to date or left alone", lambda: len(SCHEMAS)),
)


def hostile(_: float) -> list[Figure]:
    """Files broken at random, and the corpora of the tests."""
    outcome = fuzz(_BROKEN, seed=5)
    wrong = [f"{name}: {said}" for name, _, said in outcome.faults]
    came = f"{len(wrong)} ended otherwise than documented"
    figures = [Figure("files broken at random, each imported", f"{outcome.runs:,}", came, wrong)]
    for module, what, count in _COUNTED:
        passed, failed = _tested(module)
        came = f"{passed:,} tests pass, {len(failed)} fail"
        figures.append(Figure(what, f"{count():,}", came, failed))
    return figures


def _tested(module: str) -> tuple[int, list[str]]:
    """How many tests of a module pass, and which do not."""
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-rfE", "--tb=no", "-m", "slow or not slow"]
    told = subprocess.run([*command, module], cwd=_ROOT, capture_output=True, text=True, check=False).stdout
    failed = [line for line in told.splitlines() if line.startswith(("FAILED", "ERROR"))]
    found = re.search(r"(\d+) passed", told)
    return int(found[1]) if found else 0, failed
