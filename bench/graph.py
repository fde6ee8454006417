"""What questions on the graph cost on many ties: `python -m bench.graph [TIES]`.

Two seeded files of the same shape, the small one of a thousand ties: half as many customers as ties, drawn at random, so
that everybody has four; and an interaction with the user for every tenth. Each local question is asked of the same eight
customers' numbers in both, as a whole command; the figures are medians of its CPU seconds. The questions about the whole
graph are asked once of the large file; the extra `graph` answers them where it is installed.
"""

import random
import statistics
import sys
import tempfile
from collections.abc import Sequence
from itertools import count
from pathlib import Path

from bench import measure
from crmcli.core.preferences import Preferences
from crmcli.core.uid import uids
from crmcli.db import connection, history, migrate
from crmcli.graph.answers import has_extra

_AT = "2026-01-01T00:00:00Z"
_TYPES = (3, 4, 7, 9)
_ASKED = 8
_FEW = 1000
_WHOLE: tuple[tuple[str, ...], ...] = (("components",), ("central", "--by", "pagerank"), ("communities",))


def build(path: Path, ties: int) -> None:
    """A file of that many ties among half as many customers."""
    pick, customers = random.Random(42), ties // 2
    seen: set[tuple[int, int]] = set()
    while len(seen) < ties:
        one, other = pick.randint(1, customers), pick.randint(1, customers)
        if one != other:
            seen.add((min(one, other), max(one, other)))
    write(path, customers, sorted(seen), pick)


def write(path: Path, customers: int, ties: Sequence[tuple[int, int]], pick: random.Random) -> None:
    """A file of customers 1, 2, … with those ties, of types that `pick` chooses."""
    migrate.create(path, Preferences())
    file = connection.open_to_write(path, 5)
    file.execute("begin immediate")
    history.begin(file, history.Header("bench"), recorded_at=_AT)
    file.execute("update current_operation set is_bulk = 1")
    ids = range(1, customers + 1)
    insert = "insert into customer (id, uid, kind, name, handle, created_at, recorded_at) values (?,?,'person',?,?,?,?)"
    file.executemany(
        insert, ((n, u, f"C {n}", f"c-{n}", _AT, _AT) for n, u in zip(ids, uids(1, customers), strict=False))
    )
    insert = "insert into relationship (uid, from_id, type_id, to_id, created_at, recorded_at) values (?,?,?,?,?,?)"
    rows = zip(uids(2, len(ties)), ties, strict=False)
    file.executemany(insert, ((u, one, pick.choice(_TYPES), other, _AT, _AT) for u, (one, other) in rows))
    met = ids[::10]
    insert = "insert into interaction (id, uid, channel, text, occurred_at, recorded_at) values (?, ?, 'meeting', 'met', ?, ?)"
    file.executemany(insert, ((n, u, _AT, _AT) for n, u in zip(count(1), uids(3, len(met)), strict=False)))
    insert = "insert into interaction_party (interaction_id, customer_id) values (?, ?)"
    file.executemany(insert, enumerate(met, 1))
    history.end(file)
    file.execute("commit")
    file.close()


def cost(path: Path, *words: str) -> float:
    """The median CPU seconds of the command, asked of customers 1 to 8 in turn."""
    asked = []
    for number in range(1, _ASKED + 1):
        one, other = str(number), str(number + _ASKED)
        command = measure.crm("graph", *(word.format(one=one, other=other) for word in words), "--db", str(path))
        asked.append(measure.once(command).seconds)
    return statistics.median(asked[1:])


def main() -> None:
    ties = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    print(measure.machine())
    with tempfile.TemporaryDirectory() as folder:
        many, few = Path(folder) / "many.db", Path(folder) / "few.db"
        build(many, ties)
        build(few, _FEW)
        print(f"the extra graph: {'there' if has_extra() else 'not there'}")
        for question in _WHOLE:
            asked = measure.once(measure.crm("graph", *question, "--limit", "20", "--db", str(many)))
            print(f"{' '.join(question)}: {asked.seconds:.2f} s, {asked.megabytes:.0f} MB on {ties:,} ties", flush=True)
        for name, words in (
            ("show, 2 hops", ("show", "{one}", "--depth", "2")),
            ("path, 3 hops", ("path", "{one}", "{other}")),
            ("intro, 3 hops", ("intro", "{one}")),
            ("strength", ("strength", "{one}")),
        ):
            large, small = cost(many, *words), cost(few, *words)
            print(
                f"{name}: {large:.3f} s on {ties:,} ties, {small:.3f} s on {_FEW:,}: {large / small:.2f} x",
                flush=True,
            )


if __name__ == "__main__":
    main()
