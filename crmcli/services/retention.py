"""How long customers are kept without a sign of life, and what becomes of them then."""

import json
import re
from dataclasses import dataclass
from pathlib import Path

from sqlmodel import col, select

from crmcli.core.change import Change
from crmcli.core.days import moved
from crmcli.core.vocabulary import RetentionAction
from crmcli.core.wording import counted, did_you_mean, shown
from crmcli.db.writing import Writer
from crmcli.errors import Conflict, InvalidInput, NotFound
from crmcli.models.retention import RetentionRule
from crmcli.query import sql, syntax
from crmcli.query.comparison import Moment
from crmcli.query.contact import restricted
from crmcli.query.entities import entity
from crmcli.services import customers, erasing
from crmcli.services.owners import key

_MONTHS_A_YEAR = 12
_NAMED = 5

#: The last sign of life of customer c: when they came, spoke with us, or a deal of theirs moved.
_LAST = """max(
    c.created_at,
    coalesce((select max(i.occurred_at) from interaction_party y join interaction i on i.id = y.interaction_id
        where y.customer_id = c.id and i.removed_at is null), ''),
    coalesce((select max(coalesce(e.occurred_at, d.recorded_at)) from deal d
        join passage p on p.deal_id = d.id join stage_event e on e.passage_id = p.id
        where d.customer_id = c.id and d.removed_at is null), '')
)"""
_OPEN = """exists (
    select 1 from deal d join passage p on p.deal_id = d.id and p.ended_at is null join stage s on s.id = p.stage_id
    where d.customer_id = c.id and d.removed_at is null and s.outcome = 'open'
)"""


@dataclass(frozen=True, slots=True)
class Due:
    """A customer whose time is over, by which rule, and when they last gave a sign of life."""

    number: int
    name: str
    rule: str
    action: RetentionAction
    last: str


@dataclass(frozen=True, slots=True)
class Run:
    """What came of the rules: the customers that were due, what was done, and the erasures still to be finished."""

    due: tuple[Due, ...]
    change: Change
    erased: tuple[erasing.Erased, ...]


def add(session: Writer, name: str, *, after: str, action: RetentionAction, query: tuple[str, ...]) -> Change:
    """Keep a rule: customers that `query` asks for go after `after` (`3y`, `18m`). Raises InvalidInput and Conflict."""
    if _find(session, name) is not None:
        raise Conflict(
            f"a retention rule is called {shown(name)} already", hint="crm privacy retention list shows them"
        )
    _condition(session, query)  # what it cannot ask is said now
    made = RetentionRule.of(
        name=name,
        months=_months(after),
        action=action,
        query=json.dumps(query, ensure_ascii=False),
        recorded_at=session.recorded_at,
    )
    session.add(made)
    session.flush()
    return Change((key(made.id),), f"added retention rule {made.name}", "crm privacy retention run --dry-run")


def remove(session: Writer, name: str) -> Change:
    """Let a rule go; customers are not touched. Raises NotFound."""
    found = _find(session, name)
    if found is None:
        names = [rule.name for rule in session.exec(select(RetentionRule))]
        listed = did_you_mean(name, names)
        raise NotFound(f"no retention rule {shown(name)}{listed}", hint="crm privacy retention list shows them")
    session.delete(found)
    return Change((key(found.id),), f"removed retention rule {found.name}", "crm undo brings it back")


def run(session: Writer) -> Run:
    """Erase or remove the customers whose time is over, in the order of the rules.

    Nobody with an open deal, and nobody restricted: a restriction is the legal hold.
    """
    due: dict[int, Due] = {}
    for rule in session.exec(select(RetentionRule).order_by(col(RetentionRule.id))).all():
        for each in _due(session, rule):
            due.setdefault(each.number, each)
    erased = []
    for each in due.values():
        if each.action is RetentionAction.ERASE:
            erased.append(erasing.erase(session, str(each.number)))
        else:
            customers.remove(session, str(each.number))
    counts = [(len(erased), "erased"), (len(due) - len(erased), "removed")]
    done = ", ".join(f"{verb} {counted(count, 'customer')}" for count, verb in counts if count)
    warnings = tuple(dict.fromkeys(line for each in erased for line in each.change.warnings))
    change = Change(tuple(due), done or "nobody's time is over; nothing changed", warnings=warnings)
    return Run(tuple(due.values()), change, tuple(erased))


def question(found: Run) -> str:
    """What a run would do, for a person to confirm."""
    named = ", ".join(f"{each.number} {each.name}" for each in found.due[:_NAMED])
    more = f" and {len(found.due) - _NAMED:,} more" if len(found.due) > _NAMED else ""
    return f"{found.change.sentence.replace('erased', 'Erase for good', 1).replace('removed', 'Remove', 1)}: {named}{more}?"


def finish(found: Run, path: Path, *, wait: float) -> Change:
    """Clear the free space of the file where somebody was erased; what was changed, and what is left to do elsewhere."""
    if not found.erased:
        return found.change
    uids = tuple(uid for each in found.erased for uid in each.uids)
    return erasing.finish(erasing.Erased(found.change, "", uids), path, wait=wait)


def _due(session: Writer, rule: RetentionRule) -> list[Due]:
    today = session.now.astimezone(session.preferences.tz).date()
    before = moved(today, "month", -rule.months).isoformat()
    where = _condition(session, tuple(json.loads(rule.query)))
    asked = entity("customer", session.reader)
    free = f"not {restricted('c')} and not exists (select 1 from erasure x where x.customer_id = c.id)"
    if rule.action == RetentionAction.REMOVE:
        free += " and c.removed_at is null"
    statement = sql.select(asked, ["c.id", "c.name", _LAST], where)
    rows = session.reader.rows(
        f"select * from ({statement} and {free} and not {_OPEN} and {_LAST} < :before) order by 1",
        {**where.parameters, **sql.clock(statement, _moment(session)), "before": before},
    )
    action = RetentionAction(rule.action)
    return [Due(int(number), str(name), rule.name, action, str(last)) for number, name, last in rows]


def _condition(session: Writer, query: tuple[str, ...]) -> sql.Where:
    return sql.where(syntax.parse(query), entity("customer", session.reader), moment=_moment(session))


def _moment(session: Writer) -> Moment:
    return Moment(session.now, session.preferences)


def _find(session: Writer, name: str) -> RetentionRule | None:
    number = session.reader.value(
        "select id from retention_rule where name = :name collate nocase", name=" ".join(name.split())
    )
    return None if number is None else session.get_one(RetentionRule, number)


def _months(text: str) -> int:
    match = re.fullmatch(r"([0-9]{1,4}) ?(y|years?|m|months?)", text.strip().lower())
    months = int(match[1]) * (_MONTHS_A_YEAR if match[2][0] == "y" else 1) if match else 0
    if not 1 <= months <= 100 * _MONTHS_A_YEAR:
        raise InvalidInput(f"--after {shown(text)} is not a term", hint="years or months: 3y, 18m")
    return months
