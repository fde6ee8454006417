"""The config file: what it says, and changes to it that leave its comments and its order alone."""

import os
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import FileUnusable, InvalidInput
from crmcli.settings.places import config_file

ALIASES = "alias"


@dataclass(frozen=True, slots=True)
class Config:
    """The settings by name, not checked yet, and the aliases, as they stand in the file at `place`."""

    place: Path
    settings: Mapping[str, object] = field(default_factory=dict)
    aliases: Mapping[str, str] = field(default_factory=dict)


def read(environ: Mapping[str, str]) -> Config:
    """What the config file says; nothing where there is none. Raises InvalidInput for one that cannot be read."""
    path = config_file(environ)
    if not os.path.exists(path):
        return Config(path)
    import tomllib

    try:
        said = tomllib.loads(path.read_text("utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, OSError) as error:
        raise _unreadable(path, error) from None
    aliases = said.pop(ALIASES, {})
    if not isinstance(aliases, dict):
        raise InvalidInput(f"{path}: {ALIASES} is not a table", hint=f"crm {ALIASES} set NAME COMMAND makes it")
    _check_texts(path, aliases, f"{ALIASES}.")
    return Config(path, said, aliases)


def check(config: Config, known: Collection[str]) -> None:
    """Raises InvalidInput where the file names a setting that there is not, or gives one that is not a text."""
    for name in config.settings:
        if name not in known:
            near = did_you_mean(name, known)
            raise InvalidInput(f"{config.place}: unknown key {shown(name)}{near}", hint=f"one of {', '.join(known)}")
    _check_texts(config.place, config.settings)


def write(environ: Mapping[str, str], name: str, value: str | None, *, table: str | None = None) -> bool:
    """Give `name` a value in the file, None to take it out; whether that changed it.

    Raises InvalidInput for a file that cannot be read, FileUnusable for one that cannot be written.
    """
    path = config_file(environ)
    try:
        with _held(path) as target:
            before = target.read_text("utf-8") if target.exists() else ""
            after = changed(before, name, value, table=table)
            if after != before:
                _replace(target, after)
    except UnicodeDecodeError as error:
        raise _unreadable(path, error) from None
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        raise FileUnusable(f"cannot write the config file '{path}': {reason}") from None
    return after != before


def changed(text: str, name: str, value: str | None, *, table: str | None = None) -> str:
    """The TOML `text` with that value, or without it; all else, comments included, is as it was."""
    import tomlkit
    from tomlkit.exceptions import TOMLKitError
    from tomlkit.items import Table

    try:
        whole = tomlkit.parse(text)
    except TOMLKitError as error:
        raise InvalidInput(f"the config file cannot be read: {error}") from None
    if value is not None and table is not None and table not in whole:
        whole[table] = tomlkit.table()
    part = whole if table is None else whole.get(table, {})
    if not isinstance(part, dict):
        raise InvalidInput(f"the config file says {table}, which is not a table")
    if value is None and name in part:
        del part[name]
        if isinstance(part, Table) and not part and table is not None:
            del whole[table]
    elif value is not None and part.get(name) != value:
        part[name] = value
    return tomlkit.dumps(whole)


def _check_texts(path: Path, said: Mapping[str, object], lead: str = "") -> None:
    for name, value in said.items():
        if not isinstance(value, str):
            raise InvalidInput(f"{path}: {lead}{name} is not a text", hint=f'{name} = "…"')


def _unreadable(path: Path, error: Exception) -> InvalidInput:
    reason = error.strerror if isinstance(error, OSError) else error
    return InvalidInput(f"the config file '{path}' cannot be read: {reason}")


@contextmanager
def _held(path: Path) -> Iterator[Path]:
    """The file that `path` leads to, while nobody else of us writes it."""
    import fcntl

    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield Path(os.path.realpath(path))
    finally:
        os.close(folder)


def _replace(target: Path, text: str) -> None:
    """Write the file whole or not at all; it keeps its mode."""
    mode = target.stat().st_mode & 0o777 if target.exists() else 0o600
    beside = target.with_name(f".{target.name}.{os.getpid()}.part")
    try:
        with os.fdopen(os.open(beside, os.O_CREAT | os.O_TRUNC | os.O_WRONLY, mode), "w", encoding="utf-8") as file:
            file.write(text)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(target)
    finally:
        beside.unlink(missing_ok=True)
