"""Customers that are likely the same one, each pair with its score and the reasons."""

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

from crmcli.core.memory import undisturbed
from crmcli.core.names import parts
from crmcli.core.normal import fold
from crmcli.core.result import Column, Report, Table, join_values
from crmcli.core.vocabulary import WORKS_FOR, CustomerKind
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.reports import blocking, listing
from crmcli.reports.likeness import Profile, World, domains, likeness

#: What is shown unless the user says otherwise: of a hundred such pairs hardly one is wrong.
USUAL = 70.0

_COLUMNS = (
    Column("score", "number"),
    Column("id", "id"),
    Column("name"),
    Column("other.id", "id", "Other"),
    Column("other.name", heading="Name"),
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
        numbers, profiles = _profiles(db)
        return [pair for pair in _scored(numbers, profiles, wanted) if pair[0] >= least]


def _scored(numbers: Sequence[int], profiles: Sequence[Profile], wanted: set[int] | None) -> Iterator[Pair]:
    world = _world(profiles)
    for one, other in blocking.pairs(profiles, world):
        if wanted is not None and numbers[one] not in wanted and numbers[other] not in wanted:
            continue
        found = likeness(profiles[one], profiles[other], world)
        if found is not None:
            yield found.score, numbers[one], numbers[other], found.reasons


def _profiles(db: Reader) -> tuple[list[int], list[Profile]]:
    """The ids of all customers that are there, and what is known of each."""
    points: dict[str, dict[int, tuple[str, ...]]] = {"email": {}, "phone": {}}
    for number, kind, value in db.rows("select customer_id, kind, value from contact_point where is_live = 1"):
        held = points[kind]
        held[number] = (*held.get(number, ()), value)
    employers: dict[int, int] = dict(
        db.rows(
            "select from_id, to_id from relationship where type_id = :type and removed_at is null and until is null",
            type=WORKS_FOR,
        )
    )
    cities: dict[str | None, str | None] = {None: None}
    numbers, profiles = [], []
    emails, phones = points["email"], points["phone"]
    for number, kind, name, city in db.rows(
        "select id, kind, name, city from customer where removed_at is null order by id"
    ):
        if city not in cities:
            cities[city] = fold(city)
        addresses = emails.pop(number, ())
        is_organisation = kind == CustomerKind.ORGANISATION
        numbers.append(number)
        profiles.append(
            Profile(
                parts(name, is_organisation=is_organisation),
                is_organisation,
                addresses,
                phones.pop(number, ()),
                cities[city],
                number if is_organisation else employers.get(number),
                domains(addresses),
            )
        )
    return numbers, profiles


def _world(profiles: Sequence[Profile]) -> World:
    words = Counter(chain.from_iterable(each.parts for each in profiles))
    phones = Counter(chain.from_iterable(each.phones for each in profiles))
    firms: Counter[int | str] = Counter(each.employer for each in profiles if each.employer is not None)
    firms.update(chain.from_iterable(each.domains for each in profiles))
    cities = Counter(each.city for each in profiles if each.city)
    return World(len(profiles), words, cities, firms, phones)


def _names(db: Reader, numbers: Iterable[int]) -> dict[int, str]:
    sql = "select id, name from customer where id in (select value from json_each(:ids))"
    return dict(db.rows(sql, ids=json.dumps(sorted(numbers))))
