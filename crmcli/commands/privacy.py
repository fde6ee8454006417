"""`crm privacy`: what is kept about a person, given out and erased; what they allow; how long it is kept."""

from typing import Annotated

import typer

from crmcli import render, reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import At, CustomerRef, Query
from crmcli.commands.options import Asking, Listing, Showing, Writing, confirm, settings
from crmcli.core.vocabulary import Channel, LegalBasis, RetentionAction

app = typer.Typer(no_args_is_help=True, add_completion=False)


_consents = typer.Typer(no_args_is_help=True, add_completion=False)
app.add_typer(_consents, name="consent", help="What customers agree to and take back.")

_retention = typer.Typer(no_args_is_help=True, add_completion=False)
app.add_typer(_retention, name="retention", help="How long customers are kept without a sign of life.")

_Purpose = Annotated[str, typer.Option(help="What for: newsletter, profiling, …", show_default=False)]
_Channel = Annotated[Channel | None, typer.Option(help="By which channel; else all of them.", show_default=False)]
_Source = Annotated[str | None, typer.Option(help="Where it was said: web form, letter.")]


@app.callback()
def group() -> None: ...


@_consents.callback()
def consents() -> None: ...


@_retention.callback()
def retention() -> None: ...


@app.command(cls=Showing)
def export(ctx: typer.Context, ref: CustomerRef) -> None:
    """Write out everything that the file holds about a customer, what the history remembers included.

    Examples:
      crm privacy export ada-lovelace -f json
      crm privacy export ada-lovelace -o ada.csv -f csv
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.subject.report(db, ref, preferences=opening.preferences(db)))


@app.command(cls=Asking)
def erase(ctx: typer.Context, ref: CustomerRef) -> None:
    """Take a customer out of the file for good: rows, history, free space. Deals stay as figures under a pseudonym.

    No undo brings anything of it back. Copies of the file that still hold the customer are named.

    Examples:
      crm privacy erase ada-lovelace --dry-run
      crm privacy erase ada-lovelace --yes
    """
    told = settings(ctx)
    if not (told.yes or told.dry_run):
        with opening.writing(ctx, trial=True) as session:
            tried = services.erasing.erase(session, ref)
        if tried.title:
            confirm(ctx, services.erasing.question(tried))
    with opening.writing(ctx) as session:
        erased = services.erasing.erase(session, ref)
    change = erased.change
    if not told.dry_run:
        change = services.erasing.finish(erased, told.database, wait=told.wait)
    opening.done(ctx, change)


@app.command(cls=Writing)
def readmit(
    ctx: typer.Context,
    number: Annotated[int, typer.Argument(metavar="ID", help="The number of the erased customer.", show_default=False)],
) -> None:
    """Let an erased customer come back: their e-mails, phones and keys are refused no more.

    Examples:
      crm privacy readmit 1
    """
    with opening.writing(ctx) as session:
        change = services.readmission.readmit(session, number)
    opening.done(ctx, change)


@_consents.command(cls=Writing)
def grant(
    ctx: typer.Context,
    ref: CustomerRef,
    purpose: _Purpose,
    channel: _Channel = None,
    basis: Annotated[LegalBasis, typer.Option(help="What allows it: GDPR, Article 6(1).")] = LegalBasis.CONSENT,
    source: _Source = None,
    at: At = None,
) -> None:
    """Keep that a customer agrees to a purpose, by one channel or all.

    Examples:
      crm privacy consent grant ada-lovelace --purpose newsletter --channel email --source "web form"
      crm privacy consent grant acme-ltd --purpose invoices --basis contract --at 2026-11-02
    """
    with opening.writing(ctx) as session:
        said = services.consents.Said(purpose, channel, basis, source, at)
        change = services.consents.grant(session, ref, said)
    opening.done(ctx, change)


@_consents.command(cls=Writing)
def withdraw(
    ctx: typer.Context,
    ref: CustomerRef,
    purpose: _Purpose,
    channel: _Channel = None,
    source: _Source = None,
    at: At = None,
) -> None:
    """Keep that a customer takes an agreement back; that it was given stays in the record.

    Examples:
      crm privacy consent withdraw ada-lovelace --purpose newsletter
    """
    with opening.writing(ctx) as session:
        change = services.consents.withdraw(session, ref, services.consents.Said(purpose, channel, None, source, at))
    opening.done(ctx, change)


@_consents.command(cls=Listing)
def show(ctx: typer.Context, ref: CustomerRef) -> None:
    """Show all that a customer agreed to and took back, the last first.

    Examples:
      crm privacy consent show ada-lovelace
    """
    with opening.reading(ctx) as db:
        words = reports.records.of_customer(db, [ref], preferences=opening.preferences(db))
        opening.show_list(ctx, db, "consent", words)


@app.command(cls=Writing)
def restrict(
    ctx: typer.Context,
    ref: CustomerRef,
    lift: Annotated[bool, typer.Option("--lift", help="End the restriction.")] = False,
    reason: Annotated[str | None, typer.Option(help="Why: accuracy contested, legal claim.")] = None,
    at: At = None,
) -> None:
    """Keep a customer's data without using them (GDPR, Article 18): marked in every list, never up for contact.

    Examples:
      crm privacy restrict ada-lovelace --reason "accuracy contested"
      crm privacy restrict ada-lovelace --lift
    """
    with opening.writing(ctx) as session:
        wanted = services.consents.Restricted(reason, at)
        change = services.consents.lift(session, ref) if lift else services.consents.restrict(session, ref, wanted)
    opening.done(ctx, change)


@_retention.command(cls=Writing)
def add(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What the rule is called.", show_default=False)],
    after: Annotated[str, typer.Option(metavar="TERM", help="Years or months: 3y, 18m.", show_default=False)],
    action: Annotated[RetentionAction, typer.Option(help="What becomes of them.", show_default=False)],
    query: Query = None,
) -> None:
    """Keep a rule: customers without deal and interaction for a term go. It acts when it is run.

    Examples:
      crm privacy retention add silent --after 3y --action erase kind:person
    """
    with opening.writing(ctx) as session:
        change = services.retention.add(session, name, after=after, action=action, query=tuple(query or ()))
    opening.done(ctx, change)


@_retention.command("list", cls=Listing)
def list_(ctx: typer.Context, query: Query = None) -> None:
    """List the rules.

    Examples:
      crm privacy retention list
    """
    opening.listed(ctx, "retention_rule", query)


@_retention.command(cls=Writing)
def remove(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(help="What the rule is called.", show_default=False)],
) -> None:
    """Let a rule go; customers stay as they are.

    Examples:
      crm privacy retention remove silent
    """
    with opening.writing(ctx) as session:
        change = services.retention.remove(session, name)
    opening.done(ctx, change)


@_retention.command(cls=Asking)
def run(ctx: typer.Context) -> None:
    """Erase or remove the customers whose time is over; nobody with an open deal, nobody restricted.

    Examples:
      crm privacy retention run --dry-run
      crm privacy retention run --yes
    """
    told = settings(ctx)
    with opening.writing(ctx, trial=True) as session:
        found = services.retention.run(session)
    if told.dry_run:
        for each in found.due:
            render.note(f"{each.action} {each.number} {each.name}: last sign {each.last[:10]}, rule {each.rule}")
    if found.due:
        confirm(ctx, services.retention.question(found))
    with opening.writing(ctx) as session:
        found = services.retention.run(session)
    opening.done(ctx, found.change if told.dry_run else services.retention.finish(found, told.database, wait=told.wait))
