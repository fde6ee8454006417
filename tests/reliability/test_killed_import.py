"""A large import that is killed leaves all of it or nothing; one that went through is taken back whole."""

import os
import random
import shutil
import signal
import subprocess
import time
from contextlib import suppress
from pathlib import Path

import pytest

from crmcli.db import connection
from tests.conftest import Dump
from tests.terminal import CRM, MEASURED

pytestmark = [pytest.mark.slow, pytest.mark.timeout(3_600)]

_KILLS = 50
_AT_LEISURE = pytest.mark.skipif(
    not os.environ.get("CRM_TEST_LONG"), reason="takes a quarter of an hour; CRM_TEST_LONG=1 runs it"
)
_MOST_MEMORY = 300_000  # kilobytes


def _customers(path: Path, count: int) -> None:
    """So many people at a twentieth as many organisations."""
    with path.open("w") as file:
        file.write("name,email,phone,company,tags\n")
        file.writelines(
            f"Person {number},p{number}@example.com,+1212{2_000_000 + number},Firm {number // 20},vip\n"
            for number in range(count)
        )


def _found(file: Path) -> tuple[object, ...]:
    """How many customers, ties, changes and operations there are, and what SQLite says of the file."""
    with connection.reading(file) as db:
        assert db.value("pragma foreign_key_check") is None
        counts = [db.value(f"select count(*) from {table}") for table in ("customer", "relationship", "operation")]
        return (*counts, db.value("select count(*) > 0 from change"), db.value("pragma integrity_check"))


@pytest.mark.parametrize("count", [5_000, pytest.param(100_000, marks=_AT_LEISURE)])
def test_an_import_that_is_killed_is_there_as_a_whole_or_not_at_all(
    count: int, empty_file: Path, tmp_path: Path
) -> None:
    source, file = tmp_path / "c.csv", tmp_path / "killed.db"
    _customers(source, count)
    command = [*CRM, "--db", str(file), "--quiet", "import", str(source)]
    shutil.copy(empty_file, file)
    began = time.monotonic()
    subprocess.run(command, stdout=subprocess.DEVNULL, check=True)
    lasts = time.monotonic() - began
    whole = _found(file)
    assert whole == (count + count // 20, count, 1, 1, "ok")
    chance, outcomes = random.Random(5), []

    for _ in range(_KILLS):
        for ending in ("", "-wal", "-shm"):
            Path(f"{file}{ending}").unlink(missing_ok=True)
        shutil.copy(empty_file, file)
        child = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        with suppress(subprocess.TimeoutExpired):
            child.wait(chance.uniform(0, lasts))
        child.send_signal(signal.SIGKILL)
        child.wait()
        outcomes.append(_found(file))

    assert set(outcomes) <= {whole, (0, 0, 0, 0, "ok")}
    assert (0, 0, 0, 0, "ok") in outcomes


def test_an_import_of_100_000_customers_is_taken_back_whole_in_little_memory(
    file: Path, tmp_path: Path, dump: Dump
) -> None:
    source, before = tmp_path / "c.csv", dump()
    _customers(source, 100_000)
    subprocess.run([*CRM, "--quiet", "import", str(source)], stdout=subprocess.DEVNULL, check=True)
    assert _found(file)[:2] == (105_000, 100_000)

    done = subprocess.run([*MEASURED, *CRM, "undo"], capture_output=True, text=True, check=True)

    assert dump() == before
    assert int(done.stderr.splitlines()[-1]) < _MOST_MEMORY
