"""Organisations with open deals that hang on too few people."""

import json
from collections import defaultdict
from collections.abc import Mapping

from crmcli.core.result import Column, Report, Table, join_values
from crmcli.core.strength import STRONGEST
from crmcli.core.vocabulary import REPORTS_TO, WORKS_FOR
from crmcli.db.reader import Reader
from crmcli.graph.edges import edges
from crmcli.graph.look import LASTING, Look
from crmcli.query.comparison import Moment
from crmcli.query.contact import contactable
from crmcli.reports import looking

#: A contact is a thread above this strength, and a champion from that one on.
THREAD, CHAMPION = 30, 70

_COLUMNS = (
    Column("id", "id"),
    Column("name", heading="Organisation"),
    Column("deals", "integer", "Open deals"),
    Column("people", "integer"),
    Column("threads", "integer"),
    Column("champion"),
    Column("gaps", "values", under=("next",), is_whole=True),
    Column("next"),
)

_STAFF = f"""
    select r.to_id, r.from_id from relationship r
    join customer o on o.id = r.to_id and o.kind = 'organisation' and o.removed_at is null
    join customer c on c.id = r.from_id and c.kind = 'person' and c.removed_at is null
    where r.type_id = {WORKS_FOR} and {LASTING} and r.to_id in (select value from json_each(:organisations))
    order by r.to_id, r.from_id
"""
_DEALS = f"""
    with open_deal (id, customer_id) as (
        select d.id, d.customer_id from deal d join passage p on p.deal_id = d.id and p.ended_at is null
        join stage s on s.id = p.stage_id and s.outcome = 'open' where d.removed_at is null
    ),
    placed (organisation, deal) as (
        select c.id, d.id from open_deal d join customer c on c.id = d.customer_id and c.kind = 'organisation'
        union
        select r.to_id, d.id from open_deal d join relationship r on r.from_id = d.customer_id
        and r.type_id = {WORKS_FOR} and {LASTING}
    )
    select o.id, o.name, count(*) from placed join customer o on o.id = placed.organisation
    where {contactable("o")} group by o.id order by count(*) desc, o.id
"""
_BOSSES = f"""
    select r.to_id from relationship r where r.type_id = {REPORTS_TO} and {LASTING}
    and r.from_id in (select value from json_each(:people)) and r.to_id in (select value from json_each(:people))
"""


def report(db: Reader, *, moment: Moment, as_of: str | None = None, limit: int | None = None) -> Report:
    """The organisations with an open deal, their own or of their people, where something is missing, most deals first.

    One thread: at most one of their people is tied to us by interactions above 30. No champion: nobody from 70 on.
    Nobody above: none of those to whom others there report is a thread.
    """
    look = looking.look(db, moment, as_of)
    deals = list(db.rows(_DEALS, day=look.day))
    staff: dict[int, list[int]] = defaultdict(list)
    organisations = json.dumps([row[0] for row in deals])
    for organisation, person in db.rows(_STAFF, day=look.day, organisations=organisations):
        staff[int(organisation)].append(int(person))
    warm = _warm(db, {person for people in staff.values() for person in people}, look)
    rows = []
    for number, name, count in deals:
        people = staff.get(number, [])
        threads = [person for person in people if warm.get(person, 0.0) > THREAD]
        best = max(threads, key=lambda person: warm[person], default=None)
        champion = best if best is not None and warm[best] >= CHAMPION else None
        gaps = _gaps(threads, champion, _bosses(db, people, look))
        if gaps:
            rows.append((number, name, count, len(people), len(threads), champion, gaps))
    who = looking.people(db, {row[5] for row in rows if row[5] is not None})
    shown = [
        (*row[:5], who[row[5]].name if row[5] is not None else None, join_values(row[6]), _next(row))
        for row in rows[:limit]
    ]
    table = Table(_COLUMNS, shown, total=len(rows), empty="no organisation with open deals lacks anybody")
    note = f"thread: a person tied to us by interactions above {THREAD} of {STRONGEST}; champion: from {CHAMPION} on"
    summary = {"organisations": len(deals), "with_gaps": len(rows)}
    return Report("gaps", {"as_of": look.day}, summary, table, notes=(note, *looking.past(as_of, look)))


def _warm(db: Reader, people: set[int], look: Look) -> Mapping[int, float]:
    """How strongly each is tied to the one of us who is tied to them most."""
    found: dict[int, float] = {}
    for (near, far), edge in edges(db, people, look, within=[*looking.us(db)]).items():
        if far < 1:
            found[near] = max(found.get(near, 0.0), edge.strength)
    return found


def _bosses(db: Reader, people: list[int], look: Look) -> set[int]:
    return {int(row[0]) for row in db.rows(_BOSSES, day=look.day, people=json.dumps(people))}


def _gaps(threads: list[int], champion: int | None, bosses: set[int]) -> tuple[str, ...]:
    found = []
    if len(threads) < 2:  # noqa: PLR2004 (one is a single thread)
        found.append("one thread only" if threads else "no thread")
    if champion is None:
        found.append("no champion")
    if not bosses & set(threads):
        found.append("nobody above")
    return tuple(found)


def _next(row: tuple[object, ...]) -> str:
    """Somebody to add where nobody is known, else somebody to meet."""
    number, people, threads = row[0], row[3], row[4]
    if people == threads:
        return f"crm customer add NAME --employer {number}"
    return f"crm graph show {number} --type 'works for'"
