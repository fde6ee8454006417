"""Running `crm` in this process on a pseudo-terminal or in a pipe: what a thousand runs can afford."""

import fcntl
import os
import pty
import struct
import sys
import termios
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from io import TextIOWrapper

import pytest

from crmcli.cli import app
from tests.terminal import Seen


def on_terminal(words: Sequence[str], *, answer: str = "") -> Seen:
    """Run `crm` with stdin, stdout and stderr on pseudo-terminals, `answer` typed in."""
    with pytest.MonkeyPatch.context() as patch, _terminal() as out, _terminal() as err, _typed(answer) as typed:
        patch.delenv("NO_COLOR", raising=False)
        patch.setenv("TERM", "xterm-256color")
        code = _run(words, patch, typed, out.stream, err.stream)
        return Seen(code, out.text().replace("\r\n", "\n"), err.text().replace("\r\n", "\n"))


def in_pipe(words: Sequence[str], *, given: str = "") -> Seen:
    """Run `crm` with stdin, stdout and stderr in pipes; `given` is the input."""
    with pytest.MonkeyPatch.context() as patch, _pipe() as out, _pipe() as err, _fed(given) as fed:
        return Seen(_run(words, patch, fed, out.stream, err.stream), out.text(), err.text())


def _run(
    words: Sequence[str], patch: pytest.MonkeyPatch, stdin: TextIOWrapper, out: TextIOWrapper, err: TextIOWrapper
) -> int:
    for name, stream in (("stdin", stdin), ("stdout", out), ("stderr", err)):
        patch.setattr(sys, name, stream)
    with pytest.raises(SystemExit) as ended:
        app(list(words), prog_name="crm")
    return int(ended.value.code or 0)


class _Read:
    """The far end of a stream, read as it comes."""

    def __init__(self, near: int, far: int) -> None:
        self.stream = TextIOWrapper(os.fdopen(far, "wb"), encoding="utf-8")
        self._near, self._found = near, bytearray()
        self._thread = threading.Thread(target=self._read)
        self._thread.start()

    def text(self) -> str:
        """All that came, the stream closed."""
        self.stream.close()
        self._thread.join()
        return self._found.decode("utf-8", "backslashreplace")

    def _read(self) -> None:
        with suppress(OSError):  # how Linux says that the other end of a terminal is closed
            while chunk := os.read(self._near, 65536):
                self._found += chunk
        os.close(self._near)


@contextmanager
def _terminal() -> Iterator[_Read]:
    near, far = pty.openpty()
    fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", 60, 120, 0, 0))
    yield from _reading(near, far)


@contextmanager
def _pipe() -> Iterator[_Read]:
    yield from _reading(*os.pipe())


def _reading(near: int, far: int) -> Iterator[_Read]:
    read = _Read(near, far)
    try:
        yield read
    finally:
        read.text()


@contextmanager
def _typed(answer: str) -> Iterator[TextIOWrapper]:
    near, far = pty.openpty()
    os.write(near, answer.encode() + b"\x04")
    with TextIOWrapper(os.fdopen(far, "rb"), encoding="utf-8") as stream:
        yield stream
    os.close(near)


@contextmanager
def _fed(given: str) -> Iterator[TextIOWrapper]:
    read, write = os.pipe()
    os.write(write, given.encode())
    os.close(write)
    with TextIOWrapper(os.fdopen(read, "rb"), encoding="utf-8") as stream:
        yield stream
