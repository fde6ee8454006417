"""A graph, for other programs and as it is drawn."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Vertex:
    """A customer of a graph, or one of us, numbered below one; `no_contact` says why they must not be contacted.

    None of us has a `uid`, which is what tells a customer in another file.
    """

    id: int
    name: str
    kind: str
    city: str | None = None
    industry: str | None = None
    no_contact: str | None = None
    uid: str | None = None


@dataclass(frozen=True, slots=True)
class Link:
    """A tie of a graph, `source` *type* `target`; one that is no relationship is numbered below one and has no `uid`.

    `strength` is that of the tie, `said` what was given with --strength.
    """

    id: int
    source: int
    target: int
    type: str
    inverse: str
    is_symmetric: bool
    strength: float
    since: str | None = None
    said: int | None = None
    uid: str | None = None


@dataclass(frozen=True, slots=True)
class Network:
    """A graph, for other programs."""

    nodes: Sequence[Vertex]
    edges: Sequence[Link]

    @property
    def noun(self) -> str:
        """What its nodes are called."""
        return "node" if any(node.id < 1 for node in self.nodes) else "customer"


@dataclass(frozen=True, slots=True)
class Scheme:
    """A way to colour customers: groups of them by name; who is in two is coloured as of the first."""

    name: str
    groups: Mapping[str, Collection[int]]


@dataclass(frozen=True, slots=True)
class Picture:
    """A graph as it is drawn: where each customer stands, how they can be coloured, and what is open with them."""

    network: Network
    places: Mapping[int, tuple[float, float]]
    schemes: Sequence[Scheme]
    deals: Mapping[int, str]
