"""`crm deal`: add, list, show, edit, move, win, lose, reopen."""

from typing import Annotated

import typer

from crmcli import reports, services
from crmcli.commands import deal_reports, opening
from crmcli.commands.arguments import AllowFuture, At, DealRef, Pipeline, Query, Refs, Sets, Where
from crmcli.commands.choosing import chosen
from crmcli.commands.options import Asking, Listing, Showing, Writing
from crmcli.core.vocabulary import Outcome

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Note = Annotated[str | None, typer.Option(help="Why; stands in the history of the deal.")]


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What it is about.", show_default=False)],
    customer: Annotated[str | None, typer.Option(metavar="REF", help="Whose deal it is.")] = None,
    amount: Annotated[str | None, typer.Option(help="12k, 1200.50, 'USD 900'.")] = None,
    currency: Annotated[str | None, typer.Option(help="ISO 4217 code; else the file's currency.")] = None,
    pipeline: Pipeline = None,
    stage: Annotated[str | None, typer.Option(help="The first stage; else that of the pipeline.")] = None,
    close: Annotated[
        str | None, typer.Option(metavar="DATE", help="When it should close: eom, fri, 2026-03-31.")
    ] = None,
    owner: Annotated[str | None, typer.Option(help="Who of us works on it.")] = None,
    source: Annotated[str | None, typer.Option(help="Where it came from.")] = None,
    product: Annotated[str | None, typer.Option(help="What is sold.")] = None,
    note: Annotated[str | None, typer.Option(help="Anything else.")] = None,
    set_: Sets = None,
    at: At = None,
    allow_future: AllowFuture = False,
) -> None:
    """Add a deal, in the first stage of its pipeline unless told otherwise.

    Examples:
      crm deal add "Engine no. 2" --customer ada-lovelace --amount 12k --close eom
      crm deal add "Licences" --customer acme-ltd --amount "USD 900" --stage quote --at yesterday
    """
    with opening.writing(ctx) as session:
        new = services.deals.NewDeal(
            name=name,
            customer=customer,
            amount=amount,
            currency=currency,
            pipeline=pipeline,
            stage=stage,
            close=close,
            owner=owner,
            source=source,
            product=product,
            note=note,
            at=at,
            allow_future=allow_future,
            sets=tuple(set_ or ()),
        )
        change = services.deals.add(session, new)
    opening.done(ctx, change)


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List deals.

    Examples:
      crm deal list is:open --sort -amount
      crm deal list stage:quote,needs amount:1k.. -f csv
    """
    opening.listed(ctx, "deal", query)


@app.command(cls=Showing)
def show(ctx: typer.Context, ref: DealRef) -> None:
    """Show one deal with its way through the stages.

    Examples:
      crm deal show 1
      crm deal show 1 -f json
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.records.deal(db, ref, moment=opening.moment(ctx, db)))


@app.command(cls=Showing)
def history(ctx: typer.Context, ref: DealRef) -> None:
    """Show what became of a deal, event by event: its moves, and each other amount, close date and owner.

    Examples:
      crm deal history 1
      crm deal history 1 -f csv
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.ways.history(db, ref, preferences=opening.preferences(db)))


@app.command(cls=Asking)
def edit(ctx: typer.Context, ref: Refs = None, where: Where = None, set_: Sets = None) -> None:
    """Change a deal, or many in one operation; amount, close date and owner keep their history.

    Examples:
      crm deal edit 1 --set amount=15k --set close=eoq
      crm deal edit --where is:open --set owner=Eve --yes
    """
    deals, sets = services.deals, tuple(set_ or ())
    numbers = chosen(ctx, "deal", ref, where)
    with opening.writing(ctx) as session:
        change = deals.edit(session, ref or "", sets) if numbers is None else deals.edit_many(session, numbers, sets)
    opening.done(ctx, change)


@app.command(cls=Writing)
def move(
    ctx: typer.Context,
    ref: DealRef,
    stage: Annotated[str, typer.Argument(help="The stage to go to.", show_default=False)],
    pipeline: Annotated[
        str | None, typer.Option(metavar="NAME", help="Hand the deal over to another pipeline.")
    ] = None,
    at: At = None,
    note: _Note = None,
    allow_future: AllowFuture = False,
) -> None:
    """Move a deal to another stage, forwards or back.

    Examples:
      crm deal move 1 needs
      crm deal move 3 quote --at "yesterday 15:00"
    """
    with opening.writing(ctx) as session:
        wish = services.deals.Move(ref, stage, pipeline=pipeline, at=at, note=note, allow_future=allow_future)
        change = services.deals.move(session, wish)
    opening.done(ctx, change)


@app.command(cls=Writing)
def win(ctx: typer.Context, ref: DealRef, at: At = None, note: _Note = None, allow_future: AllowFuture = False) -> None:
    """Close a deal as won.

    Examples:
      crm deal win 1
    """
    with opening.writing(ctx) as session:
        wish = services.deals.Move(ref, "", at=at, note=note, allow_future=allow_future)
        change = services.deals.close(session, wish, Outcome.WON)
    opening.done(ctx, change)


@app.command(cls=Writing)
def lose(
    ctx: typer.Context,
    ref: DealRef,
    reason: Annotated[str | None, typer.Option(help="Why it was lost.")] = None,
    at: At = None,
    note: _Note = None,
    allow_future: AllowFuture = False,
) -> None:
    """Close a deal as lost.

    Examples:
      crm deal lose 1 --reason "too expensive"
    """
    with opening.writing(ctx) as session:
        wish = services.deals.Move(ref, "", at=at, note=note, allow_future=allow_future)
        change = services.deals.close(session, wish, Outcome.LOST, reason=reason)
    opening.done(ctx, change)


@app.command(cls=Writing)
def reopen(
    ctx: typer.Context,
    ref: DealRef,
    stage: Annotated[str | None, typer.Option(help="Where to; else the stage that it was closed from.")] = None,
    at: At = None,
    note: _Note = None,
    allow_future: AllowFuture = False,
) -> None:
    """Open a closed deal again.

    Examples:
      crm deal reopen 2 --stage quote
    """
    with opening.writing(ctx) as session:
        wish = services.deals.Move(ref, stage or "", at=at, note=note, allow_future=allow_future)
        change = services.deals.reopen(session, wish)
    opening.done(ctx, change)


deal_reports.add_to(app)
