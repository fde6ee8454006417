"""`crm undo`: take an operation back."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.options import Writing

app = typer.Typer(add_completion=False)


@app.command(cls=Writing)
def undo(
    ctx: typer.Context,
    operation: Annotated[
        int | None, typer.Argument(metavar="[OP]", help="Its number; else the last one.", show_default=False)
    ] = None,
) -> None:
    """Take an operation back; without a number the last one, again the one before.

    Examples:
      crm undo
      crm undo --dry-run
    """
    with opening.writing(ctx) as session:
        change = services.operations.undo(session, operation)
    opening.done(ctx, change)
