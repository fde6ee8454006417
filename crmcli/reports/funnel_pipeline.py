"""Which pipeline a funnel is about, and the rows that its stages make."""

from collections.abc import Mapping
from dataclasses import dataclass

from crmcli.core.vocabulary import Holds, Outcome
from crmcli.core.wording import did_you_mean, shown
from crmcli.db.reader import Reader
from crmcli.errors import NotFound
from crmcli.query.past import HELD

#: The row of a deal that has not begun.
NOWHERE = -1

_HAS_DEALS = """
    exists (
        select 1 from passage p join deal d on d.id = p.deal_id
        where p.pipeline_id = pipeline.id and d.removed_at is null
    )
"""


@dataclass(frozen=True, slots=True)
class Stage:
    id: int
    name: str
    position: int
    outcome: Outcome


@dataclass(frozen=True, slots=True)
class Pipeline:
    """The rows of the funnel: the open stages in present order, then winning. `place` is a stage's row, from 0.

    Several won stages share the last row, under the name of the first. A lost stage has no row, nor has one that is
    counted by the day.
    """

    id: int
    name: str
    rows: tuple[Stage, ...]
    place: Mapping[int, int]
    outcome: Mapping[int, Outcome]
    holds: Holds = Holds.DEAL
    counted: tuple[Stage, ...] = ()

    @property
    def held(self) -> str:
        """The SQL of the records that go through it, to join passages `p` with: id, removed_at, and the terms of a deal."""
        return HELD[self.holds]

    @property
    def open_rows(self) -> int:
        return sum(stage.outcome == Outcome.OPEN for stage in self.rows)

    def row(self, stage: int) -> int | None:
        """The row of a stage by its id: `NOWHERE` for none, None for a lost one."""
        return None if self.outcome.get(stage) == Outcome.LOST else self.place.get(stage, NOWHERE)


def chosen(db: Reader, name: str | None) -> tuple[Pipeline, str]:
    """The pipeline called `name`, else the only one with deals, else the default one; and a line that says which.

    Raises NotFound.
    """
    if name is not None:
        number, called = _named(db, name)
        return _pipeline(db, number, called), f"pipeline {called}"
    rows = list(db.rows(f"select id, name from pipeline where {_HAS_DEALS} limit 2"))
    why = "the only one with deals"
    if len(rows) != 1:
        why = "the default one"
        rows = list(db.rows("select id, name from pipeline where is_default = 1"))
    if not rows:
        raise NotFound("several pipelines have deals, and none is the default", hint="give one with --pipeline")
    number, called = rows[0]
    return _pipeline(db, number, called), f"pipeline {called}, {why}"


def _named(db: Reader, name: str) -> tuple[int, str]:
    row = db.row("select id, name from pipeline where name = :name collate nocase", name=name.strip())
    if row is None:
        names = [known for (known,) in db.rows("select name from pipeline where archived_at is null order by id")]
        otherwise = f"; one of {', '.join(names)}" if names else ""
        raise NotFound(
            f"no pipeline {shown(name)}{did_you_mean(name, names, otherwise)}", hint="crm pipeline list shows them"
        )
    return row[0], row[1]


def _pipeline(db: Reader, number: int, name: str) -> Pipeline:
    """Archived stages keep their place while an event names them."""
    found = list(
        db.rows(
            """
        select id, name, position, outcome,
            archived_at is null or exists (select 1 from stage_event where to_stage_id = stage.id), is_counted
        from stage where pipeline_id = :id order by position, id
        """,
            id=number,
        )
    )
    stages = [
        (Stage(key, called, position, Outcome(outcome)), is_shown)
        for key, called, position, outcome, is_shown, is_counted in found
        if not is_counted
    ]
    counted = tuple(Stage(row[0], row[1], row[2], Outcome.OPEN) for row in found if row[4] and row[5])
    holds = Holds(db.value("select holds from pipeline where id = :id", id=number))
    rows = [stage for stage, is_shown in stages if is_shown and stage.outcome == Outcome.OPEN]
    won = [stage for stage, is_shown in stages if is_shown and stage.outcome == Outcome.WON]
    place = {stage.id: row for row, stage in enumerate(rows)} | {stage.id: len(rows) for stage in won}
    return Pipeline(
        number, name, (*rows, *won[:1]), place, {stage.id: stage.outcome for stage, _ in stages}, holds, counted
    )
