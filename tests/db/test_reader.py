"""What a reader keeps beside the file: asked once, never a change of the file, gone in the end."""

import sqlite3
from pathlib import Path

import pytest

from crmcli.db import connection
from crmcli.db.reader import Reader
from tests.conftest import Run

_COLUMNS = "id integer primary key, name text"


def kept(db: Reader, **asked: object) -> str:
    return db.kept("select id, name from customer where id <= :most", asked or {"most": 5}, columns=_COLUMNS)


def tables(db: Reader) -> int:
    return int(db.value("select count(*) from sqlite_temp_master"))


def test_the_same_is_kept_once_until_something_is_written(crm: Run, file: Path) -> None:
    crm("customer add Ada")
    with connection.reading(file) as db:
        first = kept(db)
        assert list(db.rows(f"select * from {first}")) == [(1, "Ada")]
        assert (kept(db), kept(db, most=0) == first, tables(db)) == (first, False, 2)

        db.connection.execute("pragma query_only = off")
        db.connection.execute("create temp table other (id)")
        db.connection.execute("insert into other values (1)")
        assert kept(db) != first


def test_what_could_not_be_kept_is_asked_again(crm: Run, file: Path) -> None:
    crm("customer add Ada")
    with connection.reading(file) as db:
        for _ in range(2):
            with pytest.raises(sqlite3.OperationalError, match="no such column"):
                db.kept("select id, missing from customer", {}, columns=_COLUMNS)


def test_who_keeps_can_still_not_write(crm: Run, file: Path) -> None:
    crm("customer add Ada")
    with connection.reading(file) as db:
        kept(db)
        with pytest.raises(sqlite3.OperationalError, match="readonly"):
            db.connection.execute("create temp table other as select 1")


def test_nothing_is_kept_beyond_the_reader(crm: Run, file: Path) -> None:
    crm("customer add Ada")
    with connection.reading(file) as db:
        other = Reader(db.connection)
        rows = other.rows(f"select * from {kept(other)}")
        next(rows)
        assert tables(db) == 1
        other.close()
        assert tables(db) == 0


def test_a_batch_sees_the_past_as_its_lines_left_it(crm: Run) -> None:
    crm("customer add Ada")
    lines = (
        "deal add Engine --customer Ada --amount 900 --at 2026-01-03",
        "deal board --as-of 2026-02-01 -f csv --columns stage,name",
        "deal move Engine contact --at 2026-01-20",
        "deal board --as-of 2026-02-01 -f csv --columns stage,name",
    )

    assert crm("batch", input="\n".join(lines)).stdout.split() == [
        *("1", "stage,name", "lead,Engine"),
        *("1", "stage,name", "contact,Engine"),
    ]
