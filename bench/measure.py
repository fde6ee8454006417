"""CPU seconds and peak memory of whole processes, side by side with a floor in one run."""

import os
import platform
import shlex
import sqlite3
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from importlib.metadata import version

Command = Sequence[str]


@dataclass(frozen=True, slots=True)
class Cost:
    """Medians of several runs: CPU seconds, and the greatest resident set in MB."""

    seconds: float
    megabytes: float


def cost(command: Command, *, runs: int, env: Mapping[str, str] | None = None) -> Cost:
    """What `command` costs, after one run that does not count."""
    samples = [once(command, env=env) for _ in range(runs + 1)][1:]
    return Cost(statistics.median(s.seconds for s in samples), statistics.median(s.megabytes for s in samples))


def once(command: Command, *, env: Mapping[str, str] | None = None, stdin: str | None = None) -> Cost:
    """One run of `command`, its output thrown away. Raises CalledProcessError when it fails."""
    process = subprocess.Popen(
        command,
        env=environment(env),
        stdin=subprocess.PIPE if stdin is not None else subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.PIPE,
    )
    if stdin is not None and process.stdin is not None:
        process.stdin.write(stdin.encode())
        process.stdin.close()
    errors = process.stderr.read() if process.stderr is not None else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.stderr is not None:
        process.stderr.close()
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, shlex.join(command), stderr=errors)
    return Cost(usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)


def environment(extra: Mapping[str, str] | None = None) -> dict[str, str]:
    """The environment of a user: compiled modules are kept between runs."""
    mine = {key: value for key, value in os.environ.items() if key not in ("PYTHONDONTWRITEBYTECODE", "CRM_DEBUG")}
    return {**mine, **(extra or {})}


def crm(*words: str) -> Command:
    """The command line of `crm` in this environment."""
    return (os.path.join(os.path.dirname(sys.executable), "crm"), *words)


def machine() -> str:
    """What the figures were measured on."""
    names = ("typer", "rich", "sqlmodel", "sqlalchemy", "networkx")
    packages = ", ".join(f"{name} {version(name)}" for name in names)
    return (
        f"{os.cpu_count()} cores, {platform.system()} {platform.machine()}, Python {platform.python_version()}, "
        f"SQLite {sqlite3.sqlite_version}, {packages}"
    )
