"""The file full of texts that attack, and what may leave the program of them."""

import json
import shutil
import sqlite3
from pathlib import Path

import pytest

from crmcli.db import migrate
from tests.conftest import wrote
from tests.hostile.filling import WORDS, fill, free_columns
from tests.hostile.payloads import MIX, PAYLOADS


@pytest.fixture(scope="session")
def hostile_file(tmp_path_factory: pytest.TempPathFactory, small_file: Path) -> Path:
    """Every payload in every text column; what `small` has is called by a mix of them."""
    path = tmp_path_factory.mktemp("crm") / "hostile.db"
    shutil.copy(small_file, path)
    with wrote(path) as session:
        _prepare(session.raw)
        taken = fill(session.raw, list(PAYLOADS.values()))
        assert set(taken.values()) == {len(PAYLOADS)}
        for table in {table for table, _ in taken}:
            count = session.raw.execute(f"select count(*) from {table}").fetchone()[0]
            _mix(session.raw, table, count - len(PAYLOADS))
        _finish(session.raw)
    return path


@pytest.fixture(scope="session")
def mixed_file(tmp_path_factory: pytest.TempPathFactory, small_file: Path) -> Path:
    """The few records of `small`, a mix of the payloads in each of their texts."""
    path = tmp_path_factory.mktemp("crm") / "mixed.db"
    shutil.copy(small_file, path)
    with wrote(path) as session:
        _prepare(session.raw)
        for table in (*migrate.tracked(session.raw), "operation"):
            if table != "setting":
                _mix(session.raw, table, session.raw.execute(f"select max(id) from {table}").fetchone()[0] or 0)
        _finish(session.raw)
    return path


@pytest.fixture
def hostile(hostile_file: Path, file: Path) -> Path:
    """The fresh file, full of texts that attack."""
    shutil.copy(hostile_file, file)
    return file


@pytest.fixture(params=["mixed", pytest.param("each", marks=pytest.mark.slow)])
def attacked(request: pytest.FixtureRequest, file: Path) -> Path:
    """The fresh file, with a mix of texts that attack in all of its texts; the slow run has a record for each."""
    shutil.copy(request.getfixturevalue("mixed_file" if request.param == "mixed" else "hostile_file"), file)
    return file


def _prepare(raw: sqlite3.Connection) -> None:
    raw.execute("insert into external_id (source, key, customer_id) values ('s', 'k', 1)")
    raw.execute("insert into field (entity, name, type, recorded_at) values ('customer', 'shoe', 'text', '')")


def _mix(raw: sqlite3.Connection, table: str, last: int) -> None:
    """Put a mix of payloads into every free text of the rows up to `last`."""
    columns = free_columns(raw, table)
    if columns:
        sets = ", ".join(
            f"{column} = {'json_array(:mix || id)' if (table, column) in WORDS else ':mix || id'}" for column in columns
        )
        raw.execute(f"update {table} set {sets} where id <= :last", {"mix": MIX, "last": last})


def _finish(raw: sqlite3.Connection) -> None:
    """What a read of the tests asks for by name, a field that no file has, and something for the doctor to say."""
    raw.execute("update passage set stage_entered_at = '2026-01-01T00:00:00Z' where id = 1")
    raw.execute("update segment set name = 'regulars', query = 'id>0' where id = 1")
    raw.execute("update customer set custom = ? where id = 1", (json.dumps({MIX + "1": MIX}),))


@pytest.fixture(autouse=True)
def _somewhere_else(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Examples write files where they run."""
    monkeypatch.chdir(tmp_path)
