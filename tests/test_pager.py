"""Long results on a terminal go through the user's pager, when the file is closed; nothing else does."""

import fcntl
import os
import pty
import struct
import subprocess
import termios
import time
from pathlib import Path

import pytest

from tests.conftest import add_customers, run
from tests.terminal import CRM, in_pipe, on_terminal

LIST = ("customer", "list", "--columns", "id,name", "--limit", "all")


@pytest.fixture
def pager(tmp_path: Path) -> str:
    """A program that puts a line before and behind what it is given, and says how `less` was told."""
    place = tmp_path / "pager"
    place.write_text('#!/bin/sh\necho "<$# $1 $LESS>"\ncat\necho "</pager>"\n')
    place.chmod(0o700)
    return str(place)


@pytest.fixture
def many(file: Path) -> Path:
    add_customers(file, 60)
    return file


@pytest.mark.parametrize("name", ["CRM_PAGER", "PAGER"])
def test_a_long_list_goes_through_the_pager(name: str, pager: str, many: Path) -> None:
    told: dict[str, str | None] = {"CRM_PAGER": None, "LESS": None, name: f"{pager} -x"}

    seen = on_terminal(*LIST, width=80, height=24, **told)

    first, *rest = seen.out.splitlines()
    assert first == "<1 -x FRX>"
    assert rest[-1] == "</pager>"
    assert sum("Customer" in line for line in rest) == 60
    assert "\x1b[" in seen.out
    assert (seen.exit_code, seen.err) == (0, "")


@pytest.mark.slow
def test_what_the_user_told_less_stays(pager: str, many: Path) -> None:
    assert on_terminal(*LIST, height=24, CRM_PAGER=pager, LESS="-N").out.startswith("<0  -N>\n")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("words", "changes"),
    [
        ((), {"height": 80}),
        (("--no-pager",), {}),
        (("-f", "csv"), {}),
        ((), {"TERM": "dumb"}),
        ((), {"CRM_PAGER": "off"}),
        ((), {"CRM_PAGER": "cat"}),
        (("--output", "list.txt", "-f", "table"), {}),
    ],
    ids=str,
)
def test_what_goes_through_no_pager(
    words: tuple[str, ...], changes: dict[str, object], pager: str, many: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(many.parent)
    told = {"height": 24, "CRM_PAGER": pager, **changes}

    seen = on_terminal(*LIST, *words, **told)  # type: ignore[arg-type]

    assert "</pager>" not in seen.out
    assert seen.exit_code == 0


@pytest.mark.slow
def test_the_config_file_turns_it_off(pager: str, many: Path) -> None:
    run("config set pager off")

    assert "</pager>" not in on_terminal(*LIST, height=24, CRM_PAGER=None, PAGER=pager).out


def test_a_pipe_never_goes_through_a_pager(pager: str, many: Path) -> None:
    assert "pager" not in in_pipe(*LIST, CRM_PAGER=pager).out
    assert "pager" not in in_pipe(*LIST, "-f", "table", CRM_PAGER=pager).out


@pytest.mark.slow
def test_all_of_a_page_goes_through_one_pager(pager: str, file: Path) -> None:
    seen = on_terminal("help", "columns", "customer", "deal", height=24, CRM_PAGER=pager)

    assert (seen.out.count("<0"), seen.out.count("</pager>")) == (1, 1)
    assert seen.out.rstrip().endswith("</pager>")
    assert "is:overdue" in seen.out


def test_a_pager_that_is_left_early_is_no_error(many: Path) -> None:
    seen = on_terminal(*LIST, height=24, CRM_PAGER="head -2")

    assert (len(seen.out.splitlines()), seen.exit_code, seen.err) == (2, 0, "")


@pytest.mark.parametrize("command", ["no-such-pager", "less 'x"])
def test_a_pager_that_cannot_be_run_is_said_and_nothing_is_lost(command: str, many: Path) -> None:
    seen = on_terminal(*LIST, height=24, CRM_PAGER=None, PAGER=command)

    assert sum("Customer" in line for line in seen.out.splitlines()) == 60
    assert seen.err.startswith("cannot run the pager ")
    assert "crm config set pager off" in seen.err


@pytest.mark.slow
def test_a_pager_that_stands_still_keeps_nobody_waiting(many: Path, tmp_path: Path) -> None:
    begun, end = tmp_path / "begun", tmp_path / "end"
    script = f"touch {begun}; while [ ! -e {end} ]; do sleep 0.05; done"
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 24, 80, 0, 0))
    environ = {**os.environ, "TERM": "xterm", "CRM_PAGER": f"sh -c '{script}'"}
    with subprocess.Popen([*CRM, *LIST], stdout=far, env=environ) as reader:
        os.close(far)
        try:
            deadline = time.monotonic() + 60
            while not begun.exists():
                assert time.monotonic() < deadline
                time.sleep(0.05)

            run("customer add Ada")
            erased = run("privacy erase 1 --yes")

            assert reader.poll() is None
        finally:
            end.touch()
    os.close(near)

    assert reader.returncode == 0
    assert "another process has it open" not in erased.stderr
