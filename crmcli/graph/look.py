"""How a graph is looked at: on which day, and what counts how much."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from crmcli.core.strength import Weights
from crmcli.db.reader import Reader

PREFIX = "strength."

#: A relationship `r` that lasts on the day `:day`: begun, not ended, not taken away.
LASTING = "r.removed_at is null and (r.until is null or r.until > :day) and (r.since is null or r.since <= :day)"


@dataclass(frozen=True, slots=True)
class Look:
    """Relationships as they are on `day`, interactions up to `instant`."""

    instant: str
    day: str
    weights: Weights = field(default_factory=Weights)

    @property
    def parameters(self) -> dict[str, object]:
        return {"now": self.instant, "day": self.day}


def weights(db: Reader) -> Weights:
    """The weights of the file; what it does not say is as usual."""
    rows = db.rows("select key, value from setting where key >= :first and key < :last", first=PREFIX, last="strength/")
    said: Mapping[str, float] = {str(key).removeprefix(PREFIX): float(value) for key, value in rows}
    return Weights.of(said)


def me(db: Reader) -> int:
    """The node of the user of the file. Owners are the nodes below zero; zero is a user who stands among none of them."""
    found = db.value("select id from owner where is_me and removed_at is null order by id limit 1")
    return -int(found or 0)


def owners(db: Reader) -> dict[int, str]:
    """The nodes of us, the user first, with their names."""
    rows = db.rows("select id, name from owner where removed_at is null order by is_me desc, id")
    named = {-int(number): str(name) for number, name in rows}
    mine = me(db)
    return {mine: named.get(mine, "me"), **named}
