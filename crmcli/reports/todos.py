"""Tasks for a calendar."""

from collections.abc import Iterator, Sequence

from crmcli.db.reader import Reader
from crmcli.exchange.ics import Todo
from crmcli.query.comparison import Moment
from crmcli.reports.listing import View, listing

_COLUMNS = ("uid", "text", "due", "due_at", "priority", "customer", "deal", "done", "created")


def todos(db: Reader, words: Sequence[str], *, moment: Moment, limit: int | None = None) -> Iterator[Todo]:
    """The tasks that `words` ask for, at most `limit`."""
    view = View(columns=_COLUMNS, limit=limit, is_counted=False)
    found = listing(db, "task", words, view=view, moment=moment)
    for row in found.rows:
        uid, text, due, due_at, priority, customer, deal, done, created = row
        note = ", ".join(str(each) for each in (customer, deal) if each)
        when = due_at or due
        yield Todo(
            uid=str(uid),
            text=str(text),
            changed=str(done or created),
            due=str(when) if when else None,
            is_priority=bool(priority),
            note=note or None,
            done=str(done) if done else None,
        )
