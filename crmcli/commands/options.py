"""The options that many commands share, each written once; their values stand in the Settings of the context."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import typer
from typer.core import TyperCommand, TyperGroup, TyperOption

from crmcli import render
from crmcli.commands.outer import outer, refuse
from crmcli.core.vocabulary import FileFormat, Format
from crmcli.errors import ExitCode, InvalidInput
from crmcli.settings import Output, Settings, chosen

Setter = Callable[[Settings, str], Settings]

_COUNTED = ", ".join(each.value for each in Format if each not in (Format.AUTO, Format.IDS))
FORMATS = tuple(each.value for each in Format if each is not Format.AUTO)


def settings(ctx: typer.Context) -> Settings:
    """The settings of this run."""
    if not isinstance(ctx.obj, Settings):
        raise AssertionError(ctx.obj)
    return ctx.obj


class Shortened(TyperGroup):
    """A group whose `show` may be left out: before options and terms of a query it is meant."""

    def parse_args(self, ctx: typer.Context, args: list[str]) -> list[str]:  # type: ignore[override]
        first = args[0] if args else "--"
        is_term = first.startswith(("-", "+")) or ":" in first
        return super().parse_args(ctx, ["show", *args] if is_term and first not in ("-h", "--help") else args)


class Command(TyperCommand):
    """A command that can be told its file behind its name as well as before; its help ends in examples to run."""

    def __init__(self, *args: object, help: str | None = None, **kwargs: object) -> None:  # noqa: A002 (typer's word)
        text, _, examples = (help or "").partition("\nExamples:\n")
        paragraphs = [" ".join(each.split()) for each in text.split("\n\n")]  # the terminal breaks the lines
        super().__init__(*args, help="\n\n".join(paragraphs).strip(), **kwargs)  # type: ignore[arg-type]
        self.examples = tuple(line.strip() for line in examples.splitlines() if line.strip())
        self.params.extend(self.shared())

    def invoke(self, ctx: typer.Context) -> object:  # type: ignore[override]
        refuse(ctx)
        return super().invoke(ctx)

    def format_help(self, ctx: typer.Context, formatter: object) -> None:  # type: ignore[override]
        super().format_help(ctx, formatter)  # type: ignore[arg-type]
        if self.examples:
            typer.echo("Examples:\n" + "".join(f"  {line}\n" for line in self.examples))

    def shared(self) -> list[TyperOption]:
        """The options it takes beside its own."""
        return [
            _option("--db", help="The SQLite file; also in CRM_DB.", metavar="PATH", set=lambda s, v: chosen(s, db=v)),
            _flag("--quiet", "-q", help="No hints, no notices.", set=lambda s, _: chosen(s, quiet=True)),
        ]


class Showing(Command):
    """A command that prints one result."""

    def shared(self) -> list[TyperOption]:
        return [
            _option("--format", "-f", help=f"One of {', '.join(FORMATS)}.", metavar="FORMAT", set=_format),
            _option("--output", "-o", help="Write to FILE, whole or not at all.", metavar="FILE", set=_path),
            _option("--columns", help="Only these, in this order.", metavar="A,B,…", set=_columns),
            _flag("--excel", help="CSV for a spreadsheet: nothing in it is a formula.", set=_excel),
            _flag("--no-header", help="Leave the header line out.", set=lambda s, _: _output(s, has_header=False)),
            _flag("--no-pager", help="Do not stop at a full screen.", set=lambda s, _: _output(s, pager="")),
            *super().shared(),
        ]


class Drawn(Command):
    """A command that writes a file for another program."""

    def shared(self) -> list[TyperOption]:
        return [
            _option("--output", "-o", help="Write to FILE, whole or not at all.", metavar="FILE", set=_path),
            *super().shared(),
        ]


class Paged(Showing):
    """A command that prints one result, which makes a good page too."""

    def shared(self) -> list[TyperOption]:
        return [_flag("--html", help="One page for a browser: -f html.", set=_html), *super().shared()]


class Page(Showing):
    """A command that prints one result, which is best seen as a page."""

    def shared(self) -> list[TyperOption]:
        page = _option("--html", help="One page for a browser, into FILE.", metavar="FILE", set=_page)
        return [page, *super().shared()]


class Limited(Showing):
    """A command that prints rows in an order of its own."""

    def shared(self) -> list[TyperOption]:
        return [
            _option("--limit", help="At most N rows, or all.", metavar="N|all", set=_limit),
            *super().shared(),
        ]


class Boarded(Paged, Limited):
    """A command that prints rows which make lanes of a board."""


class Following(Limited):
    """A command that prints rows in an order of its own, and can be told to write down what follows from them."""

    def shared(self) -> list[TyperOption]:
        return [_dry_run(), _actor(), *super().shared()]


class Listing(Limited):
    """A command that prints rows in any order."""

    def shared(self) -> list[TyperOption]:
        return [
            _option("--sort", help="By these, - for downwards.", metavar="A,-B,…", set=lambda s, v: _output(s, sort=v)),
            *super().shared(),
        ]


class Writing(Command):
    """A command that changes the file."""

    def shared(self) -> list[TyperOption]:
        return [_dry_run(), _actor(), *super().shared()]


class Exporting(Listing):
    """A command that writes records for other programs, in formats of theirs too."""

    def shared(self) -> list[TyperOption]:
        known = f"One of {', '.join((*FORMATS, *FileFormat))}."
        own = _option("--format", "-f", help=known, metavar="FORMAT", set=_export_format)
        return [own if "--format" in each.opts else each for each in super().shared()]


class Counting(Writing):
    """A command that changes the file, and gives its figures to a script."""

    def shared(self) -> list[TyperOption]:
        return [
            _option("--format", "-f", help=f"The counts as {_COUNTED}.", metavar="FORMAT", set=_counts),
            *super().shared(),
        ]


class Asking(Writing):
    """A command that asks before it changes the file."""

    def shared(self) -> list[TyperOption]:
        return [_yes(), *super().shared()]


class Mending(Showing):
    """A command that prints one result, and can be told to change the file for it."""

    def shared(self) -> list[TyperOption]:
        return [_actor(), *super().shared()]


class Replacing(Command):
    """A command that asks before it puts another file in the place of the file: no operation, nobody to name."""

    def shared(self) -> list[TyperOption]:
        return [_yes(), _dry_run(), *super().shared()]


def confirm(ctx: typer.Context, question: str, *, is_input_read: bool = False) -> None:
    """Ask on a terminal; without one, and in a batch, `--yes` is the answer.

    `is_input_read`: the input is data, and so no answer. Raises InvalidInput without an answer, Exit 1 for a no.
    """
    if settings(ctx).yes or settings(ctx).dry_run:
        return
    with render.person(is_input_read=is_input_read) as answers:
        if outer(ctx) or answers is None:
            raise InvalidInput(f"{question} Nobody is there to ask", hint="give --yes to go on, or --dry-run to look")
        is_yes = render.ask(question, answers)
    if not is_yes:
        render.note("nothing was changed")
        raise typer.Exit(ExitCode.NO)


def _dry_run() -> TyperOption:
    return _flag("--dry-run", "-n", help="Check everything, write nothing.", set=lambda s, _: replace(s, dry_run=True))


def _actor() -> TyperOption:
    return _option("--actor", help="Who does it; else CRM_ACTOR or the user.", metavar="NAME", set=_named)


def _yes() -> TyperOption:
    return _flag("--yes", "-y", help="Do not ask.", set=lambda s, _: replace(s, yes=True))


def _option(*names: str, help: str, metavar: str, set: Setter) -> TyperOption:  # noqa: A002 (typer's own word)
    return TyperOption(
        param_decls=list(names), type=str, help=help, metavar=metavar, expose_value=False, callback=_told(set)
    )


def _flag(*names: str, help: str, set: Setter) -> TyperOption:  # noqa: A002 (typer's own word)
    return TyperOption(
        param_decls=list(names), is_flag=True, default=False, help=help, expose_value=False, callback=_told(set)
    )


def _told(set: Setter) -> Callable[..., object]:  # noqa: A002
    def callback(ctx: typer.Context, _: object, value: str | bool | None) -> object:
        if value not in (None, False) and not ctx.resilient_parsing:
            ctx.obj = set(settings(ctx), str(value))
        return value

    return callback


def _named(settings: Settings, value: str) -> Settings:
    from crmcli.core.normal import text

    return replace(settings, actor=text(value, name="actor"))


def _output(settings: Settings, **changes: object) -> Settings:
    return replace(settings, output=replace(settings.output, **changes))  # type: ignore[arg-type]


def _format(settings: Settings, value: str) -> Settings:
    aliases = {"markdown": "md"}
    value = aliases.get(value, value)
    if value not in (*FORMATS, Format.AUTO):
        raise InvalidInput(f"no format {value!r}; one of {', '.join(FORMATS)}")
    return _output(settings, format=Format(value))


def _export_format(settings: Settings, value: str) -> Settings:
    if value in set(FileFormat):
        return _output(settings, file=FileFormat(value))
    if value not in (*FORMATS, Format.AUTO, "markdown"):
        raise InvalidInput(f"no format {value!r}; one of {', '.join((*FORMATS, *FileFormat))}")
    return _format(settings, value)


def _counts(settings: Settings, value: str) -> Settings:
    if value == Format.IDS:
        raise InvalidInput("counts have no ids", hint=f"one of {_COUNTED}")
    return _format(settings, value)


def _html(settings: Settings, _: str) -> Settings:
    return _output(settings, is_html=True)


def _excel(settings: Settings, _: str) -> Settings:
    return _output(settings, is_excel=True)


def _page(settings: Settings, value: str) -> Settings:
    return _path(_html(settings, ""), value)


def _path(settings: Settings, value: str) -> Settings:
    return settings if value == "-" else _output(settings, path=Path(value))


def _columns(settings: Settings, value: str) -> Settings:
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    if not names:
        raise InvalidInput("--columns names no column", hint="crm help columns lists them")
    return _output(settings, columns=names)


def _limit(settings: Settings, value: str) -> Settings:
    if value == "all":
        return _output(settings, is_whole=True)
    if not (value.isascii() and value.isdigit()):
        raise InvalidInput(f"--limit {value!r} is neither a number nor all")
    return _output(settings, limit=int(value))


__all__ = [
    "Asking",
    "Boarded",
    "Command",
    "Counting",
    "Drawn",
    "Exporting",
    "Following",
    "Limited",
    "Listing",
    "Mending",
    "Output",
    "Page",
    "Paged",
    "Replacing",
    "Shortened",
    "Showing",
    "Writing",
    "confirm",
    "settings",
]
