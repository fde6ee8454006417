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


def _environment(changes: dict[str, str | None]) -> dict[str, str]:
    environment = {**os.environ, **{name: value for name, value in changes.items() if value is not None}}
    return {name: value for name, value in environment.items() if changes.get(name, "") is not None}


def _read(near: int) -> str:
    """All that comes until the other end is closed, which Linux says with an error."""
    found = b""
    with suppress(OSError):
        while chunk := os.read(near, 65536):
            found += chunk
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
