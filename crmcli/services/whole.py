"""The whole file as a folder, and an empty file made equal to it."""

import json
from pathlib import Path

from crmcli.db import whole
from crmcli.db.reader import Reader
from crmcli.db.transaction import Transaction
from crmcli.errors import InvalidInput
from crmcli.exchange import folder
from crmcli.exchange.folder import Manifest


def export(db: Reader, place: Path) -> Manifest:
    """Write every table into the folder `place`, as the file is at one moment. Raises Conflict and FileUnusable."""
    rows = ((table, whole.lines(db, table)) for table in whole.tables(db))
    return folder.write(place, rows, schema=whole.schema(db))


def load(session: Transaction, place: Path) -> tuple[int, int]:
    """Make the empty file equal to the one that was exported to `place`; how many rows are new, and how many there.

    A file that is equal already stays as it is. Raises InvalidInput, NotFound and Conflict.
    """
    db = session.reader
    manifest = folder.read(place, schema=whole.schema(db))
    strange = manifest.files.keys() - set(whole.tables(db))
    if strange:
        raise InvalidInput(f"'{place}' holds tables that are not known: {', '.join(sorted(strange))}")
    folder.check(place, manifest)
    if all(folder.digest(whole.lines(db, table)) == told for table, told in manifest.files.items()):
        return 0, manifest.rows
    whole.refuse_filled(db)
    whole.empty(session.raw)
    for table in whole.tables(db):
        if table in manifest.files:
            whole.load(session.raw, table, folder.lines(place, table))
    files = {name: {"rows": count, "sha256": sha256} for name, (count, sha256) in manifest.files.items()}
    told = json.dumps({"folder": str(place), "tables": files}, ensure_ascii=False)
    session.raw.execute("update operation set detail = ? where id = ?", (told, session.operation))
    return manifest.rows, 0
