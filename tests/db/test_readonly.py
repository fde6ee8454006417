"""Files and folders that may be read and not written, seen by a user whom the system does stop."""

import os
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.conftest import IS_ENCRYPTED, Run, run

_NOBODY = 65534

pytestmark = pytest.mark.skipif(
    os.geteuid() == 0 and not hasattr(os, "setresuid"), reason="root may write everywhere, and cannot step down here"
)


@contextmanager
def without_root() -> Iterator[None]:
    """Be nobody where we are root, whom no permission stops."""
    if os.geteuid():
        yield
        return
    os.setresuid(_NOBODY, _NOBODY, 0)
    try:
        yield
    finally:
        os.setresuid(0, 0, 0)


@pytest.fixture
def shared(small: Path) -> Iterator[Path]:
    """The file in a folder of its own that nobody can reach; every module that is needed is loaded."""
    run(f"customer list --db {small}")
    run(f"customer add Eve --dry-run --db {small}")
    run(f"init --dry-run --db {small}")
    folder = Path(tempfile.mkdtemp(prefix="crm-test-"))
    copy = Path(shutil.copy(small, folder / "x.db"))
    if os.geteuid() == 0:
        os.chown(folder, _NOBODY, _NOBODY)
        os.chown(copy, _NOBODY, _NOBODY)
    yield copy
    os.chmod(folder, 0o700)
    shutil.rmtree(folder)


@pytest.mark.skipif(IS_ENCRYPTED, reason="nobody, whom it becomes, has no key")
@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o400, 0o700), (0o600, 0o500), (0o400, 0o500)])
def test_what_may_be_read_is_read_and_not_written(file_mode: int, folder_mode: int, shared: Path) -> None:
    before = shared.read_bytes()
    shared.chmod(file_mode)
    shared.parent.chmod(folder_mode)

    with without_root():
        read = run(f"customer list -f ids --db {shared}")
        refused = run(f"customer add Eve --db {shared}", exit_code=10)

    assert read.stdout == "1\n2\n3\n4\n"
    assert refused.stderr.startswith(f"error: cannot write '{shared}': ")
    assert "nothing was changed" in refused.stderr.splitlines()[0]
    assert shared.read_bytes() == before


def test_a_file_that_may_not_be_read_is_said(shared: Path) -> None:
    shared.chmod(0o000)

    with without_root():
        for line in ("customer list", "customer add Eve"):
            stderr = run(f"{line} --db {shared}", exit_code=10).stderr
            assert stderr.startswith(f"error: cannot use '{shared}': permission denied; nothing was changed\n")


def test_a_folder_that_may_not_be_entered_is_said(shared: Path) -> None:
    shared.parent.chmod(0o000)

    with without_root():
        for line in ("customer list", "customer add Eve", "init"):
            assert "permission denied" in run(f"{line} --db {shared}", exit_code=10).stderr


def test_a_new_file_in_a_folder_that_may_not_be_written(shared: Path) -> None:
    shared.parent.chmod(0o500)
    place = shared.parent / "new.db"

    with without_root():
        stderr = run(f"customer add Eve --db {place}", exit_code=10).stderr

    assert stderr.startswith(f"error: cannot use '{place}': permission denied; nothing was changed\n")
    assert sorted(path.name for path in shared.parent.iterdir()) == ["x.db"]


def test_output_into_a_folder_that_may_not_be_written(crm: Run, shared: Path) -> None:
    shared.parent.chmod(0o500)

    with without_root():
        stderr = crm(f"help columns tag -o {shared.parent / 'list.csv'} --db {shared}", exit_code=10).stderr

    assert "permission denied" in stderr
