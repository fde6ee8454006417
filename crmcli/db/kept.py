"""Where the backups of a file stand, and which were made."""

import json
import os
import re
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import count
from pathlib import Path

from crmcli.core.period import instant

_FOLDER = "backups"


@dataclass(frozen=True, slots=True)
class Made:
    """A backup that was made once: where, when, and whether it is there; None while its disk is away.

    `is_listed`: it was remembered when it was made; any other was found by its name.
    """

    path: Path
    at: str
    is_there: bool | None
    is_listed: bool


def folder(database: Path) -> Path:
    """Where the backups of `database` stand unless the user says otherwise: `backups` beside it."""
    return Path(os.path.realpath(database)).parent / _FOLDER


def free_name(database: Path, where: Path, label: str, *, suffix: str = ".db") -> Path:
    """`crm-LABEL.db` in `where`, with a number behind it where that is taken."""
    stem = f"{_stem(database)}-{label}"
    names = (f"{stem}{f'-{number}' if number > 1 else ''}{suffix}" for number in count(1))
    return next(where / name for name in names if not (where / name).exists())


def remember(database: Path, path: Path, at: datetime) -> None:
    """Keep where a backup of `database` was made. A folder that takes no note is no reason to fail."""
    home = folder(database)
    place = Path(os.path.realpath(path))
    told = place.name if place.parent == home else str(place)
    line = json.dumps({"at": instant(at), "path": told})
    with suppress(OSError, UnicodeEncodeError):
        home.mkdir(mode=0o700, exist_ok=True)
        with open(
            os.open(_list_of(database), os.O_CREAT | os.O_APPEND | os.O_WRONLY, 0o600), "a", encoding="utf-8"
        ) as file:
            file.write(f"\n{line}\n")  # a full disk may have left half of the line before


def remembered(database: Path) -> list[Made]:
    """The backups made of `database`, the newest last: those remembered, and those that stand among its backups."""
    home = folder(database)
    listed = dict(_told(database))
    found = dict(listed)
    pattern = re.compile(rf"{re.escape(_stem(database))}-(.*?)(-[0-9]+)?\.db(\.age)?")
    with suppress(OSError):
        for path in home.iterdir():
            if (match := pattern.fullmatch(path.name)) and path not in found and _is_label(match[1]):
                found[path] = _dated(match[1]) or instant(datetime.fromtimestamp(path.stat().st_mtime, UTC))
    made = (Made(path, at, _is_there(path), path in listed) for path, at in found.items())
    return sorted(made, key=lambda each: (each.at, str(each.path)))


def _told(database: Path) -> Iterator[tuple[Path, str]]:
    """(path, when) of each line of the list; a line that cannot be read is nobody's."""
    try:
        lines = _list_of(database).read_text("utf-8", "replace").splitlines()
    except OSError:
        return
    for line in lines:
        with suppress(ValueError, TypeError, KeyError):
            told = json.loads(line)
            datetime.fromisoformat(told["at"])
            yield folder(database) / told["path"], told["at"]


def _list_of(database: Path) -> Path:
    return folder(database) / f"{os.path.basename(os.path.realpath(database))}.jsonl"


def _stem(database: Path) -> str:
    return Path(os.path.realpath(database)).stem


def _is_label(label: str) -> bool:
    return bool(re.fullmatch(r"v[0-9]+|(before-restore-)?[0-9]{8}T[0-9]{6}Z", label))


def _dated(label: str) -> str | None:
    """The instant in the name of a backup."""
    text = label.rpartition("-")[2]
    with suppress(ValueError):
        return instant(datetime.strptime(text, "%Y%m%dT%H%M%SZ").replace(tzinfo=UTC))
    return None


def _is_there(path: Path) -> bool | None:
    try:
        return path.is_file() or (None if not path.parent.exists() else False)
    except OSError:
        return None
