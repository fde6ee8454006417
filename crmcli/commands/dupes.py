"""`crm dupes`: customers that are likely the same one."""

from typing import Annotated

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.arguments import Query
from crmcli.commands.options import Limited

app = typer.Typer(add_completion=False)


@app.command(cls=Limited)
def dupes(
    ctx: typer.Context,
    query: Query = None,
    min_score: Annotated[float, typer.Option(metavar="0..100", help="Only pairs that score so much.")] = 70.0,
) -> None:
    """Show pairs of customers that are likely the same one, the likeliest first, and why; with QUERY theirs.

    Names count in any order, without titles, legal forms, accents and width, with short forms and slips of the keys; so
    do phones, mailboxes, mail domains, employers and cities, each the more the fewer have it.

    Examples:
      crm dupes
      crm dupes city:Berlin --min-score 50
      crm dupes -f json
    """
    with opening.reading(ctx) as db:
        moment, limit = opening.moment(ctx, db), opening.limit(ctx)
        opening.show(ctx, db, reports.dupes.report(db, query or (), moment=moment, least=min_score, limit=limit))
