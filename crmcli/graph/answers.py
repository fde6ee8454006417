"""What questions about the whole graph are answered with, whoever reckons it."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from importlib.util import find_spec
from typing import Protocol

from crmcli.core.vocabulary import Centrality

SEED = 1
DAMPING, NEAR_ENOUGH, MOST_STEPS = 0.85, 1e-12, 1000
#: How many steps rustworkx walks for the betweenness of all nodes: some eight seconds of CPU.
MOST_WALKED = 100_000_000

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Ranked:
    """A node with its value, and how many nodes it is tied to."""

    node: int
    value: float
    neighbours: int


@dataclass(frozen=True, slots=True)
class Sample:
    """What values are estimated from: so many `nodes` or `pairs`; and how far each may be off, 3 standard errors."""

    size: int
    of: str
    margin: float


@dataclass(frozen=True, slots=True)
class Ranking:
    """The first nodes, the most central first, of `total`; their values are exact where there is no `sample`."""

    first: Sequence[Ranked]
    total: int
    sample: Sample | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """Nodes that belong together: how many, the pairs tied among them, and the one with most ties, by least number."""

    size: int
    inside: int
    centre: int


@dataclass(frozen=True, slots=True)
class Division:
    """The graph in parts, the largest first; `of` gives the place of each node's part, from 0."""

    parts: Sequence[Part]
    of: Mapping[int, int]


class Whole(Protocol):
    """The nodes that have a tie; each tied pair is one edge, with its strength where that is asked."""

    @property
    def nodes(self) -> int: ...

    @property
    def edges(self) -> int: ...

    def central(self, by: Centrality, limit: int | None) -> Ranking:
        """Who is central; of bridges, how many parts each holds together."""
        ...

    def communities(self) -> tuple[Division, float, str]:
        """Who belongs together, the modularity of that, and by which method."""
        ...

    def components(self) -> Division:
        """Who is tied to each other by any way."""
        ...


def has_extra() -> bool:
    """Whether the extra `graph` is installed."""
    return all(find_spec(name) is not None for name in ("numpy", "rustworkx", "networkit"))
