"""The tests of the storage once more, on encrypted files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import IS_ENCRYPTED

_ROOT = Path(__file__).parents[2]
_COMMANDS = ("backup", "restore", "doctor", "undo")
_STORAGE = ("tests/db", *(f"tests/commands/test_{name}.py" for name in _COMMANDS), "tests/test_schema.py")
_ALL = "slow or not slow"
#: A fault at each step of each command takes half an hour.
_UNDER_FIRE = _ALL if os.environ.get("CRM_TEST_LONG") else "not slow"


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(IS_ENCRYPTED, reason="this is that run")
@pytest.mark.parametrize(("tests", "which"), [(_STORAGE, _ALL), (("tests/reliability",), _UNDER_FIRE)])
def test_the_tests_of_the_storage_hold_on_encrypted_files(tests: tuple[str, ...], which: str) -> None:
    pytest.importorskip("sqlcipher3", reason="the extra encrypt is not installed")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", "-m", which, *tests],
        cwd=_ROOT,
        env={**os.environ, "CRM_TEST_ENCRYPTED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:]
