"""The ways of deals and customers through pipelines: where they stand, what happened on the way, who is in a stage."""

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import Holds, Outcome
from crmcli.db.reader import Reader
from crmcli.query import reference
from crmcli.query.comparison import Moment
from crmcli.query.past import Past
from crmcli.query.pipeline import CATEGORY, STAGE

_DAY = 86_400  # seconds

_EVENTS = """
    select l.name, e.occurred_at, f.name, e.dwell, t.name, e.amount, e.currency, e.close_on, o.name, e.note,
        e.recorded_at, f.outcome, t.outcome, f.position, t.position, p.id
    from passage p join pipeline l on l.id = p.pipeline_id
    join stage_event e on e.passage_id = p.id join stage t on t.id = e.to_stage_id
    left join stage f on f.id = e.from_stage_id left join owner o on o.id = e.owner_id
    where p.deal_id = :deal order by p.id, e.occurred_at, e.id
"""

_STAGES = f"""
    select s.id, s.position, s.name, s.outcome, s.probability, {CATEGORY}, s.rot_days,
        {STAGE.fields["required"].shown}, iif(:holds = 'deal', count(h.id), 0), iif(:holds = 'deal', 0, count(h.id)),
        (select sum(n.count) from stage_count n where n.stage_id = s.id and n.counted_on <= :day),
        sum(h.amount), nullif(h.currency, ''), s.archived_at
    from stage s left join ({{standing}}) h on h.stage_id = s.id
    where s.pipeline_id = :pipeline group by s.id, h.currency order by s.position, s.id, h.currency
"""


def events(db: Reader, deal: int) -> Table:
    """The events of a deal, the first one first."""
    passages = db.value("select count(*) from passage where deal_id = :deal", deal=deal)
    columns = (
        Column("pipeline", is_hidden=passages == 1),
        Column("at", "instant"),
        Column("from"),
        Column("days", "days", "Days there"),
        Column("stage", heading="To"),
        Column("amount", "money"),
        Column("currency", is_hidden=True),
        Column("close", "date"),
        Column("owner"),
        Column("note"),
    )
    rows = [
        (name, at, left, _days(dwell), to, _money(amount, currency), currency, *rest[:3])
        for name, at, left, dwell, to, amount, currency, *rest in db.rows(_EVENTS, deal=deal)
    ]
    return Table(columns, rows, title="The way so far")


def history(db: Reader, ref: str, *, preferences: Preferences) -> Report:
    """What became of a deal, event by event: what each changed, when it happened and when it was recorded.

    Raises NotFound and Ambiguous.
    """
    number = reference.deal(db, ref, preferences=preferences)
    columns = (
        Column("at", "instant"),
        Column("pipeline", is_hidden=True),
        Column("what"),
        Column("from", is_hidden=True),
        Column("stage"),
        Column("days", "days", "Days before"),
        Column("amount", "money"),
        Column("currency", is_hidden=True),
        Column("close", "date"),
        Column("owner"),
        Column("note"),
        Column("recorded", "instant", is_hidden=True),
    )
    rows = []
    before: tuple[object, ...] | None = None
    for name, at, left, dwell, to, amount, currency, close, owner, note, recorded, *told in db.rows(
        _EVENTS, deal=number
    ):
        worth = _money(amount, currency)
        terms = (worth, close, owner)
        what = _what(told, has_begun=before is not None) if left != to else _changed(before or (), terms)
        rows.append((at, name, what, left, to, _days(dwell), worth, currency, close, owner, note, recorded))
        before = terms
    name = db.value("select name from deal where id = :number", number=number)
    table = Table(columns, rows, title=f"{number} {name}")
    return Report("deal_history", {"deal": number}, {"events": len(rows)}, table)


def _what(told: list[object], *, has_begun: bool) -> str:
    """What a move was, by the outcomes and the present positions of its stages."""
    was, became, left, to, _ = told
    if was is None:
        return "handed over" if has_begun else "created"
    if became != Outcome.OPEN:
        return str(became)
    if was != Outcome.OPEN:
        return "reopened"
    return "moved back" if int(str(to)) < int(str(left)) else "moved on"


def _changed(before: tuple[object, ...], after: tuple[object, ...]) -> str:
    names = ("amount", "close", "owner")
    changed = [name for name, old, new in zip(names, before, after, strict=False) if old != new]
    return f"new {' and '.join(changed)}" if changed else "new terms"


def standings(db: Reader, customer: int, moment: Moment) -> Table:
    """Where a customer stands in the pipelines for customers, and the ways that are over."""
    columns = (
        Column("pipeline"),
        Column("stage"),
        Column("outcome"),
        Column("since", "instant"),
        Column("days", "days", "Days there"),
        Column("entered", "instant", is_hidden=True),
        Column("left", "instant"),
    )
    rows = db.rows(
        """
        select l.name, s.name, s.outcome, p.stage_entered_at,
            round(julianday(coalesce(p.ended_at, :now)) - julianday(p.stage_entered_at), 2), p.began_at, p.ended_at
        from passage p join pipeline l on l.id = p.pipeline_id join stage s on s.id = p.stage_id
        where p.customer_id = :customer order by p.ended_at is not null, p.id
        """,
        moment.parameters,
        customer=customer,
    )
    return Table(columns, rows, title="In pipelines")


def standing(then: Past) -> str:
    """The SELECT of those who stood in the pipeline `:pipeline`: id, stage_id, amount, currency."""
    return f"select id, stage_id, amount, currency from ({then.passages()} and {then.running} and p.pipeline_id = :pipeline)"


def stages(db: Reader, pipeline: int, then: Past, *, day: str) -> Table:
    """A row for each stage and currency of the deals there; a stage without deals has one without.

    They are those who stood there then; counts of the days are those up to `day`.

    In a counted stage nobody stands: `counted` says how many came to it in all.
    """
    holds, has_counts = db.row(
        "select holds, exists (select 1 from stage where pipeline_id = :id and is_counted) from pipeline where id = :id",
        id=pipeline,
    ) or (Holds.DEAL, 0)
    is_deals = holds == Holds.DEAL
    columns = (
        Column("id", "id", is_hidden=True),
        Column("position", "integer", "No"),
        Column("stage"),
        Column("outcome"),
        Column("probability", "integer", "%", is_hidden=not is_deals),
        Column("category", is_hidden=not is_deals),
        Column("rot_days", "integer"),
        Column("required", "values"),
        Column("deals", "integer", is_hidden=not is_deals),
        Column("customers", "integer", is_hidden=is_deals),
        Column("counted", "integer", is_hidden=not has_counts),
        Column("amount", "money", is_hidden=not is_deals),
        Column("currency", is_hidden=True),
        Column("archived", "instant"),
    )
    sql = _STAGES.format(standing=standing(then))
    rows = db.rows(sql, then.parameters, pipeline=pipeline, holds=holds, day=day)
    told = [(*row[:11], _money(row[11], row[12]), *row[12:]) for row in rows]
    return Table(columns, told, title="Stages", notes=then.notes)


def _days(seconds: int | None) -> float | None:
    return None if seconds is None else seconds / _DAY


def _money(amount: int | None, currency: str) -> Money | None:
    return None if amount is None else Money(amount, currency)
