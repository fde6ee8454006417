"""Where the nodes of a graph stand in a drawing: the same graph always gives the same places."""

import math
from collections import deque
from collections.abc import Iterable, Mapping, Sequence

Place = tuple[float, float]
_Around = Mapping[int, Sequence[int]]
_Square = tuple[float, float, int, float, "Sequence[_Square]"]

LENGTH = 120.0
_PUSH = 0.4 * LENGTH * LENGTH
_PIVOTS, _POWERS = 12, 60
_STEPS, _STEPS_OF_MANY, _MANY = 120, 50, 500
_OPENS, _DEEPEST = 1.44, 24
_NOTHING = 1e-9
_GOLDEN = math.pi * (3 - math.sqrt(5))


def places(nodes: Iterable[int], ties: Iterable[tuple[int, int]]) -> dict[int, Place]:
    """A place for each node, a tie about `LENGTH` long; parts without a tie between them stand apart, the largest first."""
    around: dict[int, set[int]] = {node: set() for node in sorted(nodes)}
    for one, other in ties:
        if one != other:
            around[one].add(other)
            around[other].add(one)
    graph = {node: sorted(near) for node, near in around.items()}
    return _packed([_part(part, graph) for part in _parts(graph)])


def _parts(graph: _Around) -> list[list[int]]:
    found, seen = [], set[int]()
    for node in graph:
        if node not in seen:
            part = sorted(_distances(graph, node))
            seen.update(part)
            found.append(part)
    return sorted(found, key=lambda part: (-len(part), part[0]))


def _distances(graph: _Around, start: int) -> dict[int, int]:
    found, queue = {start: 0}, deque([start])
    while queue:
        node = queue.popleft()
        for near in graph[node]:
            if near not in found:
                found[near] = found[node] + 1
                queue.append(near)
    return found


def _part(part: Sequence[int], graph: _Around) -> dict[int, Place]:
    """One connected part, from its rough shape on by forces."""
    place = {node: at for at, node in enumerate(part)}
    ties = [(place[node], place[near]) for node in part for near in graph[node] if node < near]
    xs, ys = _shape(part, graph)
    _scale(xs, ys, ties)
    for at in range(len(part)):  # leaves of the same node have the same distances to all others
        xs[at] += math.cos(at * _GOLDEN) * LENGTH / 2
        ys[at] += math.sin(at * _GOLDEN) * LENGTH / 2
    steps = _STEPS if len(part) <= _MANY else _STEPS_OF_MANY
    for step in range(steps):
        _step(xs, ys, ties, most=LENGTH * (1 - step / steps))
    return {node: (xs[at], ys[at]) for at, node in enumerate(part)}


def _shape(part: Sequence[int], graph: _Around) -> tuple[list[float], list[float]]:
    """Brandes & Pich (2007), "Eigensolver methods for progressive multidimensional scaling": by distances to some nodes."""
    columns: list[list[float]] = []
    nearest = dict.fromkeys(part, math.inf)
    pivot = min(part, key=lambda node: (-len(graph[node]), node))
    for _ in range(min(_PIVOTS, len(part))):
        far = _distances(graph, pivot)
        nearest = {node: min(near, far[node]) for node, near in nearest.items()}
        columns.append([float(far[node] ** 2) for node in part])
        pivot = max(part, key=lambda node: (nearest[node], -node))
    rows = [sum(each) / len(columns) for each in zip(*columns, strict=True)]
    middle = sum(rows) / len(rows)
    for column in columns:
        mean = sum(column) / len(column)
        column[:] = [(row + mean - value - middle) / 2 for value, row in zip(column, rows, strict=True)]
    matrix = [[math.fsum(a * b for a, b in zip(one, other, strict=True)) for other in columns] for one in columns]
    axes = _axes(matrix)
    return tuple(  # type: ignore[return-value]  # two axes, two lists
        [math.fsum(value * part for value, part in zip(each, axis, strict=True)) for each in zip(*columns, strict=True)]
        for axis in axes
    )


def _axes(matrix: Sequence[Sequence[float]]) -> list[list[float]]:
    """The two main axes of a symmetric matrix, by repeated multiplication."""
    found: list[list[float]] = []
    for turn in range(2):
        axis = [1.0 / (at + 1 + turn) for at in range(len(matrix))]
        for _ in range(_POWERS):
            axis = [math.fsum(a * b for a, b in zip(row, axis, strict=True)) for row in matrix]
            for other in found:
                share = math.fsum(a * b for a, b in zip(axis, other, strict=True))
                axis = [a - share * b for a, b in zip(axis, other, strict=True)]
            size = math.sqrt(math.fsum(a * a for a in axis))
            axis = [a / size if size > _NOTHING else 0.0 for a in axis]
        found.append(axis)
    return found


def _scale(xs: list[float], ys: list[float], ties: Sequence[tuple[int, int]]) -> None:
    """Make a tie `LENGTH` long on average."""
    long = sum(math.hypot(xs[one] - xs[other], ys[one] - ys[other]) for one, other in ties)
    factor = LENGTH * len(ties) / long if long else 1.0
    xs[:], ys[:] = [x * factor for x in xs], [y * factor for y in ys]


def _step(xs: list[float], ys: list[float], ties: Sequence[tuple[int, int]], *, most: float) -> None:
    """Move every node by its forces, at most so far: Fruchterman & Reingold (1991), the tie of a hub pulling less."""
    moves = _repelled(xs, ys)
    degree = [0] * len(xs)
    for one, other in ties:
        degree[one] += 1
        degree[other] += 1
    for one, other in ties:
        dx, dy = xs[one] - xs[other], ys[one] - ys[other]
        pull = math.sqrt(dx * dx + dy * dy) / LENGTH / math.sqrt(min(degree[one], degree[other]))
        moves[one][0] -= dx * pull
        moves[one][1] -= dy * pull
        moves[other][0] += dx * pull
        moves[other][1] += dy * pull
    for at, (dx, dy) in enumerate(moves):
        size = math.sqrt(dx * dx + dy * dy)
        share = min(1.0, most / size) if size else 0.0
        xs[at] += dx * share
        ys[at] += dy * share


def _repelled(xs: Sequence[float], ys: Sequence[float]) -> list[list[float]]:
    """How every node is pushed away by all others: Barnes & Hut (1986), far ones together from their middle."""
    root = _tree(list(range(len(xs))), xs, ys, 0)
    moves = []
    for x, y in zip(xs, ys, strict=True):
        dx = dy = 0.0
        todo = [root]
        while todo:
            middle_x, middle_y, number, side, below = todo.pop()
            right, down = x - middle_x, y - middle_y
            distance = right * right + down * down
            if side * side < _OPENS * distance or not below:
                push = number * _PUSH / (distance + 1.0)
                dx += right * push
                dy += down * push
            else:
                todo += below
        moves.append([dx, dy])
    return moves


def _tree(group: list[int], xs: Sequence[float], ys: Sequence[float], deep: int) -> _Square:
    """The middle of a group of nodes, how many, the side of the square around them, and its quarters."""
    number = len(group)
    if number == 1:
        return xs[group[0]], ys[group[0]], 1, 0.0, ()
    across, down = [xs[at] for at in group], [ys[at] for at in group]
    left, right, top, bottom = min(across), max(across), min(down), max(down)
    middle_x, middle_y, side = sum(across) / number, sum(down) / number, max(right - left, bottom - top)
    if deep == _DEEPEST or side <= 0:
        return middle_x, middle_y, number, side, ()
    half_x, half_y = (left + right) / 2, (top + bottom) / 2
    quarters: tuple[list[int], ...] = ([], [], [], [])
    for at in group:
        quarters[(xs[at] > half_x) + 2 * (ys[at] > half_y)].append(at)
    return middle_x, middle_y, number, side, [_tree(each, xs, ys, deep + 1) for each in quarters if each]


def _packed(parts: Iterable[Mapping[int, Place]]) -> dict[int, Place]:
    """The parts side by side in rows, about as wide as high."""
    boxes = []
    for part in parts:
        left, top = min(x for x, _ in part.values()), min(y for _, y in part.values())
        wide, high = max(x for x, _ in part.values()) - left, max(y for _, y in part.values()) - top
        boxes.append((part, left, top, wide + LENGTH, high + LENGTH))
    widest = max(
        [math.sqrt(sum(wide * high for *_, wide, high in boxes)) * 1.3, *(wide for *_, wide, _ in boxes)], default=0
    )
    found: dict[int, Place] = {}
    x = y = row = 0.0
    for part, left, top, wide, high in boxes:
        if x + wide > widest:
            x, y, row = 0.0, y + row, 0.0
        for node, (at_x, at_y) in part.items():
            found[node] = (round(at_x - left + x + LENGTH / 2, 1), round(at_y - top + y + LENGTH / 2, 1))
        x, row = x + wide, max(row, high)
    return found
