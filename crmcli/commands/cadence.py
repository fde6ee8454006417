"""`crm cadence`: set, list, due, clear."""

from typing import Annotated

import typer

from crmcli import reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import Query
from crmcli.commands.options import Limited, Listing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Target = Annotated[
    str,
    typer.Argument(metavar="REF|+TAG|segment:NAME", help="A customer, or all of a tag or segment.", show_default=False),
]


@app.callback()
def group() -> None: ...


@app.command("set", cls=Writing)
def set_(
    ctx: typer.Context,
    target: _Target,
    every: Annotated[str, typer.Argument(metavar="TIME", help="30d, 2w, 1q.", show_default=False)],
) -> None:
    """Keep in touch: every logged interaction begins the time anew.

    A customer's own cadence comes before those of its tags and segments; of these the shortest counts.

    Examples:
      crm cadence set ada-lovelace 30d
      crm cadence set +vip 2w
    """
    with opening.writing(ctx) as session:
        change = services.cadences.set_(session, target, every)
    opening.done(ctx, change)


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List the cadences.

    Examples:
      crm cadence list
    """
    opening.listed(ctx, "cadence", query)


@app.command(cls=Limited)
def due(ctx: typer.Context) -> None:
    """Show who has not been heard from for longer than their cadence.

    Customers restricted or marked do not contact are counted, never suggested. A customer without any interaction counts from the
    day it was added.

    Examples:
      crm cadence due
      crm cadence due -f ids
    """
    with opening.reading(ctx) as db:
        moment = opening.moment(ctx, db)
        opening.show(ctx, db, reports.cadences.due(db, moment=moment, limit=opening.limit(ctx)))


@app.command(cls=Writing)
def clear(ctx: typer.Context, target: _Target) -> None:
    """Take a cadence away.

    Examples:
      crm cadence clear grace-hopper
    """
    with opening.writing(ctx) as session:
        change = services.cadences.clear(session, target)
    opening.done(ctx, change)
