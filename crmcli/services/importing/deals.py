"""Deals of files, with their stage events: read, recognised, written."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

from crmcli.core.vocabulary import FieldType, Outcome
from crmcli.exchange.source import Source
from crmcli.services.importing import (
    cells,
    custom,
    customer_ways,
    deal_rows,
    events,
    histories,
    history_rows,
    identity,
    newfields,
    pipelines,
    terms,
    who,
)
from crmcli.services.importing.cells import Values
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.identity import DEAL
from crmcli.services.importing.owners import Owners
from crmcli.services.importing.products import SERIES, Products
from crmcli.services.importing.reading import Composed, Shape
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.who import Naming
from crmcli.services.importing.work import Step, Tally, Work

_TABLE = "import_deal"
_COLUMNS = f"""
    uid, name, customer, customer_uid, customer_key, pipeline, stage, outcome, stage_position integer, {terms.COLUMNS}, close,
    owner integer, source, product, lost_reason, note, custom, created, entered, closed,
    customer_id integer, pipeline_id integer, stage_id integer
"""


@dataclass(frozen=True, slots=True)
class Books:
    """What the rows of other files have told already."""

    owners: Owners
    products: Products


def stage(work: Work, tallies: Sequence[Tally], histories_of: Sequence[Tally], books: Books) -> Step:
    """The deals of the files, and the stage events, which are the truth about their ways."""
    staged = Stage(work, _TABLE)
    staged.create(_COLUMNS, **{identity.key_table(staged): "source, key"})
    for tally in tallies:
        staged.fill(tally, _shape(staged, tally.source, books))
    terms.settle(staged)
    told = events.stage(work, histories_of, books.owners)
    _check(staged, books.products)
    return partial(_settle, staged, tallies, told, books)


def _settle(stage: Stage, tallies: Sequence[Tally], told: Stage, books: Books) -> None:
    work = stage.work
    _find(stage)
    pipelines.settle(stage, [tally.source for tally in tallies])
    identity.number(stage, DEAL)
    events.find(told)
    pipelines.settle_events(told)
    books.owners.settle(f"select owner from {_TABLE} union select owner from import_event")
    for tally in tallies:
        custom.define(work, tally.source, "deal")
    newfields.define(stage, "deal", [tally.source for tally in tallies])
    if books.products.known and not stage.is_empty():
        custom.define_field(work, "deal", SERIES, FieldType.TEXT)
    identity.forget_touched(stage)
    planned = histories.Plan(work)
    planned.deals(work)
    moved = customer_ways.plan(told, planned)
    planned.flush()
    deal_rows.write(stage)
    history_rows.write(work)
    stage.tell()
    identity.forget_touched(stage)
    customer_ways.touch(told, moved)
    told.tell()


def _shape(stage: Stage, source: Source, books: Books) -> Shape:
    work = stage.work
    texts = {name: cells.line(name) for name in ("customer", "pipeline", "stage", "source", "lost_reason")}
    columns = Columns(work, source)
    dates = {name: columns.instant(name) for name in ("created", "entered", "closed")}
    product = cells.line("product")
    composed = custom.composed(work, source, "deal")
    if "product" in source.fields and books.products.known:
        composed["custom"] = _with_series(composed.get("custom"), books.products)
    if not {"owner", "owner.email"}.isdisjoint(source.fields):
        composed["owner"] = books.owners.number
    readers = {
        **terms.readers(),
        "uid": cells.uid,
        "name": cells.name,
        "customer.uid": cells.uid,
        "customer.key": who.key_reader(source),
        **texts,
        **dates,
        "outcome": cells.choice("outcome", Outcome),
        "stage.position": cells.whole,
        "close": columns.day("close"),
        "product": cells.remembered(lambda text: books.products.name(str(product(text)))),
        "note": cells.note,
    }
    return Shape(readers, {**composed, **terms.composed(columns)}, identity.key_parts(stage, source))


def _with_series(read: Composed | None, products: Products) -> Composed:
    """The custom fields of a row with the series of its product."""

    def compose(values: Values) -> str | None:
        text = read(values) if read else None
        series = products.series(values.get("product", ""))
        if series:
            return custom.merged(str(text or "{}"), custom.text({SERIES: series}))
        return None if text is None else str(text)

    return compose


def _check(stage: Stage, products: Products) -> None:
    """Reject rows whose dates cannot be; say which products are not listed."""
    for later, earlier in (("entered", "created"), ("closed", "entered"), ("closed", "created")):
        stage.reject(f"select row, '{later}', 'is before {earlier}' from {_TABLE} where {later} < {earlier}")
    for product in sorted(products.strange):
        stage.work.note(f"product {product!r} is on no list")


def _find(stage: Stage) -> None:
    """Find the customers of the rows, then which deals they are about."""
    who.find(stage, Naming(_TABLE, "customer_uid", "customer", "customer_id", "customer", "customer_key"))
    identity.find(stage, DEAL)
    unsure = identity.unsure(stage)
    if stage.work.db.value(f"select exists (select 1 from {_TABLE} where {unsure})"):
        run = stage.work.bulk.run
        run(
            "create temp table import_known_deal as select id, name, customer_id, created_at from deal where removed_at is null"
        )
        run("create index temp.import_known_deal_name on import_known_deal (name)")
        run(
            f"""
            update {_TABLE} as r set target = (
                select min(d.id) from import_known_deal d
                where d.name = r.name and d.customer_id is r.customer_id and d.created_at is coalesce(r.created, r.entered)
            ) where {unsure}
            """
        )
    identity.leave_known(stage, DEAL)
    identity.leave_repeated(stage, ("name, customer_id, coalesce(created, entered)", identity.unsure(stage)))
    stage.reject(
        f"select row, 'name', 'is empty, and no deal has its uid or key' from {_TABLE} where name is null and target is null"
    )
