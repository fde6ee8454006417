"""Putting right what can be put right without knowing more than the file does."""

from pathlib import Path

from crmcli.core.wording import counted
from crmcli.db import place, repair
from crmcli.db.writing import Writer
from crmcli.reports.invariants import RULES


def close_to_others(database: Path, *, own_folder: Path | None) -> list[str]:
    """Leave the file, its log, its backups and its own folder to their owner; what was done."""
    done = []
    for path, mode in place.open_to_others(database, own_folder=own_folder):
        place.close_to_others(path)
        done.append(f"{path}: mode {mode:04o} is now {path.stat().st_mode & 0o777:04o}")
    return done


def structure(database: Path, *, wait: float = 30.0) -> list[str]:
    """Make indexes and triggers anew where they are not as they should be; what was done."""
    return repair.structure(database, wait=wait)


def records(session: Writer) -> list[str]:
    """Give every cache, and what follows from other fields, the value that it should have; what was done."""
    done = []
    for rule in RULES:
        if rule.mend is not None:
            changed = session.raw.execute(rule.mend).rowcount
            if changed > 0:
                done.append(f"{counted(changed, rule.table.replace('_', ' '))}: {rule.says}")
    return done
