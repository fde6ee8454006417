"""Which SQLite opens a file: Python's own, or SQLCipher where the file is encrypted, which the extra `encrypt` brings.

SQLCipher encrypts every page, in the file, its journal and its log, and keeps temporary tables in memory.
"""

import os
import sqlite3
from functools import cache
from importlib import import_module
from pathlib import Path
from types import ModuleType

from crmcli.db import keys
from crmcli.errors import FileUnusable

#: SQLCipher begins a file with its salt. Under a random key that need not be random: ours says whose file it is.
SALT = b"crmcli encrypted"

_ERRORS = (
    *("InterfaceError", "DatabaseError", "DataError", "OperationalError"),
    *("IntegrityError", "InternalError", "ProgrammingError", "NotSupportedError"),
)


def is_encrypted(path: Path) -> bool:
    """Whether the file at `path` is an encrypted one of ours."""
    try:
        with path.open("rb") as file:
            return file.read(len(SALT)) == SALT
    except OSError:
        return False


def uri(path: Path, mode: str, *, immutable: bool = False) -> str:
    """What SQLite opens the file at `path` by; it makes no file that is not there."""
    place = os.path.realpath(path).replace("%", "%25").replace("?", "%3f").replace("#", "%23")
    return f"file:{place}?mode={mode}{'&immutable=1' if immutable else ''}"


def connect(
    path: Path, mode: str = "rw", *, wait: float = 5.0, immutable: bool = False, encrypted: bool | None = None
) -> sqlite3.Connection:
    """A connection to the file at `path` that begins no transaction by itself.

    `encrypted` says what an empty file is to be; any other says so itself. Raises FileUnusable where the key or the
    library is missing; a key that does not fit is found by the first statement.
    """
    name = uri(path, mode, immutable=immutable)
    if not (is_encrypted(path) if encrypted is None else encrypted):
        return sqlite3.connect(name, timeout=wait, isolation_level=None, uri=True, cached_statements=256)
    connection = _opened(name, wait, path)
    connection.execute(f'pragma key = "{_raw(path)}"')
    return connection


def converting(path: Path, wait: float, other: Path, *, encrypted: bool) -> sqlite3.Connection:
    """The file at `path`, with the empty file `other`, which is to be `encrypted`, attached under that name."""
    was_encrypted = is_encrypted(path)
    connection = _opened(uri(path, "rw"), wait, path)
    if was_encrypted:
        connection.execute(f'pragma key = "{_raw(path)}"')
    key = _raw(other) if encrypted else ""
    connection.execute(f'attach ? as other key "{key}"', (uri(other, "rw"),))
    return connection


def is_cipher(connection: sqlite3.Connection) -> bool:
    """Whether `connection` is to an encrypted file; looking into the file itself would let go of its locks."""
    return not isinstance(connection, sqlite3.Connection)


def beside(connection: sqlite3.Connection) -> sqlite3.Connection:
    """An empty place for what is derived from `connection`; it leaves no plain text of an encrypted file on a disk."""
    return sqlite3.connect(":memory:" if is_cipher(connection) else "", isolation_level=None)


def require() -> None:
    """Raises FileUnusable where SQLCipher is not installed."""
    _library()


def _opened(name: str, wait: float, path: Path) -> sqlite3.Connection:
    keys.read(path)
    connection: sqlite3.Connection = _library().connect(
        name, timeout=wait, isolation_level=None, uri=True, cached_statements=256
    )
    connection.execute("pragma cipher_log_level = none")  # it would speak on stderr
    return connection


def _raw(path: Path) -> str:
    """The key as SQLCipher takes it without stretching, and the salt."""
    return f"x'{keys.read(path)}{SALT.hex()}'"


@cache
def _library() -> ModuleType:
    """SQLCipher, its errors made kinds of those of Python's SQLite: what catches one catches the other."""
    try:
        library = import_module("sqlcipher3.dbapi2")
    except ImportError:
        message = "encrypted files need a library that is not installed"
        raise FileUnusable(message, hint="pip install 'crmcli[encrypt]'") from None
    for name in _ERRORS:
        error, known = getattr(library, name), getattr(sqlite3, name)
        if not issubclass(error, known):
            error.__bases__ = (*error.__bases__, known)
    return library
