"""Options, environment and config file, settled once into one frozen Settings."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from pathlib import Path

from crmcli.core.currency import currency
from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import DateOrder, FileFormat, Format
from crmcli.errors import InvalidInput

_LONGEST_WAIT = 86_400
_KEYS = ("db", "key_file", "actor", "currency", "phone_region", "zone", "date_order")


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


def load(environ: Mapping[str, str]) -> Settings:
    """The settings before any option is read. Raises InvalidInput for a config file that says what is not known."""
    config = _config(environ)
    named = environ.get("CRM_DB") or config.get("db")
    return Settings(
        database=Path(named).expanduser() if named else data_folder(environ) / "crm.db",
        key_file=_key_place(environ, environ.get("CRM_KEY_FILE") or config.get("key_file")),
        is_named=bool(named),
        now=_now(environ),
        actor=environ.get("CRM_ACTOR") or config.get("actor") or environ.get("USER") or environ.get("LOGNAME") or "",
        wait=_seconds(environ.get("CRM_WAIT")),
        preferences=_preferences(config, environ),
        profiles=_config_place(environ).with_name("profiles"),
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


def data_folder(environ: Mapping[str, str]) -> Path:
    """Our own folder, where the file stands unless the user says otherwise."""
    return _xdg(environ, "XDG_DATA_HOME", ".local/share")


def demo_settings(settings: Settings, place: Path) -> Settings:
    """`settings` for the demo file at `place`, shown to a person; its making needs no notice."""
    output = replace(settings.output, format=Format.TABLE)
    return replace(settings, database=place, is_named=True, quiet=True, output=output)


def log_bug(bug: BaseException) -> Path | None:
    """Where the trace of `bug` was written: files, lines and the kind of error, no value of any variable."""
    import traceback

    folder = _xdg(os.environ, "XDG_STATE_HOME", ".local/state")
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


def _xdg(environ: Mapping[str, str], variable: str, usual: str) -> Path:
    return Path(environ.get(variable) or Path(environ.get("HOME", "~")).expanduser() / usual) / "crmcli"


def _config_place(environ: Mapping[str, str]) -> Path:
    return _config_folder(environ) / "config.toml"


def _key_place(environ: Mapping[str, str], named: str | None) -> Path | None:
    if named == "keyring":
        return None
    return Path(named).expanduser() if named else _config_folder(environ) / "key"


def _config_folder(environ: Mapping[str, str]) -> Path:
    return _xdg(environ, "XDG_CONFIG_HOME", ".config")


def _config(environ: Mapping[str, str]) -> dict[str, str]:
    path = _config_place(environ)
    if not os.path.exists(path):
        return {}
    import tomllib

    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        reason = error.strerror if isinstance(error, OSError) else error
        raise InvalidInput(f"the config file '{path}' cannot be read: {reason}") from None
    for key, value in said.items():
        if key not in _KEYS:
            raise InvalidInput(f"{path}: unknown key {key!r}", hint=f"one of {', '.join(_KEYS)}")
        if not isinstance(value, str):
            raise InvalidInput(f"{path}: {key} is not a text", hint=f'{key} = "…"')
    return said


def _now(environ: Mapping[str, str]) -> datetime:
    """The clock, or the instant that CRM_NOW holds it at, for examples that must not change."""
    held = environ.get("CRM_NOW")
    if not held:
        return datetime.now(UTC)
    try:
        return datetime.fromisoformat(held).astimezone(UTC)
    except ValueError:
        raise InvalidInput(f"CRM_NOW {held!r} is not an instant", hint="2026-11-21T09:00:00+00:00") from None


def _seconds(text: str | None) -> float:
    if not text:
        return 30.0
    try:
        seconds = float(text)
    except ValueError:
        seconds = -1
    if not 0 <= seconds <= _LONGEST_WAIT:  # "nan" is neither
        raise InvalidInput(f"CRM_WAIT {text!r} is not a number of seconds", hint=f"0 to {_LONGEST_WAIT:,}")
    return seconds


def _preferences(config: Mapping[str, str], environ: Mapping[str, str]) -> Preferences:
    """What a new file will say: the config file's word, else the machine's zone and the usual."""
    usual = Preferences()
    try:
        return Preferences(
            zone=_zone(config["zone"]) if "zone" in config else _machine_zone(environ),
            phone_region=_phone_region(config["phone_region"]) if "phone_region" in config else None,
            currency=currency(config["currency"]) if "currency" in config else usual.currency,
            date_order=_date_order(config["date_order"]) if "date_order" in config else usual.date_order,
        )
    except InvalidInput as error:
        raise InvalidInput(f"{_config_place(environ)}: {error}", hint=error.hint) from None


def _phone_region(text: str) -> str:
    from crmcli.core.phones import phone_region

    return phone_region(text)


def _zone(text: str) -> str:
    from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

    try:
        return ZoneInfo(text).key
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise InvalidInput(f"zone {text!r} is not known", hint="an IANA name: Europe/Berlin") from None


def _date_order(text: str) -> DateOrder:
    if text not in set(DateOrder):
        raise InvalidInput(f"date_order {text!r} is not known", hint=f"one of {', '.join(DateOrder)}")
    return DateOrder(text)


def _machine_zone(environ: Mapping[str, str]) -> str:
    """The IANA name of the machine's zone, UTC where it does not say."""
    named = environ.get("TZ", "").lstrip(":")
    if not named:
        _, found, named = os.path.realpath("/etc/localtime").partition("/zoneinfo/")
        named = named if found else "UTC"
    return named if _is_zone(named) else "UTC"


def _is_zone(name: str) -> bool:
    roots = (Path("/usr/share/zoneinfo"), Path("/usr/lib/zoneinfo"))
    return name == "UTC" or any((root / name).is_file() for root in roots if "/" in name)
