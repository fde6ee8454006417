"""Files that get their name when they are whole."""

import errno
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from crmcli.errors import Conflict

_NO_LINKS = (errno.EPERM, errno.ENOTSUP, errno.EOPNOTSUPP, errno.ENOSYS, errno.EMLINK)


@contextmanager
def part_of(part: Path) -> Iterator[None]:
    """An empty file for us alone, gone at the end whatever happens."""
    part.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    os.close(os.open(part, os.O_CREAT | os.O_EXCL | os.O_RDWR, 0o600))
    try:
        yield
    finally:
        remove(part)
        remove(Path(f"{part}-journal"))  # where SQLite could not


def remove(left: Path) -> None:
    """Take away what is left of a file in the making; a disk that refuses even that has been complained of."""
    with suppress(OSError):
        left.unlink(missing_ok=True)


def publish(part: Path, target: Path) -> None:
    """Give the finished `part` its name, never over a file that is there. Raises Conflict."""
    try:
        os.link(part, target)
    except FileExistsError:
        raise taken(target) from None
    except OSError as error:
        if error.errno not in _NO_LINKS:
            raise
        try:
            os.close(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))  # a stick without hard links
        except FileExistsError:
            raise taken(target) from None
        os.replace(part, target)
    sync(target.parent)


def sync(path: Path) -> None:
    """See to it that the file or folder at `path` is on the disk."""
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def taken(target: Path) -> Conflict:
    """The name is taken."""
    return Conflict(f"'{target}' is there already and stays as it is", hint="give another name, or a folder")
