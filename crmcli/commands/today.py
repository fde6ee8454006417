"""`crm today`: what calls for attention."""

from typing import Annotated

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.arguments import Ics
from crmcli.commands.options import Limited, settings
from crmcli.core.vocabulary import Matter
from crmcli.errors import ExitCode

app = typer.Typer(add_completion=False)

_ON_A_TERMINAL = 10


@app.command(cls=Limited)
def today(
    ctx: typer.Context,
    fail_on: Annotated[
        list[Matter] | None,
        typer.Option(metavar="MATTER", help=f"Exit 1 when anything is {', '.join(Matter)}; repeatable."),
    ] = None,
    ics: Ics = False,
) -> None:
    """Show what calls for attention, most urgent first: `crm` alone does the same.

    Overdue and due tasks, open deals past their close date or too long in their stage, customers to hear from, and
    birthdays of the next seven days (date fields called birthday or birthday_...). --limit is for each of these
    kinds; --ics writes the tasks alone.

    Examples:
      crm today
      crm today -f json
      crm today --fail-on birthday --quiet
    """
    with opening.reading(ctx) as db:
        limit = opening.limit(ctx, usual=_ON_A_TERMINAL)
        found = reports.today.today(db, moment=opening.moment(ctx, db), limit=limit)
        if ics:
            opening.show_calendar(ctx, db, ("is:due",))
        else:
            opening.show(ctx, db, found)
    if any(found.summary[matter.replace("-", "_")] for matter in fail_on or ()):
        raise typer.Exit(ExitCode.NO)


def has_records(ctx: typer.Context) -> bool:
    """Whether the file is there and holds anything that could call for attention."""
    from crmcli.db import connection

    if not connection.exists(settings(ctx).database):
        return False
    with opening.reading(ctx) as db:
        return reports.today.has_records(db)
