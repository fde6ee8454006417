"""Between a command and the file: opening it to read or to write, showing what came of it."""

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, TypeVar

import typer

from crmcli import render
from crmcli.commands import ahead
from crmcli.commands.options import confirm, settings
from crmcli.commands.outer import outer, shared
from crmcli.core.vocabulary import Drawing, Format
from crmcli.errors import InvalidInput

if TYPE_CHECKING:
    from crmcli.core.change import Change
    from crmcli.core.picture import Network, Picture
    from crmcli.core.preferences import Preferences
    from crmcli.core.result import Result
    from crmcli.db.reader import Reader
    from crmcli.db.search import Index
    from crmcli.db.transaction import Opened, Transaction
    from crmcli.db.writing import Writer
    from crmcli.query.comparison import Moment
    from crmcli.settings import Settings

_ON_A_TERMINAL = 50


@contextmanager
def reading(ctx: typer.Context) -> "Iterator[Reader]":
    """The file, to read. The default file that is not there yet is empty; one that the user named must be there."""
    from crmcli.db import connection

    told = settings(ctx)
    if (session := shared(ctx, told.database)) is not None:
        with session.looking() as db:
            yield db
        return
    path = told.database if is_there(ctx) else None
    frozen = f"note: nothing can be written beside '{path}'; it is read as it stands"
    with connection.reading(path, wait=told.wait, frozen=lambda: None if told.quiet else render.note(frozen)) as db:
        yield db


@contextmanager
def searching(ctx: typer.Context) -> "Iterator[tuple[Reader, Index]]":
    """The file, to look for words in; that they are being gathered is said where it takes a while."""
    from crmcli.db import search

    told = settings(ctx)

    def slow(count: int) -> None:
        if not told.quiet:
            render.note(f"reading {count:,} records that are new to crm find…")

    if (session := shared(ctx, told.database)) is not None:
        with session.looking() as db, search.index_of(db) as index:
            yield db, index
        return
    path = told.database if is_there(ctx) else None
    with search.searching(path, wait=told.wait, slow=slow) as found:
        yield found


def has_file(ctx: typer.Context) -> bool:
    """Whether the file is there."""
    from crmcli.db import connection

    return connection.exists(settings(ctx).database)


def is_there(ctx: typer.Context) -> bool:
    """Whether there is a file to look at, or one that the user named; else it is said that there is nothing yet."""
    told = settings(ctx)
    if told.is_named or has_file(ctx):
        return True
    if not told.quiet:
        render.note("nothing yet: crm customer add NAME begins, crm demo shows around")
    return False


def nothing() -> "AbstractContextManager[Reader]":
    """An empty file in memory: to show what was found about one that may not be readable."""
    from crmcli.db import connection

    return connection.reading(None)


def writing(
    ctx: typer.Context, *, trial: bool = False, makes: bool = False, encrypted: bool = False
) -> "AbstractContextManager[Writer]":
    """The file, to change in one operation; one that is not there yet is made by a write that succeeds, and said.

    A `trial` shows what would come of it and changes nothing, as `--dry-run` does. A line of a batch is a part of its
    operation. A command that `makes` the file does so even if it has nothing to write into it, and can make it
    an `encrypted` one.
    """
    from crmcli.db import writing as db

    told = settings(ctx)
    is_trial = trial or told.dry_run
    if (session := shared(ctx, told.database)) is not None:
        return session.part(dry_run=is_trial)
    ahead.load(_name(ctx).split())
    opened = _opened(ctx, db.writing, is_trial=is_trial, makes=makes, encrypted=encrypted)
    return opened if trial else _remarked(ctx, opened)


@contextmanager
def _remarked(ctx: typer.Context, opened: "AbstractContextManager[Writer]") -> "Iterator[Writer]":
    """The file, opened; what was done besides is said in the end."""
    with opened as session:
        yield session
    for remark in session.remarks:
        hint(ctx, remark)


@contextmanager
def unlocked(ctx: typer.Context) -> "Iterator[Opened | Transaction]":
    """The file, to change in one operation from `begun` on: what is done before keeps nobody waiting."""
    from crmcli.db import transaction as db

    told = settings(ctx)
    if (session := shared(ctx, told.database)) is not None:
        with session.part(dry_run=told.dry_run) as part:
            yield part
        return
    with _opened(ctx, db.opened, is_trial=told.dry_run) as file:
        yield file


class _Writable(Protocol):
    @property
    def has_changes(self) -> bool: ...


Kind = TypeVar("Kind", bound=_Writable)


@contextmanager
def _opened(
    ctx: typer.Context,
    way: Callable[..., AbstractContextManager[Kind]],
    *,
    is_trial: bool,
    makes: bool = False,
    encrypted: bool = False,
) -> Iterator[Kind]:
    """The file, opened that way; made where it is not there yet, unless in a trial."""
    from crmcli.db import connection
    from crmcli.db.first import first

    told = settings(ctx)
    path = told.database if connection.exists(told.database) else None
    if is_trial or path is not None:
        with _at(ctx, way, path, is_trial=is_trial) as file:
            yield file
        return
    with (
        first(told.database, told.preferences, wait=told.wait, waiting=lambda: wait(told), encrypted=encrypted) as new,
        _at(ctx, way, new.path) as file,
    ):
        yield file
        new.is_wanted = makes or file.has_changes
    if new.is_made and not told.quiet:
        render.note(f"new file: {told.database}")
        if render.is_terminal():
            render.note("crm --install-completion lets TAB offer names; crm help query tells how to ask")


def _at(
    ctx: typer.Context,
    way: Callable[..., AbstractContextManager[Kind]],
    path: Path | None,
    *,
    is_trial: bool = False,
) -> AbstractContextManager[Kind]:
    from crmcli.db.history import Header

    told = settings(ctx)
    return way(
        path,
        Header(_name(ctx), _given(ctx), told.actor),
        now=told.now,
        dry_run=is_trial,
        wait=told.wait,
        waiting=lambda: wait(told),
        new=told.preferences,
    )


def wait(told: "Settings") -> None:
    """Say that another process is waited for."""
    if not told.quiet:
        render.note("waiting for another crm to finish…")


def new_key(told: "Settings") -> None:
    """Say where the key stands that was made just now; nobody can do without knowing."""
    place = told.key_file or "in the keyring"
    render.note(f"new key: {place}; keep a copy elsewhere, without it nobody opens the file or its backups")


def state(told: "Settings", sentence: str) -> None:
    """Say what the file as a whole is now."""
    if told.dry_run:
        render.note("dry run: nothing was written")
    line = f"{told.database}: {sentence}"
    if render.is_terminal() and not told.dry_run:
        render.say(line)
    elif not told.quiet:
        render.note(line)


def preferences(db: "Reader") -> "Preferences":
    """What the file says about the world it lives in."""
    from crmcli.db import preferences

    return preferences.load(db)


def moment(ctx: typer.Context, db: "Reader") -> "Moment":
    """When and where the command asks."""
    from crmcli.query.comparison import Moment

    return Moment(settings(ctx).now, preferences(db))


def show(ctx: typer.Context, db: "Reader", result: "Result", *, is_narrowed: bool = False) -> None:
    """Write `result` the way the user asked for; `is_narrowed`: it holds the wanted columns only."""
    told = settings(ctx).output
    spare_the_file(ctx)
    columns = None if is_narrowed else told.columns
    style = render.Style(
        _form(ctx),
        preferences(db).tz,
        columns,
        told.has_header,
        told.is_excel,
        is_quiet=settings(ctx).quiet,
        pager=told.pager,
    )
    render.show(result, style, told.path)


def listed(ctx: typer.Context, entity: str, query: list[str] | None) -> None:
    """Write the records of `entity` that `query` asks for."""
    with reading(ctx) as db:
        show_list(ctx, db, entity, query or ())


def show_list(
    ctx: typer.Context,
    db: "Reader",
    entity: str,
    words: Sequence[str],
    *,
    also: Sequence[str] = (),
    is_export: bool = False,
) -> None:
    """Write the records of `entity` that `words` and `also` ask for; columns and order are those of the options."""
    from crmcli.reports import listing

    told = settings(ctx).output
    most = told.limit if is_export else limit(ctx)
    view = listing.View(told.columns, told.sort, most, is_export=is_export, is_counted=is_for_people(ctx))
    found = listing.listing(db, entity, words, also=also, view=view, moment=moment(ctx, db))
    show(ctx, db, found, is_narrowed=True)


def show_calendar(ctx: typer.Context, db: "Reader", words: Sequence[str]) -> None:
    """Write the tasks that `words` ask for as iCalendar. Raises InvalidInput where another format was asked for too."""
    from crmcli.exchange import ics
    from crmcli.reports import todos

    told = settings(ctx).output
    if told.format is not Format.AUTO or told.columns is not None:
        raise InvalidInput("--ics is a format of its own", hint="leave --format and --columns out")
    spare_the_file(ctx)
    render.put(ics.calendar(todos.todos(db, words, limit=told.limit, moment=moment(ctx, db))), told.path)


def show_network(ctx: typer.Context, network: "Network", drawing: Drawing) -> None:
    """Write a graph in a format of its own."""
    from crmcli.render import network as drawn

    spare_the_file(ctx)
    render.put(drawn.lines(network, drawing), settings(ctx).output.path)


def show_picture(ctx: typer.Context, picture: "Picture", drawing: Drawing) -> None:
    """Write a graph to look at."""
    from crmcli.render import svg, webpage

    spare_the_file(ctx)
    render.put(webpage.lines(picture) if drawing is Drawing.HTML else svg.lines(picture), settings(ctx).output.path)


def remove(ctx: typer.Context, removes: "Callable[[Writer], Change]") -> None:
    """Take something away, asked first with the words that tell of it."""
    told = settings(ctx)
    if not (told.yes or told.dry_run):
        with writing(ctx, trial=True) as session:
            tried = removes(session)
        confirm(ctx, f"{tried.sentence.replace('removed', 'Remove', 1)}?")
    with writing(ctx) as session:
        change = removes(session)
    done(ctx, change)


def done(ctx: typer.Context, change: "Change") -> None:
    """Say what was changed. Called after the commit."""
    told = settings(ctx)
    batch = outer(ctx)
    if batch is not None and batch.is_trial:
        batch.plan.append(f"line {batch.line}: {', '.join(filter(None, (change.sentence, change.echo)))}")
        return
    render.tell(change, quiet=told.quiet, dry_run=told.dry_run)


def hint(ctx: typer.Context, message: str) -> None:
    """Say it on stderr, unless nobody wants hints."""
    if not settings(ctx).quiet:
        render.note(message)


def progress(ctx: typer.Context) -> Callable[[str], None]:
    """Where a long computation says how far it is: to a person who waits, and to nobody else."""
    is_wanted = sys.stderr.isatty() and not settings(ctx).quiet
    return render.note if is_wanted else lambda _: None


def limit(ctx: typer.Context, *, usual: int = _ON_A_TERMINAL) -> int | None:
    """How many rows to show: what was asked, else all in a pipe and the `usual` number on a terminal."""
    told = settings(ctx).output
    if told.limit is not None or told.is_whole:
        return told.limit
    is_on_a_terminal = is_for_people(ctx) and told.path is None and render.is_terminal()
    return usual if is_on_a_terminal else None


def is_for_people(ctx: typer.Context) -> bool:
    """Whether the result is a table for a person."""
    return _form(ctx) is Format.TABLE


def has_notes(ctx: typer.Context) -> bool:
    """Whether the notes of a report are shown with it."""
    return _form(ctx) in (Format.TABLE, Format.MARKDOWN, Format.HTML)


def _form(ctx: typer.Context) -> Format:
    """The format of the result. Raises InvalidInput where a flag means another format than the one that is named."""
    told = settings(ctx).output
    for is_asked, flag, means, named in (
        (told.is_excel, "--excel", "CSV", Format.CSV),
        (told.is_html, "--html", "a page", Format.HTML),
    ):
        if is_asked and told.format not in (Format.AUTO, named):
            raise InvalidInput(f"{flag} writes {means}, not {told.format}", hint=f"leave {flag} or --format out")
    if told.is_excel and told.is_html:
        raise InvalidInput("--excel writes CSV and --html a page", hint="leave one of them out")
    if told.is_excel or told.is_html:
        return Format.CSV if told.is_excel else Format.HTML
    return render.settle(told.format, to_file=told.path is not None)


def spare_the_file(ctx: typer.Context) -> None:
    """Raises InvalidInput where the result would go over the file that it comes from."""
    told = settings(ctx)
    path = told.output.path
    if path is not None and path.exists() and told.database.exists() and path.samefile(told.database):
        raise InvalidInput(f"--output '{path}' is the database itself", hint="give another file")


def _name(ctx: typer.Context) -> str:
    """The command as it stands in the history: `customer add`."""
    return ctx.command_path.partition(" ")[2]


def is_given(ctx: typer.Context, name: str) -> bool:
    """Whether the parameter stands on the command line."""
    source = ctx.get_parameter_source(name)
    return source is not None and source.name == "COMMANDLINE"


def _given(ctx: typer.Context) -> tuple[str, ...]:
    """The options on the command line, by name alone: their values can be personal."""
    options = (each for each in ctx.command.params if each.opts[0].startswith("-") and is_given(ctx, each.name or ""))
    return tuple(sorted(max(each.opts, key=len) for each in options))
