"""What forecast, velocity and dashboard cost on a large file, whole processes: `python -m bench.money [DEALS]`.

The file is that of bench.funnel. Each deal is expected to close 20 to 200 days after its first event; of every seventh
the date was put off by 60 days at its last event, which also raised the amount by a tenth.
"""

import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bench import funnel, measure
from crmcli.db import history
from crmcli.db.connection import open_to_write

_RUNS = 3
_AS_OF = "2025-11-20"
_EXPECTED = "date(began_at, '+' || (20 + id * 7919 % 181) || ' days')"

_ASKED = {
    "velocity": ("velocity", "--as-of", _AS_OF),
    "velocity by owner": ("velocity", "--by", "owner", "--as-of", _AS_OF),
    "forecast": ("forecast", "show", "--as-of", _AS_OF),
    "forecast, now": ("forecast", "show", "--period", "2025-Q4"),
    "forecast by owner": ("forecast", "show", "--by", "owner", "--as-of", _AS_OF),
    "waterfall": ("forecast", "waterfall", "2025-10-01", _AS_OF),
    "accuracy": ("forecast", "accuracy", "--occurred"),
    "dash": ("dash",),
    "dash, as of": ("dash", "--as-of", _AS_OF),
    "winloss, as of": ("deal", "winloss", "--as-of", _AS_OF),
    "slippage, as of": ("deal", "slippage", "--as-of", _AS_OF),
    "board, as of": ("deal", "board", "--as-of", _AS_OF),
}


def build(path: Path, deals: int) -> None:
    """A file of that size."""
    funnel.build(path, deals)
    with closing(open_to_write(path, 5)) as file:
        file.execute("begin immediate")
        history.begin(file, history.Header("bench"), recorded_at="2026-01-01T00:00:00Z")
        file.execute("update current_operation set is_bulk = 1")
        file.execute(
            f"""
            update stage_event set close_on = (select {_EXPECTED} from passage where id = stage_event.passage_id)
            """
        )
        file.execute(
            """
            update stage_event set close_on = date(close_on, '+60 days'), amount = amount * 11 / 10
            where passage_id % 7 = 0 and from_stage_id is not null and not exists (
                select 1 from stage_event n where n.passage_id = stage_event.passage_id and n.id > stage_event.id
            )
            """
        )
        file.execute(
            """
            update deal set (close_on, amount) = (
                select close_on, amount from stage_event e where e.passage_id = deal.id order by id desc limit 1
            )
            """
        )
        history.end(file)
        file.execute("commit")
        file.execute("analyze")


def main(deals: int) -> None:
    print(measure.machine())
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "money.db")
        build(path, deals)
        floor = measure.cost((sys.executable, "-c", "pass"), runs=_RUNS).seconds
        print(f"{deals:,} deals; {'python -c pass':16}{floor:8.3f} s")
        for name, words in _ASKED.items():
            cost = measure.cost(measure.crm(*words, "--db", str(path), "-f", "json"), runs=_RUNS)
            print(f"{name:20}{cost.seconds:8.2f} s{cost.seconds / floor:8.0f} x{cost.megabytes:8.0f} MB")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 300_000)
