"""Whose tie with us fell most."""

from dataclasses import replace

from crmcli.core.result import Column, Report, Table
from crmcli.core.strength import rounded, warmth
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.graph.contacts import with_us
from crmcli.query.comparison import Moment
from crmcli.reports import looking

_COLUMNS = (
    Column("id", "id"),
    Column("name", heading="Customer", under=("next",)),
    Column("owner", heading="With"),
    Column("before", "number"),
    Column("now", "number"),
    Column("fell", "number"),
    Column("quiet", "integer", "Days quiet"),
    Column("next"),
)


def report(db: Reader, *, moment: Moment, days: int = 90, as_of: str | None = None, limit: int | None = None) -> Report:
    """The ties with us that interactions made, by how far they fell in the last `days`, the furthest first."""
    if days < 1:
        raise InvalidInput(f"{days} days are no time to cool in", hint="--days 90 is usual")
    look = looking.look(db, moment, as_of)
    found = []
    for (customer, owner), met in with_us(db, look):
        before = [replace(each, age=each.age - days) for each in met if each.age >= days]
        had = warmth(before, look.weights).strength if before else 0.0
        if had == 0:
            continue
        has = warmth(met, look.weights)
        if has.strength < had:
            found.append((customer, owner, had, has.strength, rounded(had - has.strength), int(has.latest or 0)))
    found.sort(key=lambda each: (-each[4], each[0], -each[1]))
    who = looking.people(db, {node for each in found for node in each[:2]})
    wanted = [each for each in found if not who[each[0]].barred]
    rows = [
        (number, who[number].name, who[owner].name, had, has, fell, quiet, f"crm task add TEXT --for {number}")
        for number, owner, had, has, fell, quiet in wanted[:limit]
    ]
    table = Table(_COLUMNS, rows, total=len(wanted), empty="no tie with us has cooled")
    left = len(found) - len(wanted)
    notes = (f"{counted(left, 'tie')} with customers who must not be contacted left out",) if left else ()
    summary = {"cooling": len(wanted), "left_alone": left}
    return Report(
        "cooling", {"as_of": look.day, "days": days}, summary, table, notes=(*notes, *looking.past(as_of, look))
    )
