"""Handles for many new customers at once: each gets the least number that is free, as one that is added alone does."""

import re
from collections.abc import Iterator
from itertools import groupby

from crmcli.core import normal
from crmcli.services.importing.staging import Sink
from crmcli.services.importing.work import Work


def make(work: Work, select: str) -> None:
    """Give each row of the SELECT (row, text) a handle made from its text, unlike all there are: `import_handle` has them.

    `acme-2` and `acme-2-2` are of the family `acme`: a handle can only be taken by one of its own family.
    """
    run = work.bulk.run
    work.bulk.function("handle_of", 1, normal.handle)
    work.bulk.function("family", 1, _family)
    run("drop table if exists temp.import_handle")
    run("create temp table import_handle (row integer primary key, handle, family)")
    run(f"insert into import_handle (row, handle) select row, handle_of(text) from ({select})")  # noqa: S608
    run("update import_handle set family = family(handle)")
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
    """  # noqa: S608


def _family(handle: str) -> str:
    return re.sub("(?:-[0-9]+)+$", "", handle) if "0" <= handle[-1] <= "9" else handle
