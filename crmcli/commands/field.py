"""`crm field`: add, list, edit, remove."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.arguments import Pipeline, Query
from crmcli.commands.options import Asking, Listing, Writing
from crmcli.core.vocabulary import FieldOf, FieldType

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Of = Annotated[FieldOf, typer.Argument(metavar="RECORD", help="customer or deal.", show_default=False)]
_Name = Annotated[str, typer.Argument(metavar="NAME", help="The field's name.", show_default=False)]
_Choices = Annotated[str | None, typer.Option(metavar="A,B,…", help="What a field of type choice may be.")]
_RequiredAt = Annotated[
    list[str] | None,
    typer.Option("--required-at", metavar="STAGE", help="No deal enters it while this is empty; repeatable."),
]


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    record: _Of,
    name: _Name,
    type_: Annotated[FieldType, typer.Option("--type", help="What it holds.")] = FieldType.TEXT,
    choices: _Choices = None,
    required_at: _RequiredAt = None,
    pipeline: Pipeline = None,
) -> None:
    """Give customers or deals a field of your own, for --set, queries, columns, import and export.

    Examples:
      crm field add customer birthday_gift
      crm field add customer tier --type choice --choices gold,silver
      crm field add deal budget --type money --required-at quote
    """
    with opening.writing(ctx) as session:
        new = services.fields.NewField(record, name, type_, _several(choices), tuple(required_at or ()), pipeline)
        change = services.fields.add(session, new)
    opening.done(ctx, change)


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List the fields of your own.

    Examples:
      crm field list
      crm field list record:deal -f csv
    """
    opening.listed(ctx, "field", query)


@app.command(cls=Writing)
def edit(
    ctx: typer.Context,
    record: _Of,
    name: _Name,
    new_name: Annotated[str | None, typer.Option("--name", metavar="NAME", help="Another name.")] = None,
    choices: _Choices = None,
    required_at: _RequiredAt = None,
    optional: Annotated[bool, typer.Option("--optional", help="Required at no stage any more.")] = False,
    pipeline: Pipeline = None,
) -> None:
    """Rename a field, give it other choices, or say where it is required; its values stay.

    Examples:
      crm field edit customer shoe_size --name size --required-at quote
      crm field edit customer size --optional
    """
    with opening.writing(ctx) as session:
        stages = tuple(required_at or ())
        wish = services.fields.FieldChange(new_name, _several(choices), stages, pipeline, is_optional=optional)
        change = services.fields.edit(session, record, name, wish)
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(ctx: typer.Context, record: _Of, name: _Name) -> None:
    """Remove a field with all its values.

    Examples:
      crm field remove customer shoe_size --yes
    """
    opening.remove(ctx, lambda session: services.fields.remove(session, record, name))


def _several(text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())
