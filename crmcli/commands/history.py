"""`crm history`: the operations, and the changes of one."""

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.arguments import Query
from crmcli.commands.options import Listing

app = typer.Typer(add_completion=False)


@app.command(cls=Listing)
def history(ctx: typer.Context, query: Query = None) -> None:
    """List what was done to the file, the newest first; `crm history show OP` lists the changes of one operation.

    Examples:
      crm history
      crm history command:import
      crm history show 1
    """
    match query or []:
        case ["show", number]:
            with opening.reading(ctx) as db:
                opening.show(ctx, db, reports.changes.changes(db, number))
        case words:
            opening.listed(ctx, "operation", words)
