"""How likely it is that two records are of the same one, and why: evidence added up in bits.

What two records agree in counts the more, the fewer have it: a surname borne by one in 10,000 is 13 bits. Against it stands
how many there are to be mistaken for, and what they differ in. After Fellegi and Sunter (1969), "A theory for record
linkage", with weights set by hand.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from math import log2
from typing import NamedTuple

from rapidfuzz.distance import OSA

from crmcli.core.names import can_be_short

#: So many bits make 50 of 100; each more or less makes 4.
_EVEN, _PER_BIT = 3.0, 4.0

#: Words that are more frequent than this many times the rarer one are no slip of the keys.
_SLIP_RATE = 0.02
_SHORTEST_SLIPPED, _LONG_WORD = 4, 8
_CHOSEN = 7.0  # nobody names an organisation as another is named
_OTHERS = 3_000  # the world is larger than the file

FREE = frozenset(
    [
        "gmail.com",
        "googlemail.com",
        "outlook.com",
        "hotmail.com",
        "live.com",
        "yahoo.com",
        "yahoo.de",
        "yahoo.co.uk",
        "aol.com",
        "icloud.com",
        "me.com",
        "gmx.de",
        "gmx.net",
        "gmx.com",
        "web.de",
        "t-online.de",
        "mail.com",
        "mail.ru",
        "yandex.ru",
        "qq.com",
        "163.com",
        "126.com",
        "foxmail.com",
        "sina.com",
        "proton.me",
        "protonmail.com",
        "naver.com",
        "orange.fr",
        "free.fr",
        "libero.it",
    ]
)
_ROLES = frozenset(
    [
        "info",
        "sales",
        "office",
        "contact",
        "hello",
        "mail",
        "kontakt",
        "support",
        "service",
        "admin",
        "team",
        "post",
        "buchhaltung",
        "x",
    ]
)


class Profile(NamedTuple):
    """What is known of one customer, as far as it tells who it is."""

    parts: tuple[str, ...]
    is_organisation: bool
    emails: tuple[str, ...]
    phones: tuple[str, ...]
    city: str | None
    employer: int | None
    domains: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class World:
    """How many there are, and how many of them have a word of a name, a city, an employer or domain, a phone."""

    size: int
    words: Mapping[str, int]
    cities: Mapping[str, int]
    firms: Mapping[int | str, int]
    phones: Mapping[str, int]

    def bits(self, count: int) -> float:
        """What it tells to agree in something that so many have."""
        return log2((self.size + _OTHERS) / (count + 1))


@dataclass(slots=True)
class Evidence:
    """Bits so far, and what they are for."""

    bits: float
    reasons: list[str]

    def add(self, bits: float, reason: str | None = None) -> None:
        self.bits += bits
        if reason:
            self.reasons.append(reason)

    @property
    def score(self) -> float:
        """0 to 100; 50 is as likely as not."""
        return round(max(0.0, min(100.0, 50 + _PER_BIT * (self.bits - _EVEN))), 1)


def likeness(one: Profile, other: Profile, world: World) -> Evidence | None:
    """The evidence that the two are the same; None where their names say that they are not."""
    found = Evidence(-log2(world.size + 1), [])
    if one.is_organisation is not other.is_organisation or not _names(one, other, world, found):
        return None
    _phones(one, other, world, found)
    _emails(one, other, found)
    _firm(one, other, world, found)
    if one.city and other.city:
        if one.city == other.city:
            found.add(min(world.bits(world.cities.get(one.city, 1)), 6.0), "same city")
        else:
            found.add(-3.0)
    return found


def _names(one: Profile, other: Profile, world: World, found: Evidence) -> bool:
    """Whether the names can be the same; each word of the shorter one must have its like in the other."""
    if one.parts == other.parts:
        bits = sum(world.bits(world.words.get(word, 1)) for word in one.parts)
        found.add(bits + (_CHOSEN if one.is_organisation else 0.0), "same name")
        return True
    short, long = sorted((one.parts, other.parts), key=len)
    rest = list(long)
    unmatched = []
    for word in short:
        if word in rest:
            rest.remove(word)
            found.add(world.bits(world.words.get(word, 1)))
        else:
            unmatched.append(word)
    if len(unmatched) == len(short) and len(short) > 1 and not one.phones:
        return False
    for word in unmatched:
        like = next((each for each in rest if _alike(word, each, one, world, found)), None)
        if like is None:
            return False
        rest.remove(like)
    if rest:
        found.add((-12.0 if one.is_organisation else -3.0) * len(rest), f"one without {' '.join(rest)}")
    return True


def _alike(word: str, other: str, one: Profile, world: World, found: Evidence) -> bool:
    """Whether two words of names can be one: a short form, an initial, a slip of the keys."""
    counts = world.words.get(word, 1), world.words.get(other, 1)
    if not one.is_organisation:
        if min(len(word), len(other)) == 1 and word[0] == other[0]:
            found.add(0.0, f"initial: {word}, {other}")
            return True
        if can_be_short(word, other):
            found.add(world.bits(max(counts)) - 3.0, f"short form: {word}, {other}")
            return True
    if min(counts) > max(2, _SLIP_RATE * max(counts)) or not _slipped(word, other):
        return False
    found.add(world.bits(max(counts)) - 5.0, f"spelling: {word}, {other}")
    return True


def _slipped(word: str, other: str) -> bool:
    longest = max(len(word), len(other))
    if longest < _SHORTEST_SLIPPED or not (word.isascii() and other.isascii()):
        return False
    most = 2 if longest >= _LONG_WORD else 1
    return OSA.distance(word, other, score_cutoff=most) <= most


def _phones(one: Profile, other: Profile, world: World, found: Evidence) -> None:
    if not (one.phones and other.phones):
        return
    same = [phone for phone in one.phones if phone in other.phones]
    if same:
        count = min(world.phones.get(phone, 2) for phone in same)
        found.add(max(3.0, 13.0 - 2.0 * (count - 2)), "same phone")
    else:
        found.add(-2.5)


def _emails(one: Profile, other: Profile, found: Evidence) -> None:
    """Not the same address, which only one can have, but the same name at another domain, or the same mailbox."""
    best: tuple[float, str] | None = None
    for mine in one.emails:
        for theirs in other.emails:
            if mailbox(mine) == mailbox(theirs):
                best = (16.0, "same mailbox")
                break
            local = mine.split("@", 1)[0]
            if local in _ROLES or local != theirs.split("@", 1)[0]:
                continue
            is_of_name = any(len(word) > 2 and word in local for word in one.parts)  # noqa: PLR2004 (initials tell little)
            bits = 3.0 if is_of_name else 12.0 if len(local) > _SHORTEST_SLIPPED else 2.0
            if best is None or bits > best[0]:
                best = (bits, "same e-mail name")
    if best:
        found.add(*best)


def mailbox(email: str) -> str:
    """The address without what its provider ignores: dots and a +tag at Gmail, a +tag elsewhere."""
    local, _, domain = email.partition("@")
    local = local.partition("+")[0] or local
    if domain in ("gmail.com", "googlemail.com"):
        return f"{local.replace('.', '')}@gmail.com"
    return f"{local}@{domain}"


def domains(emails: tuple[str, ...]) -> tuple[str, ...]:
    """The domains of the addresses that are an organisation's own."""
    return tuple([domain for email in emails if (domain := email.rpartition("@")[2]) not in FREE])


def _firm(one: Profile, other: Profile, world: World, found: Evidence) -> None:
    """The same employer, or the same domain of their e-mail."""
    if one.employer is not None and one.employer == other.employer:
        found.add(min(world.bits(world.firms.get(one.employer, 1)), 9.0), "same employer")
        return
    both = next((domain for domain in one.domains if domain in other.domains), None)
    if both:
        found.add(min(world.bits(world.firms.get(both, 1)), 9.0), f"same domain: {both}")
    elif one.employer is not None and other.employer is not None:
        found.add(-1.5)
