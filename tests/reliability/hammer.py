"""Many processes on one file at once, and an account of what each was told.

`python hammer.py ROLE SEED COUNT` is one of them: it runs its commands one after the other in one process, which asks
more of the file than a process for each, and ends with a line of JSON.
"""

import io
import json
import os
import random
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

PEOPLE = 12  # whom everybody talks to, and whose e-mails everybody wants to add
ROWS = 1000
WRITERS = ("add", "log", "move", "tag")


@dataclass(slots=True)
class Account:
    """What came of the commands of one role or of all: how often each exit code, the waits, the slowest command."""

    codes: dict[str, dict[str, int]] = field(default_factory=dict)
    waits: list[float] = field(default_factory=list)
    said: list[str] = field(default_factory=list)

    def done(self, role: str) -> int:
        """How many commands of `role` were acknowledged."""
        return self.codes.get(role, {}).get("0", 0)

    @property
    def commands(self) -> int:
        return sum(sum(codes.values()) for codes in self.codes.values())

    def add(self, told: dict[str, object]) -> None:
        """Count what a process told."""
        other = Account(**told)  # type: ignore[arg-type]
        for role, codes in other.codes.items():
            mine = self.codes.setdefault(role, {})
            for code, count in codes.items():
                mine[code] = mine.get(code, 0) + count
        self.waits += other.waits
        self.said += other.said


def line(role: str, number: int, chance: random.Random, seed: int) -> list[str]:
    """A command of `role`."""
    someone = 1 + chance.randrange(PEOPLE)
    match role:
        case "add":
            return ["customer", "add", f"Rival {number}", "--email", f"wanted.{number}@example.com"]
        case "log":
            return ["log", str(someone), f"{seed} said {number}"]
        case "move":
            return ["deal", "move", str(seed % PEOPLE + 1), "needs" if number % 2 else "contact"]
        case "tag":
            return ["customer", "edit", "1", "--tag", f"t{seed}-{number}"]
        case "import":
            return ["import", "rows.csv" if number % 2 else "more.csv"]
    return ["export", "customers", "-f", "ids", "tag:bulk"] if number % 2 else ["customer", "list", "-f", "ids"]


def hammer(role: str, seed: int, count: int) -> Account:
    """Run `count` commands of `role`."""
    from crmcli.cli import app

    account, chance = Account(), random.Random(seed)
    _time_the_waits(account.waits)
    for number in range(count):
        out, err = io.StringIO(), io.StringIO()
        code = 0
        with redirect_stdout(out), redirect_stderr(err):
            try:
                app(line(role, number, chance, seed), prog_name="crm")
            except SystemExit as end:
                code = int(end.code or 0)
        codes = account.codes.setdefault(role, {})
        codes[str(code)] = codes.get(str(code), 0) + 1
        if code not in (0, 4):
            account.said.append(err.getvalue())
        if role == "read" and number % 2 and len(out.getvalue().split()) % ROWS:
            account.said.append(f"half an import: {len(out.getvalue().split())}")
    return account


def _time_the_waits(waits: list[float]) -> None:
    """Keep how long each command stood before the file."""
    from crmcli.db import transaction

    begin: Callable[..., None] = transaction.begin_immediate

    def timed(*args: object, **named: object) -> None:
        began = time.perf_counter()
        begin(*args, **named)
        waits.append(time.perf_counter() - began)

    transaction.begin_immediate = timed


def all_at_once(file: Path, *, count: int, imports: int, writers: int = 16, readers: int = 2) -> Account:
    """`writers` processes, two of which import, and `readers`, all on `file`."""
    roles = [*(WRITERS[number % len(WRITERS)] for number in range(writers - 2)), "import", "import"]
    roles += ["read"] * readers
    counts = [imports if role == "import" else count for role in roles]
    commands: list[Sequence[str]] = [
        [sys.executable, __file__, role, str(seed), str(each)]
        for seed, (role, each) in enumerate(zip(roles, counts, strict=True))
    ]
    environ = {**os.environ, "CRM_DB": str(file), "PYTHONPATH": str(Path(__file__).parents[2])}
    started = [
        subprocess.Popen(command, cwd=file.parent, env=environ, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
        for command in commands
    ]
    account = Account()
    for process in started:
        out, err = process.communicate()
        if process.returncode:
            raise AssertionError(err.decode())
        account.add(json.loads(out))
    return account


if __name__ == "__main__":
    told = hammer(sys.argv[1], int(sys.argv[2]), int(sys.argv[3]))
    print(json.dumps({"codes": told.codes, "waits": told.waits, "said": told.said}))  # noqa: T201
