"""`crm redo`: put an undone operation again."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.options import Writing

app = typer.Typer(add_completion=False)


@app.command(cls=Writing)
def redo(
    ctx: typer.Context,
    operation: Annotated[
        int | None, typer.Argument(metavar="[OP]", help="Its number; else the one undone last.", show_default=False)
    ] = None,
) -> None:
    """Put an undone operation again.

    Examples:
      crm redo
    """
    with opening.writing(ctx) as session:
        change = services.operations.redo(session, operation)
    opening.done(ctx, change)
