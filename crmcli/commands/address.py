"""`crm customer address`: add, edit, remove."""

from typing import Annotated

import typer

from crmcli import services
from crmcli.commands import opening
from crmcli.commands.arguments import CustomerRef
from crmcli.commands.options import Asking, Writing

app = typer.Typer(no_args_is_help=True, add_completion=False)

_Which = Annotated[str, typer.Argument(metavar="WHICH", help="Its number or its label.", show_default=False)]
_Text = str | None
_Street = Annotated[_Text, typer.Option(help="Street and number.")]
_Postcode = Annotated[_Text, typer.Option(help="Postcode.")]
_City = Annotated[_Text, typer.Option(help="City.")]
_Region = Annotated[_Text, typer.Option(help="State, province or region.")]
_Country = Annotated[_Text, typer.Option(help="Country.")]
_Url = Annotated[_Text, typer.Option(help="In place of all these: an address on the web.")]
_Label = Annotated[_Text, typer.Option(help="What it is: office, invoices, linkedin.")]
_Primary = Annotated[bool, typer.Option("--primary", help="Before the others.")]


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    ref: CustomerRef,
    street: _Street = None,
    postcode: _Postcode = None,
    city: _City = None,
    region: _Region = None,
    country: _Country = None,
    url: _Url = None,
    label: _Label = None,
    primary: _Primary = False,
) -> None:
    """Give a customer an address, by post or on the web.

    Examples:
      crm customer address add ada-lovelace --street "12 St James's Square" --city London --label office
      crm customer address add ada-lovelace --url linkedin.com/in/ada --label linkedin
    """
    fields = _said(street=street, postcode=postcode, city=city, region=region, country=country, url=url, label=label)
    with opening.writing(ctx) as session:
        change = services.addresses.add(session, ref, services.addresses.Said(fields, primary))
    opening.done(ctx, change)


@app.command(cls=Writing)
def edit(
    ctx: typer.Context,
    ref: CustomerRef,
    which: _Which,
    street: _Street = None,
    postcode: _Postcode = None,
    city: _City = None,
    region: _Region = None,
    country: _Country = None,
    url: _Url = None,
    label: _Label = None,
    primary: _Primary = False,
) -> None:
    """Change an address; an empty value takes the field away.

    Examples:
      crm customer address add ada-lovelace --city London --label office
      crm customer address edit ada-lovelace office --postcode "SW1Y 4JH" --primary
    """
    fields = _said(street=street, postcode=postcode, city=city, region=region, country=country, url=url, label=label)
    with opening.writing(ctx) as session:
        change = services.addresses.edit(session, ref, which, services.addresses.Said(fields, primary))
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(ctx: typer.Context, ref: CustomerRef, which: _Which) -> None:
    """Take an address away.

    Examples:
      crm customer address add ada-lovelace --city London --label office
      crm customer address remove ada-lovelace office --yes
    """
    opening.remove(ctx, lambda session: services.addresses.remove(session, ref, which))


def _said(**fields: str | None) -> dict[str, str]:
    """The fields that were given, emptied ones too."""
    return {name: text for name, text in fields.items() if text is not None}
