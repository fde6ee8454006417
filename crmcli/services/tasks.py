"""Tasks: added, changed, done, put off, removed and restored."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from crmcli.core import normal, period
from crmcli.core.change import Change
from crmcli.core.period import When
from crmcli.core.repeats import Repeat, repeat
from crmcli.core.settable import SETTABLE
from crmcli.core.uid import uid
from crmcli.db.writing import Writer
from crmcli.errors import InvalidInput
from crmcli.models.task import Task
from crmcli.query import reference
from crmcli.services import dates
from crmcli.services.assignments import Assignment, assignments
from crmcli.services.owners import key, milliseconds, owner

FIELDS = SETTABLE["task"]


@dataclass(frozen=True, slots=True)
class NewTask:
    """What the user says of a task to add."""

    text: str
    customer: str | None = None
    deal: str | None = None
    due: str | None = None
    every: str | None = None
    owner: str | None = None
    is_priority: bool = False


def add(session: Writer, new: NewTask) -> Change:
    """Store a task; one that repeats and has no due date begins today. Raises InvalidInput, NotFound and Ambiguous."""
    db, said = session.reader, session.preferences
    task = Task.of(
        uid=uid(milliseconds(session)),
        text=new.text,
        customer_id=reference.customer(db, new.customer, preferences=said) if new.customer else None,
        deal_id=reference.deal(db, new.deal, preferences=said) if new.deal else None,
        owner_id=owner(session, new.owner) if new.owner else None,
        is_priority=int(new.is_priority),
        created_at=session.recorded_at,
        recorded_at=session.recorded_at,
    )
    task.assign(**_due(session, new.due or ("today" if new.every else "")))
    if new.every:
        task.assign(every=str(repeat(new.every)), series_on=task.due_on)
    session.add(task)
    session.flush()
    return Change((key(task.id),), f"added {_title(task)}", f"crm task done T{task.id}", echo=_echo(session, task))


def edit(session: Writer, ref: str, sets: tuple[str, ...]) -> Change:
    """Change fields; another due date is where a series goes on from. Raises InvalidInput and NotFound."""
    task = _task(session, ref)
    wanted = assignments(sets, fields=FIELDS)
    if not wanted:
        raise InvalidInput("nothing to change", hint=f"--set FIELD=VALUE, of {', '.join(FIELDS)}")
    for wish in wanted:
        task.assign(**_values(session, task, wish))
    if task.every and not task.due_on:
        raise InvalidInput(f"{_title(task)} comes every {task.every}: it needs a due date", hint="--set every=")
    if not session.has_changes:
        return Change((key(task.id),), f"{_title(task)} is so already; nothing changed")
    echo = _echo(session, task) if any(wish.field == "due" for wish in wanted) else None
    return Change((key(task.id),), f"changed {_title(task)}", f"crm task show T{task.id}", echo=echo)


def done(session: Writer, ref: str) -> Change:
    """Close a task; one that repeats is followed by the next, due after today or today. Raises NotFound."""
    task = _task(session, ref)
    if task.done_at:
        return Change((key(task.id),), f"{_title(task)} is done already; nothing changed")
    task.done_at = session.recorded_at
    following = _following(session, task)
    if following is None:
        return Change((key(task.id),), f"done: {_title(task)}", "crm today")
    sentence = f"done: {_title(task)}; again as task {following.id}"
    return Change((key(task.id),), sentence, "crm today", echo=_echo(session, following))


def snooze(session: Writer, ref: str, until: str) -> Change:
    """Put a task off; a day without a time keeps the time that it had. Raises InvalidInput for a day gone by."""
    task = _task(session, ref)
    _refuse_done(task)
    when = dates.when(session, until, lean="future")
    if when.is_whole_day and task.due_at:
        when = When(when.day, _local(session, task.due_at).time())
    if when.day < _today(session):
        raise InvalidInput(f"{when.day} is past", hint="crm task snooze T1 3d, or mon")
    task.assign(**_columns(session, when))
    if not session.has_changes:
        return Change((key(task.id),), f"{_title(task)} is due then already; nothing changed")
    return Change((key(task.id),), f"put off {_title(task)}", "crm today", echo=_echo(session, task))


def remove(session: Writer, ref: str) -> Change:
    """Take a task out of every list and report. Raises NotFound."""
    task = _task(session, ref)
    task.removed_at = session.recorded_at
    return Change((key(task.id),), f"removed {_title(task)}", "crm undo brings it back")


def restore(session: Writer, ref: str) -> Change:
    """Bring a removed task back. Raises NotFound."""
    task = session.get_one(Task, reference.task(session.reader, ref, removed=True))
    if task.removed_at is None:
        return Change((key(task.id),), f"{_title(task)} is not removed; nothing changed")
    task.removed_at = None
    return Change((key(task.id),), f"restored {_title(task)}", f"crm task show T{task.id}")


def _task(session: Writer, ref: str) -> Task:
    return session.get_one(Task, reference.task(session.reader, ref))


def _title(task: Task) -> str:
    return f"task {task.id} {task.text}" if task.id else f"task {task.text}"


def _refuse_done(task: Task) -> None:
    if task.done_at:
        raise InvalidInput(f"{_title(task)} is done", hint="crm undo, or crm history, takes that back")


def _today(session: Writer) -> date:
    return session.now.astimezone(session.preferences.tz).date()


def _local(session: Writer, instant: str) -> datetime:
    return period.moment(instant).astimezone(session.preferences.tz)


def _echo(session: Writer, task: Task) -> str | None:
    return dates.echo(session, due=task.due_at or task.due_on)


def _due(session: Writer, text: str) -> dict[str, object]:
    """The due columns that `text` means; none for an empty one."""
    if not text.strip():
        return {"due_on": None, "due_at": None}
    return _columns(session, dates.when(session, text, lean="future"))


def _columns(session: Writer, when: When) -> dict[str, object]:
    at = None if when.is_whole_day else when.instant(session.preferences.tz)
    return {"due_on": when.day.isoformat(), "due_at": at}


def _following(session: Writer, task: Task) -> Task | None:
    """The next task of the series: the first date of it behind the one that is done and not before today."""
    if not (task.every and task.series_on and task.due_on):
        return None
    since = max(date.fromisoformat(task.due_on), _today(session) - timedelta(days=1))
    day = repeat(task.every).after(date.fromisoformat(task.series_on), since)
    when = When(day, _local(session, task.due_at).time() if task.due_at else None)
    made = Task.of(
        uid=uid(milliseconds(session)),
        **_columns(session, when),
        **{name: getattr(task, name) for name in ("text", "customer_id", "deal_id", "is_priority", "owner_id")},
        **{name: getattr(task, name) for name in ("every", "series_on")},
        after_id=task.id,
        created_at=session.recorded_at,
        recorded_at=session.recorded_at,
    )
    session.add(made)
    session.flush()
    return made


def _values(session: Writer, task: Task, wish: Assignment) -> dict[str, object]:
    """The columns that `wish` is about."""
    text, db, said = wish.value.strip(), session.reader, session.preferences
    match wish.field:
        case "customer":
            return {"customer_id": reference.customer(db, text, preferences=said) if text else None}
        case "deal":
            return {"deal_id": reference.deal(db, text, preferences=said) if text else None}
        case "owner":
            return {"owner_id": owner(session, text) if text else None}
        case "priority":
            return {"is_priority": int(bool(text) and normal.boolean(text, name="priority"))}
        case "due" | "every":
            _refuse_done(task)
            return _again(session, task, text) if wish.field == "every" else _moved(session, task, text)
    return {wish.field: wish.value}


def _moved(session: Writer, task: Task, text: str) -> dict[str, object]:
    columns = _due(session, text)
    return {**columns, "series_on": columns["due_on"]} if task.every else columns


def _again(session: Writer, task: Task, text: str) -> dict[str, object]:
    """`every` and where it counts from: today, for a task that was not due."""
    if not text:
        return {"every": None, "series_on": None}
    found: Repeat = repeat(text)
    columns = {} if task.due_on else _due(session, "today")
    return {**columns, "every": str(found), "series_on": columns.get("due_on", task.due_on)}
