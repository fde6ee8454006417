"""Deals with histories written by hand, for the reports on them."""

from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest

from crmcli.core.preferences import Preferences
from crmcli.db import history
from crmcli.db.connection import in_memory
from crmcli.db.reader import Reader
from crmcli.reports.funnel import Funnel, FunnelRequest, funnel

STAGES = {"lead": 1, "contact": 2, "needs": 3, "quote": 4, "won": 5, "lost": 6}  # of the shipped pipeline, by id
START = datetime(2026, 1, 1, tzinfo=UTC)
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
RECORDED = "2026-11-20T12:00:00Z"

Move = tuple[str, float | None]
"""A stage, and the days since `START` at which a deal came to it; None for a day that nobody knows."""


def at(days: float | None) -> str | None:
    """The instant so many days after `START`."""
    return None if days is None else (START + timedelta(days=days)).strftime("%Y-%m-%dT%H:%M:%SZ")


class Histories:
    """An in-memory file in which raw SQL may write."""

    def __init__(self, db: Reader) -> None:
        self.db = db

    def insert(self, table: str, **values: object) -> int:
        marks = ", ".join(f":{name}" for name in values)
        return int(self.db.value(f"insert into {table} ({', '.join(values)}) values ({marks}) returning id", values))

    def stages(self, pipeline: str, *stages: tuple[str, str]) -> list[int]:
        """The ids of the (name, outcome) stages of a new pipeline."""
        number = self.insert("pipeline", uid=pipeline, name=pipeline, recorded_at=RECORDED)
        return [
            self.insert("stage", pipeline_id=number, name=name, position=at, outcome=outcome, recorded_at=RECORDED)
            for at, (name, outcome) in enumerate(stages, start=1)
        ]

    def deal(self, *moves: Move, amount: int | None = None, currency: str = "EUR", **values: object) -> int:
        """The passage of a new deal of the shipped pipeline that made these moves; `amount` in major units."""
        came = [(STAGES[stage], day) for stage, day in moves]
        minor = None if amount is None else amount * 100
        last, entered = came[-1]
        deal = self.insert(
            "deal",
            uid=f"d{self.db.value('select count(*) from deal')}",
            name="Deal",
            amount=minor,
            currency=currency,
            created_at=at(came[0][1]),
            closed_at=at(entered) if last >= STAGES["won"] else None,
            recorded_at=RECORDED,
            **values,
        )
        passage = self.insert(
            "passage",
            deal_id=deal,
            pipeline_id=1,
            began_at=at(came[0][1]),
            stage_id=last,
            stage_entered_at=at(entered),
            reached_id=max((stage for stage, _ in came if stage < STAGES["won"]), default=None),
            way=",".join(str(stage) for stage, _ in came),
        )
        self._events(passage, came, amount=minor, currency=currency)
        return passage

    def _events(self, passage: int, came: Sequence[tuple[int, float | None]], **terms: object) -> None:
        for (before, left), (after, day) in pairwise([(None, None), *came]):
            self.insert(
                "stage_event",
                passage_id=passage,
                from_stage_id=before,
                to_stage_id=after,
                occurred_at=at(day),
                recorded_at=RECORDED,
                dwell=None if left is None or day is None else round((day - left) * 86_400),
                **terms,
            )


@contextmanager
def new_file() -> Iterator[Histories]:
    """An empty file with an operation open."""
    with closing(in_memory()) as connection:
        connection.execute("begin")
        history.begin(connection, history.Header("test"), recorded_at=RECORDED)
        yield Histories(Reader(connection))


@pytest.fixture
def histories() -> Iterator[Histories]:
    with new_file() as file:
        yield file


@pytest.fixture
def twelve(histories: Histories) -> Histories:
    """Skips, bounces, reopenings, losses, open deals and one without a date, in all modes worth a figure by hand."""
    deal = histories.deal
    deal(("lead", 0), ("contact", 5), ("needs", 15), ("quote", 20), ("won", 30), amount=100, source="web")
    deal(("lead", 0), ("quote", 10), ("won", 16), amount=200, source="web")
    deal(("lead", 2), ("contact", 4), ("lead", 6), ("contact", 10), ("lost", 12), amount=300, source="fair")
    deal(
        *[("lead", 1), ("contact", 3), ("needs", 9), ("lost", 11), ("needs", 20), ("quote", 22), ("won", 40)],
        amount=400,
        source="fair",
    )
    deal(("contact", 3), ("needs", 8), amount=500)
    deal(("lead", 5), source="web")
    deal(("lead", 6), ("needs", 7), ("contact", 9), amount=700)
    deal(("lead", 8), ("contact", 10), ("needs", 12), ("quote", 13), ("lost", 20), amount=800)
    deal(("lead", 9), ("contact", 11), ("won", 15), ("contact", 18), amount=900)
    deal(("lost", 10), amount=1000)
    deal(("lead", None), ("contact", 14), amount=1100)
    deal(("lead", 15), ("contact", 18), ("needs", 19), ("quote", 25), amount=1200)
    return histories


def shown(file: Histories, **asked: object) -> Funnel:
    return funnel(file.db, FunnelRequest(**asked), now=NOW, preferences=Preferences())  # type: ignore[arg-type]  # fields by name


def column(of: Funnel, name: str) -> list[object]:
    return [getattr(step, name) for step in of.steps]


def euros(of: Funnel) -> list[int | None]:
    return [step.amount.amount // 100 if step.amount else None for step in of.steps]
