"""Files of the outside world, and what comes of them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol

import pytest

from crmcli.exchange.source import Fault, Row, Source, open_sources


class Opened(Protocol):
    """A file of that name and content, opened."""

    def __call__(
        self,
        content: str | bytes,
        name: str = "c.csv",
        *,
        entity: str | None = None,
        profile: str | None = None,
        mapping: Mapping[str, str] | None = None,
        custom: Mapping[str, tuple[str, ...]] | None = None,
        encoding: str | None = None,
    ) -> Source: ...


@pytest.fixture
def opened(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Opened:
    """`opened("name\\nAda\\n")` is a Source; the working folder holds the file, so that messages are short."""
    monkeypatch.chdir(tmp_path)

    def made(
        content: str | bytes,
        name: str = "c.csv",
        *,
        entity: str | None = None,
        profile: str | None = None,
        mapping: Mapping[str, str] | None = None,
        custom: Mapping[str, tuple[str, ...]] | None = None,
        encoding: str | None = None,
    ) -> Source:
        Path(name).write_bytes(content.encode() if isinstance(content, str) else content)
        [source] = open_sources(
            [name], entity=entity, profile=profile, mapping=mapping or {}, custom=custom or {}, encoding=encoding
        )
        return source

    return made


def values(source: Source) -> list[dict[str, str]]:
    """The values of the rows; a fault among them fails the test."""
    found = list(source.rows())
    assert not [each for each in found if isinstance(each, Fault)]
    return [each.values for each in found if isinstance(each, Row)]


def faults(source: Source) -> list[tuple[int, str | None, str]]:
    """The line, column and reason of each fault."""
    return [(each.line, each.column, each.reason) for each in source.rows() if isinstance(each, Fault)]
