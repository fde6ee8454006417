"""What counts how much for the strength of a tie."""

from crmcli.core.result import Column, Report, Table
from crmcli.core.strength import Weights
from crmcli.db.reader import Reader
from crmcli.graph.look import weights

_COLUMNS = (Column("name"), Column("value", "number"), Column("usual", "number"))


def report(db: Reader) -> Report:
    """A row for each weight, beside what it is usually."""
    usual, said = Weights().named(), weights(db).named()
    table = Table(_COLUMNS, [(name, value, usual[name]) for name, value in said.items()])
    changed = sum(said[name] != usual[name] for name in usual)
    return Report("graph_weights", {}, {"changed": changed}, table)
