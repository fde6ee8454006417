"""`crm why`: how an urgency adds up."""

from typing import Annotated

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.options import Showing

app = typer.Typer(add_completion=False)


@app.command(cls=Showing)
def why(
    ctx: typer.Context,
    ref: Annotated[
        str, typer.Argument(metavar="T7|D7|C7", help="A task, deal or customer by its number.", show_default=False)
    ],
) -> None:
    """Show how the urgency of a task, deal or customer adds up: each part is a weight times a factor of 0 to 1.

    Examples:
      crm why T1
      crm why D1 -f json
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.today.why(db, ref, moment=opening.moment(ctx, db)))
