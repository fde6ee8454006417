"""Deals as a board: a lane for each stage, with its deals and what they are worth."""

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass

from crmcli.core.currency import FINEST, exponent
from crmcli.core.drawing import Board, Card, Lane
from crmcli.core.money import Money, by_currency, sums
from crmcli.core.result import Column, Report, Table
from crmcli.core.vocabulary import Holds, Outcome
from crmcli.core.wording import counted
from crmcli.db.reader import Reader
from crmcli.query import reference, whereabouts
from crmcli.query.comparison import Moment
from crmcli.query.past import past
from crmcli.query.syntax import unordered
from crmcli.reports.listing import View, listing

_COLUMNS = (
    *("stage", "id", "name", "customer", "amount", "currency", "close", "owner", "in_stage"),
    *("outcome", "customer.no_contact"),
)
_STAGE, _ID, _AMOUNT = map(_COLUMNS.index, ("stage", "id", "amount"))


@dataclass(frozen=True, slots=True)
class _Deals:
    """The rows of a stage, the largest amount first."""

    rows: list[Sequence[object]]

    @property
    def sums(self) -> list[Money]:
        return sums(amount for row in self.rows if isinstance(amount := row[_AMOUNT], Money))


@dataclass(frozen=True, slots=True)
class Asked:
    """As it was typed: `words` is the query, the dates are texts; `limit` is for each lane of the board."""

    words: Sequence[str] = ()
    pipeline: str | None = None
    as_of: str | None = None
    known_at: str | None = None
    limit: int | None = None


def board(db: Reader, asked: Asked, *, moment: Moment) -> Report:
    """The deals that are asked for, the open ones without a query, by stage; on the board at most `limit` of each.

    Open stages have a lane in any case, others while they hold a deal that is asked for. Raises NotFound and
    InvalidInput.
    """
    then, moment = past(db, moment, as_of=asked.as_of, known_at=asked.known_at)
    number = whereabouts.held(db, reference.pipeline(db, asked.pipeline), Holds.DEAL)
    name = str(db.value("select name from pipeline where id = :id", id=number))
    unordered(asked.words)
    words, also = asked.words or ("is:open",), (f"pipeline.id={number}",)
    view = View(_COLUMNS, "stage,id", is_counted=False)
    found = listing(db, "deal", words, also=also, view=view, moment=moment, past=then)
    by_stage: dict[object, _Deals] = defaultdict(lambda: _Deals([]))
    for row in found.rows:
        by_stage[row[_STAGE]].rows.append(row)
    for deals in by_stage.values():
        deals.rows.sort(key=_by_worth)
    stages = [
        str(stage)
        for stage, outcome, is_archived in db.rows(
            "select name, outcome, archived_at is not null from stage where pipeline_id = :id and not is_counted "
            "order by position, id",
            id=number,
        )
        if stage in by_stage or (outcome == Outcome.OPEN and not is_archived)
    ]
    rows = [row for stage in stages for row in by_stage[stage].rows]
    summary = {
        "deals": len(rows),
        "stages": [
            {"stage": stage, "deals": len(by_stage[stage].rows), "amounts": by_currency(by_stage[stage].sums)}
            for stage in stages
        ],
    }
    columns = [Column(column.name, column.kind, is_hidden=column.name not in _COLUMNS[:9]) for column in found.columns]
    table = Table(columns, rows, title=f"Board of {name}", groups="stage", empty="no deals")
    lanes = tuple(_lane(stage, by_stage[stage], asked.limit) for stage in stages)
    notes = (f"pipeline {name}: {_worth(_Deals(rows))}; the largest first", *then.notes)
    parameters = {"pipeline": name, "query": " ".join(asked.words) or None, **then.said}
    return Report("board", parameters, summary, table, notes, board=Board(lanes))


def _lane(stage: str, deals: _Deals, limit: int | None) -> Lane:
    kept = deals.rows[:limit]
    return Lane(stage, _worth(deals), map(_card, kept), len(deals.rows) - len(kept))


def _worth(deals: _Deals) -> str:
    return "; ".join((counted(len(deals.rows), "deal"), *map(str, deals.sums)))


def _card(row: Sequence[object]) -> Card:
    told = dict(zip(_COLUMNS, row, strict=True))
    said = [str(told["amount"])] if told["amount"] is not None else []
    if isinstance(told["in_stage"], int | float):
        said.append(f"{told['in_stage']:.0f} d")
    barred = told["customer.no_contact"]
    who = f"{told['customer']} ({barred})" if barred else told["customer"]
    more = [str(each) for each in (who, f"close {told['close']}" if told["close"] else None) if each]
    return Card(f"D{told['id']} {told['name']}", (*more, ", ".join(said)))


def _by_worth(row: Sequence[object]) -> tuple[int, int]:
    """The largest number of major units first, whatever the currency."""
    amount, number = row[_AMOUNT], row[_ID]
    units = amount.amount * 10 ** (FINEST - exponent(amount.currency)) if isinstance(amount, Money) else 0
    return -units, number if isinstance(number, int) else 0
