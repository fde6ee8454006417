"""A folder of JSON lines with a manifest: how many lines each file has, and its sha256."""

import hashlib
import json
import os
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

from crmcli.errors import Conflict, FileUnusable, InvalidInput, NotFound
from crmcli.exchange.text import LONGEST_LINE

MANIFEST = "manifest.json"
_KIND = "crmcli export"
_LARGEST = 1 << 20  # bytes of a manifest


@dataclass(frozen=True, slots=True)
class Manifest:
    """What a folder holds: the number of the schema, and of each table its rows and the digest of its file."""

    schema: int
    files: dict[str, tuple[int, str]]

    @property
    def rows(self) -> int:
        return sum(count for count, _ in self.files.values())


def write(folder: Path, tables: Iterable[tuple[str, Iterable[str]]], *, schema: int) -> Manifest:
    """Write a file for each table, then the manifest; the folder is whole or not there. Raises Conflict, FileUnusable."""
    try:
        if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
            raise Conflict(f"'{folder}' is there already", hint="name a folder that is not there, or an empty one")
        folder.parent.mkdir(parents=True, exist_ok=True)
        beside = Path(mkdtemp(prefix=f".{folder.name}.", suffix=".part", dir=folder.parent))
        try:
            files = {table: _written(beside / f"{table}.jsonl", lines) for table, lines in tables}
            manifest = Manifest(schema, files)
            _written(beside / MANIFEST, _told(manifest))
            beside.replace(folder)
        finally:
            _remove(beside)
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        raise FileUnusable(f"cannot write '{folder}': {reason}", hint="give another folder") from None
    return manifest


def is_export(path: str) -> bool:
    """Whether there is a folder at `path` that holds a whole export, or says so."""
    return path != "-" and (Path(path) / MANIFEST).is_file()


def read(folder: Path, *, schema: int) -> Manifest:
    """The manifest of the folder, once every file is found to be as it says. Raises InvalidInput and NotFound."""
    place = folder / MANIFEST
    try:
        text = place.read_text("utf-8") if place.stat().st_size <= _LARGEST else ""
        said = json.loads(text)
        found = Manifest(
            int(said["schema"]),
            {str(name): (int(each["rows"]), str(each["sha256"])) for name, each in said["tables"].items()},
        )
    except (ValueError, KeyError, TypeError, AttributeError, OSError, RecursionError):
        raise InvalidInput(f"'{place}' is no manifest of an export") from None
    if said.get("kind") != _KIND:
        raise InvalidInput(f"'{place}' is no manifest of an export")
    if found.schema > schema:
        raise InvalidInput(f"'{folder}' was exported by a newer crmcli (schema {found.schema})", hint="upgrade crmcli")
    return found


def check(folder: Path, manifest: Manifest) -> None:
    """Raises InvalidInput and NotFound unless the files are those that were exported."""
    for table, told in manifest.files.items():
        if digest(lines(folder, table)) != told:
            message = f"'{folder / f'{table}.jsonl'}' is not as it was exported: its sha256 is another"
            raise InvalidInput(message, hint="export again; to change records, export and import one kind as CSV")


def lines(folder: Path, table: str) -> Iterator[str]:
    """The lines of the file of a table. Raises InvalidInput and NotFound."""
    path = folder / f"{table}.jsonl"
    try:
        with path.open(encoding="utf-8", newline="\n") as file:
            yield from iter(lambda: file.readline(LONGEST_LINE * 2), "")
    except FileNotFoundError:
        raise NotFound(f"no file '{path}'", hint="the manifest names it") from None
    except (OSError, UnicodeDecodeError):
        raise InvalidInput(f"'{path}' cannot be read as text") from None


def digest(lines: Iterable[str]) -> tuple[int, str]:
    """How many lines, and the sha256 of them."""
    count, found = 0, hashlib.sha256()
    for line in lines:
        found.update(line.encode())
        count += 1
    return count, found.hexdigest()


def _written(path: Path, lines: Iterable[str]) -> tuple[int, str]:
    count, found = 0, hashlib.sha256()
    descriptor = os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    with os.fdopen(descriptor, "wb") as file:
        for line in lines:
            data = line.encode()
            found.update(data)
            file.write(data)
            count += 1
        file.flush()
        os.fsync(file.fileno())
    return count, found.hexdigest()


def _told(manifest: Manifest) -> list[str]:
    tables = {name: {"rows": count, "sha256": sha256} for name, (count, sha256) in manifest.files.items()}
    return [json.dumps({"kind": _KIND, "schema": manifest.schema, "tables": tables}, indent=2) + "\n"]


def _remove(folder: Path) -> None:
    """Take away what was not finished."""
    if folder.is_dir():
        for path in folder.iterdir():
            path.unlink()
        folder.rmdir()
