"""Many processes write to one file at once, and nobody loses anything or reads half of anything."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.conftest import run, wrote
from tests.reliability.crowd import hammered
from tests.reliability.lines import MORE, WRITES, write_given
from tests.terminal import CRM


@pytest.mark.slow
def test_sixteen_writers_lose_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_WAIT", "60")

    account, wrong = hammered(file, count=8, imports=3, writers=16)

    assert wrong == []
    assert account.done("add") == 8  # of each e-mail one
    assert account.codes["log"] == {"0": account.done("log")}


@pytest.mark.slow
def test_a_few_writers_lose_nothing(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_WAIT", "60")

    account, wrong = hammered(file, count=3, imports=1, writers=4)

    assert wrong == []
    assert account.commands == 3 + 3 + 1 + 1 + 2 * 3


def test_an_export_that_nobody_reads_on_blocks_nobody(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """`export | less`: the pipe is full, and the rows that come later are those of the beginning."""
    monkeypatch.setenv("CRM_WAIT", "0")
    with wrote(small) as session:
        session.raw.execute("update customer set note = ? where id = 1", ("x" * 90_000,))
        session.raw.execute("update customer set note = ? where id = 4", ("y" * 90_000,))

    with subprocess.Popen(
        [*CRM, "export", "customers", "-f", "csv", "--columns", "id,note"], stdout=subprocess.PIPE
    ) as export:
        assert export.stdout is not None
        first = os.read(export.stdout.fileno(), 100)
        run("customer add Eve")
        run("customer edit 4 --set note=new")
        rest = export.stdout.read()

    assert export.returncode == 0
    assert b"y" * 90_000 in first + rest
    assert len((first + rest).splitlines()) == 5
    assert run("customer list -f ids").stdout == "1\n2\n3\n4\n5\n"


@pytest.mark.slow
def test_nobody_waits_for_an_import(small_file: Path, tmp_path: Path) -> None:
    """What a command loads, it loads before it locks the file."""
    write_given(tmp_path, 3)
    lines = [f"{path} {line.words.format(folder=tmp_path)}" for path, line in (WRITES | MORE).items() if not line.first]

    told = subprocess.run(
        [sys.executable, str(Path(__file__).with_name("ahead.py")), str(small_file)],
        input="\n".join(lines),
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(Path(__file__).parents[2])},
        stdout=subprocess.PIPE,
        text=True,
        check=True,
    ).stdout

    found = [json.loads(line) for line in told.splitlines()]
    assert len(found) == len(lines)
    assert [each for each in found if each[1:] != [0, []]] == []
