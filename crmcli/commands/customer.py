"""`crm customer`: add, list, show, edit, move, leave, merge, remove, restore."""

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli import render, reports, services
from crmcli.commands import address, contact, editing, opening
from crmcli.commands.arguments import AllowFuture, At, CustomerRef, Query, Refs, Sets, Where
from crmcli.commands.choosing import chosen
from crmcli.commands.options import Asking, Limited, Listing, Paged, Showing, Writing, confirm
from crmcli.core.vocabulary import CustomerKind, Prefer
from crmcli.errors import ExitCode, InvalidInput
from crmcli.exchange import form

if TYPE_CHECKING:
    from crmcli.services.mergedfields import Choice

app = typer.Typer(no_args_is_help=True, add_completion=False)
app.add_typer(address.app, name="address", help="Addresses by post and on the web.")
app.add_typer(contact.app, name="contact", help="E-mail addresses and phones one by one, with their labels.")

_Texts = list[str] | None
_REMARKS = (
    "a field that is left empty has no value; one whose line is gone stays as it is",
    "several values are a list; several lines of a note stand indented below |-",
)


@app.callback()
def group() -> None: ...


@app.command(cls=Writing)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="The name, whole.", show_default=False)],
    kind: Annotated[CustomerKind, typer.Option(help="A person or an organisation.")] = CustomerKind.PERSON,
    email: Annotated[_Texts, typer.Option(metavar="ADDRESS", help="E-mail; repeatable, the first is primary.")] = None,
    phone: Annotated[_Texts, typer.Option(metavar="NUMBER", help="Phone with its +country; repeatable.")] = None,
    employer: Annotated[str | None, typer.Option(metavar="REF", help="Id, handle or whole name; made if new.")] = None,
    title: Annotated[str | None, typer.Option(help="Job title.")] = None,
    city: Annotated[str | None, typer.Option(help="City.")] = None,
    country: Annotated[str | None, typer.Option(help="Country.")] = None,
    industry: Annotated[str | None, typer.Option(help="Industry.")] = None,
    source: Annotated[str | None, typer.Option(help="Where the customer came from.")] = None,
    owner: Annotated[str | None, typer.Option(help="Who of us looks after it.")] = None,
    tag: Annotated[_Texts, typer.Option(help="Tag; repeatable.")] = None,
    note: Annotated[str | None, typer.Option(help="Anything else.")] = None,
    set_: Sets = None,
    if_absent: Annotated[bool, typer.Option("--if-absent", help="Give back the one that is there already.")] = False,
) -> None:
    """Add a customer.

    Examples:
      crm customer add "Zoë Müller" --email zoe@example.com --employer "Lumen Optics" --tag vip
      crm customer add "Tidewater Foods" --kind organisation --city Berlin
      crm field add customer tier --type choice --choices gold,silver
      crm customer add "Priya Natarajan" --set tier=gold
    """
    with opening.writing(ctx) as session:
        new = services.customers.NewCustomer(
            name=name,
            kind=kind,
            emails=tuple(email or ()),
            phones=tuple(phone or ()),
            tags=tuple(tag or ()),
            employer=employer,
            title=title,
            city=city,
            country=country,
            industry=industry,
            source=source,
            owner=owner,
            note=note,
            sets=tuple(set_ or ()),
        )
        change = services.customers.add(session, new, if_absent=if_absent)
    opening.done(ctx, change)


@app.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List customers.

    Examples:
      crm customer list
      crm customer list city:Berlin +vip --columns id,name,email -f csv
    """
    opening.listed(ctx, "customer", query)


@app.command(cls=Paged)
def show(ctx: typer.Context, ref: CustomerRef) -> None:
    """Show all that is known of one customer, and what its records add up to.

    A preferred channel or weekday has at least three contacts and more than any other; the next contact is the
    earliest of its open tasks and its cadence.

    Examples:
      crm customer show ada-lovelace
      crm customer show ada@example.com -f json
      crm customer show ada-lovelace --html -o ada.html
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.records.customer(db, ref, moment=opening.moment(ctx, db)))


@app.command(cls=Showing)
def brief(ctx: typer.Context, ref: CustomerRef) -> None:
    """Show a customer on one screen before a call: who, the last words, what is open, what to do next.

    Examples:
      crm customer brief ada-lovelace
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.brief.brief(db, ref, moment=opening.moment(ctx, db)))


@app.command(cls=Limited)
def timeline(
    ctx: typer.Context,
    ref: CustomerRef,
    since: Annotated[str | None, typer.Option(metavar="DATE", help="From this day on.")] = None,
) -> None:
    """Show everything that happened with a customer, the oldest first.

    Interactions, moves of deals, tasks, relationships, consents, notes, edits and imports; --limit keeps the latest.

    Examples:
      crm customer timeline ada-lovelace
      crm customer timeline ada-lovelace --since -30d
    """
    with opening.reading(ctx) as db:
        moment, limit = opening.moment(ctx, db), opening.limit(ctx)
        opening.show(ctx, db, reports.timeline.timeline(db, ref, moment=moment, since=since, limit=limit))


@app.command(cls=Asking)
def edit(
    ctx: typer.Context,
    ref: Refs = None,
    where: Where = None,
    set_: Sets = None,
    tag: Annotated[_Texts, typer.Option(help="Add a tag; repeatable.")] = None,
    untag: Annotated[_Texts, typer.Option(help="Take a tag off; repeatable.")] = None,
) -> None:
    """Change a customer, or many in one operation: `--set email=` replaces, `email+=` adds, `email-=` takes away.

    On a terminal REF alone opens all fields in $EDITOR.

    Examples:
      crm customer edit ada-lovelace --set city=London --tag vip
      crm customer edit ada-lovelace --set email+=countess@example.com
      crm customer edit --where city:Paris --set country=France --tag europe --yes
    """
    numbers = chosen(ctx, "customer", ref, where)
    if numbers is None and not (set_ or tag or untag) and editing.is_possible(ctx):
        _edit_form(ctx, ref or "")
        return
    wish = services.customers.Edit(tuple(set_ or ()), tuple(tag or ()), tuple(untag or ()))
    with opening.writing(ctx) as session:
        if numbers is None:
            change = services.customers.edit(session, ref or "", sets=wish.sets, tags=wish.tags, untags=wish.untags)
        else:
            change = services.customers.edit_many(session, numbers, wish)
    opening.done(ctx, change)


@app.command(cls=Writing)
def note(
    ctx: typer.Context,
    ref: CustomerRef,
    text: Annotated[str | None, typer.Argument(help="The note; else $EDITOR opens.", show_default=False)] = None,
) -> None:
    """Write a customer's note, in $EDITOR where no text is given.

    Examples:
      crm customer note ada-lovelace "prefers mail"
    """
    if text is not None:
        _save(ctx, ref, [f"note={text}"])
    elif not editing.is_possible(ctx):
        raise InvalidInput("no note given, and nobody is there to write one", hint="crm customer note REF TEXT")
    else:
        with opening.reading(ctx) as db:
            number, values = reports.forms.customer(db, ref, ("note",), moment=opening.moment(ctx, db))
        _edit_text(ctx, str(values["note"]), lambda new: [f"note={new}"], number, suffix=".md")


@app.command(cls=Writing)
def move(
    ctx: typer.Context,
    ref: CustomerRef,
    stage: Annotated[str, typer.Argument(help="The stage to go to.", show_default=False)],
    pipeline: Annotated[
        str | None, typer.Option(metavar="NAME", help="Else the only one for customers with such a stage.")
    ] = None,
    at: At = None,
    note: Annotated[str | None, typer.Option(help="Why; stands in the history.")] = None,
    back: Annotated[bool, typer.Option("--back", help="Let it be an earlier stage.")] = False,
    allow_future: AllowFuture = False,
) -> None:
    """Move a customer to a stage of a pipeline for customers; who is not in it yet enters it there.

    Examples:
      crm pipeline add journey --template journey
      crm customer move ada-lovelace interest --at yesterday
      crm customer move ada-lovelace decision
    """
    with opening.writing(ctx) as session:
        step = services.customerstages.Step(ref, stage, pipeline, at, note, back, allow_future)
        change = services.customerstages.move(session, step)
    opening.done(ctx, change)


@app.command(cls=Writing)
def leave(
    ctx: typer.Context,
    ref: CustomerRef,
    pipeline: Annotated[str | None, typer.Option(metavar="NAME", help="Which, where it is in several.")] = None,
    at: At = None,
) -> None:
    """Take a customer out of a pipeline; the way so far stays in the reports.

    Examples:
      crm pipeline add journey --template journey
      crm customer move ada-lovelace interest
      crm customer leave ada-lovelace
    """
    with opening.writing(ctx) as session:
        change = services.customerstages.leave(session, ref, pipeline, at=at)
    opening.done(ctx, change)


@app.command(cls=Asking)
def remove(
    ctx: typer.Context,
    ref: CustomerRef,
    force: Annotated[bool, typer.Option("--force", help="Even with open deals.")] = False,
) -> None:
    """Take a customer out of every list; nothing is lost.

    Examples:
      crm customer remove grace-hopper --yes
    """
    opening.remove(ctx, lambda session: services.customers.remove(session, ref, force=force))


@app.command(cls=Asking)
def merge(
    ctx: typer.Context,
    keep: Annotated[str, typer.Argument(metavar="KEEP", help="The customer that stays.", show_default=False)],
    others: Annotated[list[str], typer.Argument(metavar="OTHER...", help="Who is the same.", show_default=False)],
    prefer: Annotated[
        Prefer, typer.Option(help="Whose word counts where they say different things: the newest, KEEP's, or ask.")
    ] = Prefer.KEEP,
    force: Annotated[bool, typer.Option("--force", help="Even a person and an organisation.")] = False,
) -> None:
    """Let customers that are the same one become one; deals, interactions, tasks, ties and all else move to KEEP.

    What only one of them says stays, contacts and tags unite, notes are put together. Whoever names one of the others,
    an import too, means KEEP from now on.

    Examples:
      crm customer merge ada-lovelace grace-hopper --yes
      crm customer merge ada-lovelace grace-hopper --prefer newest --dry-run
    """
    wish = services.merging.Wish(keep, tuple(others), prefer, force=force)
    with opening.writing(ctx, trial=True) as session:
        tried = services.merging.merge(session, wish)
    if prefer is Prefer.ASK and tried.choices:
        wish = replace(wish, chosen=_asked(ctx, tried.choices))
    if tried.question:
        confirm(ctx, tried.question)
    with opening.writing(ctx) as session:
        merged = services.merging.merge(session, wish)
    opening.done(ctx, merged.change)


@app.command(cls=Writing)
def restore(ctx: typer.Context, ref: CustomerRef) -> None:
    """Bring a removed customer back.

    Examples:
      crm customer restore grace-hopper
    """
    with opening.writing(ctx) as session:
        change = services.customers.restore(session, ref)
    opening.done(ctx, change)


def _asked(ctx: typer.Context, choices: "Sequence[Choice]") -> dict[str, int]:
    """The customer whose value the user takes, by field. Raises InvalidInput where nobody is there to ask."""
    if not editing.is_possible(ctx):
        raise InvalidInput("--prefer ask: nobody is there to ask", hint="--prefer keep, or --prefer newest")
    taken = {}
    for choice in choices:
        texts = [f"{value} (customer {number})" for number, value in choice.options]
        place = render.choose(f"{choice.field.removeprefix('custom.').removesuffix('_id')}:", texts)
        if place is None:
            render.note("nothing was changed")
            raise typer.Exit(ExitCode.NO)
        taken[choice.field] = choice.options[place][0]
    return taken


def _edit_form(ctx: typer.Context, ref: str) -> None:
    """Let the user edit all fields of a customer as one text."""
    with opening.reading(ctx) as db:
        names = services.customers.FIELDS
        number, values = reports.forms.customer(db, ref, names, moment=opening.moment(ctx, db))
    text = form.written(values, remarks=(f"customer {number}; lines that begin with # say nothing", *_REMARKS))

    def sets(new: str) -> list[str]:
        return [f"{name}={value}" for name, value in form.changes(new, values).items()]

    _edit_text(ctx, text, sets, number, suffix=".yaml")


def _edit_text(ctx: typer.Context, text: str, sets: Callable[[str], list[str]], number: int, *, suffix: str) -> None:
    """Let the user edit `text`, and save the fields that `sets` reads from it."""

    def use(new: str) -> bool:
        wanted = sets(new)
        if wanted:
            _save(ctx, str(number), wanted)
        return bool(wanted)

    if not editing.edited(text, use, suffix=suffix):
        render.note("nothing was changed")


def _save(ctx: typer.Context, ref: str, sets: list[str]) -> None:
    with opening.writing(ctx) as session:
        change = services.customers.edit(session, ref, sets=tuple(sets), tags=(), untags=())
    opening.done(ctx, change)
