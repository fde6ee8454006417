"""What `crm dupes` costs and finds on a register with errors of entry: `python -m bench.dupes [CUSTOMERS]...`.

The register is that of `tests.people`: two in a hundred were entered twice, a fifth of those a third time.
"""

import json
import subprocess
import sys
import tempfile
from contextlib import closing
from pathlib import Path

from bench import measure
from crmcli.core.preferences import Preferences
from crmcli.db import connection, migrate
from tests.people import register, same
from tests.reports.test_dupes import fill


def build(path: Path, customers: int) -> None:
    """A file of that size, and beside it the pairs that are the same one."""
    entries = register(customers)
    migrate.create(path, Preferences())
    with closing(connection.open_to_write(path, 5)) as file:
        fill(file, entries)
    path.with_suffix(".json").write_text(json.dumps(sorted(same(entries))), "utf-8")


def main() -> None:
    if len(sys.argv) > 2 and sys.argv[2].endswith(".db"):
        build(Path(sys.argv[2]), int(sys.argv[1]))
        return
    sizes = [int(each) for each in sys.argv[1:]] or [250_000, 1_000_000]
    print(f"{measure.machine()}\n\n| customers | pairs | CPU s | MB | found | precision | recall |")
    print("| --: | --: | --: | --: | --: | --: | --: |")
    with tempfile.TemporaryDirectory() as folder:
        for size in sizes:
            path, shown = Path(folder) / f"{size}.db", Path(folder) / f"{size}.jsonl"
            subprocess.run([sys.executable, "-m", "bench.dupes", str(size), str(path)], check=True)
            cost = measure.once(measure.crm("dupes", "--db", str(path), "-f", "jsonl", "-o", str(shown)))
            rows = map(json.loads, shown.read_text("utf-8").splitlines())
            found = {(row["id"] - 1, row["other.id"] - 1) for row in rows}
            truth = {(one, other) for one, other in json.loads(path.with_suffix(".json").read_text("utf-8"))}
            right = len(found & truth)
            print(
                f"| {size:,} | {len(truth):,} | {cost.seconds:.1f} | {cost.megabytes:.0f} | {len(found):,} "
                f"| {right / len(found):.4f} | {right / len(truth):.3f} |",
                flush=True,
            )


if __name__ == "__main__":
    main()
