"""A workbook that cannot be written whole."""

import resource
import secrets
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from crmcli.core.result import Column, Table
from crmcli.errors import FileUnusable
from crmcli.render import save, workbook


@pytest.fixture
def _short_of_room() -> Iterator[None]:
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)  # as Python starts
    resource.setrlimit(resource.RLIMIT_FSIZE, (20_000, limits[1]))
    yield
    resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    signal.signal(signal.SIGXFSZ, handler)


@pytest.mark.usefixtures("_short_of_room")
@pytest.mark.parametrize("rows", [400, 4_000], ids=["packed", "waiting"])
def test_what_does_not_fit_is_said_and_nothing_is_left(tmp_path: Path, rows: int) -> None:
    table = Table((Column("key"),), [(secrets.token_hex(32),) for _ in range(rows)])

    with pytest.raises(FileUnusable, match=r"cannot write '.*book\.xlsx': file too large"):
        save(lambda path: workbook.write(table, path), tmp_path / "book.xlsx")

    assert list(tmp_path.iterdir()) == []
