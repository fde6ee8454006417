"""Which of many known words a mistyped one can mean."""

from collections.abc import Iterable

_SHORT, _LONG = 3, 6


def near(word: str, known: Iterable[tuple[str, int]], *, most: int = 8) -> list[str]:
    """The words of `known`, each with how often it is used, that are a few slips away: the nearest and commonest first.

    A slip is a letter too many, too few, wrong, or swapped with its neighbour. A word of 3 to 5 letters may have one,
    a longer one two, a shorter one none.
    """
    slips = 0 if len(word) < _SHORT else 1 if len(word) < _LONG else 2
    parts = _parts(word, slips + 1)
    found = []
    for other, count in known:
        if abs(len(other) - len(word)) > slips or not any(part in other for part in parts):
            continue
        distance = slips_between(word, other, slips)
        if distance <= slips:
            found.append((distance, -count, other))
    return [other for _, _, other in sorted(found)[:most]]


def slips_between(one: str, other: str, most: int) -> int:
    """How many slips make `other` of `one`; one more than `most` where it takes more than that."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, char in enumerate(one, 1):
        last, before, row = before, row, [i]
        for j, there in enumerate(other, 1):
            cost = min(before[j] + 1, row[-1] + 1, before[j - 1] + (char != there))
            if i > 1 and j > 1 and char == other[j - 2] and one[i - 2] == there:
                cost = min(cost, last[j - 2] + 1)
            row.append(cost)
        if min(row) > most:
            return most + 1
    return min(row[-1], most + 1)


def _parts(word: str, count: int) -> list[str]:
    """The word in so many pieces that the slips leave one of them whole.

    A swap can touch two pieces at once: each is short of its last letter.
    """
    size = -(-len(word) // count)
    pieces = [word[start : start + size] for start in range(0, len(word), size)]
    return [piece[:-1] if len(piece) > 1 else piece for piece in pieces[:-1]] + pieces[-1:]
