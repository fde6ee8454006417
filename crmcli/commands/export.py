"""`crm export`: the records of one kind, whole, in a form that `crm import` takes back."""

from dataclasses import replace
from typing import Annotated

import typer

from crmcli.commands import opening
from crmcli.commands.arguments import Query
from crmcli.commands.options import Listing, settings
from crmcli.core.vocabulary import Format
from crmcli.exchange.own import QUERIED, entity_named

app = typer.Typer(add_completion=False)

_FORMATS = {
    ".csv": Format.CSV,
    ".tsv": Format.TSV,
    ".json": Format.JSON,
    ".jsonl": Format.JSONL,
    ".ndjson": Format.JSONL,
    ".md": Format.MARKDOWN,
    ".html": Format.HTML,
}


@app.command(cls=Listing)
def export(
    ctx: typer.Context,
    entity: Annotated[str, typer.Argument(metavar="ENTITY", help=f"One of {', '.join(QUERIED)}.", show_default=False)],
    query: Query = None,
) -> None:
    """Write records out, all of them; the ending of FILE says the format where --format does not.

    Examples:
      crm export customers -o customers.csv
      crm export deals is:won closed:2026 -f jsonl
    """
    name = QUERIED[entity_named(entity)]
    told = settings(ctx)
    if told.output.format is Format.AUTO and told.output.path is not None:
        form = _FORMATS.get(told.output.path.suffix.lower(), Format.AUTO)
        ctx.obj = replace(told, output=replace(told.output, format=form))
    with opening.reading(ctx) as db:
        opening.show_list(ctx, db, name, query or (), is_export=True)
