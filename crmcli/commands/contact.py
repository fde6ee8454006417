"""`crm customer contact`: add, edit, remove."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.arguments import CustomerRef
from crmcli.commands.options import Asking, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Value = Annotated[str, typer.Argument(metavar="VALUE", help="An e-mail address or a phone.", show_default=False)]
_Label = Annotated[str | None, typer.Option(help="What it is: work, home, invoices; empty for none.")]
_Primary = Annotated[bool, typer.Option("--primary", help="The first of its kind, which stands for all.")]


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(ctx: typer.Context, ref: CustomerRef, value: _Value, label: _Label = None, primary: _Primary = False) -> None:
    """Give a customer an e-mail address or a phone, with its label.

    Examples:
      crm customer contact add ada-lovelace ada@work.example.com --label work --primary
    """
    with opening.writing(ctx) as session:
        change = services.contacts.add_one(session, ref, value, services.contacts.Particulars(label, primary))
    opening.done(ctx, change)


@app.command(cls=Writing)
def edit(
    ctx: typer.Context,
    ref: CustomerRef,
    value: _Value,
    to: Annotated[str | None, typer.Option(metavar="VALUE", help="What it is instead.")] = None,
    label: _Label = None,
    primary: _Primary = False,
) -> None:
    """Correct an e-mail address or a phone, label it, or make it the primary one.

    Examples:
      crm customer contact edit ada-lovelace ada@example.com --label private --primary
    """
    with opening.writing(ctx) as session:
        said = services.contacts.Particulars(label, primary)
        change = services.contacts.edit_one(session, ref, value, said, to=to)
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(ctx: typer.Context, ref: CustomerRef, value: _Value) -> None:
    """Take an e-mail address or a phone away.

    Examples:
      crm customer contact remove ada-lovelace ada@example.com --yes
    """
    opening.remove(ctx, lambda session: services.contacts.remove_one(session, ref, value))
