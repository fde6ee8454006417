"""Handles for many new customers at once: each gets the least number that is free, as one that is added alone does."""

from crmcli.core import normal
from crmcli.services.importing.cells import remembered
from crmcli.services.importing.work import Work

_LONGEST = 60


def ready(work: Work, select: str) -> None:
    """Let SQL call `new_handle(text)` for the texts that the SELECT gives: a handle made from it for a new customer.

    No two are alike, nor like one that is there.
    """
    handles, numbers = Handles(), _Numbers()
    if work.db.value("select 1 from customer limit 1") is not None:
        run = work.bulk.run
        run("drop table if exists temp.import_family")
        run("create temp table import_family (name primary key) without rowid")
        families = ((_family(handles(text)),) for (text,) in work.db.rows(select))
        work.bulk.many("insert or ignore into import_family values (?)", families)
        for (handle,) in work.db.rows(_TAKEN):
            numbers.take(handle)
    work.bulk.function("new_handle", 1, lambda text: numbers.free(handles(text)), is_pure=False)


#: The handles that customers have in the families of the new rows: `acme-2` and `acme-2-2` are of the family `acme`, and
#: a handle can only be taken by one of its own family.
_TAKEN = """
    select c.handle from import_family f cross join customer c on c.handle = f.name
    union all
    select c.handle from import_family f cross join customer c on c.handle >= f.name || '-0' and c.handle < f.name || '-:'
"""


class _Numbers:
    """The handles that are taken, each with the last number that was put behind it."""

    def __init__(self) -> None:
        self._last: dict[str, int] = {}

    def take(self, handle: str) -> None:
        self._last.setdefault(handle, 1)

    def free(self, wanted: str) -> str:
        """The handle, or the first with a number behind it, that is not taken; taken now."""
        number = self._last.get(wanted)
        if number is None:
            self._last[wanted] = 1
            return wanted
        while (handle := f"{wanted}-{(number := number + 1)}") in self._last:
            pass
        self._last[wanted] = number
        self._last[handle] = 1
        return handle


class Handles:
    """What `core.normal.handle` gives, word by word: most words of names come again and again."""

    def __init__(self) -> None:
        self._words = remembered(_word)

    def __call__(self, text: str) -> str:
        words = [self._words(word) for word in text.split()]
        made = "-".join(words)
        is_one = len(words) == 1 and "0" <= made[-1:] <= "9"  # could read as an id
        return normal.handle(text) if is_one or len(made) > _LONGEST or not all(words) else made


def _word(word: str) -> str:
    """The word as it stands in a handle; empty for one that has to be cut or mended there."""
    folded = normal.fold(word)
    return folded if folded.isalnum() else ""


def _family(handle: str) -> str:
    """The handle without the numbers at its end."""
    head, dash, tail = handle.rpartition("-")
    while dash and head and tail.isascii() and tail.isdigit():
        handle = head
        head, dash, tail = handle.rpartition("-")
    return handle
