"""What counts how much for the strength of a tie."""

from crmcli.core.result import Column, Table
from crmcli.core.strength import Weights
from crmcli.db.reader import Reader
from crmcli.graph.look import weights

_COLUMNS = (Column("name"), Column("value", "number"), Column("usual", "number"))


def table(db: Reader) -> Table:
    """A row for each weight, beside what it is usually."""
    usual = Weights().named()
    return Table(_COLUMNS, [(name, value, usual[name]) for name, value in weights(db).named().items()])
