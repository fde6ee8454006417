"""What funnels and other reports on deals cost on a large file, whole processes: `python -m bench.funnel [DEALS]`.

The file holds DEALS deals of about 4.5 events each: most go on step by step, some skip, fall back, close or stay.
"""

import random
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from pathlib import Path

from bench import measure
from crmcli.core.period import instant
from crmcli.core.preferences import Preferences
from crmcli.db import history, migrate
from crmcli.db.connection import open_to_write

_AT = "2026-01-01T00:00:00Z"
_START = datetime(2024, 1, 1, tzinfo=UTC)
_OPEN, _WON, _LOST = 4, 5, 6  # stages of the shipped pipeline by id, open ones from 1
_OWNERS = 30
_RUNS = 5

_DAY = ("--as-of", "2025-12-31")
_ASKED = {
    "reached": ("funnel", "show"),
    "touched": ("funnel", "show", "--mode", "touched"),
    "strict": ("funnel", "show", "--mode", "strict"),
    "snapshot": ("funnel", "show", "--basis", "snapshot"),
    "a period": ("funnel", "show", "--basis", "period", "--since", "2025-01", "--until", "2025-04"),
    "as of": ("funnel", "show", *_DAY),
    "as of, a query": ("funnel", "show", *_DAY, "amount:1k.."),
    "by owner": ("funnel", "show", "--by", "owner"),
    "by owner as of": ("funnel", "show", "--by", "owner", *_DAY),
    "by quarter": ("funnel", "show", "--by", "closed.quarter"),
    "a quarter": ("funnel", "show", "--since", "2025-01", "--until", "2025-04"),
    "cohort": ("funnel", "cohort"),
    "curve": ("funnel", "curve"),
    "time": ("funnel", "time"),
    "time as of": ("funnel", "time", *_DAY),
    "flow": ("funnel", "flow"),
    "bottleneck": ("funnel", "bottleneck"),
    "bottleneck as of": ("funnel", "bottleneck", *_DAY),
    "compare": ("funnel", "compare", "2025-08", "2025-09"),
    "alert": ("funnel", "alert", *_DAY),
    "winloss": ("deal", "winloss"),
    "winloss as of": ("deal", "winloss", *_DAY),
    "board": ("deal", "board"),
    "board as of": ("deal", "board", *_DAY),
    "stalled": ("deal", "stalled"),
    "stalled as of": ("deal", "stalled", *_DAY),
    "rotten as of": ("deal", "rotten", *_DAY),
    "zombies as of": ("deal", "zombies", *_DAY),
    "slippage": ("deal", "slippage"),
    "pipeline as of": ("pipeline", "show", "sales", *_DAY),
    "waterfall": ("forecast", "waterfall", "2024-01-01", "2025-12-31"),
    "dash": ("dash",),
    "dash as of": ("dash", *_DAY),
}

_DEAL = """
    insert into deal (id, uid, name, amount, currency, owner_id, created_at, closed_at, recorded_at)
    values (:id, :uid, :name, :amount, 'EUR', :owner, :began, :closed, :began)
"""
_PASSAGE = """
    insert into passage (id, deal_id, pipeline_id, began_at, stage_id, stage_entered_at, reached_id, way)
    values (:id, :id, 1, :began, :stage, :entered, :reached, :way)
"""
_EVENT = """
    insert into stage_event
        (passage_id, from_stage_id, to_stage_id, amount, currency, owner_id, occurred_at, recorded_at, dwell)
    values (?, ?, ?, ?, 'EUR', ?, ?, ?, ?)
"""


def build(path: Path, deals: int) -> None:
    """A file of that size, seeded; recorded as one operation whose change rows are left out."""
    migrate.create(path, Preferences())
    with closing(open_to_write(path, 5)) as file:
        file.execute("begin immediate")
        history.begin(file, history.Header("bench"), recorded_at=_AT)
        file.execute("update current_operation set is_bulk = 1")
        owners = ((n, f"o{n}", f"Owner {n:02d}", _AT) for n in range(1, _OWNERS + 1))
        file.executemany("insert into owner (id, uid, name, recorded_at) values (?, ?, ?, ?)", owners)
        pick = random.Random(7)
        for number in range(1, deals + 1):
            _add(file, number, pick)
        history.end(file)
        file.execute("commit")
        file.execute("analyze")


def _add(file: sqlite3.Connection, number: int, pick: random.Random) -> None:
    came = list(_way(pick))
    (_, began), (stage, entered) = came[0], came[-1]
    values = {"id": number, "uid": f"d{number}", "name": f"Deal {number}", "began": instant(began), "stage": stage}
    values |= {"amount": pick.randrange(1_000, 9_000_000), "owner": pick.randint(1, _OWNERS)}
    values |= {"entered": instant(entered), "closed": instant(entered) if stage > _OPEN else None}
    values |= {"reached": max(stage for stage, _ in came if stage <= _OPEN)}
    values |= {"way": ",".join(str(stage) for stage, _ in came)}
    file.execute(_DEAL, values)
    file.execute(_PASSAGE, values)
    terms = (values["amount"], values["owner"])
    file.execute(_EVENT, (number, None, came[0][0], *terms, instant(began), instant(began), None))
    for (before, left), (after, at) in pairwise(came):
        seconds = int((at - left).total_seconds())
        file.execute(_EVENT, (number, before, after, *terms, instant(at), instant(at), seconds))


def _way(pick: random.Random) -> Iterator[tuple[int, datetime]]:
    """The stages of one deal, and when it came to them."""
    at = _START + timedelta(seconds=pick.randrange(2 * 365 * 86_400))
    stage = 1 if pick.random() < 0.9 else 2
    yield stage, at
    while stage <= _OPEN and pick.random() < 0.95:
        draw = pick.random()
        if draw < 0.08:
            stage = _LOST
        elif draw < 0.22 and stage > 1:
            stage -= 1
        else:
            stage += 2 if draw < 0.27 and stage < _OPEN - 1 else 1
        at += timedelta(seconds=pick.randrange(3_600, 40 * 86_400))
        yield stage, at


def main(deals: int) -> None:
    print(measure.machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "funnel.db")
        build(path, deals)
        with closing(sqlite3.connect(path)) as file:
            (events,) = file.execute("select count(*) from stage_event").fetchone()
        print(f"{deals:,} deals, {events:,} events")
        floor = measure.cost((sys.executable, "-c", "pass"), runs=_RUNS).seconds
        print(f"{'python -c pass':18}{floor:8.3f} s")
        for name, words in _ASKED.items():
            cost = measure.cost(measure.crm(*words, "--db", str(path), "-f", "json"), runs=_RUNS)
            print(f"{name:18}{cost.seconds:8.2f} s{cost.seconds / floor:8.0f} x{cost.megabytes:8.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
