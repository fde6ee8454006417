"""`crm batch`: many commands in one process."""

import io
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, BinaryIO, Protocol, TextIO, runtime_checkable

import typer

from crmcli import render
from crmcli.commands import ahead, opening
from crmcli.commands.options import Writing, settings
from crmcli.commands.outer import KEY, Outer
from crmcli.core.change import Change
from crmcli.core.wording import counted, named
from crmcli.errors import ExitCode, InvalidInput, NotFound
from crmcli.exchange.script import Line, lines_of
from crmcli.settings import Settings, load

app = typer.Typer(add_completion=False)

ALONE = frozenset(("batch", "demo"))
WITH_A_FILE_OF_ITS_OWN = frozenset(
    (
        *("init", "undo", "redo", "backup", "restore", "doctor", "encrypt", "decrypt"),
        *("privacy erase", "privacy retention run", "alias set", "alias remove", "config set", "config unset"),
    )
)
_LAST_ANSWER = ExitCode.AMBIGUOUS  # a greater exit code is about the file or the program, not about the line


@app.command(cls=Writing)
def batch(
    ctx: typer.Context,
    file: Annotated[str, typer.Argument(metavar="[FILE]", help="A command a line; - is the input.")] = "-",
    each: Annotated[bool, typer.Option("--each", help="One transaction and one operation for each line.")] = False,
    keep_going: Annotated[bool, typer.Option("--keep-going", help="With --each: go on after a bad line.")] = False,
) -> None:
    """Run the commands of a file, all of them or none, as one operation; a line is what one types behind `crm`.

    Each line sees what the lines before it wrote; what they print, as to a pipe, comes once all are done.

    With --each the lines before a bad one stay, and each prints at once. Blank lines and # comments are left out.

    Examples:
      crm batch monday.txt
      crm batch monday.txt --dry-run
      crm batch monday.txt --each --keep-going
    """
    if keep_going and not each:
        raise InvalidInput("--keep-going needs --each: all lines are done or none", hint="give both")
    render.streams.prepare_for_machines(sys.stdout)
    with _opened(ctx, file) as binary:
        lines = lines_of(binary)
        if each and not settings(ctx).dry_run:
            code = _each(ctx, lines, keep_going=keep_going)
        else:
            code = _together(ctx, list(lines), keep_going=keep_going)
    if code:
        raise typer.Exit(code)


def _each(ctx: typer.Context, lines: Iterable[Line], *, keep_going: bool) -> int:
    """Each line for itself, as it comes."""
    told = settings(ctx)
    return _run(ctx, lines, Outer(told.database, ALONE), sys.stdout, keep_going=keep_going)


def _together(ctx: typer.Context, lines: list[Line], *, keep_going: bool) -> int:
    """All lines in one transaction, which is theirs for no longer than they take: they are read before it begins."""
    told = settings(ctx)
    for line in lines:
        if line.fault and not keep_going:
            return _complain(line)
        ahead.load(line.words)
    outer = Outer(told.database, ALONE | WITH_A_FILE_OF_ITS_OWN, is_trial=told.dry_run)
    printed = io.StringIO()
    with opening.writing(ctx) as outer.session:
        code = _run(ctx, lines, outer, printed, keep_going=keep_going)
        if code and not keep_going:
            raise typer.Exit(code)
    sys.stdout.write(printed.getvalue())
    if told.dry_run:
        for sentence in ("dry run: nothing was written", *outer.plan):
            render.note(sentence)
    else:
        render.tell(Change((), f"ran {counted(len(lines), 'line')}", "crm undo"), quiet=told.quiet, dry_run=False)
    return code


def _run(ctx: typer.Context, lines: Iterable[Line], outer: Outer, target: TextIO, *, keep_going: bool) -> int:
    """Run `lines`; the exit code of the one that stopped it, or 5 where it went on."""
    failed = 0
    for line in lines:
        outer.line = line.number
        code = _complain(line) if line.fault else _ran(ctx, line, outer, target)
        if code and (not keep_going or code > _LAST_ANSWER or not outer.is_open):
            return code
        failed = ExitCode.PARTIAL if code else failed
    return failed


def _ran(ctx: typer.Context, line: Line, outer: Outer, target: TextIO) -> int:
    """Run one line as `crm` would; its exit code."""
    told = replace(settings(ctx), dry_run=False)
    if outer.session is None:
        told = replace(told, now=load(os.environ).now)
    root = ctx.find_root().command
    if not isinstance(root, _Root):
        raise AssertionError(root)
    with render.streams.piped(target):
        return root.run(list(line.words), "crm", lead=_lead(line), told=told, meta={KEY: outer})


@runtime_checkable
class _Root(Protocol):
    """The top of the tree, as far as a batch needs it."""

    def run(self, args: list[str], name: str, *, lead: str, told: Settings, meta: Mapping[str, object]) -> int: ...


def _complain(line: Line) -> int:
    render.complain(f"{_lead(line)}{line.fault}", None)
    return ExitCode.INVALID


def _lead(line: Line) -> str:
    return f"batch: line {line.number}: "


@contextmanager
def _opened(ctx: typer.Context, file: str) -> Iterator[BinaryIO]:
    if file == "-":
        if sys.stdin.isatty() and not settings(ctx).quiet:
            render.note("a command a line; Ctrl-D ends")
        yield sys.stdin.buffer
        return
    try:
        opened = Path(file).open("rb")  # noqa: SIM115 (only its opening is answered here)
    except FileNotFoundError:
        raise NotFound(f"no file {named(file)}", hint="one command a line; - is the input") from None
    except (OSError, ValueError) as error:
        reason = (getattr(error, "strerror", None) or "no such name").lower()
        raise InvalidInput(f"cannot read {named(file)}: {reason}", hint="give another file") from None
    with opened as binary:
        yield binary
