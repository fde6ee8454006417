"""Where a file is damaged, as far as a short look tells: for the message, before `crm doctor` takes its time."""

import re
import sqlite3
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import TypeVar

from crmcli.db import check, driver
from crmcli.errors import FileUnusable

_SECONDS = 1.0
_STEPS = 20_000  # of SQLite's machine, between two looks at the clock

Found = TypeVar("Found")


def page(path: Path) -> str | None:
    """`page 154`: the first one that is not as SQLite wrote it; None where a second does not show it."""
    found = _looked(path, _damaged_page)
    return f"page {found}" if found else None


def _damaged_page(connection: sqlite3.Connection) -> int | None:
    row = connection.execute("pragma quick_check(1)").fetchone()
    match = re.search(r"\bpage (\d+)", str(row[0] if row else ""), re.IGNORECASE)
    return int(match[1]) if match else None


def text(path: Path) -> str | None:
    """`customer 42, column name`: the first text that is none; None where a second does not show it."""
    cells = _looked(path, lambda connection: check.texts(connection, most=1))
    return f"{cells[0].table} {cells[0].id}, column {cells[0].column}" if cells else None


def _looked(path: Path, look: Callable[[sqlite3.Connection], Found]) -> Found | None:
    """What `look` finds in the file within the time, if it can be read so far."""
    until = time.monotonic() + _SECONDS
    try:
        with closing(driver.connect(path, "ro", wait=0)) as connection:
            connection.set_progress_handler(lambda: time.monotonic() > until, _STEPS)
            return look(connection)
    except (*check.UNREADABLE, FileUnusable, OSError, ValueError):
        return None
