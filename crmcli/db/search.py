"""The words of all records, kept in the file and brought up to date by whoever looks for some.

No write pays for it. What changed since the last look stands in the history of operations: a row of it, whoever wrote
it (a command, an import, an undo), leads to the documents to read again. A file that cannot be written is looked
through as it stands, and what changed since is indexed in a temporary place.
"""

import json
import os
import sqlite3
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from crmcli.core.words import RULES, words
from crmcli.db import connection, driver
from crmcli.db.documents import DOCUMENTS, Document
from crmcli.db.reader import Reader

_PHONE = "·"  # no word begins with it
_SLOW = 20_000

#: The ids of the documents of each kind that are to be read again; None for all of them.
Stale = Mapping[str, Collection[int] | None]


@dataclass(frozen=True, slots=True)
class Hit:
    """A document that matches: its row number, and its words."""

    number: int
    title: Sequence[str]
    rest: Sequence[str]


class Index:
    """The words of the file, and of what changed since they were written down."""

    def __init__(self, db: Reader, stale: Stale, beside: sqlite3.Connection) -> None:
        self._db = db
        self._stale = stale
        self._beside = Reader(beside)

    def hits(self, match: str, document: Document, most: int | None) -> list[Hit]:
        """The latest `most` documents of a kind that match an FTS5 expression."""
        span = {"first": document.first, "last": document.first + (1 << 40), "match": match}
        sql = "select rowid, title, rest from search where search match :match and rowid between :first and :last"
        limit = "" if most is None else f" limit {most:d}"
        stale = self._stale.get(document.name, ())
        found = list(self._beside.rows(f"{sql} order by rowid desc{limit}", span))
        if stale is not None:
            gone = json.dumps([document.first + number for number in stale])
            unless = "" if not stale else " and rowid not in (select value from json_each(:gone))"
            found += self._db.rows(
                f"{sql}{unless} order by rowid desc{limit}", span | ({"gone": gone} if stale else {})
            )
        return [Hit(number, title.split(), rest.split()) for number, title, rest in found]

    def vocabulary(self, first: str, last: str) -> Iterator[tuple[str, int]]:
        """Every word from `first` up to `last`, and in how many documents it stands."""
        for place in (self._db, self._beside):
            yield from place.rows(
                "select term, doc from temp.vocabulary where term >= :first and term < :last", first=first, last=last
            )


@contextmanager
def searching(
    path: Path | None, *, wait: float = 30.0, slow: Callable[[int], None] = lambda _: None
) -> Iterator[tuple[Reader, Index]]:
    """The file, to look for words in; `slow` is told how many records are to be read first, where they are many."""
    if path is not None:
        _bring_up(path, wait, slow)
    with connection.reading(path, wait=wait) as db, index_of(db) as index:
        yield db, index


@contextmanager
def index_of(db: Reader) -> Iterator[Index]:
    """The index of the file as it stands, with what changed since beside it."""
    with closing(driver.beside(db.connection)) as beside:
        stale = pending(db)
        beside.execute(_creation(db))
        beside.execute("begin")
        fill(db, beside, stale)
        for each in (db.connection, beside):
            _make_vocabulary(each)
        yield Index(db, stale, beside)


def pending(db: Reader) -> Stale:
    """What is to be read again. Everything, where nothing was read yet or the rules are new."""
    last, rules = db.row("select operation_id, rules from search_state") or (0, 0)
    newest = db.value("select max(id) from operation") or 0
    if last == newest and rules == RULES:
        return {}
    if last == 0 or last > newest or rules != RULES:
        return {each.name: None for each in DOCUMENTS}
    return {each.name: _touched(db, each, last) for each in DOCUMENTS}


def fill(db: Reader, target: sqlite3.Connection, stale: Stale) -> None:
    """Write the words of the stale documents of `db` down in `target`."""
    for each in DOCUMENTS:
        ids = stale.get(each.name, ())
        if ids is None:
            rows = db.rows(each.texts(some=False))
        elif ids:
            rows = db.rows(each.texts(some=True), ids=json.dumps(sorted(ids)))
        else:
            continue
        target.executemany("insert into search (rowid, title, rest) values (?, ?, ?)", _written(each, rows))


def refresh(target: sqlite3.Connection) -> None:
    """Bring the index up to date in the transaction under way."""
    db = Reader(target)
    stale = pending(db)
    if stale and all(ids is None for ids in stale.values()):
        clear(target)
    else:
        _forget(target, stale)
    fill(db, target, stale)
    newest = db.value("select max(id) from operation") or 0
    target.execute("update search_state set operation_id = ?, rules = ?", (newest, RULES))


def clear(target: sqlite3.Connection) -> None:
    """Leave no word in the index, in the transaction under way: the next search reads every record again."""
    creation = _creation(Reader(target))
    target.execute("drop table search")
    target.execute(creation)
    target.execute("update search_state set operation_id = 0")


def digits_of(phone: str) -> str:
    """The digits of a phone in the form that the file keeps, without its extension."""
    digits = phone.partition(";")[0].removeprefix("+")
    return digits if digits.isdigit() else "".join(filter(str.isdigit, digits))


def phone_match(digits: str) -> str:
    """The FTS5 expression of the phones that end in `digits`."""
    return f'"{_PHONE}{digits[::-1]}" *'


def _bring_up(path: Path, wait: float, slow: Callable[[int], None]) -> None:
    """Refresh the index where there is something new, the file can be written and nobody else writes now."""
    with connection.reading(path, wait=wait) as db:
        stale = pending(db)
        if not stale:
            return
        count = sum({each.table: _size(db, each, stale[each.name]) for each in DOCUMENTS}.values())
    if count > _SLOW:
        slow(count)
    if not os.access(path, os.W_OK):
        return
    with closing(connection.open_to_write(path, 0)) as target:
        try:
            target.execute("pragma cache_size = -65536")
            target.execute("begin immediate")
            refresh(target)
            target.execute("commit")
        except sqlite3.OperationalError:  # held by another, on a full disk, in a folder that takes no new file
            if target.in_transaction:
                target.execute("rollback")


def _size(db: Reader, document: Document, ids: Collection[int] | None) -> int:
    return int(db.value(f"select count(*) from {document.table}")) if ids is None else len(ids)


def _touched(db: Reader, document: Document, last: int) -> set[int]:
    """The ids of the documents that operations after `last` changed."""
    found = {number for (number,) in db.rows(_since(document.table), last=last, table=document.table)}
    for table, column, select in document.parents:
        rows = f"""
            with x (link) as (
                select {column} from {table} where id in ({_since(table)})
                union
                select json_extract(old, '$.{column}') from change
                where operation_id > :last and table_name = :table and old is not null
            )
            {select}
        """
        found.update(number for (number,) in db.rows(rows, last=last, table=table))
    return found - {None}


def _since(table: str) -> str:
    """The SQL of the ids of the rows of `table` that operations after `:last` changed."""
    since = "c.operation_id > :last and c.table_name = :table"
    return f"""
        select c.row_id from change c where {since} and c.last_id is null
        union select t.id from change c cross join {table} t on t.id between c.row_id and c.last_id where {since}
    """


def _forget(target: sqlite3.Connection, stale: Stale) -> None:
    numbers = [each.first + number for each in DOCUMENTS for number in stale.get(each.name) or ()]
    if numbers:
        target.execute("delete from search where rowid in (select value from json_each(?))", (json.dumps(numbers),))


def _creation(db: Reader) -> str:
    return str(db.value("select sql from sqlite_schema where name = 'search'"))


def _make_vocabulary(target: sqlite3.Connection) -> None:
    is_kept = target.execute("pragma query_only").fetchone()[0]
    target.execute("pragma query_only = off")  # a virtual table of the connection alone, in memory
    target.execute("create virtual table if not exists temp.vocabulary using fts5vocab (main, search, row)")
    target.execute(f"pragma query_only = {is_kept:d}")


def _written(document: Document, rows: Iterator[Sequence[str | None]]) -> Iterator[tuple[int, str, str]]:
    """The rows of the index: the words of the title, those of the pieces and both forms of the phones."""
    for number, title, phones, *pieces in rows:
        rest = words(" \n ".join(filter(None, pieces)))
        for phone in (phones or "").split():
            digits = digits_of(phone)
            rest += (digits, f"{_PHONE}{digits[::-1]}")
        yield document.first + int(number or 0), " ".join(words(title or "")), " ".join(rest)
