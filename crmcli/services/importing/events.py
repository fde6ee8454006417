"""Stage events of files: read, and found the deals and stages that they are about."""

from collections.abc import Sequence

from crmcli.core.vocabulary import Outcome
from crmcli.exchange.source import Source
from crmcli.services.importing import cells, terms, which
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.owners import Owners
from crmcli.services.importing.reading import Composed, Shape
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Tally, Work

_COLUMNS = f"""
    deal, deal_uid, pipeline, stage, outcome, position integer, {terms.COLUMNS}, close, owner integer, at, note,
    has_terms integer, is_first integer, deal_id integer, pipeline_id integer, stage_id integer
"""
_TERMS = ("amount", "currency", "close", "owner", "owner.email")


def stage(work: Work, tallies: Sequence[Tally], owners: Owners) -> Stage:
    """The rows of the files."""
    found = Stage(work, "import_event")
    found.create(_COLUMNS)
    for tally in tallies:
        found.fill(tally, _shape(work, tally.source, owners))
    terms.settle(found)
    found.reject("select row, 'stage', 'is empty' from import_event where stage is null")
    return found


def find(found: Stage) -> None:
    """Find the deals of the rows."""
    which.find(found)
    found.reject("select row, 'deal', 'is empty' from import_event where deal_id is null")


def _shape(work: Work, source: Source, owners: Owners) -> Shape:
    columns = Columns(work, source)
    composed: dict[str, Composed] = terms.composed(columns)
    if not {"owner", "owner.email"}.isdisjoint(source.fields):
        composed["owner"] = owners.number
    has_terms = int(not {*_TERMS}.isdisjoint(source.fields))
    composed["has_terms"] = lambda _: has_terms
    composed["is_first"] = lambda values: int(not values.get("from"))
    readers = {
        **terms.readers(),
        "deal": cells.line("deal"),
        "deal.uid": cells.uid,
        "deal.id": cells.whole,
        "pipeline": cells.line("pipeline"),
        "stage": cells.line("stage"),
        "outcome": cells.choice("outcome", Outcome),
        "position": cells.whole,
        "close": columns.day("close"),
        "at": columns.instant("at"),
        "note": cells.note,
    }
    return Shape(readers, composed)
