"""What a person is told beside the result: a sentence on stdout; notices, warnings and errors on stderr."""

import codecs
import io
import os
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, nullcontext, suppress
from typing import TYPE_CHECKING, TextIO

from crmcli.render.safety import escape, short

if TYPE_CHECKING:
    from crmcli.core.change import Change

_TERMINAL = "/dev/tty"  # there is none on Windows
_LONGEST_LINE = 2_000
_QUICK, _PAUSE, _NARROW = 1.0, 0.2, 78  # seconds until one wants to know how far it is, and again; cells for that
_BACK = "\r\x1b[K"
_PLAIN = dict(zip("–—…·█▉▊▋▌▍▎▏▁▂▃▄▅▆▇↺⏎→×÷−", "--~|########_.-~=+*^|>x/-", strict=True))


def prepare() -> None:
    """Make both streams ready for any text; one that is closed swallows what it is given, and the input is empty."""
    codecs.register_error("crm", _readable)
    if sys.stdin is None:
        sys.stdin = io.TextIOWrapper(io.BytesIO(), "utf-8")
    for name in ("stdout", "stderr"):
        if getattr(sys, name) is None:
            setattr(sys, name, open(os.devnull, "w", encoding="utf-8"))  # noqa: SIM115 (for the rest of the run)
    if isinstance(getattr(sys.stdout, "buffer", None), io.FileIO):
        _buffer_stdout()
    for stream in (sys.stdout, sys.stderr):
        _reconfigure(stream, errors="crm")


def prepare_for_machines(stream: TextIO) -> None:
    """A machine gets UTF-8 with LF whatever the locale says."""
    _reconfigure(stream, encoding="utf-8", errors="strict", newline="\n")


@contextmanager
def piped(target: TextIO) -> Iterator[None]:
    """Within the block the result goes to `target` as to a pipe, and there is nothing to read."""
    there = sys.stdout, sys.stdin
    sys.stdout, sys.stdin = _Pipe(target), io.TextIOWrapper(io.BytesIO(), "utf-8")
    try:
        yield
    finally:
        sys.stdout, sys.stdin = there


class _Pipe(io.TextIOBase):
    def __init__(self, target: TextIO) -> None:
        self._target = target

    def write(self, text: str) -> int:
        return self._target.write(text)

    def flush(self) -> None:
        self._target.flush()


def is_terminal() -> bool:
    """Whether the result goes to a person."""
    return sys.stdout.isatty()


def tell(change: "Change", *, quiet: bool, dry_run: bool) -> None:
    """Say what a command changed: a sentence to a person, the ids to a pipe; how a time was understood to both."""
    for warning in change.warnings:
        note(warning)
    if dry_run:
        note("dry run: nothing was written")
    sentence = f"{change.sentence}, {change.echo}" if change.echo else change.sentence
    if is_terminal():
        say(sentence)
        if change.next and not quiet and not dry_run:
            note(f"next: {change.next}")
        return
    if dry_run:
        note(sentence)
    elif change.echo and not quiet:
        note(change.echo)
    sys.stdout.writelines(f"{number}\n" for number in change.ids if not dry_run)


def say(line: str) -> None:
    """A line for a person, on stdout."""
    sys.stdout.write(_line(line) + "\n")


def note(message: str) -> None:
    """A hint, notice or warning for a person, on stderr."""
    with suppress(OSError):  # nobody listens
        sys.stderr.write(_line(message) + "\n")
        sys.stderr.flush()


@contextmanager
def progress(*, quiet: bool) -> Iterator[Callable[[str], None]]:
    """What shows how far a command is that takes long, on a terminal only: one line that is gone at the end."""
    if quiet or not sys.stderr.isatty() or os.environ.get("TERM") == "dumb":
        yield lambda _: None
        return
    due, is_shown = time.monotonic() + _QUICK, False

    def show(text: str) -> None:
        nonlocal due, is_shown
        if time.monotonic() >= due:
            due, is_shown = time.monotonic() + _PAUSE, True
            _put(f"{_BACK}{short(text, _NARROW)}")

    try:
        yield show
    finally:
        if is_shown:
            _put(_BACK)


def _put(text: str) -> None:
    with suppress(OSError):  # nobody listens
        sys.stderr.write(text)
        sys.stderr.flush()


def complain(message: str, hint: str | None) -> None:
    """One line on stderr that begins with `error: `, and the way out on a line that begins with `hint: `."""
    lead = "\x1b[31merror:\x1b[0m" if _is_coloured(sys.stderr) else "error:"
    with suppress(OSError):  # nobody listens
        sys.stderr.write(f"{lead} {_line(message)}\n")
        sys.stderr.writelines(f"hint: {_line(line)}\n" for line in (hint or "").splitlines())
        sys.stderr.flush()


@contextmanager
def person(*, is_input_read: bool = False) -> Iterator[TextIO | None]:
    """What a person answers through, None where nobody sees a question.

    That is the input; where the command reads data from it, and there is one, the terminal that it was started from.
    """
    if not sys.stderr.isatty():
        yield None
    elif sys.stdin.isatty():
        yield sys.stdin
    else:
        with _terminal() if is_input_read else nullcontext() as terminal:
            yield terminal


@contextmanager
def _terminal() -> Iterator[TextIO | None]:
    try:
        opened = open(_TERMINAL, encoding="utf-8", errors="replace")  # noqa: SIM115 (only its opening is answered here)
    except OSError:
        yield None
        return
    with opened:
        yield opened


def ask(question: str, answers: TextIO) -> bool:
    """Whether the person says yes; anything but a yes is a no."""
    sys.stderr.write(f"{_line(question)} [y/N] ")
    sys.stderr.flush()
    return answers.readline().strip().lower() in ("y", "yes")


def choose(question: str, options: Sequence[str]) -> int | None:
    """Which of the options the person takes, by its place; the first for an empty answer, None for no answer at all."""
    note(question)
    for number, option in enumerate(options, 1):
        note(f"  {number}  {option}")
    while True:
        sys.stderr.write(f"1 to {len(options)} [1] ")
        sys.stderr.flush()
        answer = sys.stdin.readline()
        if not answer:
            return None
        text = answer.strip() or "1"
        if text.isascii() and text.isdigit() and 1 <= int(text[:9]) <= len(options):
            return int(text) - 1


def _line(text: str) -> str:
    """What is said, on one line that a person can still read."""
    return short(text, _LONGEST_LINE)


def _is_coloured(stream: TextIO) -> bool:
    if os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb":
        return False
    return stream.isatty() or bool(os.environ.get("FORCE_COLOR"))


def _buffer_stdout() -> None:
    """PYTHONUNBUFFERED costs a system call for every row, and loses what a pipe takes only in part."""
    encoding, is_line_by_line = sys.stdout.encoding, sys.stdout.isatty()
    raw = sys.stdout.detach()  # type: ignore[union-attr, attr-defined, unused-ignore]
    sys.stdout = io.TextIOWrapper(io.BufferedWriter(raw), encoding, line_buffering=is_line_by_line)


def _reconfigure(stream: TextIO, **changes: str) -> None:
    with suppress(AttributeError):  # a stream of somebody else, in a test or a notebook
        stream.reconfigure(**changes)  # type: ignore[union-attr, attr-defined, unused-ignore]


def _readable(error: UnicodeError) -> tuple[str, int]:
    """In place of what an encoding lacks: our own marks in ASCII and of the same width, an escape for all else."""
    if not isinstance(error, UnicodeEncodeError):
        raise error
    return "".join(_PLAIN.get(char) or escape(char) for char in error.object[error.start : error.end]), error.end
