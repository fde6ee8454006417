"""Pairs of customers worth a look: those that have something seldom in common.

Each customer stands in a few blocks: its phones, its whole name, its mailbox, and each word of its name with its city, its
employer, its mail domain. Everybody of a block is compared, unless there are too many: then with those of the same city,
else not at all. So the work grows with the number of customers, not with its square.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import combinations

from crmcli.reports.likeness import Profile, World, mailbox

_MOST = 12  # in a block
_RARE = 6

Keys = Iterable[tuple[int, str]]


def pairs(profiles: Sequence[Profile], world: World) -> Iterator[tuple[int, int]]:
    """The places of each two profiles that share a block, each pair once, the lesser first."""
    shift = len(profiles).bit_length()
    seen: set[int] = set()
    for keys in (
        _phones(profiles, world),
        _mailboxes(profiles),
        _names(profiles),
        _rare(profiles, world.words),
        _with_firm(profiles, world.words),
        _with_city(profiles, world),
    ):
        for block in _blocks(keys):
            for part in _small(block, profiles):
                seen.update([one << shift | other for one, other in combinations(part, 2)])
    mask = (1 << shift) - 1
    for pair in sorted(seen):
        yield pair >> shift, pair & mask


def _blocks(keys: Keys) -> Iterator[list[int]]:
    """The places that have a key in common, each once and in their order."""
    first: dict[str, int] = {}
    blocks: dict[str, list[int]] = {}
    for place, key in keys:
        other = first.setdefault(key, place)
        if other != place:
            blocks.setdefault(key, [other]).append(place)
    del first
    for block in blocks.values():
        yield list(dict.fromkeys(block))


def _small(block: list[int], profiles: Sequence[Profile]) -> Iterator[list[int]]:
    """The block; one that is too large by city, as far as that makes it small."""
    if len(block) <= _MOST:
        yield block
        return
    towns: dict[str, list[int]] = {}
    for place in block:
        city = profiles[place].city
        if city:
            towns.setdefault(city, []).append(place)
    yield from (part for part in towns.values() if 1 < len(part) <= _MOST)


def _phones(profiles: Sequence[Profile], world: World) -> Keys:
    return ((place, phone) for place, each in enumerate(profiles) for phone in each.phones if world.phones[phone] > 1)


def _mailboxes(profiles: Sequence[Profile]) -> Keys:
    return ((place, mailbox(email).partition("@")[0]) for place, each in enumerate(profiles) for email in each.emails)


def _names(profiles: Sequence[Profile]) -> Keys:
    whole = Counter(each.parts for each in profiles)
    return ((place, " ".join(each.parts)) for place, each in enumerate(profiles) if whole[each.parts] > 1)


def _rare(profiles: Sequence[Profile], words: Mapping[str, int]) -> Keys:
    """Words that few have."""
    return ((place, word) for place, each in enumerate(profiles) for word in each.parts if 1 < words[word] <= _RARE)


def _with_firm(profiles: Sequence[Profile], words: Mapping[str, int]) -> Keys:
    """Other words, with the employer and the domain."""
    for place, each in enumerate(profiles):
        for firm in each.domains if each.employer is None else (*each.domains, each.employer):
            for word in each.parts:
                if words[word] > _RARE:
                    yield place, f"{word} {firm}"


def _with_city(profiles: Sequence[Profile], world: World) -> Keys:
    """Other words, with the city, where not too many are to be expected."""
    most = 2 * _MOST * len(profiles)
    for place, each in enumerate(profiles):
        if each.city:
            inhabitants = world.cities[each.city]
            for word in each.parts:
                if world.words[word] > _RARE and world.words[word] * inhabitants < most:
                    yield place, f"{word} {each.city}"
