"""What SQLite's errors mean to a person. Their own texts can carry customer data: they are never passed on."""

import errno
import sqlite3
from pathlib import Path

from crmcli.errors import Busy, CrmError, FileUnusable


def fault(error: sqlite3.Error, path: Path | str) -> CrmError | None:
    """The failure of the file behind `error`; None when the file is not to blame."""
    place = f"'{path}'"
    code = getattr(error, "sqlite_errorcode", None)
    if code is None:
        if "decode to UTF-8" in str(error):
            return FileUnusable(f"{place} holds damaged text", hint="crm doctor names the record; crm restore brings a backup back")
        return None
    match code & 0xFF:
        case sqlite3.SQLITE_BUSY | sqlite3.SQLITE_LOCKED:
            return Busy(f"another process holds {place}; nothing was changed", hint="try again")
        case sqlite3.SQLITE_READONLY | sqlite3.SQLITE_PERM:
            return FileUnusable(f"cannot write {place}: it is read-only; nothing was changed", hint="give another file with --db")
        case sqlite3.SQLITE_CANTOPEN | sqlite3.SQLITE_AUTH:
            return FileUnusable(f"cannot open {place}: permission denied or no such folder", hint="give another file with --db")
        case sqlite3.SQLITE_FULL:
            return FileUnusable(f"disk full while writing {place}; nothing was changed", hint="free some space and try again")
        case sqlite3.SQLITE_CORRUPT | sqlite3.SQLITE_NOTADB:
            return FileUnusable(f"{place} is damaged; nothing was changed", hint="bring a backup back before going on")
        case sqlite3.SQLITE_IOERR:
            return FileUnusable(f"the disk answers with errors on {place}; nothing was changed", hint="check the disk and try again")
    return None


def refused(error: OSError | ValueError, path: Path) -> FileUnusable:
    """Why the system does not let us have the file at `path`."""
    reasons = {errno.EACCES: "permission denied", errno.EROFS: "the file system is read-only", errno.ENOSPC: "disk full"}
    said = error if isinstance(error, OSError) else OSError(errno.EINVAL, "not a path")
    reason = reasons.get(said.errno or 0) or (said.strerror or "the system refuses").lower()
    return FileUnusable(f"cannot use '{path}': {reason}; nothing was changed", hint="give another file with --db")
