"""`crm graph`: show."""

from dataclasses import replace
from typing import Annotated

import typer

from crmcli import reports
from crmcli.commands import opening
from crmcli.commands.arguments import CustomerRef
from crmcli.commands.options import Showing

app = typer.Typer(no_args_is_help=True, add_completion=False)


@app.callback()
def group() -> None: ...


@app.command(cls=Showing)
def show(
    ctx: typer.Context,
    ref: CustomerRef,
    depth: Annotated[int, typer.Option(help="How many hops, 1 to 6.")] = 2,
    kind: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Only ties of this type; repeatable.")
    ] = None,
    flat: Annotated[bool, typer.Option("--flat", help="A table instead of a tree.")] = False,
) -> None:
    """Show who is around a customer, and how they are tied.

    Examples:
      crm graph show ada-lovelace
      crm graph show ada-lovelace --depth 1 --type knows --flat
      crm graph show ada-lovelace -f json
    """
    with opening.reading(ctx) as db:
        preferences = opening.preferences(db)
        result = reports.neighbourhood.report(db, ref, depth=depth, types=tuple(kind or ()), preferences=preferences)
        opening.show(ctx, db, replace(result, tree=None) if flat else result)
