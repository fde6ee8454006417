"""`crm owner`: list, edit, merge, remove."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.arguments import Query, Sets
from crmcli.commands.options import Asking, Listing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)

_HELP = "Name, part of it, number, e-mail, or me."
_Ref = Annotated[str, typer.Argument(metavar="OWNER", help=_HELP, show_default=False)]


@app.callback()
def group() -> None: ...


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List the owners: each came to be when --owner first named them.

    Examples:
      crm owner list
      crm owner list region:west -f csv
    """
    opening.listed(ctx, "owner", query)


@app.command(cls=Writing)
def edit(ctx: typer.Context, ref: _Ref, set_: Sets = None) -> None:
    """Change name, email, manager or region, or say who is me; --owner me means them from then on.

    Examples:
      crm owner edit noor --set name='Noor Haddad' --set region=West
      crm owner edit noor --set me=yes
    """
    with opening.writing(ctx) as session:
        change = services.ownership.edit(session, ref, tuple(set_ or ()))
    opening.done(ctx, change)


@app.command(cls=Writing)
def merge(
    ctx: typer.Context,
    keep: Annotated[str, typer.Argument(metavar="KEEP", help=f"Who stays. {_HELP}", show_default=False)],
    others: Annotated[list[str], typer.Argument(metavar="OTHER...", help="Who goes.", show_default=False)],
) -> None:
    """Make one of owners who are the same: all that the others have or had goes to the one that stays.

    Examples:
      crm owner merge noor robin
    """
    with opening.writing(ctx) as session:
        change = services.ownership.merge(session, keep, others)
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(ctx: typer.Context, ref: _Ref) -> None:
    """Remove an owner who has nothing.

    Examples:
      crm owner remove sam --yes
    """
    opening.remove(ctx, lambda session: services.ownership.remove(session, ref))
