"""Files to import, written on the spot, and what is in the database afterwards."""

from collections.abc import Callable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Protocol

import pytest

from crmcli.core.vocabulary import DateOrder, DecimalMark, OnDuplicate, OnRemoved
from crmcli.db import connection
from crmcli.db.history import Header
from crmcli.db.writing import writing
from crmcli.services import importing
from crmcli.services.importing import Files, Imported, Key, Wish
from tests.conftest import NOW

Rows = Callable[..., list[tuple[object, ...]]]


class Load(Protocol):
    """Import files given by name and content, `load(customers="name\\nAda\\n")`, in one operation."""

    def __call__(
        self,
        files: Mapping[str, str] | None = None,
        *,
        on_duplicate: OnDuplicate = OnDuplicate.UPDATE,
        strict: bool = False,
        profile: str | None = None,
        on_removed: OnRemoved = OnRemoved.KEEP,
        blank_clears: bool = False,
        key: Key | None = None,
        date_order: DateOrder | None = None,
        decimal: DecimalMark | None = None,
        now: datetime = NOW,
        **contents: str,
    ) -> Imported: ...


@pytest.fixture
def load(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Load:
    monkeypatch.chdir(tmp_path)

    def loaded(
        files: Mapping[str, str] | None = None,
        *,
        on_duplicate: OnDuplicate = OnDuplicate.UPDATE,
        strict: bool = False,
        profile: str | None = None,
        on_removed: OnRemoved = OnRemoved.KEEP,
        blank_clears: bool = False,
        key: Key | None = None,
        date_order: DateOrder | None = None,
        decimal: DecimalMark | None = None,
        now: datetime = NOW,
        **contents: str,
    ) -> Imported:
        paths = []
        for name, content in {**(files or {}), **contents}.items():
            path = Path(f"{name}.csv")
            path.write_text(content, encoding="utf-8")
            paths.append(str(path))
        wish = Wish(on_duplicate, on_removed, blank_clears, strict=strict, date_order=date_order, decimal=decimal)
        with writing(file, Header("import"), now=now) as session:
            return importing.files(session, Files(tuple(paths), profile=profile, key=key), wish)

    return loaded


@pytest.fixture
def rows(file: Path) -> Rows:
    """What a SELECT gives, on the file as it is now."""

    def asked(sql: str, **parameters: object) -> list[tuple[object, ...]]:
        with connection.reading(file) as db:
            return list(db.rows(sql, parameters))

    return asked


@pytest.fixture
def operations(rows: Rows) -> Callable[[], int]:
    """How many operations there were."""
    return lambda: len(rows("select 1 from operation"))


def said(imported: Imported) -> list[str]:
    """Each fault as people see it."""
    return [f"{fault.line}: {fault.column}: {fault.reason}" for fault in imported.faults]
