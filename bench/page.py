"""What a page of the graph costs, and when it is ready: `python -m bench.page [CUSTOMERS TIES]`.

The page of a seeded file is written once, and opened five times in headless Chromium without a graphics card: the CPU
seconds of the page's own thread until all of it is drawn, and the milliseconds that pass, which other work lengthens.
"""

import random
import statistics
import sys
import tempfile
from pathlib import Path

from bench import graph, measure
from tests import browser

_OPENED = 5


def build(path: Path, customers: int, ties: int) -> None:
    """A file of customers tied mostly to those of near numbers."""
    pick = random.Random(42)
    seen: set[tuple[int, int]] = set()
    while len(seen) < ties:
        one = pick.randint(1, customers)
        near = min(customers, max(1, round(pick.gauss(one, customers / 30))))
        other = near if pick.random() < 0.9 else pick.randint(1, customers)
        if one != other:
            seen.add((min(one, other), max(one, other)))
    graph.write(path, customers, sorted(seen), pick)


def _busy(page: browser.Page) -> float:
    """The CPU seconds of the page's thread since it began to load."""
    metrics = page.send("Performance.getMetrics")["metrics"]
    assert isinstance(metrics, list)
    return float(next(each["value"] for each in metrics if each["name"] == "TaskDuration"))


def main() -> None:
    customers, ties = map(int, sys.argv[1:3]) if len(sys.argv) > 1 else (2_000, 6_000)
    print(measure.machine())
    with tempfile.TemporaryDirectory() as folder:
        path, html = Path(folder) / "crm.db", Path(folder) / "graph.html"
        build(path, customers, ties)
        words = ("graph", "export", "--format", "html", "-o", str(html), "--db", str(path))
        cost = measure.once(measure.crm(*words))
        print(f"written: {cost.seconds:.2f} s CPU, {cost.megabytes:.0f} MB; {html.stat().st_size / 1e6:.1f} MB on disk")
        with browser.page() as page:
            passed, busy = [], []
            page.send("Performance.enable", timeDomain="threadTicks")
            for _ in range(_OPENED):
                page.open(html)
                passed.append(int(str(page.value("document.documentElement.dataset.ready"))))
                busy.append(_busy(page))
        print(f"{customers:,} customers, {ties:,} ties: ready after {statistics.median(busy):.2f} s CPU {sorted(busy)}")
        print(f"{statistics.median(passed)} ms passed {sorted(passed)}")


if __name__ == "__main__":
    main()
