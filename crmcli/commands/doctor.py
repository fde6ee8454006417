"""`crm doctor`: what is wrong with the file, and the way out."""

import os
from typing import Annotated

import typer

from crmcli import render, reports, services
from crmcli.commands import opening
from crmcli.commands.options import Mending, settings
from crmcli.errors import ExitCode
from crmcli.settings import Settings, data_folder

app = typer.Typer(add_completion=False)


@app.command(cls=Mending)
def doctor(
    ctx: typer.Context,
    fix: Annotated[bool, typer.Option("--fix", help="Put right what can be put right safely.")] = False,
) -> None:
    """Check the file, its backups and its place: exit 0 when all is well (under --quiet without a word), 1 when not.

    What --fix changed in records, crm undo takes back.

    Examples:
      crm doctor
      crm doctor --quiet
      crm doctor --fix
    """
    told = settings(ctx)
    if not opening.is_there(ctx):
        return
    if fix:
        _fix(ctx, told)
    found = reports.doctor.diagnosis(told.database, now=told.now, own_folder=data_folder(os.environ), wait=told.wait)
    if not (told.quiet and found.is_well):
        with opening.nothing() as db:
            opening.show(ctx, db, reports.doctor.report(found, is_brief=told.quiet))
    if not found.is_well:
        raise typer.Exit(ExitCode.NO)


def _fix(ctx: typer.Context, told: Settings) -> None:
    done = services.repair.close_to_others(told.database, own_folder=data_folder(os.environ))
    done += services.repair.structure(told.database, wait=told.wait)
    with opening.writing(ctx) as session:
        mended = services.repair.records(session)
    for line in done + mended:
        render.note(f"fixed: {line}")
    if mended and not told.quiet:
        render.note("crm undo takes back what was changed in records")
