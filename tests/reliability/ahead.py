"""`python ahead.py FILE`: for each line of `crm` on stdin, the services and models that it imports under the lock.

Each runs in a child that has loaded what every write loads, and no service and no model.
"""

import json
import os
import shlex
import shutil
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


def main(file: Path) -> None:
    import crmcli.db.writing  # noqa: F401
    from crmcli.cli import app
    from crmcli.db.transaction import Kind, Opened

    locked = Opened.locked
    loaded: set[str] = set()
    slow = ("crmcli.services", "crmcli.models")

    @contextmanager
    def watched(self: Opened, transaction: Kind) -> Iterator[Kind]:
        with locked(self, transaction) as under_way:
            before = set(sys.modules)
            yield under_way
            loaded.update(name for name in set(sys.modules) - before if name.startswith(slow))

    Opened.locked = watched  # type: ignore[method-assign]
    for line in sys.stdin.read().splitlines():
        shutil.copy(file, "x.db")
        if (child := os.fork()) == 0:
            sys.stdout = open("out", "w")  # noqa: SIM115
            try:
                app([*shlex.split(line), "--db", "x.db"], prog_name="crm")
            except SystemExit as end:
                Path("told").write_text(json.dumps([end.code, sorted(loaded)]))
            os._exit(0)
        os.waitpid(child, 0)
        print(json.dumps([line, *json.loads(Path("told").read_text())]))  # noqa: T201


if __name__ == "__main__":
    main(Path(sys.argv[1]))
