"""One of the shortest paths between two nodes, drawn by chance: two searches by breadth that meet."""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate
from random import Random

Around = Sequence[Sequence[int]]


def _drawn(nodes: Sequence[int], weights: Sequence[int], luck: Random) -> int:
    """One of the nodes, by their weights, which can be more than a float holds."""
    at = luck.randrange(sum(weights))
    return next(node for node, sum_ in zip(nodes, accumulate(weights), strict=True) if at < sum_)


@dataclass(slots=True)
class _Search:
    """How far each node within reach is from one end, by how many shortest paths, and who was reached last."""

    far: dict[int, int]
    paths: dict[int, int]
    edge: list[int]
    cost: int

    def step(self, around: Around) -> None:
        """A hop on."""
        far, paths, new = self.far, self.paths, []
        there = far[self.edge[0]] + 1
        for node in self.edge:
            count = paths[node]
            for other in around[node]:
                known = far.get(other)
                if known is None:
                    far[other], paths[other] = there, count
                    new.append(other)
                elif known == there:
                    paths[other] += count
        self.edge, self.cost = new, sum([len(around[node]) for node in new])

    def back(self, around: Around, node: int, luck: Random) -> list[int]:
        """A shortest path from `node` to the end, both left out; each of them as likely as the others."""
        found = []
        while self.far[node] > 1:
            nearer = [each for each in around[node] if self.far.get(each) == self.far[node] - 1]
            node = _drawn(nearer, [self.paths[each] for each in nearer], luck)
            found.append(node)
        return found


def between(around: Around, one: int, other: int, luck: Random) -> tuple[list[int], int]:
    """The nodes on a shortest path, without its ends; none where no path leads there. And how many ties were looked at."""
    ends = [_Search({end: 0}, {end: 1}, [end], len(around[end])) for end in (one, other)]
    steps = 0
    while all(end.edge for end in ends):
        near, far = sorted(ends, key=lambda end: end.cost)
        steps += near.cost
        near.step(around)
        met = [node for node in near.edge if node in far.far]
        if met:
            node = _drawn(met, [near.paths[each] * far.paths[each] for each in met], luck)
            inner = [] if node in (one, other) else [node]
            return [*inner, *(each for end in ends for each in end.back(around, node, luck))], steps
    return [], steps
