"""The file encrypted under the key of the user, and made plain again."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from crmcli.db import conversion, driver, keys
from crmcli.db.connection import reading


@dataclass(frozen=True, slots=True)
class Encrypted:
    """Whether the file was changed and a key was made; `plain` are backups that are not encrypted."""

    is_changed: bool
    is_key_new: bool
    plain: tuple[Path, ...]


def key_place() -> str:
    """Where the key is kept, for a message."""
    return keys.named()


def prepare() -> bool:
    """See to it that there is a key; whether it was made just now. Raises FileUnusable, without the library too."""
    driver.require()
    return keys.make()


def encrypt(database: Path, *, dry_run: bool, wait: float, waiting: Callable[[], None]) -> Encrypted:
    """Encrypt the file, unless it is. Raises FileUnusable and Busy; the file is unchanged then."""
    driver.require()
    is_key_new = False
    is_plain = _is_plain(database, wait)
    if is_plain and not dry_run:
        is_key_new = prepare()
        conversion.convert(database, encrypted=True, wait=wait, waiting=waiting)
    return Encrypted(is_plain, is_key_new, conversion.plain_copies(database))


def decrypt(database: Path, *, dry_run: bool, wait: float, waiting: Callable[[], None]) -> bool:
    """Make the file a plain one; False where it is. Raises FileUnusable and Busy; the file is unchanged then."""
    is_plain = _is_plain(database, wait)
    if not is_plain and not dry_run:
        conversion.convert(database, encrypted=False, wait=wait, waiting=waiting)
    return not is_plain


def _is_plain(database: Path, wait: float) -> bool:
    with reading(database, wait=wait):  # recognised, and brought up to date
        pass
    return not driver.is_encrypted(database)
