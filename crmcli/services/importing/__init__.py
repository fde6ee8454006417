"""Files of records brought in: read, checked, recognised and written in one operation, set-wise."""

import gc
import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace

from crmcli.core.currency import currency
from crmcli.core.wording import shown
from crmcli.db.bulk import bulk
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput
from crmcli.exchange.rejects import write_all
from crmcli.exchange.source import ENTITIES, Source, open_sources
from crmcli.services.customfields import definitions
from crmcli.services.importing import (
    customers,
    deals,
    interactions,
    newfields,
    owner_rows,
    products,
    relations,
    ties,
    who,
)
from crmcli.services.importing.owners import Owners
from crmcli.services.importing.products import Products
from crmcli.services.importing.work import Files, Imported, Refused, Tally, Wish, Work

__all__ = ["Files", "Imported", "Refused", "Tally", "Wish", "files", "run"]

_WITH_FIELDS = {"customers": "customer", "deals": "deal"}


def files(session: Writer, asked: Files, wish: Wish) -> Imported:
    """Import files; rejected rows go to a file of their own where one is asked for.

    Raises InvalidInput for a file that cannot be read, NotFound for one that is not there, Refused as `run` does.
    """
    sources = _opened(session, asked)
    if wish.currency is not None:
        wish = replace(wish, currency=currency(wish.currency))
    try:
        imported = run(session, sources, replace(wish, keeps_raw=asked.rejects is not None))
    except Refused as refused:
        _keep_rejects(asked, refused.imported)
        raise
    _keep_rejects(asked, imported)
    return imported


def run(session: Writer, sources: Sequence[Source], wish: Wish, *, silent: bool = True) -> Imported:
    """Bring the records of `sources` in, in their order; what came of it, file by file.

    `silent` as in `Bulk`. Raises Refused for a rejected row where the wish is strict, InvalidInput for a fault of a file.
    """
    with _undisturbed(), bulk(session.raw, session.operation, silent=silent) as writer:
        return _run(Work(session, writer, wish), sources)


@contextmanager
def _undisturbed() -> Iterator[None]:
    """No search for cycles of garbage: an import makes none, and each search walks through all that was ever loaded."""
    was_on = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was_on:
            gc.enable()


def _run(work: Work, sources: Sequence[Source]) -> Imported:
    work.tallies.extend(map(Tally, sources))
    of = {entity: [tally for tally in work.tallies if tally.source.entity == entity] for entity in ENTITIES}
    _take(work, of)
    for source in sources:
        if source.unknown:
            work.note(f"{source.file}: not taken: {', '.join(source.unknown)}; --map COLUMN=FIELD takes one")
    imported = Imported(tuple(work.tallies), work.notes)
    if work.wish.strict and imported.faults:
        raise Refused(imported)
    _describe(work, imported)
    return imported


def _take(work: Work, of: Mapping[str, Sequence[Tally]]) -> None:
    """Bring the files in, kind by kind: none needs a later one."""
    owners, listed = Owners(work), Products()
    ties.create(work)
    who.create(work)
    if of["products"]:
        products.take(work, of["products"], listed)
    if of["owners"]:
        owner_rows.take(work, of["owners"], owners)
    if of["customers"]:
        customers.take(work, of["customers"], owners)
    if of["relations"]:
        relations.take(work, of["relations"])
    ties.settle(work)
    if of["deals"] or of["stage-events"]:
        deals.take(work, of["deals"], of["stage-events"], deals.Books(owners, listed))
    if of["interactions"]:
        interactions.take(work, of["interactions"], owners)


def _opened(session: Writer, asked: Files) -> list[Source]:
    """The files, with the custom fields of the database, and those that an export of ours brings along."""
    custom = {plural: tuple(definitions(session.reader, name)) for plural, name in _WITH_FIELDS.items()}
    chosen = {"entity": asked.entity, "profile": asked.profile}
    mapping = _mapping(asked.mapping)
    sources = open_sources(asked.paths, **chosen, mapping=mapping, custom=custom)
    new = {
        plural: tuple(name for each in sources if each.entity == plural for name in newfields.columns(each))
        for plural in _WITH_FIELDS
    }
    if not any(new.values()):
        return sources
    both = {plural: (*known, *new[plural]) for plural, known in custom.items()}
    return open_sources(asked.paths, **chosen, mapping=mapping, custom=both)


def _mapping(texts: Sequence[str]) -> dict[str, str]:
    """Fields by column, of `COLUMN=FIELD`; an empty field leaves the column out."""
    found = {}
    for text in texts:
        column, is_pair, name = text.rpartition("=")
        if not (is_pair and column.strip()):
            raise InvalidInput(f"--map {shown(text)} is not COLUMN=FIELD", hint="--map 'Company name=employer'")
        found[column.strip()] = name.strip()
    return found


def _keep_rejects(asked: Files, imported: Imported) -> None:
    if asked.rejects is not None and imported.faults:
        sources = [tally.source for tally in imported.tallies]
        for place in write_all(asked.rejects, imported.faults, sources):
            imported.notes.append(f"the rejected rows are in {place}")


def _describe(work: Work, imported: Imported) -> None:
    """Keep with the operation which files it was about, and what came of them."""
    files = [
        {
            "file": tally.source.file,
            "sha256": tally.source.sha256,
            "entity": tally.source.entity,
            "profile": tally.source.profile,
            "new": tally.new,
            "changed": tally.changed,
            "unchanged": tally.unchanged,
            "rejected": tally.rejected,
        }
        for tally in imported.tallies
    ]
    work.bulk.describe(json.dumps({"files": files}, ensure_ascii=False))
