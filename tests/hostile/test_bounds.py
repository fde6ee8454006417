"""However large a file is, the memory that an import takes is not."""

import os
import subprocess
import sys
import threading
import zipfile
from collections.abc import Iterable, Iterator
from contextlib import suppress
from itertools import chain, repeat
from pathlib import Path
from typing import NamedTuple

import pytest

from tests.terminal import CRM, MEASURED

pytestmark = [
    pytest.mark.slow,
    pytest.mark.timeout(600),
    pytest.mark.skipif(sys.platform != "linux", reason="the memory of a child is counted as Linux counts it"),
]

_MEGABYTE, _LIMIT = 1_000_000, 300_000  # bytes, kilobytes of memory


class Ended(NamedTuple):
    exit_code: int
    out: str
    err: str
    kilobytes: int


def imported(path: Path, *options: str) -> Ended:
    """`crm import` of a file in a process of its own."""
    command = [*MEASURED, *CRM, "import", *options, str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    err, _, kilobytes = done.stderr.rstrip("\n").rpartition("\n")
    return Ended(done.returncode, done.stdout, f"{err}\n", int(kilobytes))


def streamed(folder: Path, pieces: Iterable[bytes], *options: str) -> Ended:
    """`crm import` of pieces that come through a named pipe, as far as they are wanted."""
    pipe = folder / "large.csv"
    os.mkfifo(pipe)

    def write() -> None:
        with suppress(BrokenPipeError), pipe.open("wb") as file:
            for piece in pieces:
                file.write(piece)

    writer = threading.Thread(target=write)
    writer.start()
    ended = imported(pipe, "--as", "customers", *options)
    writer.join()
    return ended


def gigabyte(row: bytes) -> Iterator[bytes]:
    """A header and rows of it, a gigabyte in all."""
    block = row * max(1, _MEGABYTE // len(row))
    return chain([b"name,note\n"], repeat(block, 1_000 * _MEGABYTE // len(block)))


@pytest.mark.parametrize("lead", [b"", b"name,note\nAda,", b"name\n" + b"Ada\n" * 2_000, b'name,note\nAda,"'])
def test_a_line_of_half_a_gigabyte_is_refused(lead: bytes, file: Path, tmp_path: Path) -> None:
    before = file.read_bytes()

    ended = streamed(tmp_path, chain([lead], repeat(b"x" * _MEGABYTE, 512)))

    line = 1 + lead.count(b"\n")
    assert (ended.exit_code, ended.out) == (2, "")
    assert ended.err == f"error: '{tmp_path}/large.csv': line {line} is longer than 8 MB\n"
    assert ended.kilobytes < _LIMIT
    assert file.read_bytes() == before


@pytest.mark.parametrize(
    ("row", "exit_code"),
    [(b"x" * 900_000 + b",\n", 5), (b"x" * 900_000 + b",,\n", 5), (b" " * 900_000 + b"\n", 0)],
    ids=["long names", "ragged rows", "blank lines"],
)
def test_a_gigabyte_takes_no_more_memory(row: bytes, exit_code: int, file: Path, tmp_path: Path) -> None:
    ended = streamed(tmp_path, gigabyte(row), "--dry-run")

    assert ended.exit_code == exit_code, ended.err
    assert ended.kilobytes < _LIMIT


def test_half_a_gigabyte_of_rejected_rows_takes_no_more_memory_where_it_is_kept(file: Path, tmp_path: Path) -> None:
    kept, row = tmp_path / "bad.csv", b"x" * 900_000 + b",\n"

    ended = streamed(tmp_path, chain([b"name,note\n"], repeat(row, 500)), "--dry-run", "--rejects", str(kept))

    assert ended.exit_code == 5, ended.err
    assert ended.kilobytes < _LIMIT
    assert kept.stat().st_size == len(b"name,note\n") + 500 * len(row)


def test_many_rows_that_are_rejected_late_take_no_more_memory(file: Path, tmp_path: Path) -> None:
    """Each names a customer that is not there, which shows only once all is read."""
    rows = (f"2026-01-02,call,Hello,Nobody {number}\n".encode() for number in range(200_000))

    pipe = streamed(tmp_path, chain([b"at,channel,text,customer\n"], rows), "--as", "interactions", "--dry-run")

    assert pipe.out == "0 new, 0 changed, 0 unchanged, 200,000 rejected\n"
    assert pipe.kilobytes < _LIMIT


def test_a_gigabyte_of_nothing_is_no_text(file: Path, tmp_path: Path) -> None:
    sparse = tmp_path / "sparse.csv"
    with sparse.open("wb") as whole:
        whole.truncate(1_000 * _MEGABYTE)

    ended = imported(sparse)

    assert (ended.exit_code, ended.err.splitlines()[0]) == (2, f"error: '{sparse}' is not a text file")
    assert ended.kilobytes < _LIMIT


def test_a_zip_bomb_is_not_opened(file: Path, tmp_path: Path) -> None:
    bomb = tmp_path / "bomb.csv"
    with (
        zipfile.ZipFile(bomb, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("a.csv", "w", force_zip64=True) as member,
    ):
        for _ in range(200):
            member.write(bytes(_MEGABYTE))

    ended = imported(bomb)

    assert ended.exit_code == 2
    assert "times when it is unpacked: at most 200" in ended.err
    assert ended.kilobytes < _LIMIT
