"""Pairs of customers worth a look: those that have something seldom in common, and names that can be one.

Each customer stands in a few blocks: its phones, its whole name, its mailbox, and each word of its name with its city, its
employer, its mail domain. Everybody of a block is compared, unless there are too many: then with those of the same city,
else not at all. So the work grows with the number of customers, not with its square.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain, combinations

from crmcli.reports.likeness import CHOSEN, CITY, NAMED, UNLIKE, needed
from crmcli.reports.namesakes import can_be_one
from crmcli.reports.register import Members, Register, shared

_MOST = 12  # in a block
_RARE = 6


def pairs(known: Register, least: float = 0.0) -> Iterator[tuple[int, int]]:
    """The ids of each two of a kind that can be of one name and score `least`, each pair once, the lesser first."""
    names, organisations, words = known.names, known.organisations, known.words
    seen: set[tuple[int, int]] = set()
    for block in _blocks(known, needed(least, known)):
        for one, other in combinations(block, 2):
            is_person = one not in organisations
            if is_person is (other in organisations) or one == other:
                continue
            if can_be_one(names[one], names[other], words, is_person=is_person):
                pair = (one, other) if one < other else (other, one)
                if pair not in seen:
                    seen.add(pair)
                    yield pair


def _blocks(known: Register, bits: float) -> Iterator[Members]:
    """Those worth comparing, where it takes so many bits; a block that is too large parted by city."""
    tells = {word: known.bits(count) for word, count in known.words.items()}
    telling, more = _telling(known, bits, tells)
    for block in chain(
        known.lines.values(),
        known.boxes.values(),
        known.mailboxes.values(),
        _same_names(telling, known, bits, tells),
        _rare(known),
        _with_firm(known),
        _with_city(more, known),
    ):
        if len(block) <= _MOST:
            yield block
        else:
            yield from _parted(block, known.cities)


def _telling(known: Register, bits: float, tells: Mapping[str, float]) -> tuple[list[int], list[int]]:
    """Whose name could tell enough with the city; and whose even if it is not quite the same."""
    organisations, telling, more = known.organisations, [], []
    enough, plenty, bits_of = bits - CITY - NAMED, bits + UNLIKE - CITY, tells.__getitem__
    for number, parts in known.names.items():
        told = sum(map(bits_of, parts))
        if told >= enough or number in organisations:
            telling.append(number)
            if told >= plenty:
                more.append(number)
    return telling, more


def _parted(block: Members, by: Mapping[int, Hashable]) -> Iterator[Members]:
    """Those of a block who have the same besides, where they are few."""
    parts: dict[Hashable, list[int]] = defaultdict(list)
    for number in block:
        if number in by:
            parts[by[number]].append(number)
    return (part for part in parts.values() if 1 < len(part) <= _MOST)


def _same_names(numbers: Members, known: Register, bits: float, tells: Mapping[str, float]) -> Iterator[Members]:
    """Whole names; where they do not tell enough, those of the same city.

    Others have the same phone, employer or mailbox besides, and so a block of that.
    """
    for parts, block in shared(numbers, map(known.names.__getitem__, numbers)).items():
        chosen = 0.0 if known.organisations.isdisjoint(block) else CHOSEN
        if sum(tells[word] for word in parts) + chosen + NAMED >= bits:
            yield block
        else:
            yield from _parted(block, known.cities)


def _rare(known: Register) -> Iterable[Members]:
    """Words that few have, and that are not the whole name."""
    rare: dict[str, list[int]] = {word: [] for word, count in known.words.items() if 1 < count <= _RARE}
    for number, parts in known.names.items():
        if len(parts) > 1:
            for word in parts:
                if word in rare:
                    rare[word].append(number)
    return rare.values()


def _with_firm(known: Register) -> Iterator[Members]:
    """Words, with the employer and the domain."""
    parts = known.names.__getitem__
    for firm, members in known.firms.items():
        if isinstance(firm, str) and _have_one_employer(members, known):
            continue
        words = list(chain.from_iterable(map(parts, members)))
        if len(set(words)) < len(words):
            yield from _by_word(members, known)


def _have_one_employer(members: Members, known: Register) -> bool:
    """Whether all who could be one have the same employer, so few that they are compared for that."""
    employer = known.employers.get(members[-1])
    if employer is None or len(known.firms.get(employer, ())) > _MOST:
        return False
    others = [number for number in members if known.employers.get(number) != employer]
    return not others or (len(others) == 1 and others[0] in known.organisations)


def _with_city(numbers: Members, known: Register) -> Iterator[Members]:
    """Words, with the city."""
    towns: dict[str, list[int]] = defaultdict(list)
    for number in numbers:
        if number in known.cities:
            towns[known.cities[number]].append(number)
    for members in towns.values():
        yield from (block for block in _by_word(members, known) if len(block) <= _MOST)


def _by_word(numbers: Members, known: Register) -> Iterator[Members]:
    """Those of `numbers` that have a word in common."""
    names, held = known.names, defaultdict[str, list[int]](list)
    for number in numbers:
        for word in names[number]:
            held[word].append(number)
    return (block for block in held.values() if len(block) > 1)
