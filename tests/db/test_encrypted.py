"""The tests of the storage once more, on encrypted files."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import IS_ENCRYPTED

_ROOT = Path(__file__).parents[2]
_STORAGE = (
    *("tests/db/test_connection.py", "tests/db/test_migrate.py", "tests/db/test_readonly.py"),
    *("tests/db/test_search.py", "tests/db/test_subject.py", "tests/db/test_writing.py", "tests/db/test_faults.py"),
    *("tests/commands/test_backup.py", "tests/commands/test_restore.py", "tests/commands/test_doctor.py"),
    *("tests/test_schema.py", "tests/reliability"),
)


@pytest.mark.slow
@pytest.mark.timeout(900)
@pytest.mark.skipif(IS_ENCRYPTED, reason="this is that run")
def test_the_tests_of_the_storage_hold_on_encrypted_files() -> None:
    pytest.importorskip("sqlcipher3", reason="the extra encrypt is not installed")

    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-n", "2", *_STORAGE],
        cwd=_ROOT,
        env={**os.environ, "CRM_TEST_ENCRYPTED": "1"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-3000:]
