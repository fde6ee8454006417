"""What a file gives, record by record: a row that can be taken, or the fault of one that cannot."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple, Protocol, Self

#: Characters in one field; a longer one is a fault of its row.
LONGEST_FIELD = 1_000_000


class Row(NamedTuple):
    """`line` is where the record begins; `cells` are those of the `fields`, stripped, "" where there is nothing.

    `raw` is the record as found, for a file of rejects. A row that is to be left out has no fields.
    """

    line: int
    fields: tuple[str, ...]
    cells: Sequence[str]
    raw: Sequence[str] = ()

    @property
    def values(self) -> dict[str, str]:
        """The cells by field."""
        return dict(zip(self.fields, self.cells, strict=True))

    def saying(self, values: Mapping[str, str]) -> Self:
        """The row with these values by field instead."""
        return self._replace(fields=tuple(values), cells=tuple(values.values()))


@dataclass(frozen=True, slots=True)
class Fault:
    """One row that cannot be taken; `raw` is the record as found, so that it can be mended and fed again."""

    file: str
    line: int
    column: str | None
    reason: str
    raw: Sequence[str]


#: The line where a record begins, a cell for each column of the header, and what a file of rejects repeats.
Record = tuple[int, Sequence[str], Sequence[str]]


def too_long(cells: Iterable[str]) -> int | None:
    """The place of the first cell that is too long."""
    return next((place for place, cell in enumerate(cells) if len(cell) > LONGEST_FIELD), None)


class File(Protocol):
    """Where a table comes from."""

    @property
    def name(self) -> str:
        """As the user named it."""

    @property
    def encoding(self) -> str:
        """That of its text, and of a file of rejects."""

    @property
    def taken(self) -> int:
        """How many characters were read; what is whole in the memory counts none."""

    @property
    def is_regular(self) -> bool:
        """Whether it can be read more than once."""

    def sha256(self) -> str | None:
        """The digest of the bytes; none for a stream."""


class Sheet(Protocol):
    """A file read as a table."""

    header: tuple[str, ...]

    def records(self) -> Iterator[Record | Fault]:
        """The records in the order of the file. Raises InvalidInput for a fault of the whole file."""

    def written(self, raws: Iterable[Sequence[str]]) -> Iterator[str]:
        """The pieces of a file of the same format and header that holds these records."""
