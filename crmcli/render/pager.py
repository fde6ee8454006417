"""What is longer than the terminal, through the pager of the user: when the file is closed, for it may stand for hours."""

import io
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from typing import TextIO

from crmcli.render.streams import note

_NONE = ("", "off", "cat")
_LESS = {"LESS": "FRX", "LV": "-c"}  # colours, and out at the end of what fits: unless the user has it otherwise


class Held(io.StringIO):
    """What a terminal is to show, kept back for `command`; to whoever writes it is the terminal."""

    def __init__(self, terminal: TextIO, command: str) -> None:
        super().__init__()
        self.terminal = terminal
        self.command = command

    @property
    def encoding(self) -> str:  # type: ignore[override]
        return self.terminal.encoding

    def isatty(self) -> bool:
        return True


def through(write: Callable[[TextIO], None], command: str) -> None:
    """Let `write` go to stdout; on a terminal that is too low for it, it waits there with all that follows for `finish`."""
    if isinstance(sys.stdout, Held) or not _is_wanted(command):
        write(sys.stdout)
        return
    page = Held(sys.stdout, command)
    write(page)
    text = page.getvalue()
    if text.count("\n") < _height(sys.stdout):
        sys.stdout.write(text)
    else:
        sys.stdout = page


def finish() -> None:
    """Show what was kept back, and wait for the person to have read it."""
    page = sys.stdout
    if not isinstance(page, Held):
        return
    sys.stdout = page.terminal
    if not _shown(page):
        sys.stdout.write(page.getvalue())


def _is_wanted(command: str) -> bool:
    return command.strip() not in _NONE and sys.stdout.isatty() and os.environ.get("TERM") != "dumb"


def _height(terminal: TextIO) -> int:
    """How many lines it has; one that does not say counts as high enough."""
    try:
        return os.get_terminal_size(terminal.fileno()).lines or sys.maxsize
    except (OSError, ValueError):
        return sys.maxsize


def _shown(page: Held) -> bool:
    """Whether the pager could be run; that it could not is said."""
    try:
        process = subprocess.Popen(_words(page.command), stdin=subprocess.PIPE, env={**_LESS, **os.environ})
    except (OSError, ValueError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        note(f"cannot run the pager {page.command!r}: {str(reason).lower()}; crm config set pager off")
        return False
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)  # that is for the pager
    try:
        process.communicate(page.getvalue().encode(page.encoding, "crm"))
    finally:
        signal.signal(signal.SIGINT, before)
    return True


def _words(command: str) -> Sequence[str]:
    import shlex

    return shlex.split(command)
