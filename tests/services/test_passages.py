"""The way of a deal: append-only events, and caches that agree with them."""

import sqlite3
from contextlib import suppress
from datetime import datetime, timedelta
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core.period import moment
from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import Outcome
from crmcli.db import connection, migrate
from crmcli.db.reader import Reader
from crmcli.errors import Conflict, NotFound
from crmcli.services import deals, operations, pipelines
from crmcli.services.deals import Move, NewDeal
from tests.conftest import NOW, wrote

OPEN = ("lead", "contact", "needs", "quote")

PASSAGES = "select id, began_at, ended_at, stage_id, stage_entered_at, reached_id, way from passage order by id"
EVENTS = """
    select from_stage_id, to_stage_id, occurred_at, dwell from stage_event where passage_id = :number order by id
"""

Step = tuple[str, str, int]
"""What to do, with what, and hours after the step before."""


@st.composite
def steps(draw: st.DrawFn) -> list[Step]:
    kinds = st.one_of(
        st.tuples(st.just("move"), st.sampled_from(OPEN)),
        st.tuples(st.just("partners"), st.sampled_from(["talks", "pilot"])),
        st.tuples(st.just("sales"), st.sampled_from(OPEN)),
        st.tuples(st.just("amount"), st.sampled_from(["5", "7k", "USD 3"])),
        st.tuples(st.sampled_from(["win", "lose", "reopen", "undo"]), st.just("")),
    )
    chosen = draw(st.lists(kinds, min_size=1, max_size=12))
    return [(kind, what, draw(st.integers(0, 50))) for kind, what in chosen]


def do(file: Path, step: Step, now: datetime) -> None:
    """One operation on deal 1; one that the deal's state does not allow is refused and changes nothing."""
    kind, what, _ = step
    with wrote(file, now=now) as session:
        match kind:
            case "move":
                deals.move(session, Move("1", what, pipeline=None))
            case "partners" | "sales":
                deals.move(session, Move("1", what, pipeline=kind))
            case "amount":
                deals.edit(session, "1", (f"amount={what}",))
            case "win" | "lose":
                deals.close(session, Move("1", ""), Outcome.WON if kind == "win" else Outcome.LOST)
            case "reopen":
                deals.reopen(session, Move("1", ""))
            case "undo":
                operations.undo(session)


@pytest.fixture(scope="module")
def begun(tmp_path_factory: pytest.TempPathFactory) -> bytes:
    """A file with a deal in it and a second pipeline."""
    path = tmp_path_factory.mktemp("passages") / "crm.db"
    migrate.create(path, Preferences())
    with wrote(path, now=NOW) as session:
        pipelines.add(session, "partners", stages=("talks", "pilot"))
    with wrote(path, now=NOW) as session:
        deals.add(session, NewDeal("Engine", amount="5"))
    return path.read_bytes()


@settings(deadline=None, max_examples=25)
@given(steps=steps())
@pytest.mark.slow
def test_the_caches_are_what_the_events_say(
    steps: list[Step], begun: bytes, tmp_path_factory: pytest.TempPathFactory
) -> None:
    file = tmp_path_factory.mktemp("passages") / "crm.db"
    file.write_bytes(begun)
    now = NOW

    for step in steps:
        now += timedelta(hours=step[2])
        with suppress(Conflict, NotFound):  # the deal is closed, its pipeline has no such stage, nothing is to undo
            do(file, step, now)

    with connection.reading(file) as db:
        if db.value("select count(*) from deal"):
            check(db)


def check(db: Reader) -> None:
    """Every rule that holds between the events, the passages and the deal."""
    stages = {
        number: (position, outcome) for number, position, outcome in db.rows("select id, position, outcome from stage")
    }
    passages = list(db.rows(PASSAGES))
    for number, began, ended, *kept in passages:
        events = list(db.rows(EVENTS, number=number))
        assert events[0] == (None, events[0][1], began, None)
        assert [at for *_, at, _ in events] == sorted(at for *_, at, _ in events)
        assert (ended is None) == (number == passages[-1][0])
        entered = began
        for (_, stood, *_), (left, to, at, dwell) in pairwise(events):
            assert left == stood
            assert dwell == (None if left == to else (moment(at) - moment(entered)).total_seconds())
            entered = entered if left == to else at
        opens = [to for _, to, *_ in events if stages[to][1] == "open"]
        way = ",".join(str(to) for left, to, *_ in events if left != to)
        assert kept == [events[-1][1], entered, max(opens, key=lambda stage: stages[stage][0], default=None), way]
    _, _, _, stage, entered, *_ = passages[-1]
    assert db.value("select closed_at from deal") == (None if stages[stage][1] == "open" else entered)
    assert db.row("select amount, currency from deal") == db.row(
        "select amount, currency from stage_event order by id desc"
    )


def test_an_event_names_what_the_deal_was_worth_then(file: Path) -> None:
    with wrote(file) as session:
        deals.add(session, NewDeal("Engine", amount="12k", close="2026-12-24", owner="Bob", at="2026-11-01"))
        deals.edit(session, "1", ("amount=USD 9k", "owner=Eve"))
        deals.move(session, Move("1", "quote"))

    with connection.reading(file) as db:
        rows = list(
            db.rows(
                "select f.name, t.name, e.amount, e.currency, e.close_on, o.name, e.occurred_at, e.recorded_at, "
                "e.dwell from stage_event e join stage t on t.id = e.to_stage_id "
                "left join stage f on f.id = e.from_stage_id left join owner o on o.id = e.owner_id order by e.id"
            )
        )
    now = "2026-11-20T12:00:00Z"
    assert rows == [
        (None, "lead", 1_200_000, "EUR", "2026-12-24", "Bob", "2026-11-01T00:00:00Z", now, None),
        ("lead", "lead", 900_000, "USD", "2026-12-24", "Eve", now, now, None),
        ("lead", "quote", 900_000, "USD", "2026-12-24", "Eve", now, now, 1_684_800),
    ]


def test_handing_over_ends_the_passage_and_begins_one(file: Path) -> None:
    with wrote(file) as session:
        pipelines.add(session, "partners", stages=("talks", "pilot"))
        deals.add(session, NewDeal("Engine", at="2026-11-01"))
        deals.move(session, Move("1", "needs", at="2026-11-03"))
        deals.move(session, Move("1", "pilot", pipeline="partners", at="2026-11-05"))

    with connection.reading(file) as db:
        rows = list(
            db.rows(
                "select l.name, p.began_at, p.ended_at, s.name, p.stage_entered_at, r.name, p.customer_id "
                "from passage p join pipeline l on l.id = p.pipeline_id join stage s on s.id = p.stage_id "
                "join stage r on r.id = p.reached_id where p.deal_id = 1 order by p.id"
            )
        )
        first = list(db.rows("select from_stage_id, dwell, note from stage_event where passage_id = 2"))
    assert rows == [
        ("sales", "2026-11-01T00:00:00Z", "2026-11-05T00:00:00Z", "needs", "2026-11-03T00:00:00Z", "needs", None),
        ("partners", "2026-11-05T00:00:00Z", None, "pilot", "2026-11-05T00:00:00Z", "pilot", None),
    ]
    assert first == [(None, None, "handed over")]


def test_a_deal_without_dates_has_no_dwell_and_may_move_at_any_time(file: Path) -> None:
    with wrote(file) as session:
        deals.add(session, NewDeal("Engine"))
        session.raw.execute("update deal set created_at = null")
        session.raw.execute("update passage set began_at = null, stage_entered_at = null")
        session.raw.execute("update stage_event set occurred_at = null")

    with wrote(file) as session:
        deals.move(session, Move("1", "needs", at="2017-03-01"))

    with connection.reading(file) as db:
        assert list(db.rows("select occurred_at, dwell from stage_event order by id")) == [
            (None, None),
            ("2017-03-01T00:00:00Z", None),
        ]
        assert db.value("select stage_entered_at from passage") == "2017-03-01T00:00:00Z"


def test_a_deal_has_one_passage_under_way(file: Path) -> None:
    with wrote(file) as session:
        deals.add(session, NewDeal("Engine"))

    with pytest.raises(sqlite3.IntegrityError), wrote(file) as session:
        session.raw.execute("insert into passage (deal_id, pipeline_id, stage_id) values (1, 1, 1)")
