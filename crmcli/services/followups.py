"""Tasks for deals that do not come on, none of them twice."""

from datetime import timedelta

from crmcli.core.change import Change
from crmcli.core.uid import uid
from crmcli.core.vocabulary import Trouble
from crmcli.core.wording import counted
from crmcli.db.writing import Writer
from crmcli.models.deal import Deal
from crmcli.models.task import Task
from crmcli.query.comparison import Moment
from crmcli.reports.stuck import Asked, stuck
from crmcli.services.owners import key, milliseconds

TEXTS = {
    Trouble.STALLED: "Decide the next step",
    Trouble.ROTTEN: "Get in touch",
    Trouble.OVERDUE: "Agree on a new close date",
    Trouble.ZOMBIE: "Win it, lose it or let it go",
}
_BARRED = "Decide without contact what becomes of it"


def create(session: Writer, asked: Asked) -> Change:
    """A task, due tomorrow, for each deal that is in that trouble and has no such task open; its owner is the deal's."""
    moment = Moment(session.now, session.preferences)
    day = session.now.astimezone(session.preferences.tz).date() + timedelta(days=1)
    made, there = [], 0
    for deal in stuck(session.reader, asked, moment=moment):
        text = _BARRED if deal.no_contact else TEXTS[asked.trouble]
        if _has(session, deal.id, text):
            there += 1
            continue
        task = Task.of(
            uid=uid(milliseconds(session)),
            text=text,
            deal_id=deal.id,
            owner_id=session.get_one(Deal, deal.id).owner_id,
            due_on=day.isoformat(),
            created_at=session.recorded_at,
            recorded_at=session.recorded_at,
        )
        session.add(task)
        made.append(task)
    session.flush()
    already = f"; {counted(there, 'deal')} had it already" if there else ""
    if not made:
        return Change((), f"no task to add{already}; nothing changed")
    sentence = f"added {counted(len(made), 'task')}, due {day:%a} {day}{already}"
    return Change(tuple(key(task.id) for task in made), sentence, "crm task list is:open")


def _has(session: Writer, deal: int, text: str) -> bool:
    sql = "select 1 from task where deal_id = :deal and text = :text and done_at is null and removed_at is null"
    return session.reader.value(sql, deal=deal, text=text) is not None
