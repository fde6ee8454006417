"""What SQLite complains of becomes a sentence about the file, and never carries what is in it."""

import errno
import os
import sqlite3
from pathlib import Path

import pytest

from crmcli.db.faults import fault, refused
from crmcli.errors import Busy, CrmError, FileUnusable

SECRET = "Ada Lovelace ada@example.com"
CODES = {
    name: code
    for name, code in vars(sqlite3).items()
    if name.startswith("SQLITE_") and isinstance(code, int) and 1 <= code < 27
}


def error(code: int | None, text: str = SECRET) -> sqlite3.Error:
    made = sqlite3.OperationalError(text)
    if code is not None:
        made.sqlite_errorcode = code
    return made


@pytest.mark.parametrize("name", CODES)
def test_no_sentence_carries_the_text_of_sqlite(name: str) -> None:
    found = fault(error(CODES[name]), "x.db")

    assert found is None or SECRET not in f"{found} {found.hint}"
    assert found is None or "'x.db'" in str(found)


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        (sqlite3.SQLITE_BUSY, Busy, "another process holds 'x.db'"),
        (sqlite3.SQLITE_LOCKED, Busy, "another process holds 'x.db'"),
        (sqlite3.SQLITE_BUSY_SNAPSHOT, Busy, "another process holds 'x.db'"),
        (sqlite3.SQLITE_READONLY, FileUnusable, "it is read-only"),
        (sqlite3.SQLITE_CANTOPEN, FileUnusable, "cannot open 'x.db'"),
        (sqlite3.SQLITE_FULL, FileUnusable, "disk full"),
        (sqlite3.SQLITE_IOERR_SHMSIZE, FileUnusable, "disk full"),
        (sqlite3.SQLITE_CORRUPT, FileUnusable, "is damaged"),
        (sqlite3.SQLITE_NOTADB, FileUnusable, "is damaged"),
        (sqlite3.SQLITE_IOERR_READ, FileUnusable, "the disk answers with errors"),
        (sqlite3.SQLITE_IOERR_FSYNC, FileUnusable, "may have been kept"),
    ],
)
def test_each_fault_of_the_file_has_its_sentence(code: int, kind: type[CrmError], said: str) -> None:
    found = fault(error(code), Path("x.db"))

    assert isinstance(found, kind)
    assert said in str(found)


@pytest.mark.parametrize(
    "code", [sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CONSTRAINT, sqlite3.SQLITE_MISUSE, sqlite3.SQLITE_TOOBIG]
)
def test_what_is_not_the_fault_of_the_file_is_left_alone(code: int) -> None:
    assert fault(error(code), "x.db") is None


def test_damaged_text_is_known_by_its_message_and_not_shown() -> None:
    found = fault(error(None, f"Could not decode to UTF-8 column 'name' with text '{SECRET}'"), "x.db")

    assert isinstance(found, FileUnusable)
    assert SECRET not in f"{found} {found.hint}"
    assert fault(error(None), "x.db") is None


@pytest.mark.parametrize(
    ("number", "said"),
    [
        (errno.EACCES, "permission denied"),
        (errno.EROFS, "the file system is read-only"),
        (errno.ENOSPC, "disk full"),
        (errno.ENAMETOOLONG, "file name too long"),
    ],
)
def test_the_refusal_of_the_system_is_named(number: int, said: str) -> None:
    found = refused(OSError(number, os.strerror(number)), Path("x.db"))

    assert str(found) == f"cannot use 'x.db': {said}; nothing was changed"
