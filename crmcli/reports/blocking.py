"""Pairs of customers worth a look: those that have something seldom in common, and names that can be one.

Each customer stands in a few blocks: its phones, its whole name, its mailbox, and each word of its name with its city, its
employer, its mail domain. Everybody of a block is compared, unless there are too many: then with those of the same city,
else not at all. So the work grows with the number of customers, not with its square.
"""

from collections import defaultdict
from collections.abc import Hashable, Iterable, Iterator, Mapping
from itertools import chain, combinations

from crmcli.reports.likeness import CHOSEN, CITY, GMAIL, NAMED, UNLIKE, is_of_name, mailbox, needed
from crmcli.reports.namesakes import Parts, can_be_one
from crmcli.reports.register import Members, Register, each, shared

_MOST = 12  # in a block
_RARE = 6

Telling = tuple[int, Parts, float]


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
    telling = _telling(known, bits)
    for block in chain(
        known.lines.values(),
        _mailboxes(known),
        _same_names(known, telling, bits),
        _rare(known),
        _with_firm(known),
        _with_city(known, telling, bits),
    ):
        if len(block) <= _MOST:
            yield block
        else:
            yield from _parted(block, known.cities)


def _telling(known: Register, bits: float) -> list[Telling]:
    """Whose name could tell enough with the city, and how many bits it tells."""
    tells = {word: known.bits(count) for word, count in known.words.items()}.__getitem__
    enough, organisations = bits - CITY - NAMED, known.organisations
    return [
        (number, parts, told)
        for number, parts in known.names.items()
        if (told := sum(map(tells, parts))) >= enough or number in organisations
    ]


def _parted(block: Members, by: Mapping[int, Hashable]) -> Iterator[Members]:
    """Those of a block who have the same besides, where they are few."""
    parts: dict[Hashable, list[int]] = defaultdict(list)
    for number in block:
        if number in by:
            parts[by[number]].append(number)
    return (part for part in parts.values() if 1 < len(part) <= _MOST)


def _mailboxes(known: Register) -> Iterator[Members]:
    """The same mailbox, or at any domain the same name of one that is not made of the customer's."""
    numbers, boxes = [], []
    changed = set()
    for number, held in known.emails.items():
        for email in each(held):
            box, _, domain = email.partition("@")
            if "+" in box or domain in GMAIL:
                plain = mailbox(email).partition("@")[0]
                if plain != box:
                    changed.add(plain)
                box = plain
            numbers.append(number)
            boxes.append(box)
    for box, block in shared(numbers, boxes).items():
        yield [number for number in block if not is_of_name(box, known.names[number])]
        if box in changed:
            whole = [(number, mailbox(email)) for number in block for email in each(known.emails[number])]
            yield from shared(*zip(*whole, strict=True)).values()


def _same_names(known: Register, telling: Iterable[Telling], bits: float) -> Iterator[Members]:
    """Whole names; where they do not tell enough, those of the same city.

    Others have the same phone, employer or mailbox besides, and so a block of that.
    """
    numbers, names, told = zip(*telling, strict=True) if telling else ((), (), ())
    tells = dict(zip(names, told, strict=True))
    for parts, block in shared(numbers, names).items():
        chosen = 0.0 if known.organisations.isdisjoint(block) else CHOSEN
        if tells[parts] + chosen + NAMED >= bits:
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
    for members in known.firms.values():
        words = list(chain.from_iterable(map(parts, members)))
        if len(set(words)) < len(words):
            yield from _by_word(members, known)


def _with_city(known: Register, telling: Iterable[Telling], bits: float) -> Iterator[Members]:
    """Words, with the city, of names that tell enough with it even if they are not quite the same."""
    enough = bits + UNLIKE - CITY
    towns: dict[str, list[int]] = defaultdict(list)
    for number, _, told in telling:
        if told >= enough and number in known.cities:
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
