"""Files encrypted for a recipient, as the `age` program does; the extra `age` brings the library."""

from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from types import ModuleType

from crmcli.core.wording import shown
from crmcli.errors import FileUnusable, InvalidInput

_MAGIC = b"age-encryption.org/"


def is_sealed(path: Path) -> bool:
    """Whether the file at `path` is one of age's."""
    try:
        with path.open("rb") as file:
            return file.read(len(_MAGIC)) == _MAGIC
    except OSError:
        return False


def seal(plain: Path, sealed: Path, *, recipients: Sequence[str]) -> None:
    """Encrypt the file `plain` into `sealed`, piece by piece. Raises InvalidInput for a recipient that is none."""
    age = _library()
    known = [_recipient(age, text) for text in recipients]
    with plain.open("rb") as source, sealed.open("wb") as target:
        age.encrypt_io(source, target, known)


def unseal(sealed: Path, plain: Path, *, identity: Path) -> None:
    """Decrypt the file `sealed` into `plain` with the keys in the file `identity`. Raises FileUnusable."""
    age = _library()
    keys = _identities(age, identity)
    try:
        with sealed.open("rb") as source, plain.open("wb") as target:
            age.decrypt_io(source, target, keys)
    except (age.DecryptError, OSError) as error:
        if isinstance(error, OSError) and error.errno is not None:
            raise
        message = f"'{sealed}' cannot be decrypted with '{identity}': another key, or damaged"
        raise FileUnusable(message, hint="give the identity of one of its recipients") from None


def check(recipients: Sequence[str]) -> None:
    """Raises InvalidInput unless there is something to encrypt with and every recipient is one."""
    age = _library()
    for text in recipients:
        _recipient(age, text)


def _library() -> ModuleType:
    try:
        return import_module("pyrage")
    except ModuleNotFoundError:
        raise InvalidInput(
            "encryption needs the library pyrage, which is not installed", hint="pip install 'crmcli[age]'"
        ) from None


def _recipient(age: ModuleType, text: str) -> object:
    kind = age.ssh if text.startswith("ssh-") else age.x25519
    try:
        return kind.Recipient.from_str(text)  # type: ignore[no-any-return, unused-ignore]
    except age.RecipientError:
        raise InvalidInput(f"no age recipient {shown(text)}", hint="age1… or an ssh-ed25519 public key") from None


def _identities(age: ModuleType, path: Path) -> list[object]:
    """The keys in the file: lines of age, or one key of ssh."""
    try:
        text = path.read_bytes()
    except OSError as error:
        reason = (error.strerror or "the system refuses").lower()
        raise FileUnusable(f"cannot read '{path}': {reason}", hint="give the file of the key with --identity") from None
    try:
        if b"-----BEGIN" in text:
            return [age.ssh.Identity.from_buffer(text)]
        lines = [line.strip() for line in text.decode("ascii", "replace").splitlines()]
        keys = [age.x25519.Identity.from_str(line) for line in lines if line and not line.startswith("#")]
    except age.IdentityError:
        keys = []
    if not keys:
        raise InvalidInput(f"'{path}' holds no age identity", hint="age-keygen -o key.txt makes one")
    return keys
