"""Texts that the user changes in an editor."""

import os
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import typer

from crmcli.commands.outer import outer
from crmcli.core.wording import shown
from crmcli.errors import CrmError, ExitCode, InvalidInput

_LAST_ANSWER = ExitCode.AMBIGUOUS  # a greater exit code is about the file, not about the text
_REASON = "# error: "


def is_possible(ctx: typer.Context) -> bool:
    """Whether somebody sits at a terminal."""
    return outer(ctx) is None and sys.stdin.isatty() and sys.stderr.isatty()


def edited(text: str, use: Callable[[str], bool], *, suffix: str) -> bool:
    """Let the user edit `text`, and hand it to `use`; False when it is unchanged or empty, or `use` says so.

    A text that `use` refuses is shown again with the reason on top. One that is left so ends in that error, and stays
    in a file that the hint names. The database is not held meanwhile.
    """
    import tempfile

    handle, name = tempfile.mkstemp(prefix="crm-", suffix=suffix)  # only its owner can read it
    os.close(handle)
    place = Path(name)
    refused: CrmError | None = None
    try:
        while True:
            place.write_text(text, "utf-8")
            new = _run(place)
            if new == text and refused is not None:
                raise refused
            refused = None
            if new == text or not new.strip():
                return False
            try:
                return use(_without_reason(new))
            except CrmError as error:
                refused = error
                error.hint = f"your text is in {place}"
                if error.exit_code > _LAST_ANSWER:
                    raise
                text = f"{_REASON}{' '.join(str(error).split())}\n{_without_reason(new)}"
    finally:
        if refused is None:
            place.unlink(missing_ok=True)


def _run(place: Path) -> str:
    """Open the editor on the file at `place`; what stands there then."""
    import subprocess

    editor = os.environ.get("VISUAL") or os.environ.get("EDITOR") or "vi"
    try:
        code = subprocess.run([*shlex.split(editor), str(place)], check=False).returncode
        text = place.read_text("utf-8")
    except (OSError, ValueError):
        raise InvalidInput(f"the editor {shown(editor)} cannot be run", hint="set EDITOR, or give --set") from None
    if code:
        raise InvalidInput(f"the editor {shown(editor)} ended with exit code {code}; nothing was changed")
    return text


def _without_reason(text: str) -> str:
    first, _, rest = text.partition("\n")
    return rest if first.startswith(_REASON) else text
