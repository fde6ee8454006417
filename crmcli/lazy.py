"""Commands that are imported and made when they run, and the one place where an error becomes an exit code."""

import os
import re
import sys
from collections.abc import Callable, Mapping, Sequence
from copy import copy
from functools import cached_property, partial
from importlib import import_module
from inspect import cleandoc
from types import ModuleType
from typing import Any, NamedTuple, NoReturn

import typer
from typer.core import TyperCommand, TyperGroup
from typer.main import get_command_name

from crmcli import render, settings
from crmcli.errors import CrmError, ExitCode

_HELP = frozenset(("-h", "--help"))
_OWN = "Your own"
_LONGEST = 200  # characters of a word in a message


class Entry(NamedTuple):
    """One line of the command table: `crm NAME` is the `app` of MODULE."""

    name: str
    summary: str
    panel: str
    module: str


class LazyCommand(TyperCommand):
    """A stand-in that knows a command's name and summary, and makes the rest of it on use.

    The parent's help and completion read only those. Parsing starts at `make_context`, which hands over to the real
    command, so that its own help, errors and completion are exactly what they would be.
    """

    def __init__(self, name: str, app: Callable[[], typer.Typer], **kwargs: Any) -> None:
        super().__init__(name, **kwargs)
        self._app = app

    @cached_property
    def target(self) -> Any:
        """The real command, under this name and with this summary."""
        command = _made(self._app())
        command.name = self.name
        if isinstance(command, TyperGroup):
            command.help = self.help
        return command

    def make_context(self, *args: Any, **kwargs: Any) -> Any:
        return self.target.make_context(*args, **kwargs)


def lazily(entry: Entry) -> LazyCommand:
    """The command of a line of the table."""

    def app() -> typer.Typer:
        return import_module(entry.module).app  # type: ignore[no-any-return]

    return LazyCommand(entry.name, app, help=entry.summary, rich_help_panel=entry.panel)


def _made(app: typer.Typer) -> Any:
    """The command that Typer makes of `app`, but for those below a group: their options are read when they are asked for."""
    if not app.registered_callback and not app.registered_groups and len(app.registered_commands) == 1:
        return typer.main.get_command(app)
    bare = copy(app)
    bare.registered_commands, bare.registered_groups = [], []
    group = typer.main.get_group(bare)
    for command in app.registered_commands:
        group.add_command(_below(command))
    for part in app.registered_groups:
        group.add_command(LazyCommand(str(part.name), partial(getattr, part, "typer_instance"), help=part.help))
    return group


def _below(command: Any) -> LazyCommand:
    """The stand-in of one command of a group."""
    alone = typer.Typer(add_completion=False)
    alone.registered_commands = [command]
    name = command.name or get_command_name(command.callback.__name__)
    text = cleandoc(command.help or command.callback.__doc__ or "").partition("\n\n")[0]
    return LazyCommand(name, lambda: alone, help=text, rich_help_panel=command.rich_help_panel, hidden=command.hidden)


class RootGroup(TyperGroup):
    """The top of the tree: lists the lazy commands, knows the user's own, and ends every run with the documented code."""

    entries: tuple[Entry, ...] = ()

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**kwargs)
        for entry in self.entries:
            self.add_command(lazily(entry))

    def list_commands(self, ctx: Any) -> list[str]:
        return [*super().list_commands(ctx), *self.aliases]

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        found = super().get_command(ctx, cmd_name)
        text = self.aliases.get(cmd_name) if found is None else None
        return found if text is None else _stand_in(cmd_name, text)

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        return super().resolve_command(ctx, self.spelled_out(args))

    def spelled_out(self, words: list[str]) -> list[str]:
        """The command line with what its first word is short for. Raises InvalidInput for an alias that cannot be read."""
        if not words or words[0] in self.commands:
            return words
        from crmcli.settings import aliases

        return aliases.spelled_out(words, self.aliases, self.commands)

    @property
    def aliases(self) -> Mapping[str, str]:
        """The user's own commands; none where the config file cannot be read: whatever runs says so."""
        try:
            found = settings.read(os.environ).aliases
        except CrmError:
            return {}
        return {name: text for name, text in sorted(found.items()) if name not in self.commands}

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
        del complete_var, standalone_mode, windows_expand_args, extra
        name = prog_name or "crm"
        render.streams.prepare()
        if "_CRM_COMPLETE" in os.environ:
            self._complete(list(sys.argv[1:] if args is None else args))
        code = self.run(list(sys.argv[1:] if args is None else args), name)
        sys.exit(_flushed(code))

    def _complete(self, words: Sequence[str]) -> NoReturn:
        """Tell the shell what may stand at the cursor, and end at once: to take everything down is a tenth of TAB."""
        from crmcli.commands.completion import answer

        sys.stdout.writelines(f"{line}\n" for line in answer(self, words, os.environ))
        sys.stdout.flush()
        os._exit(0)

    def run(
        self,
        args: list[str],
        name: str,
        *,
        lead: str = "",
        told: settings.Settings | None = None,
        meta: Mapping[str, object] | None = None,
    ) -> int:
        """Run one command line, and give its exit code; what went wrong is said behind `lead`.

        `told` and `meta` are what a command that runs others hands to them.
        """
        try:
            if not args or not _HELP.isdisjoint(args):
                _prepare_help()
            with self.make_context(name, args, obj=told) as ctx:
                ctx.meta.update(meta or {})
                self.invoke(ctx)
        except (Exception, KeyboardInterrupt, SystemExit) as end:  # noqa: BLE001 (the one boundary)
            return _said(_ending(end), lead)
        return 0


def _stand_in(name: str, text: str) -> TyperCommand:
    """What the help and completion say of an alias."""
    said = render.short(f"crm {text}", _LONGEST).replace("[", "\\[")
    return TyperCommand(name, help=said, rich_help_panel=_OWN)


def begin(ctx: typer.Context) -> None:
    """What `crm` alone does: `crm today` where there is anything in the file, else its help."""
    from crmcli.commands import today

    if not today.has_records(ctx):
        typer.echo(ctx.get_help())
        return
    command: Any = typer.main.get_command(today.app)
    with command.make_context("today", [], parent=ctx) as below:
        command.invoke(below)


def _prepare_help() -> None:
    """Load what Typer prints help with, but for Markdown and tracebacks: ours has none, and they are a third of its time."""
    unused = {"rich.markdown": "Markdown", "rich.traceback": "Traceback"}
    absent = {module: name for module, name in unused.items() if module not in sys.modules}
    for module, name in absent.items():
        sys.modules[module] = ModuleType(module)
        setattr(sys.modules[module], name, type(name, (), {}))
    try:
        import_module("typer.rich_utils")
    finally:
        for module in absent:
            del sys.modules[module]


class _Ending(NamedTuple):
    """How a run ended: the documented exit code, and what there is to say to the user."""

    code: int
    message: str | None = None
    hint: str | None = None


def _ending(end: BaseException) -> _Ending:
    match end:
        case typer.Exit():
            ending = _Ending(int(end.exit_code))
        case CrmError():
            ending = _Ending(end.exit_code, str(end), end.hint)
        case typer.TyperException():
            ending = _usage(end)
        case KeyboardInterrupt() | typer.Abort():
            ending = _Ending(ExitCode.INTERRUPTED, "interrupted; nothing was changed")
        case BrokenPipeError() | SystemExit():  # rich, which prints the help, ends so when the pipe is closed
            ending = _Ending(ExitCode.BROKEN_PIPE)
        case OSError():
            ending = _unwritable(end)
        case UnicodeEncodeError():  # SQLite takes no half characters, and output replaces them
            ending = _Ending(ExitCode.INVALID, "the command line holds bytes that are not UTF-8")
        case _:
            ending = _report(end)
    return ending


def _said(ending: _Ending, lead: str = "") -> int:
    """The exit code of `ending`, said to the user where there is anything to say."""
    message = ending.message
    if message is None and lead and ending.code not in (0, ExitCode.BROKEN_PIPE):
        message = f"exit code {ending.code}"
    if message is not None:
        render.complain(f"{lead}{message}", ending.hint)
    return ending.code


def _flushed(code: int) -> int:
    """`code`, or what became of the output: a pipe that closed early ends quietly, a full disk is said."""
    try:
        render.finish()
        sys.stdout.flush()
    except BrokenPipeError:
        code = code or ExitCode.BROKEN_PIPE
    except OSError as error:
        code = code or _said(_unwritable(error))
    else:
        return code
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # so that the interpreter's own flush is quiet
    return code


def _unwritable(error: OSError) -> _Ending:
    what = f"use '{error.filename}'" if error.filename else "write the output"
    return _Ending(ExitCode.UNUSABLE, f"cannot {what}: {(error.strerror or 'it is closed').lower()}")


def _usage(error: Any) -> _Ending:
    """A command line that cannot be read; a group without its command is answered with its help."""
    ctx = getattr(error, "ctx", None)
    if type(error).__name__ == "NoArgsIsHelpError" and ctx is not None:
        return _Ending(
            ExitCode.DONE if ctx.parent is None else ExitCode.INVALID
        )  # making this error has printed the help
    message = _one_line(error.format_message())
    hint = f"{ctx.command_path} --help" if ctx is not None else None
    return _Ending(int(getattr(error, "exit_code", ExitCode.INVALID)), message, hint)


def _one_line(message: str) -> str:
    """Typer's words in the manner of ours: `no such command 'lst'; did you mean 'list'?`."""
    words = " ".join(message.split()).rstrip(".").replace(". Did you mean", "; did you mean")
    words = re.sub(r" \(Possible options: ([^,)]+).*\)$", r"; did you mean '\1'?", words)
    words = re.sub(rf"(\S{{{_LONGEST}}})\S+", r"\1…", words)
    return words[:1].lower() + words[1:]


def _report(bug: BaseException) -> _Ending:
    """A bug: its trace goes to a log file, without the values of any variable; one line goes to the user."""
    if os.environ.get("CRM_DEBUG"):
        import traceback

        for line in "".join(traceback.format_exception(bug)).splitlines():
            render.note(line)
        return _Ending(ExitCode.BUG, f"a bug in crm: {type(bug).__name__}")
    place = settings.log_bug(bug)
    hint = (
        f"the trace is in {place}; send it with the command to the maintainers"
        if place
        else "CRM_DEBUG=1 shows the trace"
    )
    return _Ending(ExitCode.BUG, f"a bug in crm: {type(bug).__name__}", hint)
