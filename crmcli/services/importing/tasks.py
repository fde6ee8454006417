"""Tasks of files: read, recognised, written."""

from collections.abc import Sequence
from functools import partial

from crmcli.core import normal
from crmcli.core.period import moment
from crmcli.core.repeats import repeat
from crmcli.exchange.source import Source
from crmcli.services.importing import cells, identity, which, who
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.identity import TASK
from crmcli.services.importing.owners import Owners
from crmcli.services.importing.reading import Composed, Shape
from crmcli.services.importing.revising import Revision, revise
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.who import Naming
from crmcli.services.importing.work import Step, Tally, Work

_TABLE = "import_task"
_COLUMNS = """
    uid, text, due, due_at, every, series, priority integer, customer, customer_uid, deal, deal_uid, owner integer,
    done, created, after_uid, customer_id integer, deal_id integer, after_id integer, is_ended integer
"""


def stage(work: Work, tallies: Sequence[Tally], owners: Owners) -> Step:
    """The tasks of the files."""
    staged = Stage(work, _TABLE)
    staged.create(_COLUMNS, **{identity.key_table(staged): "source, key"})
    for tally in tallies:
        staged.fill(tally, _shape(staged, tally.source, owners))
    tz = work.session.preferences.tz
    work.bulk.function("day_of", 1, lambda at: moment(str(at)).astimezone(tz).date().isoformat())
    work.bulk.run(f"update {_TABLE} set due = day_of(due_at) where due_at is not null")
    return partial(_settle, staged, owners)


def _settle(stage: Stage, owners: Owners) -> None:
    who.find(stage, Naming(_TABLE, "customer_uid", "customer", "customer_id", "customer"))
    which.find(stage)
    identity.find(stage, TASK)
    _find(stage)
    identity.leave_known(stage, TASK)
    identity.leave_repeated(stage, ("text, customer_id, deal_id, due", identity.unsure(stage)))
    stage.reject(
        f"select row, 'text', 'is empty, and no task has its uid' from {_TABLE} where text is null and target is null"
    )
    stage.reject(
        f"""
        select r.row, 'due', 'is empty: what comes every ' || r.every || ' needs a due date' from {_TABLE} r
        left join task k on k.id = r.target where r.every is not null and coalesce(r.due, k.due_on) is null
        """
    )
    owners.settle(f"select owner from {_TABLE} where owner is not null")
    identity.forget_touched(stage)
    identity.number(stage, TASK)
    _link(stage)
    _update(stage)
    _insert(stage)
    identity.write_keys(stage, TASK)
    stage.tell()


def _shape(stage: Stage, source: Source, owners: Owners) -> Shape:
    columns = Columns(stage.work, source)
    composed: dict[str, Composed] = {"owner": owners.number} if "owner" in source.fields else {}
    return Shape(
        {
            "uid": cells.uid,
            "text": lambda text: normal.text(text, name="text"),
            "due": columns.day("due"),
            "due_at": columns.instant("due_at"),
            "every": cells.remembered(lambda text: str(repeat(text))),
            "series": columns.day("series"),
            "priority": cells.boolean,
            "customer": cells.line("customer"),
            "customer.uid": cells.uid,
            "deal": cells.line("deal"),
            "deal.uid": cells.uid,
            "done": columns.instant("done"),
            "after.uid": cells.uid,
            "created": columns.instant("created"),
        },
        composed,
        identity.key_parts(stage, source),
    )


def _find(stage: Stage) -> None:
    """Rows that neither uid nor key tells: a task of the same text and day, for the same customer and deal."""
    stage.work.bulk.run(
        f"""
        update {_TABLE} as r set target = (
            select min(k.id) from task k left join deal d on d.id = k.deal_id
            where k.text = r.text and k.due_on is r.due and k.deal_id is r.deal_id and k.removed_at is null
            and coalesce(k.customer_id, d.customer_id) is coalesce(r.customer_id, d.customer_id)
        ) where {identity.unsure(stage)}
        """
    )


def _link(stage: Stage) -> None:
    """Join the tasks of a series; one that is done and that none follows repeats no more."""
    run = stage.work.bulk.run
    if "after.uid" in stage.fields:
        run(f"create temp table import_before as select uid, target from {_TABLE} where uid is not null")
        run("create index temp.import_before_uid on import_before (uid)")
        before = "(select b.target from import_before b where b.uid = r.after_uid)"
        known = "(select k.id from task k where k.uid = r.after_uid)"
        run(f"update {_TABLE} as r set after_id = coalesce({before}, {known}) where after_uid is not null")
    followed = f"select after_id from {_TABLE} where after_id is not null union select after_id from task where after_id is not null"
    was_done = "(select k.done_at from task k where k.id = r.target)"
    done = f"{stage.said('done', 'r.done', was_done)} is not null"
    run(f"update {_TABLE} as r set is_ended = {done} and r.target not in ({followed})")


def _insert(stage: Stage) -> None:
    """The customer of a deal is the task's too, so that it need not be said."""
    work = stage.work
    work.bulk.insert(
        "task",
        "id, uid, text, customer_id, deal_id, due_on, due_at, every, series_on, after_id, is_priority, owner_id, done_at, "
        "created_at, recorded_at",
        f"""
        select r.target, coalesce(r.uid, {work.uid("r.target - :last - 1")}), r.text,
            nullif(r.customer_id, d.customer_id), r.deal_id, r.due, r.due_at, iif(r.is_ended, null, r.every),
            iif(r.is_ended or r.every is null, null, coalesce(r.series, r.due)), r.after_id,
            coalesce(r.priority, 0), o.id, r.done, coalesce(r.created, :now), :now
        from {_TABLE} r left join import_owner o on o.no = r.owner left join deal d on d.id = r.deal_id
        where r.is_new order by r.row
        """,
        last=work.bulk.last("task"),
        now=work.recorded_at,
    )


def _update(stage: Stage) -> None:
    every = f"iif(r.is_ended, null, {stage.said('every', 'r.every', 'k.every')})"
    due = f"iif({every} is null, {stage.said('due', 'r.due', 'k.due_on')}, coalesce(r.due, k.due_on))"
    customer = stage.said("customer", "r.customer_id", "k.customer_id")
    at = stage.said("due_at", "r.due_at", "k.due_at")
    said = {
        "text": "coalesce(r.text, k.text)",
        "customer_id": f"iif(r.customer_id = d.customer_id, k.customer_id, {customer})",
        "deal_id": stage.said("deal", "r.deal_id", "k.deal_id"),
        "due_on": due,
        "due_at": f"iif({due} is null, null, iif(r.due is null or r.due is k.due_on, {at}, r.due_at))",
        "every": every,
        "series_on": f"iif({every} is null, null, coalesce(r.series, k.series_on, {due}))",
        "after_id": "coalesce(k.after_id, r.after_id)",
        "is_priority": "coalesce(r.priority, k.is_priority)",
        "owner_id": stage.said("owner", "o.id", "k.owner_id"),
        "done_at": stage.said("done", "r.done", "k.done_at"),
        "created_at": "coalesce(r.created, k.created_at)",
    }
    rows = f"""
        {_TABLE} r left join import_owner o on o.no = r.owner join task k on k.id = r.target
        left join deal d on d.id = coalesce(r.deal_id, k.deal_id)
    """
    revise(stage.work, Revision("task", "k", said, rows))
