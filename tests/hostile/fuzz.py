"""Valid files broken at random and imported: every run ends as documented, in one line, and a refusal changes nothing.

The same seed gives the same files; `fuzz` imports them, `fuzz_reading` only reads them, a hundred times as many a second.
"""

import io
import os
import random
import re
import shutil
import sqlite3
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass, field
from pathlib import Path

from crmcli.cli import app
from crmcli.core.preferences import Preferences
from crmcli.db import migrate
from crmcli.errors import CrmError
from crmcli.exchange.source import Fault, open_sources

_EVERY = 100  # runs on one file

_SEEDS = {
    "customers.csv": (
        "uid,name,kind,email,phone,employer,tag,note,created\n"
        '01900000-0000-7000-8000-000000000001,Ada Lovelace,person,ada@x.de,+4930901820,Acme,vip;press,"a\nb",2026-01-02\n'
        ',Acme,organisation,,,,,,\n,李雷,,li@x.de,,Acme,a\\;b,"say ""hi""",2026-01-02T03:04:05Z\n'
    ),
    "excel.csv": "\ufeffuid;name;phone;note\r\n01900000-0000-7000-8000-000000000002;'=1+1;'+4930901820;\"x\r\n'- y\"\r\n",
    "customers.tsv": "uid\tname\tcity\tnote\n01900000-0000-7000-8000-000000000003\tBob\tKöln\ta\\nb\\\\c\n",
    "customers.jsonl": '{"name": "Eve", "tag": ["a", "b"], "phone": null}\n{"name": "Zoë", "do_not_contact": true}\n',
    "customers.json": '[\n  {"name": "Eve", "email": "eve@x.de"},\n  {"name": "Jo"}\n]\n',
    "deals.csv": "name,customer,stage,amount,currency,close,owner\nEngine,Ada,quote,1200.50,EUR,2026-12-31,Bob\nCards,,lead,,,,\n",
    "relations.csv": "from,type,to,since\nAda,knows,Bob,2026-01\nBob,works for,Acme,\n",
    "interactions.csv": "customer,channel,at,text,duration\nAda,call,2026-01-02T10:00,hello,20\n",
    "stage-events.csv": "deal,stage,at,amount\nEngine,lead,2026-01-02,5\nEngine,quote,2026-02-02,6\n",
}
_TOKENS = [
    *(
        b'"',
        b'""',
        b",",
        b";",
        b"\t",
        b"|",
        b"\n",
        b"\r",
        b"\r\n",
        b"\n\n",
        b"\0",
        b"\x1b[2J",
        b"\x7f",
        b"\xff",
        b"\xc0\xaf",
    ),
    *(
        b"\xef\xbb\xbf",
        b"\xff\xfe",
        b"\xed\xa0\x80",
        "\u202e".encode(),
        "\u2028".encode(),
        "李".encode(),
        b"\\",
        b"'",
        b"=1",
    ),
    *(b"NaN", b"1e309", b"-0", b"9223372036854775808", b"2026-02-30", b"0001-01-01", b"9999-12-31", b"null", b"true"),
    *(
        b"{",
        b"}",
        b"[",
        b"]",
        b'{"name": ',
        b'"\\ud800"',
        b"\\u0000",
        b":",
        b"name",
        b"uid",
        b"email",
        b"id",
        b"a@x.de",
        b"@",
    ),
    *(b"+49", b"person", b"lead", b"won", b"x" * 600, b"[" * 2_000, b" " * 50, b"2026-W53", b"24:00", b"%", b"-", b"1"),
]
_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
_FINE = (0, 2, 5)


@dataclass(slots=True)
class Outcome:
    """How many runs ended with each exit code, and the file and the fault of each that did not end as documented."""

    codes: Counter[int] = field(default_factory=Counter)
    faults: list[tuple[str, bytes, str]] = field(default_factory=list)

    @property
    def runs(self) -> int:
        return self.codes.total()


def fuzz(count: int, seed: int) -> Outcome:
    """Import `count` broken files, each into a file of its own kind of past."""
    chance, outcome = random.Random(seed), Outcome()
    with tempfile.TemporaryDirectory() as folder, _environment(Path(folder)):
        empty, file = Path(folder, "empty.db"), Path(folder, "crm.db")
        migrate.create(empty, Preferences())
        for number in range(count):
            if number % _EVERY == 0:
                shutil.copy(empty, file)
            name = chance.choice(list(_SEEDS))
            content = _broken(_SEEDS[name].encode(), chance)
            given = Path(folder, name)
            given.write_bytes(content)
            _run(given, content, file, outcome)
    return outcome


def fuzz_reading(count: int, seed: int) -> Outcome:
    """Read `count` broken files: rows, faults of rows, or one clear refusal."""
    chance, outcome = random.Random(seed), Outcome()
    with tempfile.TemporaryDirectory() as folder:
        for _ in range(count):
            name = chance.choice(list(_SEEDS))
            content = _broken(_SEEDS[name].encode(), chance)
            given = Path(folder, name)
            given.write_bytes(content)
            try:
                outcome.codes[_read(given)] += 1
            except Exception as bug:  # noqa: BLE001 (whatever it is, it is a finding)
                outcome.codes[70] += 1
                outcome.faults.append((name, content, repr(bug)))
    return outcome


def _read(given: Path) -> int:
    """The exit code that an import could end with at best."""
    try:
        sources = open_sources([str(given)], entity=None, profile=None, mapping={}, custom={})
        faults = [each.reason for source in sources for each in source.rows() if isinstance(each, Fault)]
    except CrmError as error:
        return error.exit_code if str(error).count("\n") == 0 else 70
    return 5 if faults else 0


def _run(given: Path, content: bytes, file: Path, outcome: Outcome) -> None:
    before = _operations(file)
    code, out, err = _imported(given)
    outcome.codes[code] += 1
    wrong = [
        (code not in _FINE, f"exit {code}: {err[-300:]}"),
        (bool(_CONTROL.search(out + err)), "a control byte went out"),
        (code == 2 and (_operations(file) != before or bool(out)), "a refused file left something behind"),
        (code == 2 and not 1 <= err.count("\n") <= 2, "a refusal of more than a line and a hint"),
        (code != 2 and _sum(out) is None, f"no counts: {out[:100]}"),
    ]
    outcome.faults.extend((given.name, content, what) for is_wrong, what in wrong if is_wrong)


def _imported(given: Path) -> tuple[int, str, str]:
    out, err = io.StringIO(), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        try:
            app(["import", str(given)], prog_name="crm")
        except SystemExit as end:
            return int(end.code or 0), out.getvalue(), err.getvalue()
    raise AssertionError("a run without an end")


def _sum(out: str) -> int | None:
    """How many rows the last line accounts for."""
    found = re.fullmatch(r"(\d+) new, (\d+) changed, (\d+) unchanged, (\d+) rejected(?:, (\d+) skipped)?\n", out)
    return sum(int(number or 0) for number in found.groups()) if found else None


def _operations(file: Path) -> int:
    connection = sqlite3.connect(file)
    try:
        return int(connection.execute("select count(*) from operation").fetchone()[0])
    finally:
        connection.close()


def _broken(content: bytes, chance: random.Random) -> bytes:
    for _ in range(chance.choice((1, 1, 2, 3, 6))):
        content = chance.choice(_WAYS)(content, chance)
    return content


def _insert(content: bytes, chance: random.Random) -> bytes:
    at = chance.randint(0, len(content))
    return content[:at] + chance.choice(_TOKENS) + content[at:]


def _replace(content: bytes, chance: random.Random) -> bytes:
    start, end = _slice(content, chance)
    return content[:start] + chance.choice(_TOKENS) + content[end:]


def _delete(content: bytes, chance: random.Random) -> bytes:
    start, end = _slice(content, chance)
    return content[:start] + content[end:]


def _repeat(content: bytes, chance: random.Random) -> bytes:
    start, end = _slice(content, chance)
    return content[:end] + content[start:end] * chance.randint(1, 3) + content[end:]


def _flip(content: bytes, chance: random.Random) -> bytes:
    at = chance.randrange(len(content) or 1)
    return content[:at] + bytes([chance.randrange(256)]) + content[at + 1 :]


def _shuffle(content: bytes, chance: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    chance.shuffle(lines)
    return b"".join(lines)


def _cut(content: bytes, chance: random.Random) -> bytes:
    return content[: chance.randint(0, len(content))]


def _swap_cells(content: bytes, chance: random.Random) -> bytes:
    cells = re.split(rb"([,;\t\n])", content)
    places = range(0, len(cells), 2)
    one, other = chance.choice(places), chance.choice(places)
    cells[one], cells[other] = cells[other], cells[one]
    return b"".join(cells)


def _recode(content: bytes, chance: random.Random) -> bytes:
    text = content.decode("utf-8", "replace")
    return text.encode(chance.choice(("utf-16", "utf-16-le", "cp1252", "gb18030", "utf-8-sig")), "replace")


def _slice(content: bytes, chance: random.Random) -> tuple[int, int]:
    start = chance.randint(0, len(content))
    return start, min(len(content), start + chance.choice((1, 1, 2, 5, 20, 80)))


_WAYS: list[Callable[[bytes, random.Random], bytes]] = [
    *(_insert, _insert, _insert, _replace, _replace, _delete, _delete, _repeat),
    *(_flip, _flip, _shuffle, _cut, _swap_cells, _swap_cells, _recode),
]


@contextmanager
def _environment(folder: Path) -> Iterator[None]:
    """No settings of the machine; a bug says its trace."""
    before, was = dict(os.environ), sys.stdin
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "XDG_STATE_HOME", "FORCE_COLOR"):
        os.environ.pop(name, None)
    told = {"HOME": folder, "CRM_DB": folder / "crm.db", "CRM_DEBUG": 1, "NO_COLOR": 1, "TZ": "UTC"}
    os.environ.update({name: str(value) for name, value in {**told, "CRM_NOW": "2026-11-20T12:00:00+00:00"}.items()})
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
        sys.stdin = was
