"""How near a customer is to us, and to those it has relationships with."""

from collections.abc import Mapping

from crmcli.core.result import Column
from crmcli.core.strength import word
from crmcli.db.reader import Reader
from crmcli.graph.edges import edges
from crmcli.query.comparison import Moment
from crmcli.reports import looking
from crmcli.reports.portrait import Fields


def ties(db: Reader, customer: int, moment: Moment) -> Mapping[int, float]:
    """How strong its ties are, 0 to 100, by the node at the other end: a customer, or below one of us."""
    return {far: edge.strength for (_, far), edge in edges(db, [customer], looking.look(db, moment)).items()}


def ours(db: Reader, found: Mapping[int, float]) -> Fields:
    """The strongest tie with one of us, what it is called, and with whom; nothing where there is none."""
    near = max((node for node in found if node < 1), key=lambda node: (found[node], node), default=None)
    strength = None if near is None else found[near]
    return (
        (Column("strength", "number", under=("strength_level", "strength_with")), strength),
        (Column("strength_level"), None if strength is None else word(strength)),
        (Column("strength_with"), None if near is None else looking.people(db, {near})[near].name),
    )
