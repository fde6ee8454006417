"""A place to break things in: the shim built from its source, and a server that runs `crm` under it."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from enum import IntEnum
from errno import ENOSPC
from pathlib import Path
from types import TracebackType
from typing import Self

_HERE = Path(__file__).parent


class Mode(IntEnum):
    """What the shim does at the step it is armed for; the numbers are those of its source."""

    COUNT = 1
    KILL = 2
    TORN = 3  # half of the write, then a kill
    ERROR = 4
    SHORT = 5  # half of the write; the rest does not fit


@dataclass(frozen=True, slots=True)
class Fault:
    """What goes wrong, and at which step; `sticky`: from there on."""

    mode: Mode = Mode.COUNT
    at: int = 0
    error: int = ENOSPC
    sticky: bool = False

    def __str__(self) -> str:
        error = f" {os.strerror(self.error)}" if self.mode is Mode.ERROR else ""
        return f"{self.mode.name.lower()}{error}{' from' if self.sticky else ' at'} step {self.at}"


@dataclass(frozen=True, slots=True)
class Ran:
    """What came of a command: -9 for a kill; the steps that it took, where it was not killed."""

    code: int
    out: str
    err: str
    steps: int


def why_not() -> str | None:
    """Why there can be no shim here; None when there can."""
    if not sys.platform.startswith("linux"):
        return "the fault shim needs Linux"
    if shutil.which("gcc") is None:
        return "the fault shim needs gcc"
    return None


def build(folder: Path) -> Path:
    """The shim, made from its source."""
    shim = folder / "shim.so"
    source = str(_HERE / "shim.c")
    subprocess.run(["gcc", "-shared", "-fPIC", "-O2", "-o", str(shim), source, "-ldl"], check=True, capture_output=True)
    return shim


class Lab:
    """Runs commands of `crm`, each in a process of its own that may be made to fail."""

    def __init__(self, shim: Path, environ: Mapping[str, str]) -> None:
        self.environ = dict(environ)
        near, far = os.pipe()
        self._process = subprocess.Popen(
            [sys.executable, str(_HERE / "server.py"), str(far)],
            stdin=subprocess.PIPE,
            env={**os.environ, **self.environ, "LD_PRELOAD": str(shim)},
            pass_fds=[far],
            text=True,
        )
        os.close(far)
        self._answers = open(near, encoding="utf-8")  # noqa: SIM115 (closed with the lab)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        if self._process.stdin is not None:
            self._process.stdin.close()
        self._process.wait()
        self._answers.close()

    def run(
        self,
        words: Sequence[str],
        folder: Path,
        fault: Fault = Fault(),
        *,
        log: Path | None = None,
        migrations: Path | None = None,
        **environ: str,
    ) -> Ran:
        """Run `crm WORDS` in `folder`, on its `crm.db`; what it does to the files there counts as steps."""
        request = {
            "words": list(words),
            "folder": str(folder),
            "fault": asdict(fault),
            "log": str(log or ""),
            "migrations": str(migrations or ""),
            "environ": {**self.environ, "CRM_DB": str(folder / "crm.db"), "SQLITE_TMPDIR": str(folder), **environ},
        }
        if self._process.stdin is None:
            raise AssertionError
        self._process.stdin.write(json.dumps(request) + "\n")
        self._process.stdin.flush()
        return Ran(**json.loads(self._answers.readline()))


@contextmanager
def laboratory(folder: Path, environ: Mapping[str, str]) -> Iterator[Lab]:
    """A lab whose shim is built in `folder`."""
    with Lab(build(folder), environ) as lab:
        yield lab
