"""`crm log`: the everyday verb."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.arguments import AllowFuture, At
from crmcli.commands.options import Writing
from crmcli.core.vocabulary import Channel, Direction

app = typer.Typer(add_completion=False)


@app.command(cls=Writing)
def log(
    ctx: typer.Context,
    who: Annotated[str, typer.Argument(metavar="WHO[,WHO]", help="Customers, parted by commas.", show_default=False)],
    text: Annotated[str, typer.Argument(help="What happened.", show_default=False)],
    channel: Annotated[Channel, typer.Option(help="How you were in touch.")] = Channel.NOTE,
    direction: Annotated[Direction | None, typer.Option(help="From them, or to them.", show_default=False)] = None,
    at: At = None,
    duration: Annotated[str | None, typer.Option(metavar="TIME", help="30m, 1h30.")] = None,
    deal: Annotated[str | None, typer.Option(metavar="REF", help="The deal it was about.")] = None,
    allow_future: AllowFuture = False,
) -> None:
    """Log a call, mail, visit or note with customers.

    Examples:
      crm log ada-lovelace "wants a quote by Friday" --channel call --duration 20m
      crm log ada-lovelace,acme-ltd "kick-off" --channel meeting --at "yesterday 15:00"
    """
    with opening.writing(ctx) as session:
        new = services.interactions.NewInteraction(
            who=(who,),
            text=text,
            channel=channel,
            direction=direction,
            at=at,
            duration=duration,
            deal=deal,
            allow_future=allow_future,
        )
        change = services.interactions.log(session, new)
    opening.done(ctx, change)
