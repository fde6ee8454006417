"""Every command asked of any file, and what it may answer."""

import shlex
from pathlib import Path

from typer.testing import CliRunner, Result

from crmcli.cli import app
from tests.reliability.files import flipped
from tests.reliability.lines import EVERY_READ, WRITES, why_not

#: They open no file, or not the one that is named, or there is nothing to do.
ASIDE = {"help", "alias list", "decrypt", *(path for path, line in WRITES.items() if not line.touches_the_file)}
LINES = {
    **{path: words for path, words in EVERY_READ.items() if path not in ASIDE},
    **{path: line.words for path, line in WRITES.items() if path not in ASIDE and why_not(path) is None},
}
SECRETS = ("Lovelace", "Müller", "example.com", "李雷", "+4930", "first call", "asks; twice")
KNOWN_CODES = {0, 1, 2, 3, 4, 6, 10}


def asked(path: str, file: Path) -> Result:
    """What `crm` answers to the example line of a command."""
    words = shlex.split(f"{path} {LINES[path].format(folder=file.parent)}")
    return CliRunner().invoke(app, [*words, f"--db={file}"], catch_exceptions=False, prog_name="crm")


def damaged(victim: Path, sound: bytes, count: int, paths: list[str], *, seed: int) -> list[str]:
    """What went wrong on so many damaged files: a bug, an unknown exit code, a secret in a message."""
    wrong = []
    for number, copy in enumerate(flipped(sound, count, seed=seed)):
        for path in paths:
            victim.write_bytes(copy)
            result = asked(path, victim)
            if result.exit_code not in KNOWN_CODES:
                wrong.append(f"{number}: {path}: exit {result.exit_code}: {result.stderr}")
            if result.exit_code == 10 and any(secret in result.stderr for secret in SECRETS):
                wrong.append(f"{number}: {path}: {result.stderr}")
            if result.exit_code == 10 and victim.read_bytes() != copy:
                wrong.append(f"{number}: {path}: changed: {result.stderr}")
            for end in ("-wal", "-shm"):
                Path(f"{victim}{end}").unlink(missing_ok=True)
    return wrong
