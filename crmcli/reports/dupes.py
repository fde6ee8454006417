"""Customers that are likely the same one, each pair with its score and the reasons."""

import json
from collections.abc import Iterable, Sequence
from itertools import chain

from crmcli.core.memory import undisturbed
from crmcli.core.result import Column, Report, Table, join_values
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.reports import blocking, listing
from crmcli.reports.likeness import likeness
from crmcli.reports.register import particulars, register

#: What is shown unless the user says otherwise: of a hundred such pairs hardly one is wrong.
USUAL = 70.0

_COLUMNS = (
    Column("score", "number"),
    Column("id", "id", under=("other.id",)),
    Column("name", under=("other.name",)),
    Column("other.id", "id", "Other"),
    Column("other.name", heading="Other name"),
    Column("reasons", "values"),
    Column("next", is_hidden=True),
)

Pair = tuple[float, int, int, list[str]]


def report(
    db: Reader, words: Sequence[str] = (), *, moment: Moment, least: float = USUAL, limit: int | None = None
) -> Report:
    """The pairs that score at least `least`, the best first; with a query those of which it asks for one.

    Raises InvalidInput for a score beyond 0 to 100, QueryError.
    """
    if not 0 <= least <= 100:  # noqa: PLR2004 (the ends of the scale)
        raise InvalidInput(f"--min-score {least:g} is not between 0 and 100", hint=f"{USUAL:g} is usual")
    wanted = set(listing.ids(db, "customer", words, moment=moment)) if words else None
    found = likely(db, wanted, least=least)
    found.sort(key=lambda pair: (-pair[0], pair[1], pair[2]))
    names = _names(db, {number for pair in found[:limit] for number in pair[1:3]})
    rows = [
        (score, one, names[one], other, names[other], join_values(reasons), f"crm customer merge {one} {other}")
        for score, one, other, reasons in found[:limit]
    ]
    empty = "no two customers look like the same one"
    table = Table(_COLUMNS, rows, total=len(found), empty=empty)
    people = len({number for pair in found for number in pair[1:3]})
    size = db.value("select count(*) from customer where removed_at is null")
    summary = {"customers": size, "pairs": len(found), "in_pairs": people}
    notes = ("crm customer merge KEEP OTHER makes them one; crm undo parts them again",) if found else ()
    return Report("dupes", {"min_score": least}, summary, table, notes=notes)


def likely(db: Reader, wanted: set[int] | None = None, *, least: float = USUAL) -> list[Pair]:
    """The pairs that score at least `least`, all or those with a customer that is `wanted`, by their ids."""
    with undisturbed():
        return _likely(db, wanted, least)


def _likely(db: Reader, wanted: set[int] | None, least: float) -> list[Pair]:
    known = register(db)
    found = [pair for pair in blocking.pairs(known, least) if wanted is None or not wanted.isdisjoint(pair)]
    besides = particulars(db, chain.from_iterable(found))
    told = ((likeness(*pair, known, besides), *pair) for pair in found)
    return [(this.score, one, other, this.reasons) for this, one, other in told if this and this.score >= least]


def _names(db: Reader, numbers: Iterable[int]) -> dict[int, str]:
    sql = "select id, name from customer where id in (select value from json_each(:ids))"
    return dict(db.rows(sql, ids=json.dumps(sorted(numbers))))
