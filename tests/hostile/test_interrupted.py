"""Ctrl-C and a closed pipe are ordinary ends: one word, the documented exit code, nothing changed."""

import os
import signal
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest

from crmcli import __main__ as entry
from tests.conftest import add_customers
from tests.terminal import CRM

_ROW = b"Ada Lovelace,ada@example.com,London\n"
_MORE_THAN_A_PIPE_HOLDS = 300_000


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    """What is started here hears Ctrl-C, also where the tests run in the background of a shell, which turns it off."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("options", [(), ("--dry-run",), ("--strict",)])
def test_an_import_that_is_interrupted_changes_nothing(options: tuple[str, ...], file: Path, tmp_path: Path) -> None:
    before, pipe = file.read_bytes(), tmp_path / "rows.csv"
    os.mkfifo(pipe)
    child = subprocess.Popen([*CRM, "import", *options, str(pipe)], stdout=subprocess.PIPE, stderr=subprocess.PIPE)

    with pipe.open("wb") as rows:
        rows.write(b"name,email,city\n" + _ROW * (_MORE_THAN_A_PIPE_HOLDS // len(_ROW)))
        rows.flush()  # the child has taken most of it
        child.send_signal(signal.SIGINT)
        out, err = child.communicate()

    assert (child.returncode, out, err) == (130, b"", b"error: interrupted; nothing was changed\n")
    assert file.read_bytes() == before
    assert not Path(f"{file}-wal").exists()


def test_an_export_that_is_interrupted_ends_in_a_word(file: Path) -> None:
    add_customers(file, 15_000)
    child = subprocess.Popen([*CRM, "export", "customers"], stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    assert child.stdout
    assert child.stderr

    child.stdout.read(1)
    child.send_signal(signal.SIGINT)
    with child.stderr as said, child.stdout:
        waiting = threading.Thread(target=lambda: [suppress(OSError), child.stdout and child.stdout.read()])
        waiting.start()
        err = said.read()
        waiting.join()

    assert (child.wait(), err) == (130, b"error: interrupted; nothing was changed\n")


def test_an_interrupt_before_the_first_command_is_known_is_quiet(monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupted(**_: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("crmcli.cli.app", interrupted)

    with pytest.raises(SystemExit) as ended:
        entry.main()

    assert ended.value.code == 130


@pytest.mark.skipif(sys.platform == "win32", reason="a shell of POSIX")
@pytest.mark.parametrize("words", ["export customers -f csv", "export customers --excel", "customer list -f json"])
def test_head_gets_its_lines_and_ends_the_rest_quietly(words: str, file: Path) -> None:
    add_customers(file, 15_000, name="=1+1")
    script = f"set -o pipefail; {' '.join(CRM)} {words} | head -n 2"

    done = subprocess.run(["bash", "-c", script], capture_output=True, check=False)

    assert (done.returncode, done.stderr) == (141, b"")
    assert done.stdout.count(b"\n") == 2
