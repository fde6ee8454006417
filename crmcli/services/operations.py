"""Taking operations back, and putting them again."""

from crmcli.core.change import Change
from crmcli.core.wording import counted
from crmcli.db import history
from crmcli.db.writing import Writer
from crmcli.errors import Conflict


def undo(session: Writer, operation: int | None = None) -> Change:
    """Give every record that an operation changed back what it was; without a number the last one still in effect.

    Raises NotFound, and Conflict when it is undone already or something later stands on it.
    """
    db, now = session.reader, session.operation
    number = history.last_in_effect(db, but=now) if operation is None else history.root(db, operation, but=now)
    if not history.is_in_effect(db, number):
        raise Conflict(f"operation {number} is undone already", hint=f"crm redo {number} puts it again")
    return _turned(session, number, "undid", f"crm redo {number}")


def redo(session: Writer, operation: int | None = None) -> Change:
    """Put an undone operation again; without a number the one undone last. Raises NotFound and Conflict."""
    db, now = session.reader, session.operation
    number = history.last_undone(db, but=now) if operation is None else history.root(db, operation, but=now)
    if history.is_in_effect(db, number):
        raise Conflict(f"operation {number} is not undone", hint=f"crm undo {number} takes it back")
    return _turned(session, number, "redid", f"crm undo {number}")


def _turned(session: Writer, number: int, verb: str, back: str) -> Change:
    done = history.reverse(session.raw, number, by=session.operation)
    sentence = f"{verb} operation {number} ({done.command}): {counted(done.changes, 'record')}"
    return Change((number,), sentence, f"{back} turns it round")
