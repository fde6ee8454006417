"""Where a file is damaged, as far as a short look tells: for the message, before `crm doctor` takes its time."""

import re
import time
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

from crmcli.db import check, driver
from crmcli.errors import FileUnusable

_SECONDS = 1.0
_STEPS = 20_000  # of SQLite's machine, between two looks at the clock


def page(path: Path) -> str | None:
    """`page 154`: the first one that is not as SQLite wrote it; None where a second does not show it."""

    def look() -> str | None:
        with closing(driver.connect(path, "ro", wait=0)) as connection:
            connection.set_progress_handler(_end(), _STEPS)
            row = connection.execute("pragma quick_check(1)").fetchone()
        match = re.search(r"\bpage (\d+)", str(row[0] if row else ""), re.IGNORECASE)
        return match and f"page {match[1]}"

    return _found(look)


def text(path: Path) -> str | None:
    """`customer 42, column name`: the first text that is none; None where a second does not show it."""

    def look() -> str | None:
        with closing(driver.connect(path, "ro", wait=0)) as connection:
            connection.set_progress_handler(_end(), _STEPS)
            cells = check.texts(connection, most=1)
        return f"{cells[0].table} {cells[0].id}, column {cells[0].column}" if cells else None

    return _found(look)


def _end() -> Callable[[], bool]:
    until = time.monotonic() + _SECONDS
    return lambda: time.monotonic() > until


def _found(look: Callable[[], str | None]) -> str | None:
    try:
        return look()
    except (*check.UNREADABLE, FileUnusable, OSError, ValueError):
        return None
