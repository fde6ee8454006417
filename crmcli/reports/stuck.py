"""Open deals that do not come on: stalled, rotten, overdue, zombies; by how much, and what may come next."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any, NamedTuple

from crmcli.core.drawing import Node
from crmcli.core.money import Money, by_currency, sums
from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import Trouble
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.query.past import Past, past
from crmcli.query.stalling import USUAL_DAYS
from crmcli.query.syntax import unordered
from crmcli.reports.listing import View, listing, numbers
from crmcli.reports.stalls import next_step

_ASKED = (
    *("id", "name", "customer", "customer.id", "customer.no_contact", "pipeline", "stage", "amount", "currency"),
    *("owner", "planned", "close"),
)

#: What is measured, and what is asked for that: no more, because each costs a look at the history of every deal.
_MEASURED = {
    Trouble.STALLED: ("in_stage", "limit", "limit.source"),
    Trouble.ROTTEN: ("idle", "limit", "limit.source"),
    Trouble.OVERDUE: (),
    Trouble.ZOMBIE: ("open_for", "slowest_win"),
}
_LIMIT = f"its stage's rot_days, else the p75 of the stays there of deals won, else {USUAL_DAYS} days"
_MEANS = {
    Trouble.STALLED: f"stalled: longer in its stage than {_LIMIT}",
    Trouble.ROTTEN: f"rotten: nothing done on it (interaction, task done, event, change) for longer than {_LIMIT}",
    Trouble.OVERDUE: "overdue: still open after its close date",
    Trouble.ZOMBIE: "zombie: open for more whole days than the slowest deal that its pipeline ever won",
}
_AS_NOW = "limits, and the slowest win, by the stages and the deals won that are known now"
_COLUMNS = (
    Column("id", "id"),
    Column("name"),
    Column("customer"),
    Column("customer_id", "id", is_hidden=True),
    Column("no_contact", is_hidden=True),
    Column("pipeline", is_hidden=True),
    Column("stage"),
    Column("amount", "money"),
    Column("currency", is_hidden=True),
    Column("owner"),
    Column("days", "days"),
    Column("limit", "days"),
    Column("limit_source", is_hidden=True),
    Column("planned", "date"),
    Column("because"),
    Column("next"),
)


_WITHOUT_A_WIN = """
    select id from pipeline l where holds = 'deal' and not exists (
        select 1 from stage w join passage p on p.stage_id = w.id and p.ended_at is null
        join deal d on d.id = p.deal_id and d.removed_at is null
        where w.pipeline_id = l.id and w.outcome = 'won'
    ) order by id
"""


class Stuck(NamedTuple):
    """An open deal in trouble: `days` of what should be at most `limit`; `planned` is the due date of its next task."""

    id: int
    name: str
    customer: str | None
    customer_id: int | None
    no_contact: str | None
    pipeline: str
    stage: str
    amount: Money | None
    currency: str
    owner: str | None
    days: float
    limit: float
    limit_source: str
    planned: str | None
    because: str
    next: str | None

    @property
    def over(self) -> float:
        return self.days - self.limit


@dataclass(frozen=True, slots=True)
class Asked:
    """Which trouble, of which deals; with `planned_counts` a deal for which something is planned is in none.

    The dates are texts.
    """

    trouble: Trouble
    words: Sequence[str] = ()
    planned_counts: bool = False
    as_of: str | None = None
    known_at: str | None = None


def stuck(db: Reader, asked: Asked, *, moment: Moment) -> list[Stuck]:
    """The deals in that trouble, the longest over their limit first. Raises InvalidInput."""
    return _stuck(db, asked, *past(db, moment, as_of=asked.as_of, known_at=asked.known_at))


def _stuck(db: Reader, asked: Asked, then: Past, moment: Moment) -> list[Stuck]:
    unordered(asked.words)
    also = (f"is:{asked.trouble}", *(("planned:",) if asked.planned_counts else ()))
    view = View(columns=(*_ASKED, *_MEASURED[asked.trouble]), is_counted=False)
    found = listing(db, "deal", asked.words, also=also, view=view, moment=moment, past=then)
    today = moment.now.astimezone(moment.tz).date()
    deals = [_told(row, asked.trouble, today, has_next=not then.is_asked) for row in found.rows]
    return sorted(deals, key=lambda deal: (-deal.over, deal.id))


def report(db: Reader, asked: Asked, *, moment: Moment, limit: int | None = None) -> Report:
    """The deals in that trouble, at most `limit`, with what all of them are worth and the next command for each.

    Of a past day no command comes next. Raises InvalidInput.
    """
    then, moment = past(db, moment, as_of=asked.as_of, known_at=asked.known_at)
    deals = _stuck(db, asked, then, moment)
    left = list(_left_out(db, asked))
    queries = [("is:open",), *(query for query, *_ in left)]
    total, *missing = numbers(db, "deal", asked.words, queries, moment=moment, past=then)
    kept = deals[:limit]
    planned = sum(deal.planned is not None for deal in deals)
    summary = {"deals": len(deals), "open": total, "planned": planned, "amounts": by_currency(_sums(deals))}
    table = Table(_COLUMNS, kept, empty=f"no open deal is {_adjective(asked.trouble)}")
    notes = (
        f"{len(deals):,} of {counted(total, 'open deal')}{_worth(deals)}",
        _MEANS[asked.trouble],
        *_more(len(deals), limit),
        *(
            f"left out: {counted(found, noun)} {why}"
            for (_, noun, why), found in zip(left, missing, strict=True)
            if found
        ),
        *then.notes,
        *([_AS_NOW] if then.is_asked else ()),
    )
    parameters = {
        "query": " ".join(asked.words) or None,
        "planned_counts": asked.planned_counts,
        "today": moment.now.astimezone(moment.tz).date().isoformat(),
        **then.said,
    }
    tree = _tree(asked.trouble, kept, len(deals)) if kept else None
    return Report(str(asked.trouble), parameters, summary, table, notes, tree)


def _told(row: Sequence[Any], trouble: Trouble, today: date, *, has_next: bool) -> Stuck:
    number, name, customer, customer_id, barred, pipeline, stage, amount, currency, owner, planned, close, *told = row
    days, limit, source = _measure(told, close, trouble, today)
    why = _because(trouble, stage, close, days=days, limit=limit, source=source)
    return Stuck(
        id=number,
        name=name,
        customer=customer,
        customer_id=customer_id,
        no_contact=barred,
        pipeline=pipeline,
        stage=stage,
        amount=amount,
        currency=currency,
        owner=owner,
        days=days,
        limit=limit,
        limit_source=source,
        planned=planned,
        because="; ".join((why, _planned(planned), barred) if barred else (why, _planned(planned))),
        next=_next(f"D{number}", trouble, customer_id, planned, barred=barred) if has_next else None,
    )


def _measure(told: Sequence[Any], close: str, trouble: Trouble, today: date) -> tuple[float, float, str]:
    """So many days of at most so many, and who says so."""
    match trouble:
        case Trouble.OVERDUE:
            return float((today - date.fromisoformat(close)).days), 0.0, "the close date"
        case Trouble.ZOMBIE:
            return told[0], told[1], "the slowest win"
    return told[0], float(told[1]), told[2]


def _because(trouble: Trouble, stage: str, close: str, *, days: float, limit: float, source: str) -> str:
    past = counted(round(days), "day")
    match trouble:
        case Trouble.STALLED:
            return f"{past} in {stage}, limit {limit:.0f} ({source})"
        case Trouble.ROTTEN:
            return f"{past} without a sign, in {stage}, limit {limit:.0f} ({source})"
        case Trouble.ZOMBIE:
            return f"open for {past}, in {stage}; the slowest win took {limit:.0f}"
    return f"{past} past its close date {close}, in {stage}"


def _planned(due: str | None) -> str:
    return f"a task is due {due}" if due else "nothing is planned"


def _next(deal: str, trouble: Trouble, customer: int | None, planned: str | None, *, barred: str | None) -> str:
    """The command that may come next."""
    if not barred and trouble is Trouble.ROTTEN and customer is not None:
        return f'crm task add "get in touch" --deal {deal} --due tomorrow'
    if not barred and planned and trouble in (Trouble.STALLED, Trouble.ROTTEN):
        return f"crm deal show {deal}"
    return next_step(deal, trouble, barred=barred)


def _tree(trouble: Trouble, deals: Sequence[Stuck], count: int) -> Node:
    """Each deal with why it is here, and under it the command that may come next."""
    leaves = (Node(f"D{deal.id} {deal.name}", "  ".join(_aside(deal)), _leaf(deal.next)) for deal in deals)
    return Node(f"{_adjective(trouble)}", f"{count:,}", leaves)


def _leaf(command: str | None) -> tuple[Node, ...]:
    return (Node("", command),) if command else ()


def _aside(deal: Stuck) -> Iterator[str]:
    if deal.customer:
        yield deal.customer
    if deal.amount is not None:
        yield str(deal.amount)
    yield deal.because


def _sums(deals: Sequence[Stuck]) -> list[Money]:
    return sums(deal.amount for deal in deals if deal.amount is not None)


def _worth(deals: Sequence[Stuck]) -> str:
    worth = _sums(deals)
    return f", worth {' and '.join(map(str, worth))}" if worth else ""


def _more(count: int, limit: int | None) -> Iterator[str]:
    if limit is not None and count > limit:
        yield f"{limit:,} of {count:,}; --limit all shows the rest"


def _left_out(db: Reader, asked: Asked) -> Iterator[tuple[tuple[str, ...], str, str]]:
    """What cannot be told of some deals: the words that ask for them, what they are, and why."""
    if asked.trouble is Trouble.OVERDUE:
        yield ("is:open", "close:"), "open deal", "without a close date"
    if asked.trouble in (Trouble.STALLED, Trouble.ZOMBIE):
        unknown = "in_stage:" if asked.trouble is Trouble.STALLED else "entered:"
        yield ("is:open", unknown), "open deal", "without a date of their coming"
    if asked.trouble is Trouble.ZOMBIE:
        without = [str(number) for (number,) in db.rows(_WITHOUT_A_WIN)]
        if without:
            yield ("is:open", f"pipeline.id:{','.join(without)}"), "open deal", "of pipelines that never won one"
    if asked.planned_counts:
        yield (f"is:{asked.trouble}", "has:planned"), "deal", "for which a task is planned"


def _adjective(trouble: Trouble) -> str:
    return "a zombie" if trouble is Trouble.ZOMBIE else str(trouble)
