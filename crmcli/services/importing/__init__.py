"""Files of records brought in: read, checked, recognised and written in one operation, set-wise."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path

from crmcli.core.currency import currency
from crmcli.core.memory import undisturbed
from crmcli.core.wording import shown
from crmcli.db.bulk import Bulk
from crmcli.db.transaction import Opened, Transaction
from crmcli.errors import Busy, InvalidInput
from crmcli.exchange.rejects import Spool, write_all
from crmcli.exchange.source import ENTITIES, Key, Source, open_sources
from crmcli.reports import preview
from crmcli.services.customfields import definitions
from crmcli.services.importing import (
    customers,
    deals,
    interactions,
    kin,
    newfields,
    owner_rows,
    products,
    relations,
    tasks,
    ties,
    told,
    who,
)
from crmcli.services.importing.owners import Owners
from crmcli.services.importing.products import Products
from crmcli.services.importing.work import Files, GaveUp, Imported, Patience, Refused, Seen, Step, Tally, Wish, Work

__all__ = ["Files", "Imported", "Key", "Prepared", "Refused", "Tally", "Wish", "files", "prepare", "run"]

_SHOWN = 20
_WITH_FIELDS = {"customers": "customer", "deals": "deal"}


def files(session: Transaction, asked: Files, wish: Wish) -> Imported:
    """Import files in the transaction under way; otherwise as `prepare` and `Prepared.write`."""
    return prepare(session, asked, wish).write(session)


def run(session: Transaction, sources: Sequence[Source], wish: Wish, *, silent: bool = True) -> Imported:
    """Bring the records of `sources` in, in their order; what came of it, file by file.

    `silent` as in `Bulk`. Raises Refused for a rejected row where the wish is strict, InvalidInput for a fault of a file.
    """
    return _staged(session, sources, wish, silent=silent).write(session)


def prepare(file: Opened | Transaction, asked: Files, wish: Wish, *, seen: Seen = lambda _: None) -> "Prepared":
    """Read and check files, into temporary tables: all that can be done before the file is locked.

    `seen` is told how far it is with a file, now and then.
    Raises InvalidInput for a file that cannot be read, NotFound for one that is not there.
    """
    sources = _opened(file, asked)
    if wish.currency is not None:
        wish = replace(wish, currency=currency(wish.currency))
    wish = replace(wish, keeps_raw=asked.rejects is not None)
    return _staged(file, sources, wish, rejects=asked.rejects, seen=seen)


@dataclass(frozen=True, slots=True)
class Prepared:
    """Rows that wait in temporary tables; `steps` bring them in, kind by kind. `told` is what their reading relied on."""

    work: Work
    steps: Sequence[Step]
    told: object
    rejects: Path | None

    def write(self, session: Transaction) -> Imported:
        """Bring the rows in; rejected ones go to a file of their own where one is asked for.

        Raises Refused for a rejected row where the wish is strict, Busy where the file has other settings by now.
        """
        if _relied_on(session) != self.told:
            message = "the settings of the database changed while the files were read; nothing was changed"
            raise Busy(message, hint="try again")
        work = self.work
        work.session = session
        with undisturbed(), _patiently(work, self.rejects), work.bulk.under(session.operation):
            for step in self.steps:
                step()
            imported = self._done()
            _keep_rejects(self.rejects, imported)
            if work.wish.strict and imported.rejected:
                raise Refused.strictly(imported)
            work.bulk.describe(told.detail(imported.tallies))
        if work.wish.is_trial:
            return replace(imported, plan=tuple(preview.lines(work.db, session.operation)))
        return imported

    def _done(self) -> Imported:
        work = self.work
        for tally in work.tallies:
            if left := tally.source.left:
                work.note(f"not taken of the archive: {_listed(left)}")
            if untaken := tally.source.untaken:
                way = "; --map COLUMN=FIELD takes one" if tally.source.has_columns else ""
                work.note(f"{tally.source.file}: not taken: {_listed(untaken)}{way}")
        return Imported(tuple(work.tallies), work.notes)


def _staged(
    file: Opened | Transaction,
    sources: Sequence[Source],
    wish: Wish,
    *,
    silent: bool = True,
    rejects: Path | None = None,
    seen: Seen = lambda _: None,
) -> Prepared:
    patience = Patience(wish.most_rejects)
    tallies = [Tally(source, Spool(rejects) if rejects else None, patience, seen) for source in sources]
    work = Work(file, Bulk(file.raw, silent=silent), wish, tallies)
    with undisturbed(), _patiently(work, rejects), _together(file.raw):
        return Prepared(work, _steps(work), _relied_on(file), rejects)


def _steps(work: Work) -> list[Step]:
    """Read the files, kind by kind; what is left to do, in an order in which none needs a later one."""
    of = {entity: [tally for tally in work.tallies if tally.source.entity == entity] for entity in ENTITIES}
    owners, listed = Owners(work), Products()
    ties.create(work)
    kin.create(work)
    who.create(work)
    steps: list[Step] = []
    if of["products"]:
        products.take(work, of["products"], listed)
    if of["owners"]:
        steps.append(owner_rows.stage(work, of["owners"], owners))
    if of["customers"]:
        steps.append(customers.stage(work, of["customers"], owners))
    if of["relations"]:
        steps.append(relations.stage(work, of["relations"]))
    steps += [partial(ties.settle, work), partial(kin.settle, work)]
    if of["deals"] or of["stage-events"]:
        steps.append(deals.stage(work, of["deals"], of["stage-events"], deals.Books(owners, listed)))
    if of["interactions"]:
        steps.append(interactions.stage(work, of["interactions"], owners))
    if of["tasks"]:
        steps.append(tasks.stage(work, of["tasks"], owners))
    return steps


def _relied_on(file: Opened | Transaction) -> object:
    """What of the database the reading of a row depends on: settings, custom fields, types of relationships."""
    types = list(file.reader.rows("select id, name, inverse from relation_type order by id"))
    return file.preferences, [definitions(file.reader, name) for name in _WITH_FIELDS.values()], types


@contextmanager
def _patiently(work: Work, rejects: Path | None) -> Iterator[None]:
    """Give up where more rows are rejected than the wish allows. Raises Refused."""
    try:
        yield
    except GaveUp:
        imported = Imported(tuple(work.tallies), work.notes)
        _keep_rejects(rejects, imported)
        raise Refused.beyond(imported, work.wish.most_rejects or 0) from None


@contextmanager
def _together(connection: sqlite3.Connection) -> Iterator[None]:
    """One transaction for the temporary tables, unless there is one; it locks nothing."""
    if connection.in_transaction:
        yield
        return
    connection.execute("begin")
    yield
    connection.execute("commit")


def _opened(file: Opened | Transaction, asked: Files) -> list[Source]:
    """The files, with the custom fields of the database, and those that an export of ours brings along."""
    custom = {plural: tuple(definitions(file.reader, name)) for plural, name in _WITH_FIELDS.items()}
    opened = partial(
        open_sources,
        asked.paths,
        entity=asked.entity,
        profile=asked.profile,
        mapping=_mapping(asked.mapping),
        encoding=asked.encoding,
        key=asked.key,
        keeps_raw=asked.rejects is not None,
        folder=asked.profiles,
    )
    sources = opened(custom=custom)
    new = {
        plural: tuple(
            name
            for each in sources
            if each.entity == plural
            for name in newfields.columns(each, is_wanted=asked.keeps_unknown)
        )
        for plural in _WITH_FIELDS
    }
    if not any(new.values()):
        return sources
    both = {plural: (*known, *new[plural]) for plural, known in custom.items()}
    return opened(custom=both)


def _mapping(texts: Sequence[str]) -> dict[str, str]:
    """Fields by column, of `COLUMN=FIELD`; an empty field leaves the column out."""
    found = {}
    for text in texts:
        column, is_pair, name = text.rpartition("=")
        if not (is_pair and column.strip()):
            raise InvalidInput(f"--map {shown(text)} is not COLUMN=FIELD", hint="--map 'Company name=employer'")
        found[column.strip()] = name.strip()
    return found


def _listed(names: Sequence[str]) -> str:
    """The first of the names, and how many more there are."""
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    return f"{', '.join(names[:_SHOWN])}{more}"


def _keep_rejects(path: Path | None, imported: Imported) -> None:
    if path is not None:
        rejected = [(tally.source, tally.raws) for tally in imported.tallies if tally.raws and tally.rejected]
        for place in write_all(path, rejected):
            imported.notes.append(f"the rejected rows are in {place}")
