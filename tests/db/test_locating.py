"""Where a damaged file is damaged, told with the refusal."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.db import driver, locating
from tests.conftest import IS_ENCRYPTED, Run

pytestmark = pytest.mark.skipif(IS_ENCRYPTED, reason="the damage is made in the plain file")


def overwrite(file: Path, page: int) -> None:
    with file.open("r+b") as opened:
        opened.seek((page - 1) * 4096)
        opened.write(b"\xff" * 200)


@pytest.mark.parametrize("table", ["deal", "interaction"])
def test_a_refusal_names_the_page(table: str, small: Path, crm: Run) -> None:
    with closing(sqlite3.connect(small)) as raw:
        (page,) = raw.execute("select rootpage from sqlite_schema where name = ?", (table,)).fetchone()
    overwrite(small, page)

    refused = crm(f"{table} list", exit_code=10)

    assert refused.stderr == (
        f"error: '{small}' is damaged (page {page}); nothing was changed\n"
        "hint: crm doctor says where, crm restore brings a backup back\n"
    )


def test_a_refusal_names_the_text_and_does_not_show_it(small: Path, crm: Run) -> None:
    with closing(driver.connect(small)) as raw:
        raw.execute("drop trigger change_customer_update")
        raw.execute("update customer set city = cast(x'4d61726bff' as text) where id = 2")

    refused = crm("customer list", exit_code=10)

    assert refused.stderr.splitlines()[0] == f"error: '{small}' holds damaged text (customer 2, column city)"
    assert "Mark" not in refused.stderr


def test_a_sound_file_and_none_have_no_place(small: Path, tmp_path: Path) -> None:
    assert locating.page(small) is None
    assert locating.text(small) is None
    assert locating.page(tmp_path / "none.db") is None


def test_a_look_ends_in_time(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with closing(sqlite3.connect(small)) as raw:
        (page,) = raw.execute("select rootpage from sqlite_schema where name = 'deal'").fetchone()
    overwrite(small, page)
    monkeypatch.setattr(locating, "_SECONDS", -1.0)
    monkeypatch.setattr(locating, "_STEPS", 1)

    assert locating.page(small) is None
