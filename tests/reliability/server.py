"""Runs commands of `crm` under the shim, one after the other, in a process that has everything loaded.

Started by `lab`. A request is a line of JSON on stdin, so is the answer on the descriptor that the argument names. A
command that is to be killed runs in a child of its own; the others run here, where they begin at once.
"""

import ctypes
import gc
import json
import os
import pkgutil
import signal
import sys
from contextlib import suppress
from importlib import import_module
from pathlib import Path
from typing import Any

_LONGEST = 60  # seconds; a command that hangs ends the lab
_DEADLY = (2, 3)


def main(answers: int) -> None:
    """Serve until stdin ends."""
    shim = ctypes.CDLL(os.environ.pop("LD_PRELOAD"))
    shim.fault_steps.restype = ctypes.c_long
    _load()
    with open(answers, "w", encoding="utf-8", buffering=1) as channel:
        channel.writelines(json.dumps(_served(json.loads(line), shim)) + "\n" for line in sys.stdin)


def _load() -> None:
    """Whatever any command loads, so that none has to wait for it."""
    from sqlalchemy.orm import configure_mappers

    import crmcli

    import_module("networkx")
    for module in pkgutil.walk_packages(crmcli.__path__, "crmcli."):
        if not module.name.endswith("__main__"):
            with suppress(ModuleNotFoundError):  # of an extra that is not installed
                import_module(module.name)
    configure_mappers()
    gc.freeze()


def _served(request: dict[str, Any], shim: ctypes.CDLL) -> dict[str, object]:
    """What came of one command."""
    texts = [os.memfd_create(name) for name in ("out", "err")]
    kept = [os.dup(1), os.dup(2)]
    for number, text in enumerate(texts, 1):
        os.dup2(text, number)
    try:
        code = _in_a_child(request, shim) if request["fault"]["mode"] in _DEADLY else _run(request, shim)
    finally:
        for number, old in enumerate(kept, 1):
            os.dup2(old, number)
            os.close(old)
    return {"code": code, "out": _read(texts[0]), "err": _read(texts[1]), "steps": shim.fault_steps()}


def _in_a_child(request: dict[str, Any], shim: ctypes.CDLL) -> int:
    child = os.fork()
    if child == 0:
        os._exit(_run(request, shim))
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _read(descriptor: int) -> str:
    text = os.pread(descriptor, os.fstat(descriptor).st_size, 0)
    os.close(descriptor)
    return text.decode("utf-8", "backslashreplace")


def _run(request: dict[str, Any], shim: ctypes.CDLL) -> int:
    """The command; its exit code."""
    from crmcli.cli import app

    signal.alarm(_LONGEST)
    os.environ.update(request["environ"])
    os.chdir(request["folder"])
    _know(request["migrations"])
    _arm(shim, request["folder"], request["fault"], request["log"])
    code = 0
    try:
        app(request["words"], prog_name="crm")
    except SystemExit as end:
        code = int(end.code or 0)
    sys.stdout.flush()
    sys.stderr.flush()
    shim.fault_disarm()
    signal.alarm(0)
    return code


def _arm(shim: ctypes.CDLL, folder: str, fault: dict[str, int], log: str) -> None:
    at = ctypes.c_long(fault["at"])
    shim.fault_arm(os.fsencode(folder), fault["mode"], at, fault["error"], fault["sticky"], os.fsencode(log))


def _know(migrations: str) -> None:
    """Be a version that knows the scripts of another folder; without one, of the usual."""
    from crmcli.db import migrate

    folder = Path(migrations or Path(migrate.__file__).parent / "migrations")
    if folder != migrate._FOLDER:
        migrate._FOLDER = folder
        migrate.scripts.cache_clear()
        migrate.latest.cache_clear()


if __name__ == "__main__":
    main(int(sys.argv[1]))
