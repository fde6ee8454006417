"""`crm segment`: add, list, show, members, remove."""

from typing import Annotated

import typer

from crmcli import reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import Query
from crmcli.commands.options import Asking, Listing, Showing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Ref = Annotated[str, typer.Argument(metavar="NAME", help="Its name or number.", show_default=False)]


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="One word: big-vip.", show_default=False)],
    query: Query = None,
    freeze: Annotated[bool, typer.Option("--freeze", help="Keep the members of now.")] = False,
) -> None:
    """Save a query of customers, to be asked as segment:NAME of customers and all that belongs to one.

    Examples:
      crm segment add berlin-vip city:Berlin +vip
      crm segment add fair-2026 source:fair created:2026 --freeze
    """
    with opening.writing(ctx) as session:
        change = services.segments.add(session, name, query or (), freeze=freeze)
    opening.done(ctx, change)


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List segments.

    Examples:
      crm segment list
    """
    opening.listed(ctx, "segment", query)


@app.command(cls=Showing)
def show(ctx: typer.Context, ref: _Ref) -> None:
    """Show one segment, how many are in it, and whether its query can still be read.

    Examples:
      crm segment show regulars
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.segments.segment(db, ref, moment=opening.moment(ctx, db)))


@app.command(cls=Listing)
def members(ctx: typer.Context, ref: _Ref) -> None:
    """List the customers of a segment.

    Examples:
      crm segment members regulars -f ids
    """
    with opening.reading(ctx) as db:
        opening.show_list(ctx, db, "customer", [f"segment:{reports.segments.name(db, ref)}"])


@app.command(cls=Asking)
def remove(ctx: typer.Context, ref: _Ref) -> None:
    """Take a segment away; its customers stay.

    Examples:
      crm segment remove regulars --yes
    """
    opening.remove(ctx, lambda session: services.segments.remove(session, ref))
