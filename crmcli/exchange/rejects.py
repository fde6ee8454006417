"""The rows that were not taken, as files that can be mended and fed again."""

import os
from collections.abc import Iterable, Sequence
from pathlib import Path

from crmcli.core.wording import shown
from crmcli.errors import FileUnusable
from crmcli.exchange.record import Fault
from crmcli.exchange.source import Source


def write_rejects(path: Path, faults: Iterable[Fault], source: Source) -> None:
    """Write the records of `faults` under the header of `source`, in its format; the file is whole or not there.

    Raises FileUnusable.
    """
    beside = path.with_name(f".{path.name}.{os.getpid()}.part")
    try:
        descriptor = os.open(beside, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="") as file:
            file.writelines(source.sheet.written(fault.raw for fault in faults))
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        message = f"cannot write {shown(str(path))}: {reason}"
        raise FileUnusable(message, hint="give another place with --rejects") from None
    finally:
        beside.unlink(missing_ok=True)


def write_all(path: Path, faults: Sequence[Fault], sources: Sequence[Source]) -> tuple[Path, ...]:
    """Write the faults of every source, and give the files written: one at `path`, or one for each source with faults.

    Headers differ: several are named after their sources, `bad-accounts.csv` and `bad-deals.csv` for `bad.csv`.
    """
    found = [(source, [fault for fault in faults if fault.file == source.file]) for source in sources]
    faulty = [(source, own) for source, own in found if own]
    written: list[Path] = []
    for source, own in faulty:
        place = path if len(faulty) == 1 else _beside(path, source, written)
        write_rejects(place, own, source)
        written.append(place)
    return tuple(written)


def _beside(path: Path, source: Source, taken: Sequence[Path]) -> Path:
    """The path with the name of the source before its ending, and a number where two sources share theirs."""
    stem = f"{path.stem}-{Path(source.file).stem.strip('<>')}"
    names = (f"{stem}{number}{path.suffix}" for number in ("", *range(2, len(taken) + 3)))
    return next(place for place in map(path.with_name, names) if place not in taken)
