"""What SQLite's errors mean to a person. Their own texts can carry customer data: they are never passed on."""

import errno
import sqlite3
from pathlib import Path

from crmcli.db import driver, keys
from crmcli.errors import Busy, CrmError, FileUnusable

#: What else reading a damaged file can end in: a nonsensical length asks for more memory than there is, and a message
#: of SQLite about a broken name is no text.
DAMAGED = (MemoryError, OverflowError, UnicodeDecodeError)

_ELSEWHERE = "give another file with --db"
_BUSY = (Busy, "another process holds {}; nothing was changed", "try again")
_READONLY = (FileUnusable, "cannot write {}: it is read-only; nothing was changed", _ELSEWHERE)
_CLOSED = (FileUnusable, "cannot open {}: permission denied or no such folder", _ELSEWHERE)
_MENDS = "crm doctor says where, crm restore brings a backup back"
_FULL = (FileUnusable, "disk full while writing {}; nothing was changed", "free some space and try again")
_FAULTS: dict[int, tuple[type[CrmError], str, str]] = {
    sqlite3.SQLITE_BUSY: _BUSY,
    sqlite3.SQLITE_LOCKED: _BUSY,
    sqlite3.SQLITE_READONLY: _READONLY,
    sqlite3.SQLITE_PERM: _READONLY,
    sqlite3.SQLITE_CANTOPEN: _CLOSED,
    sqlite3.SQLITE_AUTH: _CLOSED,
    sqlite3.SQLITE_FULL: _FULL,
    sqlite3.SQLITE_IOERR_SHMSIZE: _FULL,  # no place for the index of the log
    sqlite3.SQLITE_IOERR: (
        FileUnusable,
        "the disk answers with errors on {}; nothing was changed",
        "check the disk and try again",
    ),
}
#: The disk took the whole change and then did not say that it has it: nobody knows yet whether it stays.
_UNCONFIRMED = (
    FileUnusable,
    "the disk does not confirm what was written to {}; the change may have been kept",
    "check the disk, then look: crm history",
)
_SYNCS = (sqlite3.SQLITE_IOERR_FSYNC, sqlite3.SQLITE_IOERR_DIR_FSYNC)
_REASONS = {
    errno.EACCES: "permission denied",
    errno.EROFS: "the file system is read-only",
    errno.ENOSPC: "disk full",
    errno.EINVAL: "not a path",
}


def fault(error: sqlite3.Error, path: Path | str) -> CrmError | None:
    """The failure of the file behind `error`; None when the file is not to blame."""
    code = getattr(error, "sqlite_errorcode", None)
    if _is_about_text(error, code):
        return FileUnusable(f"'{path}' holds damaged text{_place(path, of_text=True)}", hint=_MENDS)
    if code is None:
        return None
    if code == sqlite3.SQLITE_NOTADB and isinstance(path, Path) and driver.is_encrypted(path):
        return FileUnusable(
            f"the key in {keys.named()} does not open '{path}', or its first page is damaged",
            hint="CRM_KEY_FILE names another key; a damaged file is moved away before crm restore",
        )
    kind, message, hint = (
        _UNCONFIRMED if code in _SYNCS else _FAULTS.get(code, _FAULTS.get(code & 0xFF, (None, "", "")))
    )
    if code & 0xFF in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB):
        return damaged(path)
    return kind(message.format(f"'{path}'"), hint=hint) if kind else None


def _is_about_text(error: sqlite3.Error, code: int | None) -> bool:
    """Whether a text could not be read, by us, by a function that was given it (none fails otherwise), or as JSON."""
    if code is None:
        return "decode to UTF-8" in str(error)
    return code == sqlite3.SQLITE_ERROR and str(error) in ("user-defined function raised exception", "malformed JSON")


def damaged(path: Path | str) -> FileUnusable:
    """The file at `path` is not what SQLite wrote."""
    return FileUnusable(f"'{path}' is damaged{_place(path)}; nothing was changed", hint=_MENDS)


def _place(path: Path | str, *, of_text: bool = False) -> str:
    """` (page 154)`: where the damage is, if a short look tells."""
    if not isinstance(path, Path):
        return ""
    from crmcli.db import locating  # a sound file needs none of it

    found = locating.text(path) if of_text else locating.page(path)
    return f" ({found})" if found else ""


def unconfirmed(path: Path) -> FileUnusable:
    """What was written to `path` stands, and may not outlast a power cut."""
    _, message, hint = _UNCONFIRMED
    return FileUnusable(message.format(f"'{path}'"), hint=hint)


def refused(error: OSError | ValueError, path: Path) -> FileUnusable:
    """Why the system does not let us have the file at `path`."""
    number = (error.errno or 0) if isinstance(error, OSError) else errno.EINVAL
    reason = _REASONS.get(number) or (getattr(error, "strerror", None) or "the system refuses").lower()
    return FileUnusable(f"cannot use '{path}': {reason}; nothing was changed", hint=_ELSEWHERE)
