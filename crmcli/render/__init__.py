"""From a result to bytes. The only package that knows formats, colours and widths."""

import os
import sys
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

from crmcli.core.vocabulary import Format
from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import FileUnusable, InvalidInput
from crmcli.render import streams
from crmcli.render.safety import short
from crmcli.render.streams import ask, choose, complain, is_terminal, note, person, progress, say, tell

if TYPE_CHECKING:
    from datetime import tzinfo

    from crmcli.core.result import Column, Result, Table

__all__ = [
    "Style",
    "ask",
    "choose",
    "complain",
    "finish",
    "is_terminal",
    "note",
    "person",
    "progress",
    "put",
    "save",
    "say",
    "settle",
    "short",
    "show",
    "streams",
    "tell",
]

_MODULES = {
    Format.TABLE: "terminal",
    Format.JSON: "json",
    Format.JSONL: "json",
    Format.CSV: "delimited",
    Format.TSV: "delimited",
    Format.MARKDOWN: "markdown",
    Format.HTML: "html",
    Format.IDS: "ids",
}


@dataclass(frozen=True, slots=True)
class Style:
    """How to write: the format, which columns, with a header or not, in which zone instants are shown to people.

    `is_excel` is CSV as a spreadsheet takes it; `is_quiet`: no word about CSV that is not. `pager` is the program that a
    table goes through where the terminal is too low for it; none where it is empty.
    """

    format: Format
    tz: "tzinfo"
    columns: tuple[str, ...] | None = None
    has_header: bool = True
    is_excel: bool = False
    is_quiet: bool = False
    pager: str = ""


def settle(format: Format, *, to_file: bool) -> Format:  # noqa: A002 (the option's own name)
    """The format that AUTO stands for: a table on a terminal, else TSV."""
    if format is not Format.AUTO:
        return format
    return Format.TABLE if is_terminal() and not to_file else Format.TSV


def show(result: "Result", style: Style, path: Path | None = None) -> None:
    """Write `result` to stdout, or to the file at `path`, whole or not at all. Raises InvalidInput, FileUnusable."""
    result = result if style.columns is None else _narrowed(result, style.columns)
    writer = import_module(f"{__name__}.{_MODULES[style.format]}")

    def write(out: TextIO) -> None:
        writer.write(result, style, out)

    if path is None and style.format is Format.TABLE:
        _page(write, style.pager)
    else:
        _out(write, path, to_machines=style.format not in (Format.TABLE, Format.IDS))


def page(text: str, pager: str) -> None:
    """Write `text` for a person."""
    _page(lambda out: out.writelines(text.splitlines(keepends=True)), pager)


def _page(write: Callable[[TextIO], None], pager: str) -> None:
    if pager and is_terminal():
        from crmcli.render.pager import through

        through(write, pager)
    else:
        write(sys.stdout)


def finish() -> None:
    """Let a person read what is longer than the terminal; the file is closed by now."""
    if (pager := sys.modules.get(f"{__name__}.pager")) is not None:
        pager.finish()


def put(lines: Iterable[str], path: Path | None = None) -> None:
    """Write `lines`, which end as their own format wants it, as `show` does. Raises FileUnusable."""
    _out(lambda out: out.writelines(lines), path, to_machines=True)


def save(write: Callable[[Path], None], path: Path | None) -> None:
    """Have `write` write the file at `path`, whole or not at all. Raises InvalidInput without one, and FileUnusable."""
    if path is None:
        raise InvalidInput("this format is no text: it goes to a file", hint="-o FILE")
    try:
        with _beside(Path(os.path.realpath(path))) as beside:
            os.close(os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600))
            write(beside)
            with beside.open("rb+") as file:
                os.fsync(file.fileno())
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        raise FileUnusable(f"cannot write '{path}': {reason}", hint="give another place with --output") from None


def _out(write: Callable[[TextIO], None], path: Path | None, *, to_machines: bool) -> None:
    if path is None:
        if to_machines:
            streams.prepare_for_machines(sys.stdout)
        write(sys.stdout)
        return
    try:
        with _opened(path) as file:
            write(file)
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        raise FileUnusable(f"cannot write '{path}': {reason}", hint="give another place with --output") from None


@contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """The file at `path`, to write: it has its new content at the end of the block, and the old one after an error."""
    place = Path(os.path.realpath(path))
    if place.exists() and not place.is_file():  # a device or a pipe; a folder says so itself
        with place.open("w", encoding="utf-8", newline="") as file:
            yield file
        return
    with (
        _beside(place) as beside,
        os.fdopen(
            os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, 0o600), "w", encoding="utf-8", newline=""
        ) as file,
    ):
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def _beside(place: Path) -> Iterator[Path]:
    """A place to write to that comes in the place of `place` at the end of the block, and goes after an error."""
    beside = place.with_name(f".{place.name}.{os.getpid()}.part")
    try:
        yield beside
        beside.replace(place)
    finally:
        beside.unlink(missing_ok=True)


def _narrowed(result: "Result", names: tuple[str, ...]) -> "Result":
    """`result` with the columns `names` only, in that order. Raises InvalidInput for one that it has not."""
    from crmcli.core.result import Record, Table

    match result:
        case Table():
            return _narrowed_table(result, names)
        case Record():
            parts = {name: result.parts[name] for name in names if name in result.parts}
            places = _places(result.columns, tuple(name for name in names if name not in parts))
            columns = [replace(result.columns[place], is_hidden=False) for place in places]
            return replace(result, columns=columns, values=[result.values[place] for place in places], parts=parts)
    return replace(result, table=_narrowed_table(result.table, names), tree=None, board=None, panels=(), pivot=None)


def _narrowed_table(table: "Table", names: tuple[str, ...]) -> "Table":
    places = _places(table.columns, names)
    is_same = places == list(range(len(table.columns)))
    rows = table.rows if is_same else ([row[place] for place in places] for row in table.rows)
    columns = [replace(table.columns[place], is_hidden=False, under=()) for place in places]
    return replace(table, columns=columns, rows=rows, groups=table.groups if table.groups in names else None)


def _places(columns: "Sequence[Column]", names: tuple[str, ...]) -> list[int]:
    known = [column.name for column in columns]
    for name in names:
        if name not in known:
            raise InvalidInput(f"no column {shown(name)}{did_you_mean(name, known)}", hint=f"one of {', '.join(known)}")
    return [known.index(name) for name in names]
