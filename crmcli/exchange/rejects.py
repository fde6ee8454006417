"""The rows that were not taken, as files that can be mended and fed again."""

import json
import os
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from crmcli.core.wording import named
from crmcli.errors import FileUnusable
from crmcli.exchange.source import Source

Raws = Iterable[Sequence[str]]


class Spool:
    """Records as found, on disk and not in memory, in a file without a name: nothing is left of it after a kill."""

    def __init__(self, place: Path) -> None:
        self._place = place
        self._file: IO[str] | None = None

    def add(self, raw: Sequence[str]) -> None:
        """Keep a record. Raises FileUnusable."""
        from tempfile import TemporaryFile  # only where a row is rejected
        from weakref import finalize

        with _faults(self._place):
            if self._file is None:
                self._file = TemporaryFile("w+", encoding="ascii")  # noqa: SIM115 (it ends with the spool)
                finalize(self, self._file.close)
            self._file.write(json.dumps(list(raw)) + "\n")

    def __iter__(self) -> Iterator[Sequence[str]]:
        """The records in the order in which they came."""
        if self._file is not None:
            with _faults(self._place):
                self._file.seek(0)
                yield from map(json.loads, self._file)


def write_rejects(path: Path, raws: Raws, source: Source) -> None:
    """Write the records under the header of `source`, in its format and encoding; the file is whole or not there.

    UTF-8 has no mark: beside uids that would say that formulas are guarded, and here they are not.
    Raises FileUnusable.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        with _faults(path):
            descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
            with os.fdopen(descriptor, "w", encoding=source.text.encoding.removesuffix("-sig"), newline="") as file:
                file.writelines(source.sheet.written(raws))
                file.flush()
                os.fsync(file.fileno())
            beside.replace(path)
    finally:
        beside.unlink(missing_ok=True)


def write_all(path: Path, rejected: Sequence[tuple[Source, Raws]]) -> tuple[Path, ...]:
    """Write the records of the sources, and give the files written: one at `path`, or one for each source.

    Headers differ: several are named after their sources, `bad-accounts.csv` and `bad-deals.csv` for `bad.csv`.
    """
    written: list[Path] = []
    for source, raws in rejected:
        place = path if len(rejected) == 1 else _beside(path, source, written)
        write_rejects(place, raws, source)
        written.append(place)
    return tuple(written)


@contextmanager
def _faults(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        message = f"cannot write {named(str(path))}: {reason}"
        raise FileUnusable(message, hint="give another place with --rejects") from None


def _beside(path: Path, source: Source, taken: Sequence[Path]) -> Path:
    """The path with the name of the source before its ending, and a number where two sources share theirs."""
    stem = f"{path.stem}-{Path(source.file).stem.strip('<>')}"
    names = (f"{stem}{number}{path.suffix}" for number in ("", *range(2, len(taken) + 3)))
    return next(place for place in map(path.with_name, names) if place not in taken)
