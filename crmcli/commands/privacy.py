"""`crm privacy`: what is kept about a person, given out and erased; what they allow; how long it is kept."""

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.arguments import CustomerRef
from crmcli.commands.options import Showing

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command(cls=Showing)
def export(ctx: typer.Context, ref: CustomerRef) -> None:
    """Write out everything that the file holds about a customer, what the history remembers included.

    Examples:
      crm privacy export ada-lovelace -f json
      crm privacy export ada-lovelace -o ada.csv -f csv
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.subject.report(db, ref, preferences=opening.preferences(db)))
