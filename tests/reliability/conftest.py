"""A lab for each worker, and folders in memory to break things in: nothing here asks a disk to be slow."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.reliability.lab import Lab, laboratory, why_not


@pytest.fixture(scope="session")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Lab]:
    """Commands under the shim."""
    if reason := why_not():
        pytest.skip(reason)
    home = tmp_path_factory.mktemp("lab")
    environ = {"HOME": str(home), "TZ": "UTC", "USER": "tester", "NO_COLOR": "1", "CRM_WAIT": "1"}
    with laboratory(home, {**environ, "CRM_NOW": "2026-11-20T12:00:00+00:00"}) as lab:
        yield lab


@pytest.fixture
def place() -> Iterator[Path]:
    """A folder in memory where there is such a thing."""
    memory = Path("/dev/shm")
    folder = Path(tempfile.mkdtemp(prefix="crm-test-", dir=memory if os.access(memory, os.W_OK) else None))
    yield folder
    shutil.rmtree(folder)
