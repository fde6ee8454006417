"""What quotas can be asked."""

from crmcli.query.fields import Entity, Field, State, named
from crmcli.query.parts import OWNER_JOIN, removed

#: The period as one types it: 2026, 2026-Q4, 2026-12, else its first and last day.
PERIOD = """case
    when substr(q.starts_on, 6) = '01-01' and q.ends_on = date(q.starts_on, '+1 year') then substr(q.starts_on, 1, 4)
    when substr(q.starts_on, 6) in ('01-01', '04-01', '07-01', '10-01') and q.ends_on = date(q.starts_on, '+3 months')
        then substr(q.starts_on, 1, 4) || '-Q' || ((substr(q.starts_on, 6, 2) + 2) / 3)
    when substr(q.starts_on, 9) = '01' and q.ends_on = date(q.starts_on, '+1 month') then substr(q.starts_on, 1, 7)
    else q.starts_on || '..' || date(q.ends_on, '-1 day') end"""

QUOTA = Entity(
    name="quota",
    plural="quotas",
    source="quota q",
    key="q.id",
    joins={"o": OWNER_JOIN.format("q")},
    base="q.removed_at is null",
    fields=named(
        Field("id", "id", "q.id", "its number"),
        Field("period", "text", PERIOD, "when it is to be won"),
        Field("owner", "text", "o.name", "by whom; all together without one", joins=("o",)),
        Field("amount", "money", "q.amount", "how much is to be won", currency="q.currency"),
        Field("currency", "text", "q.currency", "the currency of the amount", is_hidden=True),
        Field("from", "date", "q.starts_on", "the first day of the period"),
        Field("to", "date", "date(q.ends_on, '-1 day')", "the last day of the period", leans_ahead=True),
        Field("created", "instant", "q.recorded_at", "when it was set"),
        removed("q.removed_at"),
    ),
    columns=("id", "period", "owner", "amount", "currency"),
    words=("owner",),
    order="q.starts_on, q.ends_on, q.id",
    states=(State("removed", "q.removed_at is not null", "quotas that were removed", lifts=True),),
)

ENTITIES = {"quota": QUOTA}
