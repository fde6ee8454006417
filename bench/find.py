"""What `crm find` costs on a large file beside a thousandth of it: `python -m bench.find [CUSTOMERS]`.

Half of the customers have Chinese names, the others one of 200,000 made-up surnames; each has an e-mail, a phone, a
city and one to three tags, and there are as many interactions as customers. The first find gathers the words; then
come finds of several sorts, and what a find after one more write costs.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from itertools import count
from pathlib import Path

from bench import measure
from bench.commands import line
from crmcli.core.preferences import Preferences
from crmcli.core.uid import uids
from crmcli.db import connection, history, migrate

_AT = "2026-01-01T00:00:00Z"
_TAGS = ("customer", "enterprise", "newsletter", "partner", "press", "smb", "trial", "vip")
_CITIES = ("Berlin", "London", "Paris", "上海", "Zürich")
_HAN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英"
_ENDINGS = ("a", "e", "i", "o", "u", "ai", "er", "en", "or")
_SYLLABLES = [first + end for first in (*"bdfghklmnrstvwz", "sch", "st", "tr") for end in _ENDINGS]


def build(path: Path, customers: int) -> None:
    """A file of that size, seeded, whose words nobody has gathered yet."""
    migrate.create(path, Preferences())
    file = connection.open_to_write(path, 5)
    file.execute("begin immediate")
    history.begin(file, history.Header("bench"), recorded_at=_AT)
    file.execute("update current_operation set is_bulk = 1")
    pick = random.Random(42)
    ids = range(1, customers + 1)
    insert = "insert into customer (id, uid, kind, name, handle, city, created_at, recorded_at) values (?,?,'person',?,?,?,?,?)"
    named = zip(ids, uids(1, customers), _names(pick), strict=False)
    file.executemany(insert, ((n, u, name, f"c-{n}", pick.choice(_CITIES), _AT, _AT) for n, u, name in named))
    point = "insert into contact_point (customer_id, kind, value) values (?, ?, ?)"
    file.executemany(point, ((n, "email", f"person.{n}@example.com") for n in ids))
    file.executemany(point, ((n, "phone", f"+1212{5_000_000 + n}") for n in ids))
    tags = [(number, name, _AT) for number, name in enumerate(_TAGS, 1)]
    file.executemany("insert into tag (id, name, recorded_at) values (?, ?, ?)", tags)
    tagged = ((n, tag) for n in ids for tag in pick.sample(range(1, len(_TAGS) + 1), pick.randint(1, 3)))
    file.executemany("insert into customer_tag (customer_id, tag_id) values (?, ?)", tagged)
    said = "insert into interaction (id, uid, channel, text, occurred_at, recorded_at) values (?, ?, 'call', ?, ?, ?)"
    texts = (f"asked about the {pick.choice(_SYLLABLES)} engine and a quote for {n % 97} pieces" for n in ids)
    file.executemany(said, ((n, u, text, _AT, _AT) for n, u, text in zip(ids, uids(2, customers), texts, strict=True)))
    file.executemany("insert into interaction_party (interaction_id, customer_id) values (?, ?)", ((n, n) for n in ids))
    history.end(file)
    file.execute("commit")
    file.close()


def _names(pick: random.Random) -> Iterator[str]:
    surnames = ["".join(pick.choices(_SYLLABLES, k=pick.randint(2, 4))).title() for _ in range(200_000)]
    first = ["".join(pick.choices(_SYLLABLES, k=2)).title() for _ in range(5_000)]
    yield "Zoë Lovelace"
    while True:
        yield "".join((pick.choice("王李张刘陈"), pick.choice(_HAN), pick.choice(_HAN)))
        yield f"{pick.choice(first)} {pick.choice(surnames)}"


def main() -> None:
    if len(sys.argv) > 2:
        build(Path(sys.argv[2]), int(sys.argv[1]))
        return
    customers = int(sys.argv[1]) if len(sys.argv) > 1 else 1_000_000
    with tempfile.TemporaryDirectory() as folder:
        large, small = Path(folder) / "large.db", Path(folder) / "small.db"
        for path, size in ((large, customers), (small, max(customers // 1000, 100))):
            subprocess.run([sys.executable, "-m", "bench.find", str(size), str(path)], check=True)
        print(f"{customers:,} customers and interactions\n{measure.machine()}\n")
        before = large.stat().st_size
        first = measure.once(measure.crm("--db", str(large), "find", "lovelace"))
        measure.once(measure.crm("--db", str(small), "find", "lovelace"))
        grown = (large.stat().st_size - before) / 1e6
        print(f"the first find: {first.seconds:.1f} s, {first.megabytes:.0f} MB; the words take {grown:.0f} MB\n")
        print("| command | CPU s | floor | CPU s | ratio | at most | MB |\n| --- | --: | --- | --: | --: | --: | --: |")
        _compare(large, small)


def _compare(large: Path, small: Path) -> None:
    name = "the same on a thousandth"
    exact = (
        "lovelace",
        "zoe lovelace",
        "王伟芳",
        "伟芳",
        "person.77@example.com",
        "+1 212 500 0077",
        "berlin",
        "engine",
    )
    for text in exact:
        line(f"crm find '{text}'", _find(large, text), name, _find(small, text), 1.5)
    python = (sys.executable, "-c", "pass")
    for text in ("lovelase", "zoe lovelcae", "love"):
        line(f"crm find '{text}' (3 s at most)", _find(large, text), "python -c pass", python, 300)
    number = count()
    line(
        "crm find after a write",
        lambda: _written(large, next(number)),
        name,
        lambda: _written(small, next(number)),
        1.5,
    )


def _find(path: Path, text: str) -> measure.Command:
    return measure.crm("--db", str(path), "find", text)


def _written(path: Path, number: int) -> measure.Command:
    subprocess.run(measure.crm("--db", str(path), "log", "1", f"call {number}"), check=True, capture_output=True)
    return _find(path, "lovelace")


if __name__ == "__main__":
    main()
