"""Whether two names can be one's: in a short form, with initials, after a slip of the keys."""

from collections.abc import Mapping
from typing import Literal

from rapidfuzz.distance.OSA import distance

from crmcli.core.names import SHORT, can_be_short

How = Literal["initial", "short form", "spelling"]
Parts = tuple[str, ...]

#: Words that are more frequent than this many times the rarer one are no slip of the keys.
_SLIP_RATE = 0.02
_SLIPS = 2  # a word seen so often can be a slip of any other
SHORTEST_SLIPPED, _LONG_WORD = 4, 8


def can_be_one(one: Parts, other: Parts, words: Mapping[str, int], *, is_person: bool) -> bool:
    """Whether each word of the shorter name has its like in the other; `words` says how many have each."""
    if one == other:
        return True
    if len(one) == len(other) == 2:  # noqa: PLR2004 (a given name and a surname: nearly all)
        first, second = one
        third, fourth = other
        if first == third:
            return alike(second, fourth, words, is_person=is_person) is not None
        if second == fourth:
            return alike(first, third, words, is_person=is_person) is not None
        if first == fourth:
            return alike(second, third, words, is_person=is_person) is not None
        if second == third:
            return alike(first, fourth, words, is_person=is_person) is not None
    short, long = (one, other) if len(one) <= len(other) else (other, one)
    return all(word in long or any(alike(word, other, words, is_person=is_person) for other in long) for word in short)


def alike(word: str, other: str, words: Mapping[str, int], *, is_person: bool) -> How | None:
    """How two different words of names can be one; only people have short forms."""
    if is_person:
        if len(word) == 1 or len(other) == 1:
            return "initial" if word[0] == other[0] else None
        if (word in SHORT or other in SHORT) and can_be_short(word, other):
            return "short form"
    most = 2 if len(word) >= _LONG_WORD or len(other) >= _LONG_WORD else 1
    if distance(word, other, score_cutoff=most) > most:  # asked first, as most fail here and it is quick
        return None
    return "spelling" if _is_rare_enough(words[word], words[other]) and _can_slip(word, other) else None


def _is_rare_enough(one: int, other: int) -> bool:
    few, many = (one, other) if one <= other else (other, one)
    return few <= _SLIPS or few <= _SLIP_RATE * many


def _can_slip(word: str, other: str) -> bool:
    return max(len(word), len(other)) >= SHORTEST_SLIPPED and word.isascii() and other.isascii()
