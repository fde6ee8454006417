"""The key of encrypted files: 256 random bits in a file for its owner alone, or in the keyring of the system."""

import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from importlib import import_module
from pathlib import Path
from types import ModuleType

from crmcli.db.files import part_of, publish, sync
from crmcli.errors import Conflict, FileUnusable

try:
    import fcntl
except ImportError:  # a system that has no such lock
    fcntl = None  # type: ignore[assignment]

_BYTES = 32
_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * _BYTES}}}\n?")
_IN_KEYRING = ("crmcli", "database key")
_ELSEWHERE = "CRM_KEY_FILE names the file of the key"

#: Where this run looks for the key: a file, or None for the keyring.
place: ContextVar[Path | None] = ContextVar("place")


def named() -> str:
    """Where the key is, for a message."""
    where = place.get()
    return "the keyring" if where is None else f"'{where}'"


def read(of: Path | str) -> str:
    """The key that opens the encrypted file `of`, in hexadecimal. Raises FileUnusable."""
    where = place.get()
    text = _in_keyring() if where is None else _in_file(where)
    if text is None:
        raise FileUnusable(f"'{of}' is encrypted, and there is no key in {named()}", hint=_ELSEWHERE)
    if not _KEY.fullmatch(text):
        hint = f"it has {2 * _BYTES} hexadecimal digits; CRM_KEY_FILE names another"
        raise FileUnusable(f"{named()} holds no key", hint=hint)
    return text.strip()


def make() -> bool:
    """Make a key where there is none; False where there is one, which stays. Raises FileUnusable."""
    where = place.get()
    return _make_in_keyring() if where is None else _make_file(Path(os.path.realpath(where)))


def _in_file(where: Path) -> str | None:
    try:
        return where.read_text("ascii")
    except FileNotFoundError:
        return None
    except UnicodeDecodeError:
        return ""
    except OSError as error:
        raise FileUnusable(f"the key file '{where}' cannot be read: {(error.strerror or 'refused').lower()}") from None


def _make_file(where: Path) -> bool:
    if _is_there(where):
        read(where)
        return False
    part = where.with_name(f".{where.name}.{os.getpid()}.part")
    try:
        with part_of(part):
            part.write_text(_random() + "\n", "ascii")
            sync(part)
            publish(part, where)
    except Conflict:  # another process was quicker
        return False
    except OSError as error:
        raise _refused(error, where) from None
    return True


def _is_there(where: Path) -> bool:
    try:
        return where.exists()
    except OSError as error:
        raise _refused(error, where) from None


def _refused(error: OSError, where: Path) -> FileUnusable:
    reason = (error.strerror or "refused").lower()
    return FileUnusable(f"no key can be kept at '{where}': {reason}; nothing was changed", hint=_ELSEWHERE)


def _random() -> str:
    return os.urandom(_BYTES).hex()


def _make_in_keyring() -> bool:
    with _keyring() as keyring, _alone():
        if keyring.get_password(*_IN_KEYRING) is not None:
            return False
        made = _random()
        keyring.set_password(*_IN_KEYRING, made)
        if keyring.get_password(*_IN_KEYRING) != made:
            raise FileUnusable("the keyring does not keep the key; nothing was changed", hint=_ELSEWHERE)
    return True


def _in_keyring() -> str | None:
    with _keyring() as keyring:
        text: str | None = keyring.get_password(*_IN_KEYRING)
    return text


@contextmanager
def _keyring() -> Iterator[ModuleType]:
    """The library that reaches the keyring of the system. Raises FileUnusable, for a locked one too."""
    try:
        keyring = import_module("keyring")
    except ImportError:
        message = "the keyring needs a library that is not installed"
        raise FileUnusable(message, hint="pip install 'crmcli[encrypt]'") from None
    try:
        yield keyring
    except keyring.errors.KeyringError:
        raise FileUnusable("the keyring cannot be used, or is locked; nothing was changed", hint=_ELSEWHERE) from None


@contextmanager
def _alone() -> Iterator[None]:
    """One maker of a key at a time: a keyring lets the second write over the first. Falls with the process."""
    if fcntl is None:
        yield
        return
    handle = os.open(Path.home(), os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)
