"""`crm graph`: show, path, intro, strength, cooling, gaps, weights, weigh, central, communities, components, stats, export."""

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from crmcli import reports, services
from crmcli.commands import opening
from crmcli.commands.arguments import AsOf
from crmcli.commands.options import Drawn, Limited, Showing, Writing, settings
from crmcli.core.vocabulary import Centrality, Drawing

if TYPE_CHECKING:
    from crmcli.core.result import Report
    from crmcli.db.reader import Reader

app = typer.Typer(no_args_is_help=True, add_completion=False)

_K = Annotated[int, typer.Option("--k", help="How many paths, the warmest first.")]
_Hops = Annotated[int, typer.Option(help="At most so many hops, 1 to 4.")]
_NodeRef = Annotated[str, typer.Argument(metavar="REF", help="A customer, or me.", show_default=False)]
_Weighted = Annotated[bool, typer.Option("--weighted", help="Count ties by their strength.")]
_FORMATS = {**{f".{each}": each for each in Drawing}, ".gv": Drawing.DOT, ".mmd": Drawing.MERMAID}
_Owners = Annotated[bool, typer.Option("--owners", help="With us, and ties by interactions alone, as paths have.")]
_IN_A_TREE = 20


@app.callback()
def group() -> None: ...


@app.command(cls=Limited)
def show(
    ctx: typer.Context,
    ref: _NodeRef,
    depth: Annotated[int, typer.Option(help="How many hops, 1 to 6.")] = 2,
    kind: Annotated[
        list[str] | None, typer.Option("--type", metavar="TYPE", help="Only ties of this type; repeatable.")
    ] = None,
    min_strength: Annotated[float, typer.Option(metavar="0..100", help="Only ties at least so strong.")] = 0,
    owners: _Owners = False,
    as_of: AsOf = None,
    flat: Annotated[bool, typer.Option("--flat", help="A table instead of a tree.")] = False,
) -> None:
    """Show who is around a customer, or around you, how they are tied, and how strongly.

    --limit is for each customer: of more ties outwards the strongest stay, and the others are counted.

    Examples:
      crm graph show ada-lovelace
      crm graph show ada-lovelace --depth 1 --type knows --flat
      crm graph show ada-lovelace --min-strength 30 --limit 5
      crm graph show ada-lovelace --as-of 2026-01-01 -f json
      crm graph show me --depth 1
    """
    with opening.reading(ctx) as db:
        most = opening.limit(ctx, usual=_IN_A_TREE)
        asked = reports.neighbourhood.Around(depth, tuple(kind or ()), min_strength, most, owners, as_of)
        result = reports.neighbourhood.report(db, ref, asked, moment=opening.moment(ctx, db))
        opening.show(ctx, db, replace(result, tree=None) if flat else result)


@app.command(cls=Showing)
def path(
    ctx: typer.Context,
    start: Annotated[str, typer.Argument(metavar="A", help="A customer, or me.", show_default=False)],
    end: Annotated[str, typer.Argument(metavar="B", help="Another.", show_default=False)],
    k: _K = 3,
    hops: _Hops = 3,
    as_of: AsOf = None,
    flat: Annotated[bool, typer.Option("--flat", help="A table instead of a tree.")] = False,
) -> None:
    """Show the warmest paths from one to another: the product of the strengths of their ties is greatest.

    No path goes through somebody who must not be contacted.

    Examples:
      crm graph path ada-lovelace acme-ltd
      crm graph path me grace-hopper --k 1 --hops 4
    """
    with opening.reading(ctx) as db:
        moment = opening.moment(ctx, db)
        result = reports.paths.report(db, start, end, reports.paths.Wanted(k, hops, as_of), moment=moment)
        opening.show(ctx, db, replace(result, tree=None) if flat else result)


@app.command(cls=Showing)
def intro(
    ctx: typer.Context,
    target: Annotated[str, typer.Argument(metavar="TARGET", help="Whom you want to meet.", show_default=False)],
    k: _K = 3,
    hops: _Hops = 3,
    as_of: AsOf = None,
    flat: Annotated[bool, typer.Option("--flat", help="A table instead of a tree.")] = False,
) -> None:
    """Show who can introduce you to somebody, the warmest way first.

    Examples:
      crm graph intro acme-ltd
    """
    with opening.reading(ctx) as db:
        moment = opening.moment(ctx, db)
        result = reports.paths.introductions(db, target, reports.paths.Wanted(k, hops, as_of), moment=moment)
        opening.show(ctx, db, replace(result, tree=None) if flat else result)


@app.command(cls=Limited)
def strength(
    ctx: typer.Context,
    ref: _NodeRef,
    as_of: AsOf = None,
    explain: Annotated[bool, typer.Option("--explain", help="How each adds up.")] = False,
) -> None:
    """Show how strong the ties of a customer are, 0 to 100, the strongest first.

    Examples:
      crm graph strength ada-lovelace
      crm graph strength ada-lovelace --explain
      crm graph strength me
    """
    with opening.reading(ctx) as db:
        moment, limit = opening.moment(ctx, db), opening.limit(ctx)
        result = reports.strength.report(db, ref, moment=moment, as_of=as_of, explain=explain, limit=limit)
        opening.show(ctx, db, result)


@app.command(cls=Limited)
def cooling(
    ctx: typer.Context,
    days: Annotated[int, typer.Option(metavar="DAYS", help="Compared with how it was so many days ago.")] = 90,
    as_of: AsOf = None,
) -> None:
    """Show whose tie with us fell most, and what to do.

    Examples:
      crm graph cooling
      crm graph cooling --days 30
    """
    with opening.reading(ctx) as db:
        moment, limit = opening.moment(ctx, db), opening.limit(ctx)
        opening.show(ctx, db, reports.cooling.report(db, moment=moment, days=days, as_of=as_of, limit=limit))


@app.command(cls=Limited)
def gaps(ctx: typer.Context, as_of: AsOf = None) -> None:
    """Show organisations with open deals and one thread only, no champion, or nobody above.

    Examples:
      crm graph gaps
    """
    with opening.reading(ctx) as db:
        moment, limit = opening.moment(ctx, db), opening.limit(ctx)
        opening.show(ctx, db, reports.gaps.report(db, moment=moment, as_of=as_of, limit=limit))


@app.command(cls=Showing)
def weights(ctx: typer.Context) -> None:
    """Show what counts how much for the strength of a tie.

    Examples:
      crm graph weights
    """
    with opening.reading(ctx) as db:
        opening.show(ctx, db, reports.weights.report(db))


@app.command(cls=Writing)
def weigh(
    ctx: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="A channel, half_life, …", show_default=False)],
    value: Annotated[str, typer.Argument(metavar="NUMBER", help="Or usual.", show_default=False)],
) -> None:
    """Let something count more or less for the strength of a tie; it stands in the file.

    Examples:
      crm graph weigh email 0.5
      crm graph weigh half_life 60
      crm graph weigh email usual
    """
    with opening.writing(ctx) as session:
        change = services.weights.weigh(session, name, value)
    opening.done(ctx, change)


@app.command(cls=Limited)
def central(
    ctx: typer.Context,
    by: Annotated[Centrality, typer.Option("--by", help="By what.")] = Centrality.DEGREE,
    weighted: _Weighted = False,
    owners: _Owners = False,
    as_of: AsOf = None,
) -> None:
    """Show who is central in the graph of relationships.

    Examples:
      crm graph central
      crm graph central --by betweenness --weighted
      crm graph central --by bridge --owners --as-of 2026-01-01
    """
    scope = reports.network.Scope(weighted, owners, as_of)
    with opening.reading(ctx) as db:
        moment, limit, say = opening.moment(ctx, db), opening.limit(ctx), _told(ctx, db, by, scope)
        found = reports.network.central(db, by, scope, moment=moment, limit=limit, say=say)
        _show(ctx, db, found)


@app.command(cls=Limited)
def communities(
    ctx: typer.Context,
    weighted: _Weighted = False,
    members: Annotated[bool, typer.Option("--members", help="A row for each of them.")] = False,
    owners: _Owners = False,
    as_of: AsOf = None,
) -> None:
    """Show who belongs together, named by what they have most in common.

    Examples:
      crm graph communities
      crm graph communities --members --weighted
      crm graph communities --owners --as-of 2026-01-01
    """
    scope = reports.network.Scope(weighted, owners, as_of)
    with opening.reading(ctx) as db:
        moment, limit, say = opening.moment(ctx, db), opening.limit(ctx), _told(ctx, db, "communities", scope)
        found = reports.network.communities(db, scope, moment=moment, members=members, limit=limit, say=say)
        opening.show(ctx, db, found)


@app.command(cls=Limited)
def components(ctx: typer.Context, owners: _Owners = False, as_of: AsOf = None) -> None:
    """Show the parts of the graph between which there is no tie.

    Examples:
      crm graph components
      crm graph components --owners --as-of 2026-01-01
    """
    scope = reports.network.Scope(owners=owners, as_of=as_of)
    with opening.reading(ctx) as db:
        moment, limit, say = opening.moment(ctx, db), opening.limit(ctx), _told(ctx, db, "components", scope)
        opening.show(ctx, db, reports.network.components(db, scope, moment=moment, limit=limit, say=say))


@app.command(cls=Showing)
def stats(ctx: typer.Context, owners: _Owners = False, as_of: AsOf = None) -> None:
    """Show the figures of the graph: size, density, clustering, triangles, diameter.

    Examples:
      crm graph stats
      crm graph stats --owners --as-of 2026-01-01
    """
    scope = reports.network.Scope(owners=owners, as_of=as_of)
    with opening.reading(ctx) as db:
        moment, say = opening.moment(ctx, db), opening.progress(ctx)
        found = reports.network.stats(db, scope, moment=moment, say=say)
        _show(ctx, db, found)


def _told(ctx: typer.Context, db: "Reader", question: str, scope: "reports.network.Scope") -> Callable[[str], None]:
    """Where the progress goes; what would make it quicker is said first."""
    if (advice := reports.network.advice(db, question, scope)) is not None:
        opening.hint(ctx, advice)
    return opening.progress(ctx)


def _show(ctx: typer.Context, db: "Reader", found: "Report") -> None:
    """Show it; what is no more than an estimate is said even where the format has no room for it."""
    opening.show(ctx, db, found)
    if not opening.has_notes(ctx) and (estimate := reports.network.estimate(found)) is not None:
        opening.hint(ctx, estimate)


@app.command(cls=Drawn)
def export(
    ctx: typer.Context,
    ref: Annotated[
        str | None, typer.Argument(metavar="[REF]", help="Only what is around; else all.", show_default=False)
    ] = None,
    form: Annotated[Drawing | None, typer.Option("--format", "-f", help="What to write; else as FILE ends.")] = None,
    depth: Annotated[int, typer.Option(help="How many hops around REF, 1 to 6.")] = 2,
    owners: _Owners = False,
    as_of: AsOf = None,
) -> None:
    """Write the graph of relationships to look at, or for Gephi, Graphviz, a Markdown page or a program.

    A page (html) works offline; it and a picture (svg) show 5,000 customers at most. `crm import` takes a csv back.

    Examples:
      crm graph export -o graph.html
      crm graph export ada-lovelace --depth 3 --format dot
      crm graph export me --depth 1 -o me.svg
    """
    path = settings(ctx).output.path
    form = form or _FORMATS.get(path.suffix.lower() if path else "", Drawing.GRAPHML)
    with opening.reading(ctx) as db:
        moment = opening.moment(ctx, db)
        network = reports.drawing.network(db, reports.drawing.Drawn(ref, depth, owners, as_of), moment=moment)
        if form in (Drawing.HTML, Drawing.SVG):
            opening.show_picture(ctx, reports.picture.picture(db, network, moment=moment), form)
            return
    opening.show_network(ctx, network, form)
