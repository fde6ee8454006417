"""Stage events of files: read, and found the deals or customers and the stages that they are about."""

from collections.abc import Sequence

from crmcli.core.vocabulary import Outcome
from crmcli.exchange.source import Source
from crmcli.services.importing import cells, chains, terms, which, who
from crmcli.services.importing.columns import Columns
from crmcli.services.importing.owners import Owners
from crmcli.services.importing.reading import Composed, Shape
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.who import Naming
from crmcli.services.importing.work import Tally, Work

_COLUMNS = f"""
    deal, deal_uid, deal_key, customer, customer_uid, pipeline, stage, outcome, stage_position integer,
    {terms.COLUMNS}, close, owner integer, at, left, note,
    told integer, is_first integer, deal_id integer, customer_id integer, pipeline_id integer, stage_id integer
"""
_TERMS = {
    chains.AMOUNT: {"amount"},
    chains.CLOSE: {"close"},
    chains.OWNER: {"owner", "owner.email"},
}


def stage(work: Work, tallies: Sequence[Tally], owners: Owners) -> Stage:
    """The rows of the files."""
    found = Stage(work, "import_event")
    found.create(_COLUMNS)
    for tally in tallies:
        found.fill(tally, _shape(work, tally.source, owners))
    terms.settle(found)
    if names_customers(found):
        _prefer_deals(found)
        found.reject("select row, 'left', 'is before at' from import_event where left < at")
    found.reject("select row, 'stage', 'is empty' from import_event where stage is null")
    return found


def names_customers(found: Stage) -> bool:
    """Whether rows may tell of customers."""
    return not {"customer", "customer.uid"}.isdisjoint(found.fields)


def find(found: Stage) -> None:
    """Find the deals of the rows, and the customers of those that name no deal."""
    _find_by_key(found)
    which.find(found)
    if names_customers(found):
        who.find(found, Naming("import_event", "customer_uid", "customer", "customer_id", "customer"))
    why = "is empty, and so is customer" if names_customers(found) else "is empty"
    found.reject(f"select row, 'deal', '{why}' from import_event where coalesce(deal_id, customer_id) is null")


def _prefer_deals(found: Stage) -> None:
    """A row that names a deal is about it, whosever it is; leaving is told of customers alone."""
    whose = "coalesce(customer_uid, customer) is not null"
    deal = "coalesce(deal_uid, deal_key, deal, deal_id) is not null"
    found.work.bulk.run(f"update import_event set customer = null, customer_uid = null where {whose} and {deal}")
    found.work.bulk.run(f"update import_event set left = null where left is not null and not ({whose})")


def _find_by_key(found: Stage) -> None:
    """The deals that another system knows by a key, those of this import included."""
    if "deal.key" not in found.fields:
        return
    key = "r.deal_key"
    found.work.bulk.run(
        f"""
        update import_event as r set deal_id = coalesce(
            (select d.target from import_deal_key k join import_deal d on d.row = k.row where k.source || ':' || k.key = {key}),
            (select x.deal_id from external_id x join deal d on d.id = x.deal_id and d.removed_at is null
                where x.source = substr({key}, 1, instr({key}, ':') - 1) and x.key = substr({key}, instr({key}, ':') + 1))
        ) where deal_key is not null
        """
    )
    found.reject(
        f"select row, 'deal', 'no deal is known to ' || {who.told_key('deal_key')} || '; import the deals with it' "
        "from import_event where deal_key is not null and deal_id is null order by row"
    )


def _shape(work: Work, source: Source, owners: Owners) -> Shape:
    columns = Columns(work, source)
    composed: dict[str, Composed] = terms.composed(columns)
    if not {"owner", "owner.email"}.isdisjoint(source.fields):
        composed["owner"] = owners.number
    told = sum(bit for bit, names in _TERMS.items() if not names.isdisjoint(source.fields))
    composed["told"] = lambda _: told
    composed["is_first"] = lambda values: int(not values.get("from"))
    readers = {
        **terms.readers(),
        "deal": cells.line("deal"),
        "deal.uid": cells.uid,
        "deal.id": cells.whole,
        "deal.key": who.key_reader(source),
        "customer": cells.line("customer"),
        "customer.uid": cells.uid,
        "pipeline": cells.line("pipeline"),
        "stage": cells.line("stage"),
        "outcome": cells.choice("outcome", Outcome),
        "stage.position": cells.whole,
        "close": columns.day("close"),
        "at": columns.instant("at"),
        "left": columns.instant("left"),
        "note": cells.note,
    }
    return Shape(readers, composed)
