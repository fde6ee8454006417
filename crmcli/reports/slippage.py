"""How deals are put off: how often their expected close moved to a later month, and by how many days in all."""

from collections.abc import Sequence

from crmcli.core.result import Column, Report, Table
from crmcli.core.statistics import quantile, share
from crmcli.core.wording import counted, percent
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.query.past import past
from crmcli.query.syntax import unordered
from crmcli.reports.listing import View, listing, numbers

_ASKED = (
    *("id", "name", "customer", "owner", "stage", "outcome", "amount", "currency", "first_close", "close"),
    *("pushes", "slip"),
)
_EXPECTED = ("has:close", "or", "has:first_close")  # what most deals say by themselves, before their events
_SHOWN = ("id", "name", "owner", "stage", "amount", "first_close", "close", "pushes", "slip")


def slippage(
    db: Reader,
    words: Sequence[str] = (),
    *,
    limit: int | None = None,
    moment: Moment,
    as_of: str | None = None,
    known_at: str | None = None,
) -> Report:
    """The deals that were put off, the most often and the longest first; the figures are of all with an expected close.

    Raises InvalidInput.
    """
    then, moment = past(db, moment, as_of=as_of, known_at=known_at)
    unordered(words)
    view = View(_ASKED, "id", is_counted=False)
    found = listing(db, "deal", words, also=("pushes>0",), view=view, moment=moment, past=then)
    deals, late = numbers(db, "deal", words, (_EXPECTED, ("is:overdue",)), moment=moment, past=then)
    names = [column.name for column in found.columns]
    pushed = [tuple(row) for row in found.rows]
    pushes, slips = ([_number(row[names.index(name)]) for row in pushed] for name in ("pushes", "slip"))
    order = sorted(range(len(pushed)), key=lambda place: (-pushes[place], -slips[place]))
    rate = share(len(pushed), deals)
    summary = {
        "deals": deals,
        "pushed": len(pushed),
        "pushed_share": rate,
        "pushes": sum(pushes),
        "median_slip_days": quantile(sorted(slips), 0.5),
        "slipped": late,
    }
    columns = [
        Column(column.name, column.kind, "Days" if column.name == "slip" else None, is_hidden=column.name not in _SHOWN)
        for column in found.columns
    ]
    table = Table(columns, [pushed[place] for place in order[:limit]], total=len(pushed), empty="no deal was put off")
    notes = [
        f"{len(pushed):,} of {counted(deals, 'deal')} with an expected close were put off"
        + (f" ({percent(rate)}), {counted(sum(pushes), 'time')} in all" if rate else ""),
        f"{counted(late, 'open deal')} past the expected close: crm deal overdue shows them",
        "put off: the expected close moved to a later month; days: from the first one said to the one that holds",
        *then.notes,
    ]
    today = moment.now.astimezone(moment.tz).date().isoformat()
    parameters = {"query": " ".join(words) or None, "today": today, **then.said}
    return Report("slippage", parameters, summary, table, tuple(notes))


def _number(value: object) -> int:
    return int(str(value or 0))
