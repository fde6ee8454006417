"""What TAB offers: commands, options, and the values that the file holds. Asked by the shells' scripts."""

import os
from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, Any

import typer
from typer._click.shell_completion import _resolve_context, _resolve_incomplete  # typer offers no other way

from crmcli.commands.completion_bash import Line, quoted, read
from crmcli.errors import CrmError
from crmcli.settings import chosen, load

if TYPE_CHECKING:
    from pathlib import Path

VARIABLE = "_CRM_COMPLETE"

Offer = tuple[str, str]


def answer(root: Any, words: Sequence[str], environ: Mapping[str, str]) -> Iterator[str]:
    """The lines for the shell that `environ` names: `values` or `files`, then what may stand at the cursor.

    zsh and fish give the words up to the cursor and get value and explanation, bash gives its line and gets what it
    shall put in.
    """
    line = read(environ.get("_CRM_LINE", "")) if environ[VARIABLE] == "bash" else Line(words[:-1], "".join(words[-1:]))
    offers = offered(root, line.words, line.last, environ)
    yield "files" if offers is None else "values"
    for value, told in offers or ():
        if not value.isprintable():
            continue
        if environ[VARIABLE] == "bash":
            yield quoted(value, line, environ.get("_CRM_WORD", ""))
        else:
            yield f"{value}\t{told if told.isprintable() else ''}"


def offered(root: Any, words: Sequence[str], last: str, environ: Mapping[str, str]) -> list[Offer] | None:
    """What may come in place of `last` behind `words`, with an explanation each; None for the names of files."""
    try:
        ctx = _resolve_context(root, {}, "crm", list(words))
        asked, typed = _resolve_incomplete(ctx, list(words), last)
        head = last.removesuffix(typed)
        if not hasattr(asked, "param_type_name"):
            return _items(asked, ctx, typed)
        from crmcli.commands import completion_values as values  # not for the names of commands

        found = values.of(asked, ctx, typed, place=_place(words, environ))
    except (CrmError, typer.TyperException):
        return []
    if found is None:
        return None if _is_file(asked) else _items(asked, ctx, typed)
    return [(f"{head}{value}", told) for value, told in found]


def _items(asked: Any, ctx: Any, typed: str) -> list[Offer]:
    return [(str(item.value), (item.help or "").partition("\n")[0]) for item in asked.shell_complete(ctx, typed)]


def _is_file(parameter: Any) -> bool:
    said = f"{parameter.metavar or ''} {type(parameter.type).__name__}"
    return any(word in said for word in ("FILE", "PATH", "Path"))


def _place(words: Sequence[str], environ: Mapping[str, str]) -> "Path":
    """The file that the command line is about; where its key may be is told on."""
    from crmcli.db import keys

    named = None
    for place, word in enumerate(words):
        if word == "--db" and place + 1 < len(words):
            named = words[place + 1]
        elif word.startswith("--db="):
            named = word.partition("=")[2]
    told = chosen(load(environ or os.environ), db=named or None)
    keys.place.set(told.key_file)
    return told.database
