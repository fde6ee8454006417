"""What an import is asked for, what it carries along, and what came of each file."""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from crmcli.core.period import instant
from crmcli.core.vocabulary import OnDuplicate
from crmcli.db.bulk import Bulk, uid_sql
from crmcli.db.reader import Reader
from crmcli.db.transaction import Opened, Transaction
from crmcli.errors import InvalidInput
from crmcli.exchange.source import Fault, Source


@dataclass(frozen=True, slots=True)
class Wish:
    """How to import; `currency` is that of amounts without one, `keeps_raw` that rejected rows are wanted as found."""

    on_duplicate: OnDuplicate = OnDuplicate.UPDATE
    currency: str | None = None
    strict: bool = False
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


@dataclass(slots=True)
class Tally:
    """What came of the rows of one file; each row is counted once."""

    source: Source
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    skipped: int = 0
    faults: list[Fault] = field(default_factory=list)

    @property
    def rejected(self) -> int:
        return len(self.faults)

    @property
    def sentence(self) -> str:
        """`85 new, 0 changed, 0 unchanged, 0 rejected`."""
        return _counts(self.new, self.changed, self.unchanged, self.rejected, self.skipped)


@dataclass(frozen=True, slots=True)
class Imported:
    """What came of each file, in the order of the import, and what a person should know besides."""

    tallies: tuple[Tally, ...]
    notes: list[str]

    @property
    def faults(self) -> list[Fault]:
        return [fault for tally in self.tallies for fault in tally.faults]

    @property
    def sentence(self) -> str:
        """What came of all files together, as of one."""
        tallies = self.tallies
        new, changed = sum(tally.new for tally in tallies), sum(tally.changed for tally in tallies)
        unchanged, skipped = sum(tally.unchanged for tally in tallies), sum(tally.skipped for tally in tallies)
        return _counts(new, changed, unchanged, len(self.faults), skipped)


def _counts(new: int, changed: int, unchanged: int, rejected: int, skipped: int) -> str:
    counts = f"{new:,} new, {changed:,} changed, {unchanged:,} unchanged, {rejected:,} rejected"
    return f"{counts}, {skipped:,} skipped" if skipped else counts


class Refused(InvalidInput):
    """Rows were rejected where none may be; nothing went in."""

    def __init__(self, imported: Imported) -> None:
        first = imported.faults[0]
        many = f" and {len(imported.faults) - 1:,} more rows" if len(imported.faults) > 1 else ""
        super().__init__(
            f"{first.file}: line {first.line}{many} cannot be taken; nothing was imported",
            hint="mend them, or leave --strict out to import the others",
        )
        self.imported = imported


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
