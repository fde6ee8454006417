"""The first write: the file gets its name when there is something in it, whole or not at all."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from crmcli.core.preferences import Preferences
from crmcli.db import migrate
from crmcli.db.connection import exists
from crmcli.db.faults import refused
from crmcli.db.transaction import patiently
from crmcli.errors import Busy, Conflict, CrmError, FileUnusable

try:
    import fcntl
except ImportError:  # a system that has no such lock
    fcntl = None  # type: ignore[assignment]


@dataclass(slots=True)
class First:
    """`path` is where to write: a file that nobody knows, or the file itself when another process made it just now.

    Once `is_wanted`, the file gets its name at the end, and it `is_made`.
    """

    path: Path
    is_wanted: bool = False
    is_made: bool = False


@contextmanager
def first(
    path: Path, preferences: Preferences, *, wait: float, waiting: Callable[[], None], encrypted: bool = False
) -> Iterator[First]:
    """A place for the first write to `path`, where nothing is. Others who want to make it wait. Raises CrmErrors."""
    path = Path(os.path.realpath(path))
    with _folder(path), _alone(path, wait, waiting):
        if exists(path):
            yield First(path)
            return
        _refuse_foreign_log(path)
        with migrate.drafted(path, preferences, encrypted=encrypted) as new:
            made = First(new)
            try:
                yield made
            except CrmError as error:
                raise _named(error, new, path) from None
            if made.is_wanted:
                _publish(new, path)
                made.is_made = True


def _publish(new: Path, path: Path) -> None:
    try:
        migrate.name(new, path)
    except Conflict:
        raise Busy(f"another process made '{path}' just now; nothing was changed", hint="try again") from None


def _refuse_foreign_log(path: Path) -> None:
    """A log that a moved or deleted file left behind would be taken for the new file's own."""
    log = Path(f"{path}-wal")
    if log.exists() and log.stat().st_size:
        message = f"'{log}' holds writes of a file that is not there; nothing was changed"
        raise FileUnusable(message, hint="put the file back beside it, or move it away")


def _named(error: CrmError, new: Path, path: Path) -> CrmError:
    """`error` about the file by the name that the user knows."""
    error.args = (str(error).replace(str(new), str(path)),)
    return error


@contextmanager
def _folder(path: Path) -> Iterator[None]:
    """The folder of `path`, made with those above it; what is still empty at the end goes again."""
    folder = path.parent
    missing = [each for each in (folder, *folder.parents) if not each.exists()]
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise refused(error, path) from None
    try:
        yield
    finally:
        for each in missing:
            with suppress(OSError):
                each.rmdir()


@contextmanager
def _alone(path: Path, wait: float, waiting: Callable[[], None]) -> Iterator[None]:
    """One maker of files in the folder at a time: the lock is the folder's, and falls with the process."""
    if fcntl is None:
        yield
        return
    try:
        handle = os.open(path.parent, os.O_RDONLY)
    except OSError as error:
        raise refused(error, path) from None
    try:
        patiently(lambda: _locked(handle), path, wait=wait, waiting=waiting)
        yield
    finally:
        os.close(handle)


def _locked(handle: int) -> bool:
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError:  # a file system without locks: who is second is told so
        return True
    return True
