"""Options, environment and config file, settled once into one frozen Settings."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import DateOrder, FileFormat, Format
from crmcli.errors import InvalidInput
from crmcli.settings.config import Config, check, read
from crmcli.settings.known import DEFAULT, KEYRING, KNOWN
from crmcli.settings.places import config_file, config_folder, data_folder, state_folder

__all__ = ["Output", "Settings", "chosen", "data_folder", "demo_place", "demo_settings", "load", "log_bug", "read"]


@dataclass(frozen=True, slots=True)
class Output:
    """How a result is written. `limit` is None for "as usual": whole in a pipe, the first 50 on a terminal."""

    format: Format = Format.AUTO
    path: Path | None = None
    columns: tuple[str, ...] | None = None
    sort: str | None = None
    limit: int | None = None
    is_whole: bool = False
    has_header: bool = True
    is_excel: bool = False
    is_html: bool = False
    file: FileFormat | None = None
    pager: str = ""


@dataclass(frozen=True, slots=True)
class Settings:
    """What every command is told.

    `key_file` holds the key of encrypted files; None: the keyring does. `is_named`: the user named the file, so that a
    read must find it. `preferences` are those of a file yet to be made, `profiles` is the folder of the user's own
    descriptions of files to import.
    """

    database: Path
    key_file: Path | None
    is_named: bool
    now: datetime
    actor: str
    wait: float = 30.0
    quiet: bool = False
    dry_run: bool = False
    yes: bool = False
    output: Output = field(default_factory=Output)
    preferences: Preferences = field(default_factory=Preferences)
    profiles: Path | None = None


def load(environ: Mapping[str, str], *, mending: bool = False) -> Settings:
    """The settings before any option is read. Raises InvalidInput for a config file that says what is not known.

    Who is `mending` the config file is told none of what it says.
    """
    config = Config(config_file(environ)) if mending else read(environ)
    check(config, KNOWN)
    said = {name: known.told(environ, config) for name, known in KNOWN.items()}
    return Settings(
        database=Path(said["db"].value).expanduser(),
        key_file=None if said["key_file"].value == KEYRING else Path(said["key_file"].value).expanduser(),
        is_named=said["db"].origin != DEFAULT,
        now=_now(environ),
        actor=said["actor"].value,
        wait=float(said["wait"].value),
        output=Output(pager=said["pager"].value),
        preferences=Preferences(
            said["zone"].value,
            said["phone_region"].value or None,
            said["currency"].value,
            DateOrder(said["date_order"].value),
        ),
        profiles=config_folder(environ) / "profiles",
    )


def chosen(settings: Settings, *, db: str | None = None, quiet: bool = False) -> Settings:
    """`settings` with what the options of any command say; the option nearest to the end of the line wins."""
    if db is not None:
        if not db:
            raise InvalidInput("--db is empty", hint="give the path of a file")
        settings = replace(settings, database=Path(db).expanduser(), is_named=True)
    return replace(settings, quiet=settings.quiet or quiet)


def demo_place(environ: Mapping[str, str]) -> Path:
    """Where the demo file stands: beside the default file, and never in its place."""
    return data_folder(environ) / "demo.db"


def demo_settings(settings: Settings, place: Path) -> Settings:
    """`settings` for the demo file at `place`, shown to a person; its making needs no notice."""
    output = replace(settings.output, format=Format.TABLE)
    return replace(settings, database=place, is_named=True, quiet=True, output=output)


def log_bug(bug: BaseException) -> Path | None:
    """Where the trace of `bug` was written: files, lines and the kind of error, no value of any variable."""
    import traceback

    folder = state_folder(os.environ)
    frames = "".join(traceback.format_tb(bug.__traceback__))
    place = folder / "bug.log"
    text = f"{datetime.now(UTC).isoformat()} Python {sys.version.split()[0]}\n{frames}{type(bug).__name__}\n\n"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(place, os.O_CREAT | os.O_WRONLY | os.O_APPEND, 0o600), "a", encoding="utf-8") as file:
            file.write(text)
    except OSError:
        return None
    return place


def _now(environ: Mapping[str, str]) -> datetime:
    """The clock, or the instant that CRM_NOW holds it at, for examples that must not change."""
    held = environ.get("CRM_NOW")
    if not held:
        return datetime.now(UTC)
    try:
        return datetime.fromisoformat(held).astimezone(UTC)
    except ValueError:
        raise InvalidInput(f"CRM_NOW {held!r} is not an instant", hint="2026-11-21T09:00:00+00:00") from None
