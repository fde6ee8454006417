"""A terminal to run commands on, and a way to see that a command left the file alone."""

import hashlib
import io
import re
import shlex
import sys
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import pytest

from crmcli.cli import app


class Screen(io.StringIO):
    """A stream that says it is a terminal."""

    def isatty(self) -> bool:
        return True


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw of a command."""

    exit_code: int
    stdout: str
    stderr: str


def _plain(text: str) -> str:
    """The text without what makes it bold or dim."""
    return re.sub("\x1b\\[[0-9;]*m", "", text)


class Terminal(Protocol):
    """Run `crm` on the fresh file as a person does, `answer` typed in."""

    def __call__(self, line: str, *, answer: str = "") -> Seen: ...


@pytest.fixture
def terminal(file: Path, monkeypatch: pytest.MonkeyPatch) -> Terminal:
    def run(line: str, *, answer: str = "") -> Seen:
        out, err = Screen(), Screen()
        with monkeypatch.context() as patch:
            for name, stream in (("stdin", Screen(answer)), ("stdout", out), ("stderr", err)):
                patch.setattr(sys, name, stream)
            with pytest.raises(SystemExit) as ended:
                app(shlex.split(line), prog_name="crm")
        return Seen(int(ended.value.code or 0), _plain(out.getvalue()), _plain(err.getvalue()))

    return run


@pytest.fixture
def fingerprint(file: Path) -> Callable[[], str]:
    """The bytes of the file, in short. Every command closes the file, and the last to close empties the log into it."""

    def taken() -> str:
        assert not Path(f"{file}-wal").exists()
        return hashlib.sha256(file.read_bytes()).hexdigest()

    return taken
