"""Commands whose module is imported when they run, and the one place where an error becomes an exit code."""

import os
import re
import sys
from collections.abc import Sequence
from functools import cached_property
from importlib import import_module
from typing import Any, NamedTuple

import typer
from typer.core import TyperCommand, TyperGroup

from crmcli import render, settings
from crmcli.errors import CrmError

_USAGE, _BUG, _INTERRUPTED, _BROKEN_PIPE, _UNWRITABLE = 2, 70, 130, 141, 10


class Entry(NamedTuple):
    """One line of the command table: `crm NAME` is the `app` of MODULE."""

    name: str
    summary: str
    panel: str
    module: str


class LazyCommand(TyperCommand):
    """A stand-in that knows a command's name and summary, and imports the rest on use.

    The parent's help and completion read only those. Parsing starts at `make_context`, which hands over to the real
    command, so that its own help, errors and completion are exactly what they would be.
    """

    def __init__(self, entry: Entry) -> None:
        super().__init__(entry.name, help=entry.summary, rich_help_panel=entry.panel)
        self.module = entry.module

    @cached_property
    def target(self) -> Any:
        """The real command, under this name and with this summary."""
        command: Any = typer.main.get_command(import_module(self.module).app)
        command.name = self.name
        if isinstance(command, TyperGroup):
            command.help = self.help
        return command

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        return self.target.make_context(*args, **kwargs)


class RootGroup(TyperGroup):
    """The top of the tree: lists the lazy commands and ends every run with the documented exit code."""

    entries: tuple[Entry, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for entry in self.entries:
            self.add_command(LazyCommand(entry))

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        windows_expand_args: bool = True,
        **extra: Any,
    ) -> Any:
        """Run the command line `args` and exit. Nothing but SystemExit leaves."""
        del complete_var, standalone_mode, windows_expand_args
        name = prog_name or "crm"
        render.streams.prepare()
        self._main_shell_completion(extra, "crm")  # type: ignore[no-untyped-call, unused-ignore]
        code = self._guarded(list(sys.argv[1:] if args is None else args), name)
        sys.exit(_flushed(code))

    def _guarded(self, args: list[str], name: str) -> int:
        try:
            with self.make_context(name, args) as ctx:
                self.invoke(ctx)
        except (Exception, KeyboardInterrupt, SystemExit) as end:  # noqa: BLE001 (the one boundary)
            return _code(end)
        return 0


def _code(end: BaseException) -> int:
    """The documented exit code of what ended a run, said to the user where there is anything to say."""
    match end:
        case typer.Exit():
            code = int(end.exit_code)
        case CrmError():
            code = _complain(str(end), end.hint, end.exit_code)
        case typer.TyperException():
            code = _usage(end)
        case KeyboardInterrupt() | typer.Abort():
            code = _complain("interrupted; nothing was changed", None, _INTERRUPTED)
        case BrokenPipeError() | SystemExit():  # rich, which prints the help, ends so when the pipe is closed
            code = _BROKEN_PIPE
        case OSError():
            code = _unwritable(end)
        case UnicodeEncodeError():  # SQLite takes no half characters, and output replaces them
            code = _complain("the command line holds bytes that are not UTF-8", None, _USAGE)
        case _:
            code = _report(end)
    return code


def _flushed(code: int) -> int:
    """`code`, or what became of the output: a pipe that closed early ends quietly, a full disk is said."""
    try:
        sys.stdout.flush()
    except BrokenPipeError:
        code = code or _BROKEN_PIPE
    except OSError as error:
        code = code or _unwritable(error)
    else:
        return code
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the interpreter's own flush is quiet
    return code


def _unwritable(error: OSError) -> int:
    what = f"use '{error.filename}'" if error.filename else "write the output"
    return _complain(f"cannot {what}: {(error.strerror or 'it is closed').lower()}", None, _UNWRITABLE)


def _complain(message: str, hint: str | None, code: int) -> int:
    render.complain(message, hint)
    return code


def _usage(error: Any) -> int:
    """A command line that cannot be read; a group without its command is answered with its help."""
    ctx = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and ctx is not None:
        return 0 if ctx.parent is None else 2  # making this error has printed the help
    message = _one_line(error.format_message())
    hint = f"{ctx.command_path} --help" if ctx is not None else None
    return _complain(message, hint, int(getattr(error, "exit_code", 2)))


def _one_line(message: str) -> str:
    """Typer's words in the manner of ours: `no such command 'lst'; did you mean 'list'?`."""
    words = " ".join(message.split()).rstrip(".").replace(". Did you mean", "; did you mean")
    words = re.sub(r" \(Possible options: ([^,)]+).*\)$", r"; did you mean '\1'?", words)
    return words[:1].lower() + words[1:]


def _report(bug: BaseException) -> int:
    """A bug: its trace goes to a log file, without the values of any variable; one line goes to the user."""
    if os.environ.get("CRM_DEBUG"):
        raise bug
    place = settings.log_bug(bug)
    hint = (
        f"the trace is in {place}; send it with the command to the maintainers"
        if place
        else "CRM_DEBUG=1 shows the trace"
    )
    return _complain(f"a bug in crm: {type(bug).__name__}", hint, _BUG)
