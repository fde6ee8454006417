"""What erased customers were known by, as keyed hashes: enough to refuse their return, too little to read."""

from collections.abc import Callable

from crmcli.db.reader import Reader
from crmcli.errors import Conflict

#: The setting that holds the random key, made with the first erasure.
KEY = "erasure_key"

Digest = Callable[[str, str], str]


def digest_of(db: Reader) -> Digest | None:
    """What gives the hash of a value of a kind (email, phone, uid, key); None while nobody was erased."""
    key = db.value("select value from setting where key = :key", key=KEY)
    if key is None or not db.value("select exists (select 1 from erased_key)"):
        return None
    return keyed(bytes.fromhex(key))


def refuse(db: Reader, kind: str, value: str) -> None:
    """Raises Conflict for an e-mail or phone, in its one form, that an erased customer had."""
    digest = digest_of(db)
    if digest is None:
        return
    erased = db.value(
        "select e.customer_id from erased_key k join erasure e on e.id = k.erasure_id where k.digest = :digest",
        digest=digest(kind, value),
    )
    if erased is not None:
        word = "e-mail" if kind == "email" else kind
        raise Conflict(
            f"the {word} is one of erased customer {erased}, who was not to come back",
            hint=f"crm privacy readmit {erased}, where they ask to be kept again",
        )


def keyed(key: bytes) -> Digest:
    """What gives the hash of a value, in its one form, under `key`."""
    import hmac  # only where somebody was erased

    return lambda kind, value: hmac.digest(key, f"{kind}:{value}".encode(), "sha256").hex()
