"""What an import is asked for, what it carries along, and what came of each file."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Self

from crmcli.core.period import instant
from crmcli.core.result import Column, Record, Table
from crmcli.core.vocabulary import DateOrder, DecimalMark, OnDuplicate, OnRemoved
from crmcli.core.wording import counted
from crmcli.db.bulk import Bulk, uid_sql
from crmcli.db.reader import Reader
from crmcli.db.transaction import Opened, Transaction
from crmcli.errors import InvalidInput
from crmcli.exchange.rejects import Spool
from crmcli.exchange.source import Fault, Key, Source

#: So many rejected rows of a file are known by line, column and reason; the others only count.
KEPT = 1_000
#: What is counted of a file.
COUNTS = ("read", "new", "changed", "unchanged", "skipped", "rejected")


@dataclass(frozen=True, slots=True)
class Wish:
    """How to import; `currency` is that of amounts without one, `date_order` and `decimal` go before what a column tells.

    With `blank_clears` an empty cell clears its field.
    More than `most_rejects` end the import. `is_trial`: what would change is to be shown. `keeps_raw`: rejected rows
    are wanted as found.
    """

    on_duplicate: OnDuplicate = OnDuplicate.UPDATE
    on_removed: OnRemoved = OnRemoved.KEEP
    blank_clears: bool = False
    currency: str | None = None
    strict: bool = False
    most_rejects: int | None = None
    date_order: DateOrder | None = None
    decimal: DecimalMark | None = None
    is_trial: bool = False
    keeps_raw: bool = False


@dataclass(frozen=True, slots=True)
class Files:
    """Which files to import, what they hold, which field each of their columns gives, where rejected rows are kept.

    `profiles` is the folder of the user's own profiles. With `keeps_unknown` the columns that no field takes become
    custom fields.
    """

    paths: tuple[str, ...]
    entity: str | None = None
    profile: str | None = None
    mapping: tuple[str, ...] = ()
    rejects: Path | None = None
    profiles: Path | None = None
    keeps_unknown: bool = False
    encoding: str | None = None
    key: Key | None = None


class GaveUp(Exception):
    """More rows are rejected than may be."""


@dataclass(slots=True)
class Patience:
    """How many rows are rejected so far, of all files, and how many may be."""

    most: int | None = None
    count: int = 0

    def lose(self) -> None:
        """One more. Raises GaveUp."""
        self.count += 1
        if self.most is not None and self.count > self.most:
            raise GaveUp


@dataclass(slots=True)
class Tally:
    """What came of the rows of one file; each row is counted once.

    `faults` are the first of the rejected rows, without what they look like: that goes to `raws`, if anywhere.
    """

    source: Source
    raws: Spool | None = None
    patience: Patience = field(default_factory=Patience)
    seen: Callable[["Tally"], None] = lambda _: None
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    rejected: int = 0
    faults: list[Fault] = field(default_factory=list)

    def reject(self, fault: Fault) -> None:
        """Count a row that cannot be taken. Raises GaveUp where there are too many."""
        self.rejected += 1
        if self.raws is not None:
            self.raws.add(fault.raw)
        if len(self.faults) < KEPT:
            self.faults.append(replace(fault, raw=()))
        self.patience.lose()

    @property
    def counts(self) -> tuple[int, ...]:
        """By COUNTS."""
        return self.read, self.new, self.changed, self.unchanged, self.skipped, self.rejected

    @property
    def sentence(self) -> str:
        """`85 new, 0 changed, 0 unchanged, 0 rejected`."""
        return _counts(self.new, self.changed, self.unchanged, self.rejected, self.skipped)


#: What is told how far the reading of a file is.
Seen = Callable[[Tally], None]


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of each file, in the order of the import, and what a person should know besides.

    `plan` says of a trial what would change, line by line. `others` counts rows that were in none of these files.
    """

    tallies: tuple[Tally, ...]
    notes: list[str]
    plan: tuple[str, ...] = ()
    others: tuple[int, ...] = (0,) * len(COUNTS)

    @classmethod
    def of_whole(cls, new: int, same: int) -> Self:
        """What came of the folder of a whole export."""
        return cls((), [], others=(new + same, new, 0, same, 0, 0))

    @property
    def faults(self) -> list[Fault]:
        """The first rejected rows of each file."""
        return [fault for tally in self.tallies for fault in tally.faults]

    @property
    def rejected(self) -> int:
        return sum(tally.rejected for tally in self.tallies)

    @property
    def sentence(self) -> str:
        """What came of all files together, as of one."""
        _, new, changed, unchanged, skipped, rejected = self._sums()
        return _counts(new, changed, unchanged, rejected, skipped)

    @property
    def record(self) -> Record:
        """The counts, of all files and of each: `read` is the sum of the others."""
        columns = [Column(name, "integer") for name in COUNTS]
        rows = [(tally.source.file, tally.source.entity, tally.source.profile, *tally.counts) for tally in self.tallies]
        files = Table([Column("file"), Column("entity"), Column("profile"), *columns], rows)
        return Record("imported", columns, self._sums(), {"files": files})

    def _sums(self) -> list[int]:
        return list(map(sum, zip(self.others, *(tally.counts for tally in self.tallies), strict=True)))


def _counts(new: int, changed: int, unchanged: int, rejected: int, skipped: int) -> str:
    counts = f"{new:,} new, {changed:,} changed, {unchanged:,} unchanged, {rejected:,} rejected"
    return f"{counts}, {skipped:,} skipped" if skipped else counts


class Refused(InvalidInput):
    """Rows were rejected where none may be, or not so many; nothing went in."""

    def __init__(self, imported: Imported, message: str, hint: str) -> None:
        super().__init__(message, hint=hint)
        self.imported = imported

    @classmethod
    def strictly(cls, imported: Imported) -> Self:
        """None may be."""
        first = imported.faults[0]
        many = f" and {imported.rejected - 1:,} more rows" if imported.rejected > 1 else ""
        message = f"{first.file}: line {first.line}{many} cannot be taken; nothing was imported"
        return cls(imported, message, "mend them, or leave --strict out to import the others")

    @classmethod
    def beyond(cls, imported: Imported, most: int) -> Self:
        """More than `most`."""
        message = f"more than {counted(most, 'row')} cannot be taken; nothing was imported"
        return cls(imported, message, "mend them, or give a higher --max-rejects")


#: What is left to do with the rows of one kind once the file is locked.
Step = Callable[[], None]


@dataclass(slots=True)
class Work:
    """One import under way."""

    session: Opened | Transaction
    bulk: Bulk
    wish: Wish
    tallies: list[Tally] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def db(self) -> Reader:
        return Reader(self.session.raw)

    @property
    def currency(self) -> str:
        """The currency of an amount that is given without one."""
        return self.wish.currency or self.session.preferences.currency

    @property
    def recorded_at(self) -> str:
        """The instant that this import writes as its own."""
        return instant(self.session.now)

    @property
    def today(self) -> str:
        return self.session.now.astimezone(self.session.preferences.tz).date().isoformat()

    def uid(self, number: str) -> str:
        """The SQL of a new uid; they ascend with the SQL `number`, from 0."""
        return uid_sql(int(self.session.now.timestamp() * 1000), number)

    def note(self, text: str) -> None:
        """Say `text` once."""
        if text not in self.notes:
            self.notes.append(text)
