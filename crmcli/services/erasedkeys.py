"""What erased customers were known by, as keyed hashes: enough to refuse their return, too little to read."""

import hmac
import secrets
from collections.abc import Callable, Iterable

from sqlmodel import select

from crmcli.core import normal
from crmcli.core.result import Change
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, NotFound
from crmcli.models.privacy import ErasedKey
from crmcli.models.setting import Setting

#: The setting that holds the random key, made with the first erasure.
KEY = "erasure_key"

Digest = Callable[[str, str], str]


def digest_of(db: Reader) -> Digest | None:
    """What gives the hash of a value of a kind (email, phone, uid, key); None while nobody was erased."""
    key = db.value("select value from setting where key = :key", key=KEY)
    if key is None or not db.value("select exists (select 1 from erased_key)"):
        return None
    return _digest(bytes.fromhex(key))


def keep(session: Writer, erasure: int, values: Iterable[tuple[str, str]]) -> None:
    """Remember what an erased customer was known by, (kind, value) each."""
    key = session.reader.value("select value from setting where key = :key", key=KEY)
    if key is None:
        key = secrets.token_hex(32)
        session.add(Setting(key=KEY, value=key))
    digest = _digest(bytes.fromhex(key))
    known = {row[0] for row in session.reader.rows("select digest from erased_key")}
    for each in sorted({digest(kind, value) for kind, value in values} - known):
        session.add(ErasedKey(erasure_id=erasure, digest=each))
    session.flush()


def refuse(session: Writer, kind: str, value: str) -> None:
    """Raises Conflict for an e-mail or phone, in its one form, that an erased customer had."""
    digest = digest_of(session.reader)
    if digest is None:
        return
    erased = session.reader.value(
        "select e.customer_id from erased_key k join erasure e on e.id = k.erasure_id where k.digest = :digest",
        digest=digest(kind, value),
    )
    if erased is not None:
        word = "e-mail" if kind == "email" else kind
        raise Conflict(
            f"the {word} is one of erased customer {erased}, who was not to come back",
            hint=f"crm privacy readmit {erased}, where they ask to be kept again",
        )


def readmit(session: Writer, number: int) -> Change:
    """Let an erased customer come back under what they were known by. Raises NotFound."""
    erasure = session.reader.value("select id from erasure where customer_id = :number", number=number)
    if erasure is None:
        raise NotFound(f"customer {number} was not erased", hint="crm history command:privacy lists what was")
    keys = session.exec(select(ErasedKey).where(ErasedKey.erasure_id == erasure)).all()
    for each in keys:
        session.delete(each)
    if not keys:
        return Change((number,), f"nothing stands against the return of customer {number}; nothing changed")
    return Change((number,), f"customer {number} may come back: {counted(len(keys), 'key')} deleted")


def _digest(key: bytes) -> Digest:
    return lambda kind, value: hmac.digest(key, f"{kind}:{normal.fold(value)}".encode(), "sha256").hex()
