"""`crm referral`: add, tree, top, revenue, rate."""

from dataclasses import replace
from typing import Annotated

import typer

from crmcli import reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import CustomerRef
from crmcli.commands.options import Limited, Showing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    ref: CustomerRef,
    by: Annotated[str, typer.Option("--by", metavar="REF", help="Who brought them.", show_default=False)],
    deal: Annotated[
        str | None, typer.Option("--deal", metavar="REF", help="A deal of theirs that came of it: its source.")
    ] = None,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="When.")] = None,
) -> None:
    """Keep who brought a customer: one referrer each, and never in a circle.

    Examples:
      crm referral add acme-ltd --by ada-lovelace
      crm referral add ada-lovelace --by grace-hopper --deal Engine
    """
    with opening.writing(ctx) as session:
        change = services.referrals.add(session, ref, by=by, deal=deal, since=since)
    opening.done(ctx, change)


@app.command(cls=Showing)
def tree(
    ctx: typer.Context,
    ref: Annotated[
        str | None, typer.Argument(metavar="[REF]", help="Whom to begin with; else everybody.", show_default=False)
    ] = None,
    flat: Annotated[bool, typer.Option("--flat", help="A table instead of a tree.")] = False,
) -> None:
    """Show who brought whom, generation by generation.

    Examples:
      crm referral tree
      crm referral tree ada-lovelace --flat
    """
    with opening.reading(ctx) as db:
        result = reports.referrals.tree(db, ref, moment=opening.moment(ctx, db))
        opening.show(ctx, db, replace(result, tree=None) if flat else result)


@app.command(cls=Limited)
def top(ctx: typer.Context) -> None:
    """Show who brought most customers.

    Examples:
      crm referral top
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.referrals.top(db, limit=opening.limit(ctx)))


@app.command(cls=Limited)
def revenue(ctx: typer.Context) -> None:
    """Show what the referred brought in: direct, and downstream halved with each generation.

    Examples:
      crm referral revenue
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.referrals.revenue(db, moment=opening.moment(ctx, db), limit=opening.limit(ctx)))


@app.command(cls=Showing)
def rate(
    ctx: typer.Context,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="From this day on; else a year ago.")] = None,
    until: Annotated[str | None, typer.Option(metavar="DATE", help="Up to the end of this day; else today.")] = None,
) -> None:
    """Show the share of new customers who were referred, by month.

    Examples:
      crm referral rate
      crm referral rate --since 2026-01-01
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.referrals.rate(db, moment=opening.moment(ctx, db), since=since, until=until))
