"""Handles for many new customers at once: each gets the least number that is free, as one that is added alone does."""

from collections.abc import Iterator
from itertools import groupby

from crmcli.core import normal
from crmcli.services.importing.cells import remembered
from crmcli.services.importing.staging import Sink
from crmcli.services.importing.work import Work

_LONGEST = 60


def make(work: Work, select: str) -> None:
    """Give each row of the SELECT (row, text) a handle made from its text, unlike all there are: `import_handle` has them.

    `acme-2` and `acme-2-2` are of the family `acme`: a handle can only be taken by one of its own family.
    """
    run = work.bulk.run
    run("drop table if exists temp.import_handle")
    run("create temp table import_handle (row integer primary key, handle, family)")
    handles = Handles()
    made = ((row, handle := handles(text), _family(handle)) for row, text in work.db.rows(select))
    work.bulk.many("insert into import_handle (row, handle, family) values (?, ?, ?)", made)
    run("create temp table import_rename (row integer primary key, handle)")
    sink = Sink(work, "import_rename", "row, handle")
    for row in _renamed(work):
        sink.put("import_rename", row)
    sink.flush()
    run("update import_handle set handle = n.handle from import_rename n where n.row = import_handle.row")
    run("drop table temp.import_rename")


def _renamed(work: Work) -> Iterator[tuple[int, str]]:
    """The rows whose handle is taken, with the one they get."""
    rows = work.db.rows(f"{_taken(work)} select family, row, handle from import_handle order by 1, 2")
    for _, family in groupby(rows, key=lambda each: str(each[0])):
        taken: set[str] = set()
        last: dict[str, int] = {}
        for _, row, wanted in family:
            handle = wanted
            if row and handle in taken:
                count = last.get(wanted, 1)
                while handle in taken:
                    count += 1
                    handle = f"{wanted}-{count}"
                last[wanted] = count
                yield row, handle
            taken.add(handle)


def _taken(work: Work) -> str:
    """The SQL of the handles that customers have in the families of the new rows: row 0 of each."""
    if work.db.value("select 1 from customer limit 1") is None:
        return ""
    families = "(select distinct family as name from import_handle)"
    return f"""
        select f.name, 0, c.handle from {families} f cross join customer c on c.handle = f.name union all
        select f.name, 0, c.handle from {families} f
        cross join customer c on c.handle >= f.name || '-0' and c.handle < f.name || '-:' union all
    """


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
