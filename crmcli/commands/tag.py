"""`crm tag`: list, rename, remove."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.arguments import Query
from crmcli.commands.options import Asking, Listing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Tag = Annotated[str, typer.Argument(metavar="TAG", help="The tag, with or without its +.", show_default=False)]


@app.callback()
def group() -> None: ...


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List the tags, and how many customers have each.

    Examples:
      crm tag list
      crm tag list customers:0
    """
    opening.listed(ctx, "tag", query)


@app.command(cls=Writing)
def rename(
    ctx: typer.Context,
    tag: _Tag,
    name: Annotated[str, typer.Argument(metavar="NAME", help="Its new name.", show_default=False)],
) -> None:
    """Give a tag another name, for all who have it; where there is such a tag already the two become one.

    Segments and retention rules that ask for the tag ask for the new name.

    Examples:
      crm tag rename vip key-account
    """
    with opening.writing(ctx) as session:
        change = services.tags.rename(session, tag, name)
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(ctx: typer.Context, tag: _Tag) -> None:
    """Take a tag off everybody; not while a segment, a retention rule or a cadence stands on it.

    Examples:
      crm tag remove fair-2025 --yes
    """
    opening.remove(ctx, lambda session: services.tags.remove(session, tag))
