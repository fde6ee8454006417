"""Which records a command is about: one, those of a query, or the ids of the input."""

import sys
from collections.abc import Sequence
from typing import BinaryIO

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.options import confirm
from crmcli.core.wording import counted, shown
from crmcli.errors import InvalidInput

_MANY = 3
_LONGEST = 100


def chosen(ctx: typer.Context, entity: str, ref: str | None, where: Sequence[str] | None) -> list[int] | None:
    """The ids of the records that `where`, or the input for `-`, names; None where `ref` names one record.

    Asks before three or more, at the terminal even where the ids come from the input. Raises InvalidInput unless just
    one of the two is given.
    """
    if (ref is None) is (where is None):
        hint = f"crm {ctx.command_path.partition(' ')[2]} REF, or --where QUERY"
        raise InvalidInput(f"which {entity}?" if ref is None else "REF and --where do not go together", hint=hint)
    if where is not None:
        numbers = _found(ctx, entity, where)
    elif ref == "-":
        numbers = _told(sys.stdin.buffer)
    else:
        return None
    if len(numbers) >= _MANY:
        confirm(ctx, f"Change {counted(len(numbers), entity)}?", is_input_read=where is None)
    return numbers


def _found(ctx: typer.Context, entity: str, where: Sequence[str]) -> list[int]:
    if not any(word.strip() for word in where):
        raise InvalidInput("--where is empty", hint=f"--where id:1.. is every {entity}")
    with opening.reading(ctx) as db:
        return reports.listing.ids(db, entity, where, moment=opening.moment(ctx, db))


def _told(file: BinaryIO) -> list[int]:
    """The ids in `file`, one a line."""
    numbers: dict[int, None] = {}
    place = 0
    while raw := file.readline(_LONGEST):
        place += 1
        text = raw.strip()
        if text and not (text.isdigit() and len(raw) < _LONGEST):
            said = shown(text.decode("utf-8", "replace"))
            raise InvalidInput(f"line {place} of the input is not an id: {said}", hint="crm customer list -f ids")
        if text:
            numbers[int(text)] = None
    return list(numbers)
