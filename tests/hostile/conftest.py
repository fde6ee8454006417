"""The file full of texts that attack, and what may leave the program of them."""

import json
import shutil
from pathlib import Path

import pytest

from tests.conftest import wrote
from tests.hostile.filling import WORDS, fill, free_columns
from tests.hostile.payloads import MIX, PAYLOADS


@pytest.fixture(scope="session")
def hostile_file(tmp_path_factory: pytest.TempPathFactory, small_file: Path) -> Path:
    """Every payload in every text column; what `small` has is called by a mix of them."""
    path = tmp_path_factory.mktemp("crm") / "hostile.db"
    shutil.copy(small_file, path)
    with wrote(path) as session:
        raw = session.raw
        raw.execute("insert into external_id (source, key, customer_id) values ('s', 'k', 1)")
        raw.execute("insert into field (entity, name, type, recorded_at) values ('customer', 'shoe', 'text', '')")
        taken = fill(raw, list(PAYLOADS.values()))
        assert set(taken.values()) == {len(PAYLOADS)}
        for table in {table for table, _ in taken}:
            first = raw.execute(f"select count(*) from {table}").fetchone()[0] - len(PAYLOADS)
            sets = ", ".join(
                f"{column} = {'json_array(:mix || id)' if (table, column) in WORDS else ':mix || id'}"
                for column in free_columns(raw, table)
            )
            raw.execute(f"update {table} set {sets} where id <= {first}", {"mix": MIX})
        raw.execute("update segment set name = 'regulars', query = 'id>0' where id = 1")
        raw.execute("update customer set custom = ? where id = 1", (json.dumps({MIX + "1": MIX}),))
    return path


@pytest.fixture
def hostile(hostile_file: Path, file: Path) -> Path:
    """The fresh file, full of texts that attack."""
    shutil.copy(hostile_file, file)
    return file
