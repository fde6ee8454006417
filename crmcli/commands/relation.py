"""`crm relation`: add, list, edit, end, remove, types, type."""

from typing import Annotated

import typer

from crmcli import reports, services
from crmcli.commands import opening, relation_type
from crmcli.commands.arguments import Id, Query, Sets
from crmcli.commands.options import Asking, Listing, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)


app.add_typer(relation_type.app, name="type", help="Add, change and remove types of relationship.")


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    source: Annotated[str, typer.Argument(metavar="FROM", help="A customer.", show_default=False)],
    kind: Annotated[
        str, typer.Argument(metavar="TYPE", help="What FROM is to TO; either name of a type.", show_default=False)
    ],
    target: Annotated[str, typer.Argument(metavar="TO", help="Another customer.", show_default=False)],
    since: Annotated[str | None, typer.Option(metavar="DATE", help="Since when.")] = None,
    strength: Annotated[str | None, typer.Option(metavar="0..100", help="How strong you know it to be.")] = None,
    note: Annotated[str | None, typer.Option(help="Anything else.")] = None,
) -> None:
    """Say what one customer is to another.

    Examples:
      crm relation add ada-lovelace knows grace-hopper --since 2024-05
      crm relation add grace-hopper "referred by" acme-ltd --strength 80
    """
    with opening.writing(ctx) as session:
        detail = services.relationships.Detail(since, note, strength)
        change = services.relationships.add(session, source, kind, target, detail)
    opening.done(ctx, change)


@app.command("list", cls=Listing)
def list_(
    ctx: typer.Context,
    query: Query = None,
    as_of: Annotated[str | None, typer.Option("--as-of", metavar="DATE", help="Those that lasted on this day.")] = None,
) -> None:
    """List relationships; a customer's id, handle or name lists that one's.

    Examples:
      crm relation list
      crm relation list --as-of 2026-01-01
      crm relation list ada-lovelace
      crm relation list type:knows -f csv
    """
    with opening.reading(ctx) as db:
        words = reports.records.of_customer(db, query or (), preferences=opening.preferences(db))
        lasting = () if as_of is None else reports.looking.lasting(as_of, opening.moment(ctx, db))
        opening.show_list(ctx, db, "relationship", words, also=lasting)


@app.command(cls=Writing)
def edit(ctx: typer.Context, number: Id, set_: Sets = None) -> None:
    """Correct a relationship: since, until, strength, note.

    Examples:
      crm relation edit 1 --set strength=80 --set since=2024
    """
    with opening.writing(ctx) as session:
        change = services.relationships.edit(session, number, tuple(set_ or ()))
    opening.done(ctx, change)


@app.command(cls=Writing)
def end(
    ctx: typer.Context,
    number: Id,
    at: Annotated[str | None, typer.Option("--at", metavar="DATE", help="The day it ended; else today.")] = None,
) -> None:
    """Let a relationship end; it stays in the file, and in every look at a day before.

    Examples:
      crm relation end 1 --at yesterday
    """
    with opening.writing(ctx) as session:
        change = services.relationships.end(session, number, at)
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(ctx: typer.Context, number: Id) -> None:
    """Take a relationship away.

    Examples:
      crm relation remove 1 --yes
    """
    opening.remove(ctx, lambda session: services.relationships.remove(session, number))


@app.command(cls=Listing)
def types(ctx: typer.Context, query: Query = None) -> None:
    """List the types of relationship, with their inverse names and weights.

    Examples:
      crm relation types
      crm relation types relationships:1..
    """
    opening.listed(ctx, "relation_type", query)
