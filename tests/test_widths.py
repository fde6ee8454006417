"""From 40 to 200 columns: no id or handle is cut, and no line is wider than the terminal."""

import json
import re
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.conftest import run

FIRST = 1_234_567
RECORDS = (
    "customer add 'Wolfgang Amadeus Mozart' --email wolfgang.amadeus@example.com --phone +4930901820 "
    "--employer 'Musikfreunde in Wien' --tag composer --tag vip --city Salzburg",
    "customer add 王伟芳 --kind person --city 北京",
    "relation add 王伟芳 referred wolfgang-amadeus-mozart --note 'over dinner'",
    "log wolfgang-amadeus-mozart 'asked for a requiem, and for time to write it' --at 2026-11-02",
    "deal add 'Requiem in D minor, unfinished' --customer wolfgang-amadeus-mozart --amount 123456.78 "
    "--close 2026-11-15 --owner 'Franz Xaver Süssmayr' --at 2026-09-01",
    "task add 'Send the contract for the requiem' --for wolfgang-amadeus-mozart --due 2026-11-18 --every 2w",
    "segment add composers-of-some-renown +composer or city:北京",
    "cadence set +vip 2w",
    "customer add 'Mozart, Wolfgang Amadeus'",
)
#: The columns of each that one types to name a row.
LISTS = {
    "customer list": ("id",),
    "customer list --columns id,name,handle": ("id", "handle"),
    "deal list": ("id",),
    "interaction list": ("id",),
    "relation list": ("id",),
    "task list": ("id",),
    "segment list": ("id",),
    "history": ("id",),
    "find requiem": ("id",),
    "today": ("id",),
    "cadence due": ("id",),
    "referral top": ("id",),
    "graph central": ("id",),
    "graph strength wolfgang-amadeus-mozart": ("id",),
    "dupes": ("id", "other.id"),
}


@pytest.fixture(scope="module")
def wide(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """A file with long ids, handles and names."""
    path = Path(shutil.copy(empty_file, tmp_path_factory.mktemp("wide") / "wide.db"))
    with closing(sqlite3.connect(path)) as raw, raw:
        tables = ("customer", "deal", "interaction", "relationship", "task", "segment", "cadence", "operation")
        raw.execute("delete from sqlite_sequence where name in (select value from json_each(?))", (json.dumps(tables),))
        raw.executemany("insert into sqlite_sequence (name, seq) values (?, ?)", [(each, FIRST - 1) for each in tables])
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_NOW", "2026-11-20T12:00:00+00:00")
        for line in RECORDS:
            run(f"{line} --db {path}")
    return path


@pytest.mark.enumerating
@pytest.mark.parametrize("width", [40, 60, 80, 120, 200])
@pytest.mark.parametrize("line", LISTS)
def test_ids_are_whole_at_every_width(line: str, width: int, wide: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", str(width))
    told = json.loads(run(f"{line} -f json --db {wide}").stdout)
    rows = told if isinstance(told, list) else told["rows"]

    seen = run(f"{line} -f table --db {wide}").stdout

    assert rows
    for row in rows:
        for name in LISTS[line]:
            assert re.search(rf"(?<![\w-]){re.escape(str(row[name]))}(?![\w…-])", seen), row
    assert max(map(cell_len, seen.splitlines())) <= width
