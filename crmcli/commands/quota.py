"""`crm quota`: set, list, remove."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.arguments import Id, Query
from crmcli.commands.options import Asking, Listing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command("set", cls=Writing)
def set_(
    ctx: typer.Context,
    period: Annotated[
        str, typer.Argument(metavar="PERIOD", help="2026-Q4, 2026-12, 2026, next month.", show_default=False)
    ],
    amount: Annotated[str, typer.Argument(metavar="AMOUNT", help="100k, 100k USD.", show_default=False)],
    owner: Annotated[str | None, typer.Option(metavar="NAME", help="By whom; else all together.")] = None,
    currency: Annotated[str | None, typer.Option(help="Else the default one.")] = None,
) -> None:
    """Set what is to be won in a period; the forecast says how far it is covered.

    Examples:
      crm quota set 2026-Q4 100k
      crm quota set 2026-12 20k --owner Bob
    """
    with opening.writing(ctx) as session:
        change = services.quotas.set_(session, services.quotas.NewQuota(period, amount, owner, currency))
    opening.done(ctx, change)


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List the quotas, the earliest first.

    Examples:
      crm quota list
      crm quota list owner:Bob
    """
    opening.listed(ctx, "quota", query)


@app.command(cls=Asking)
def remove(ctx: typer.Context, number: Id) -> None:
    """Take a quota away.

    Examples:
      crm quota remove 1 --yes
    """
    opening.remove(ctx, lambda session: services.quotas.remove(session, number))
