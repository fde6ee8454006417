"""`crm privacy`: what is kept about a person, given out and erased; what they allow; how long it is kept."""

from typing import Annotated

import typer

from crmcli import reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import CustomerRef
from crmcli.commands.options import Asking, Showing, Writing, confirm, settings

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command(cls=Showing)
def export(ctx: typer.Context, ref: CustomerRef) -> None:
    """Write out everything that the file holds about a customer, what the history remembers included.

    Examples:
      crm privacy export ada-lovelace -f json
      crm privacy export ada-lovelace -o ada.csv -f csv
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.subject.report(db, ref, preferences=opening.preferences(db)))


@app.command(cls=Asking)
def erase(ctx: typer.Context, ref: CustomerRef) -> None:
    """Take a customer out of the file for good: rows, history, free space. Deals stay as figures under a pseudonym.

    No undo brings anything of it back. Copies of the file that still hold the customer are named.

    Examples:
      crm privacy erase ada-lovelace --dry-run
      crm privacy erase ada-lovelace --yes
    """
    with opening.writing(ctx, trial=True) as session:
        erased = services.erasing.erase(session, ref)
    if erased.title:
        what = erased.change.sentence.partition(": ")[2]
        confirm(ctx, f"Erase {erased.title} for good: {what}?")
    with opening.writing(ctx) as session:
        erased = services.erasing.erase(session, ref)
    told = settings(ctx)
    change = erased.change
    if not told.dry_run:
        change = services.erasing.finish(erased, told.database, wait=told.wait)
    opening.done(ctx, change)


@app.command(cls=Writing)
def readmit(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="The number of the erased customer.", show_default=False)],
) -> None:
    """Let an erased customer come back: their e-mails, phones and keys are refused no more.

    Examples:
      crm privacy readmit 1
    """
    with opening.writing(ctx) as session:
        change = services.erasedkeys.readmit(session, number)
    opening.done(ctx, change)
