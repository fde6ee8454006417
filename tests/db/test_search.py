"""The index follows whatever writes the file, and never by being told."""

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.core import words
from crmcli.db import connection, driver, search
from crmcli.db.documents import DOCUMENTS
from crmcli.reports.finding import find
from tests.conftest import Run, run, wrote


def kept(file: Path) -> list[tuple[object, ...]]:
    """What the index of the file holds."""
    with connection.reading(file) as db:
        return list(db.rows("select id, c0, c1 from search_content order by id"))


def anew(file: Path) -> list[tuple[object, ...]]:
    """What it would hold if it were made now."""
    with connection.reading(file) as db, closing(sqlite3.connect(":memory:")) as beside:
        beside.execute(str(db.value("select sql from sqlite_schema where name = 'search'")))
        search.fill(db, beside, dict.fromkeys((each.name for each in DOCUMENTS), None))
        return list(beside.execute("select id, c0, c1 from search_content order by id"))


def found(file: Path, *texts: str) -> list[tuple[object, object]]:
    with search.searching(file) as (db, index):
        return [(row[0], row[1]) for row in find(db, index, texts).table.rows]


@pytest.mark.slow
def test_every_kind_of_write_is_followed(small: Path, tmp_path: Path) -> None:
    more = tmp_path / "more.csv"
    more.write_text("name,email,tags\nNew One,ada@example.com,vip\nEve,eve@example.com,\n", encoding="utf-8")
    found(small, "ada")

    for line in (
        "customer add 'Grace Hopper' --phone '+1 212 5550100' --tag navy",
        "customer edit ada-lovelace --set email-=countess@example.com --set name='Augusta King'",
        "customer edit zoe-muller --untag press",
        "customer remove 李雷 --force --yes",
        "customer restore 李雷",
        "deal add Weaver --customer grace-hopper --note 'a loom'",
        "deal move 1 needs --note 'asked for brass'",
        "log grace-hopper 'sent a moth' --channel note",
        "interaction edit 2 --set text=butterfly",
        "interaction remove 1 --yes",
        "relation add grace-hopper knows zoe-muller --note 'by letter'",
        "relation remove 2 --yes",
        f"import {more} --yes",
        "undo",
        "undo",
        "redo",
    ):
        words_of = line.split()
        if words_of[0] == "import":
            words_of = ["import", str(more)]
        run(line if words_of[0] != "import" else words_of)
        found(small, "ada")
        assert kept(small) == anew(small), line


def test_many_writes_at_once_are_followed_too(small: Path) -> None:
    found(small, "ada")
    with wrote(small) as session:
        raw = session.raw
        raw.execute("update tag set name = 'important' where name = 'vip'")
        raw.execute("update contact_point set customer_id = 3 where value = 'countess@example.com'")
        raw.execute("delete from interaction_party where customer_id = 1")
        raw.execute('update customer set name = \'Engines\', custom = \'{"n": 5, "of": ["brass"]}\' where id = 1')
        raw.execute("update relationship set note = 'in a letter' where id = 2")

    assert found(small, "important") == [("customer", 4), ("customer", 1)]
    assert found(small, "brass") == [("customer", 1)]
    assert kept(small) == anew(small)


def test_what_is_undone_is_not_found_and_what_is_redone_is(small: Path, crm: Run) -> None:
    crm("customer add 'Grace Hopper'")
    assert found(small, "grace") == [("customer", 5)]

    crm("undo")
    assert found(small, "grace") == []
    crm("redo")
    assert found(small, "grace") == [("customer", 5)]


def test_a_look_leaves_no_operation_behind(small: Path, crm: Run) -> None:
    before = crm("history -f ids").stdout

    crm("find ada")

    assert crm("history -f ids").stdout == before


@pytest.fixture
def locked(small: Path) -> Iterator[Path]:
    """The file while another process writes to it."""
    with closing(driver.connect(small)) as other:
        other.execute("begin immediate")
        yield small
        other.execute("rollback")


def test_a_file_that_another_writes_to_is_looked_through_as_it_stands(locked: Path) -> None:
    assert found(locked, "ada")[0] == ("customer", 1)
    assert kept(locked) == []


def test_what_changed_since_is_found_where_the_index_cannot_be_written(
    small: Path, crm: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    found(small, "ada")
    crm("customer edit ada-lovelace --set name='Augusta King'")
    crm("customer add 'Ada Yonath'")
    crm("customer remove zoe-muller --yes")
    before = small.read_bytes()
    monkeypatch.setattr("os.access", lambda *_: False)

    assert found(small, "augusta") == [("customer", 1), ("deal", 1), ("task", 1)]
    assert found(small, "ada")[0] == ("customer", 5)
    assert found(small, "zoe") == []
    assert found(small, "yonoth") == [("customer", 5)]
    assert small.read_bytes() == before


def test_new_rules_make_the_index_anew(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found(small, "ada")
    with closing(driver.connect(small)) as raw:
        raw.execute("delete from search_content")
        raw.commit()
    monkeypatch.setattr(search, "RULES", words.RULES + 1)

    assert found(small, "ada")[0] == ("customer", 1)
    assert kept(small) == anew(small)


def test_many_new_records_are_announced(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(search, "_SLOW", 3)
    told: list[int] = []

    with search.searching(small, slow=told.append):
        pass
    with search.searching(small, slow=told.append):
        pass

    assert told == [12]


def test_a_cleared_index_holds_no_word(small: Path, crm: Run) -> None:
    crm("customer edit ada-lovelace --set note=xylophone")
    crm("deal add Zither --customer ada-lovelace")
    crm("log ada-lovelace 'plays the hurdygurdy'")
    assert found(small, "xylophone")

    with wrote(small) as session:
        search.clear(session.raw)
        session.raw.execute("update setting set value = value")

    with closing(driver.connect(small)) as raw:
        held = b"".join(row[0] for row in raw.execute("select block from search_data"))
        texts = list(raw.execute("select c0 || c1 from search_content"))
        raw.execute("insert into search (search) values ('integrity-check')")
    for word in ("xylophone", "zither", "hurdygurdy"):
        assert not any(word in text for (text,) in texts)
        assert word[:5].encode() not in held


def test_what_was_cleared_is_read_again(small: Path) -> None:
    before = found(small, "press")
    with wrote(small) as session:
        search.clear(session.raw)

    assert found(small, "press") == before


def test_nothing_is_read_again_without_need(small: Path) -> None:
    found(small, "ada")

    with connection.reading(small) as db:
        assert search.pending(db) == {}
