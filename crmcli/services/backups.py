"""Copies of the file to fall back on, and the way back."""

from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from crmcli.core.wording import counted
from crmcli.db import backup, kept
from crmcli.db import restore as db
from crmcli.db.connection import as_it_is, exists, recognise
from crmcli.db.restore import Restored
from crmcli.errors import FileUnusable, InvalidInput
from crmcli.exchange import age

_STAMP = "%Y%m%dT%H%M%SZ"


@dataclass(frozen=True, slots=True)
class BackedUp:
    """The copy, and the older ones that went."""

    copy: backup.Copy
    removed: tuple[Path, ...] = ()

    @property
    def sentence(self) -> str:
        """What was copied, for a person."""
        gone = f"; {counted(len(self.removed), 'older backup')} removed" if self.removed else ""
        return f"backed up {_size(self.copy.rows, self.copy.bytes)}, verified, to {self.copy.path}{gone}"


def back_up(
    database: Path,
    target: Path | None,
    *,
    now: datetime,
    keep: int | None = None,
    recipients: Sequence[str] = (),
    wait: float = 30.0,
) -> BackedUp:
    """A verified copy of `database`: at `target`, in the folder `target`, or else among its backups.

    `keep` leaves only so many of the copies made into the same folder, this one included. Raises Conflict when
    `target` is there, FileUnusable, and InvalidInput for a `keep` under 1 or beside the name of a file.
    """
    where = kept.folder(database) if target is None else target if target.is_dir() else None
    _check_keep(keep, where)
    if recipients:
        age.check(recipients)
    recognise(database)
    suffix = ".db.age" if recipients else ".db"
    place = target if where is None else kept.free_name(database, where, now.strftime(_STAMP), suffix=suffix)
    assert place is not None  # noqa: S101 (one of the two)
    seal = partial(age.seal, recipients=recipients) if recipients else None
    with as_it_is(database, wait=wait) as connection:
        copy = backup.write(connection, place, source=database, seal=seal)
    kept.remember(database, copy.path, now)
    return BackedUp(copy, _thinned(database, copy.path, keep) if keep else ())


def restore(
    database: Path,
    source: Path,
    *,
    now: datetime,
    identity: Path | None = None,
    dry_run: bool = False,
    wait: float = 30.0,
) -> Restored:
    """Make `database` what the backup `source` holds; with `dry_run` only see whether it could be.

    Raises InvalidInput, FileUnusable and Busy; the file is unchanged then.
    """
    if not exists(source):
        raise FileUnusable(f"no backup at '{source}'; nothing was changed", hint="crm doctor tells of the last one")
    if exists(database) and source.samefile(database):
        raise InvalidInput(f"'{source}' is the file itself", hint="give a backup of it")
    with ExitStack() as stack:
        if age.is_sealed(source):
            if identity is None:
                raise InvalidInput(f"'{source}' is encrypted", hint="give the file of the key with --identity")
            plain = stack.enter_context(backup.scratch(database, source.name))
            age.unseal(source, plain, identity=identity)
            source = plain
        if dry_run:
            return Restored(db.inspect(source), None)
        return db.bring_back(database, source, label=f"before-restore-{now.strftime(_STAMP)}", wait=wait)


def restored_sentence(restored: Restored, source: Path) -> str:
    """What was brought back, for a person."""
    return f"restored {counted(restored.rows, 'row')} from {source}"


def _check_keep(keep: int | None, where: Path | None) -> None:
    if keep is None:
        return
    if keep < 1:
        raise InvalidInput(f"--keep {keep} would keep nothing", hint="--keep 7 keeps the last seven")
    if where is None:
        raise InvalidInput("--keep goes with a folder, not with the name of a file", hint="give a folder that is there")


def _thinned(database: Path, newest: Path, keep: int) -> tuple[Path, ...]:
    """Remove all but the newest `keep` of the backups of `database` that were made into the folder of `newest`."""
    home = newest.resolve().parent
    mine = [each.path for each in kept.remembered(database) if each.is_listed and each.is_there]
    old = [path for path in mine if path.parent == home and path != newest.resolve()]
    gone = tuple(old[: max(0, len(old) - (keep - 1))])
    for path in gone:
        path.unlink(missing_ok=True)
    return gone


def _size(rows: int, size: int) -> str:
    return f"{counted(rows, 'row')} ({size / 1_000_000:.1f} MB)"
