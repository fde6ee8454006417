"""The key of encrypted files: 256 random bits in a file for its owner alone."""

import os
import re
from contextvars import ContextVar
from pathlib import Path

from crmcli.db.files import part_of, publish, sync
from crmcli.errors import Conflict, FileUnusable

_BYTES = 32
_KEY = re.compile(rf"[0-9a-fA-F]{{{2 * _BYTES}}}\n?")

#: Where this run looks for the key.
place: ContextVar[Path] = ContextVar("place")


def read(of: Path | str) -> str:
    """The key that opens the encrypted file `of`, in hexadecimal. Raises FileUnusable."""
    where = place.get()
    try:
        text = where.read_text("ascii")
    except FileNotFoundError:
        message, hint = (
            f"'{of}' is encrypted, and there is no key at '{where}'",
            "CRM_KEY_FILE names the file of the key",
        )
        raise FileUnusable(message, hint=hint) from None
    except UnicodeDecodeError:
        text = ""
    except OSError as error:
        raise FileUnusable(f"the key file '{where}' cannot be read: {(error.strerror or 'refused').lower()}") from None
    if not _KEY.fullmatch(text):
        hint = f"it has {2 * _BYTES} hexadecimal digits; CRM_KEY_FILE names another"
        raise FileUnusable(f"the key file '{where}' holds no key", hint=hint)
    return text.strip()


def make() -> bool:
    """Make a key where there is none; False where there is one, which stays. Raises FileUnusable."""
    where = Path(os.path.realpath(place.get()))
    if where.exists():
        read(where)
        return False
    part = where.with_name(f".{where.name}.{os.getpid()}.part")
    try:
        with part_of(part):
            part.write_text(os.urandom(_BYTES).hex() + "\n", "ascii")
            sync(part)
            publish(part, where)
    except Conflict:  # another process was quicker
        return False
    except OSError as error:
        raise FileUnusable(f"no key can be kept at '{where}': {(error.strerror or 'refused').lower()}") from None
    return True
