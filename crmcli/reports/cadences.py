"""Who is to be heard from, as a list."""

from crmcli.core.result import Column, Report, Table
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports.rhythm import rhythms

_COLUMNS = (
    Column("id", "id"),
    Column("name", heading="Customer"),
    Column("last", "instant", "Last contact"),
    Column("due", "date"),
    Column("late", "integer", "Days late"),
    Column("days", "integer", "Every"),
    Column("from"),
)


def due(db: Reader, *, moment: Moment, limit: int | None = None) -> Report:
    """The customers who are due, the latest for their cadence first."""
    found = rhythms(db, moment)
    today = moment.now.astimezone(moment.tz).date()
    ordered = sorted(found.wanted, key=lambda each: (-(today - each.since).days / each.days, each.customer))
    rows = [
        (each.customer, each.name, each.last, each.due.isoformat(), (today - each.due).days, each.days, each.source)
        for each in ordered[:limit]
    ]
    summary = {"due": len(ordered), "left_alone": found.left_alone, "problems": len(found.problems)}
    empty = "nobody is waiting to hear from you"
    table = Table(_COLUMNS, rows, total=len(ordered), empty=empty)
    return Report("cadences_due", {"today": today.isoformat()}, summary, table, notes=found.notes)
