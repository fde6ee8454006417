"""`crm interaction`: list, show, edit, remove."""

import typer

from crmcli import reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import Id, Query, Sets
from crmcli.commands.options import Asking, Listing, Showing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List interactions, the newest first.

    Examples:
      crm interaction list channel:call at:-30d..
      crm interaction list customer:lovelace -f jsonl
    """
    opening.listed(ctx, "interaction", query)


@app.command(cls=Showing)
def show(ctx: typer.Context, number: Id) -> None:
    """Show one interaction in full.

    Examples:
      crm interaction show 1
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.records.interaction(db, number, moment=opening.moment(ctx, db)))


@app.command(cls=Writing)
def edit(ctx: typer.Context, number: Id, set_: Sets = None) -> None:
    """Correct an interaction.

    Examples:
      crm interaction edit 1 --set channel=meeting --set duration=45m
    """
    with opening.writing(ctx) as session:
        change = services.interactions.edit(session, number, tuple(set_ or ()))
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(ctx: typer.Context, number: Id) -> None:
    """Take an interaction out of every list and report.

    Examples:
      crm interaction remove 2 --yes
    """
    opening.remove(ctx, lambda session: services.interactions.remove(session, number))
