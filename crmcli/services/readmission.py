"""Remembering what erased customers were known by, and forgetting that too."""

import secrets
from collections.abc import Iterable

from sqlmodel import select

from crmcli.core.change import Change
from crmcli.core.wording import counted
from crmcli.db import erasure
from crmcli.db.writing import Writer
from crmcli.errors import NotFound
from crmcli.models.erasure import ErasedKey
from crmcli.services.erasedkeys import KEY, keyed


def keep(session: Writer, number: int, values: Iterable[tuple[str, str]]) -> None:
    """Remember what an erased customer was known by, (kind, value) each."""
    key = session.reader.value("select value from setting where key = :key", key=KEY)
    if key is None:
        key = secrets.token_hex(32)
        with erasure.unrecorded(session.raw):  # the history shows what it records
            session.raw.execute("insert into setting (key, value) values (?, ?)", (KEY, key))
    digest = keyed(bytes.fromhex(key))
    known = {row[0] for row in session.reader.rows("select digest from erased_key")}
    for each in sorted({digest(kind, value) for kind, value in values} - known):
        session.add(ErasedKey(erasure_id=number, digest=each))
    session.flush()


def readmit(session: Writer, number: int) -> Change:
    """Let an erased customer come back under what they were known by. Raises NotFound."""
    found = session.reader.value("select id from erasure where customer_id = :number", number=number)
    if found is None:
        raise NotFound(f"customer {number} was not erased", hint="crm history command:privacy lists what was")
    keys = session.exec(select(ErasedKey).where(ErasedKey.erasure_id == found)).all()
    for each in keys:
        session.delete(each)
    if not keys:
        return Change((number,), f"nothing stands against the return of customer {number}; nothing changed")
    return Change((number,), f"customer {number} may come back: {counted(len(keys), 'key')} deleted")
