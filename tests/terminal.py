"""Running `crm` as its users do: in a process of its own, on a real terminal or in a real pipe."""

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from contextlib import suppress
from dataclasses import dataclass
from typing import IO

CRM = (sys.executable, "-m", "crmcli")


@dataclass(frozen=True, slots=True)
class Seen:
    """What a person saw: `out` is stdout, `err` stderr, each on a terminal of its own, with LF line ends."""

    exit_code: int
    out: str
    err: str


def on_terminal(*words: str, width: int = 80, height: int = 60, **environ: str | None) -> Seen:
    """Run `crm` with stdout and stderr on terminals; a variable that is None is taken away."""
    environment = _environment({"NO_COLOR": None, "COLUMNS": None, "TERM": "xterm-256color", **environ})
    (out, out_far), (err, err_far) = pty.openpty(), pty.openpty()
    for far in (out_far, err_far):
        fcntl.ioctl(far, termios.TIOCSWINSZ, struct.pack("HHHH", height, width, 0, 0))
    process = subprocess.Popen(
        (*CRM, *words), stdin=subprocess.DEVNULL, stdout=out_far, stderr=err_far, env=environment
    )
    os.close(out_far)
    os.close(err_far)
    seen = [_read(out), _read(err)]
    return Seen(process.wait(), *seen)


def in_pipe(*words: str, stdout: int | IO[bytes] = subprocess.PIPE, **environ: str | None) -> Seen:
    """Run `crm` with stdout and stderr in pipes, or `stdout` where else it goes; UTF-8 is expected back."""
    done = subprocess.run(
        (*CRM, *words),
        stdin=subprocess.DEVNULL,
        stdout=stdout,
        stderr=subprocess.PIPE,
        env=_environment(environ),
        check=False,
    )
    return Seen(done.returncode, (done.stdout or b"").decode("utf-8", "backslashreplace"), done.stderr.decode())


def at_pipe_end(*words: str, given: str, keys: bytes | None, **environ: str | None) -> Seen:
    """Run `crm` as the end of a pipe on a terminal: `given` is what comes in, `keys` what is typed once it asks.

    For None the terminal is not the one that the process was started from: it sees what is said, nobody answers.
    """
    near, far = pty.openpty()
    process = subprocess.Popen(
        (*CRM, *words),
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=far,
        env=_environment({"TERM": "dumb", **environ}),
        start_new_session=True,
        preexec_fn=None if keys is None else lambda: fcntl.ioctl(2, termios.TIOCSCTTY, 0),  # noqa: PLW1509 (no threads)
    )
    os.close(far)
    assert process.stdin is not None
    assert process.stdout is not None
    with process.stdin:
        process.stdin.write(given.encode())
    said = _read(near, until=b"] ", then=keys) if keys is not None else _read(near)
    with process.stdout:
        return Seen(process.wait(), process.stdout.read().decode(), said)


def _environment(changes: dict[str, str | None]) -> dict[str, str]:
    environment = {**os.environ, **{name: value for name, value in changes.items() if value is not None}}
    return {name: value for name, value in environment.items() if changes.get(name, "") is not None}


def _read(near: int, *, until: bytes = b"", then: bytes = b"") -> str:
    """All that comes until the other end is closed, which Linux says with an error; once it ends in `until`, `then` is typed."""
    found = b""
    with suppress(OSError):
        while chunk := os.read(near, 65536):
            found += chunk
            if then and found.endswith(until):
                os.write(near, then)
                then = b""
    os.close(near)
    return found.decode("utf-8", "backslashreplace").replace("\r\n", "\n")


#: What comes of a command, and the most memory that it took, in kilobytes, as the last line of its stderr. A process begins
#: with the peak of whoever started it: this one is small.
MEASURED = (
    sys.executable,
    "-S",
    "-c",
    "import os, subprocess, sys\n"
    "child = subprocess.Popen(sys.argv[1:])\n"
    "_, status, used = os.wait4(child.pid, 0)\n"
    "sys.stderr.write(f'{used.ru_maxrss}\\n')\n"
    "sys.stderr.flush()\n"
    "os._exit(os.waitstatus_to_exitcode(status) & 255)\n",
)
