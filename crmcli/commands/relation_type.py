"""`crm relation type`: add, edit, remove."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.options import Asking, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Name = Annotated[
    str, typer.Argument(metavar="TYPE", help="Either name of the type, or its number.", show_default=False)
]
_Weight = Annotated[
    str | None, typer.Option(metavar="0..100", help="The strength of a tie of which nothing else is known.")
]


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    name: Annotated[
        str, typer.Argument(metavar="NAME", help="Read from the first customer to the second.", show_default=False)
    ],
    inverse: Annotated[
        str | None, typer.Option(metavar="NAME", help="Read the other way; none: the same both ways.")
    ] = None,
    weight: _Weight = None,
) -> None:
    """Add a type of relationship of your own.

    Examples:
      crm relation type add mentors --inverse "mentored by" --weight 70
      crm relation type add "plays chess with"
    """
    with opening.writing(ctx) as session:
        wish = services.relationtypes.Wish(inverse=inverse, weight=weight)
        change = services.relationtypes.add(session, name, wish)
    opening.done(ctx, change)


@app.command(cls=Writing)
def edit(
    ctx: typer.Context,
    name: _Name,
    new_name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Another name.")] = None,
    inverse: Annotated[str | None, typer.Option(metavar="NAME", help="Another inverse name.")] = None,
    weight: _Weight = None,
) -> None:
    """Rename a type of your own, or weigh any type anew; its relationships follow.

    Examples:
      crm relation type edit knows --weight 30
    """
    with opening.writing(ctx) as session:
        change = services.relationtypes.edit(session, name, services.relationtypes.Wish(new_name, inverse, weight))
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(ctx: typer.Context, name: _Name) -> None:
    """Remove a type of your own that no relationship has.

    Examples:
      crm relation type remove mentors --yes
    """
    opening.remove(ctx, lambda session: services.relationtypes.remove(session, name))
