"""Customers of whom nothing was heard and nothing corrected for long."""

from datetime import timedelta

from crmcli.core.period import instant
from crmcli.core.period import moment as read
from crmcli.core.result import Column, Report, Table
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.contact import barred

#: Days after which what is known of somebody is to be confirmed.
USUAL = 180

_COLUMNS = (
    Column("id", "id"),
    Column("name", under=("no_contact",)),
    Column("last_contact", "instant"),
    Column("changed", "instant"),
    Column("days", "integer"),
    Column("next", is_hidden=True),
    Column("no_contact", heading="No contact", is_hidden=True),
)

#: The SQL of the customers that are there, and when each was last heard from and last written down.
SIGNS = """
    select c.*, (
        select max(i.occurred_at) from interaction_party y join interaction i on i.id = y.interaction_id
        where y.customer_id = c.id and i.removed_at is null and i.occurred_at <= :now
    ) as heard, max(c.recorded_at, coalesce((
        select o.recorded_at from change h join operation o on o.id = h.operation_id
        where h.table_name = 'customer' and h.row_id = c.id order by h.id desc limit 1
    ), '')) as changed
    from customer c where c.removed_at is null
"""


def since(moment: Moment, days: int) -> str:
    """The instant so many days ago. Raises InvalidInput for a number that is no age."""
    if not 1 <= days <= 36_500:  # noqa: PLR2004 (a hundred years)
        raise InvalidInput(f"--days {days} is not between 1 and 36500", hint=f"{USUAL} is usual")
    return instant(moment.now - timedelta(days=days))


def report(db: Reader, *, moment: Moment, days: int = USUAL, limit: int | None = None) -> Report:
    """Those without a contact or a change of their record in the last `days`, the longest first."""
    known = moment.parameters | {"since": since(moment, days)}
    stale = f"from ({SIGNS}) c where max(coalesce(c.heard, ''), c.changed) < :since"
    found = db.rows(
        f"select c.id, c.name, c.heard, c.changed, {barred('c')} {stale} "
        "order by max(coalesce(c.heard, ''), c.changed), c.id limit :most",
        known,
        most=-1 if limit is None else limit,
    )
    rows = [
        (
            number,
            name,
            heard,
            changed,
            (moment.now - read(max(heard or "", changed))).days,
            f"crm customer show {number}",
            no_contact,
        )
        for number, name, heard, changed, no_contact in found
    ]
    count = len(rows) if limit is None or len(rows) < limit else int(db.value(f"select count(*) {stale}", known))
    table = Table(_COLUMNS, rows, total=count, empty=f"everybody was heard from or corrected in the last {days} days")
    return Report("stale", {"days": days}, {"stale": count}, table)
