"""Handles for many new customers at once: each gets the least number that is free, as one that is added alone does."""

from crmcli.core import normal
from crmcli.services.importing.cells import remembered
from crmcli.services.importing.staging import Sink
from crmcli.services.importing.work import Work

_LONGEST = 60


def make(work: Work, select: str) -> None:
    """Give each row of the SELECT (row, text), in its order, a handle made from its text: `import_handle` has them.

    No two are alike, nor like one that is there.
    """
    run = work.bulk.run
    run("drop table if exists temp.import_handle")
    run("create temp table import_handle (row integer primary key, handle, family)")
    handles, numbers = Handles(), _Numbers()
    insert = "insert into import_handle (row, handle, family) values (?, ?, ?)"
    if work.db.value("select 1 from customer limit 1") is None:
        made = ((row, numbers.free(handles(text)), None) for row, text in work.db.rows(select))
        work.bulk.many(insert, made)
        return
    wanted = ((row, handle := handles(text), _family(handle)) for row, text in work.db.rows(select))
    work.bulk.many(insert, wanted)
    for (handle,) in work.db.rows(_TAKEN):
        numbers.take(handle)
    _rename(work, numbers)


def _rename(work: Work, numbers: "_Numbers") -> None:
    run = work.bulk.run
    run("create temp table import_rename (row integer primary key, handle)")
    sink = Sink(work, "import_rename", "row, handle")
    for row, wanted in work.db.rows("select row, handle from import_handle order by row"):
        handle = numbers.free(wanted)
        if handle != wanted:
            sink.put("import_rename", (row, handle))
    sink.flush()
    run("update import_handle set handle = n.handle from import_rename n where n.row = import_handle.row")
    run("drop table temp.import_rename")


#: The handles that customers have in the families of the new rows: `acme-2` and `acme-2-2` are of the family `acme`, and
#: a handle can only be taken by one of its own family.
_TAKEN = """
    with family (name) as materialized (select distinct family from import_handle)
    select c.handle from family f cross join customer c on c.handle = f.name
    union all
    select c.handle from family f cross join customer c on c.handle >= f.name || '-0' and c.handle < f.name || '-:'
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
