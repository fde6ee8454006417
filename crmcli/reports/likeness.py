"""How likely it is that two records are of the same one, and why: evidence added up in bits.

What two records agree in counts the more, the fewer have it: a surname borne by one in 10,000 is 13 bits. Against it stands
how many there are to be mistaken for, and what they differ in. After Fellegi and Sunter (1969), "A theory for record
linkage", with weights set by hand.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from math import log2

from crmcli.reports.mail import ROLES, domains, is_of_name, mailbox
from crmcli.reports.namesakes import SHORTEST_SLIPPED, Parts, alike
from crmcli.reports.register import Particulars, Register

#: So many bits make 50 of 100; each more or less makes 4.
_EVEN, _PER_BIT = 3.0, 4.0

CHOSEN = 7.0  # nobody names an organisation as another is named
FIRM, _DOMAIN, CITY = 12.0, 9.0, 6.0  # no employer, no domain and no city tells more
NAMED = 1.0  # of an address that is made of the name
UNLIKE, _SLIPPED = 3.0, 4.0  # a short form tells so much less than the name, a slip even less


def needed(least: float, known: Register) -> float:
    """How many bits it takes to score so much."""
    return log2(len(known.names) + 1) + _EVEN + (least - 50) / _PER_BIT


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


def likeness(one: int, other: int, known: Register, besides: Particulars) -> Evidence | None:
    """The evidence that the two are the same, of one kind; None where their names say that they are not."""
    found = Evidence(_EVEN - needed(50, known), [])
    phones = set(besides.phones.get(one, ())), set(besides.phones.get(other, ()))
    if not _names(one, other, known, found, is_phone_same=not phones[0].isdisjoint(phones[1])):
        return None
    _phones(*phones, known, found)
    emails = besides.emails.get(one, ()), besides.emails.get(other, ())
    _emails(*emails, known.names[one], found)
    _firm(known.employers.get(one), known.employers.get(other), emails, known, found)
    _city(known.cities.get(one), known.cities.get(other), known, found)
    return found


def _names(one: int, other: int, known: Register, found: Evidence, *, is_phone_same: bool) -> bool:
    """Whether the names can be the same; each word of the shorter one must have its like in the other.

    Names without a word in common need the same phone.
    """
    is_person = one not in known.organisations
    mine, theirs = known.names[one], known.names[other]
    if mine == theirs:
        found.add(sum([known.bits(known.words[word]) for word in mine]) + (0.0 if is_person else CHOSEN), "same name")
        return True
    short, long = (mine, theirs) if len(mine) <= len(theirs) else (theirs, mine)
    rest = list(long)
    unmatched = []
    for word in short:
        if word in rest:
            rest.remove(word)
            found.add(known.bits(known.words[word]))
        else:
            unmatched.append(word)
    if len(unmatched) == len(short) > 1 and not is_phone_same:
        return False
    for word in unmatched:
        like = next((each for each in rest if _alike(word, each, known, found, is_person=is_person)), None)
        if like is None:
            return False
        rest.remove(like)
    if rest:
        found.add((-3.0 if is_person else -12.0) * len(rest), f"one without {' '.join(rest)}")
    return True


def _alike(word: str, other: str, known: Register, found: Evidence, *, is_person: bool) -> bool:
    """Whether two words of names can be one, as what they tell is added."""
    how = alike(word, other, known.words, is_person=is_person)
    if how is None:
        return False
    of_either = known.bits(max(known.words[word], known.words[other]))
    bits = {"initial": 0.0, "short form": of_either - UNLIKE, "spelling": of_either - _SLIPPED}[how]
    found.add(bits, f"{how}: {word}, {other}")
    return True


def _phones(mine: set[str], theirs: set[str], known: Register, found: Evidence) -> None:
    if not mine or not theirs:
        return
    same = mine & theirs
    if same:
        count = min(len(known.lines[phone]) for phone in same)
        found.add(max(3.0, max(13.0, known.bits(count)) - 2.0 * (count - 2)), "same phone")
    else:
        found.add(-2.5)


def _emails(mine: Sequence[str], theirs: Sequence[str], name: Parts, found: Evidence) -> None:
    """Not the same address, which only one can have, but the same name at another domain, or the same mailbox."""
    best: tuple[float, str] | None = None
    for one, other in product(mine, theirs):
        if mailbox(one) == mailbox(other):
            best = (16.0, "same mailbox")
            break
        local = one.partition("@")[0]
        if local in ROLES or local != other.partition("@")[0]:
            continue
        bits = NAMED if is_of_name(local, name) else 12.0 if len(local) > SHORTEST_SLIPPED else 2.0
        if best is None or bits > best[0]:
            best = (bits, "same e-mail name")
    if best:
        found.add(*best)


def _firm(
    mine: int | None, theirs: int | None, emails: tuple[Sequence[str], Sequence[str]], known: Register, found: Evidence
) -> None:
    """The same employer, or the same domain of their e-mail."""
    if mine is not None and mine == theirs:
        found.add(min(known.bits(len(known.firms[mine])), FIRM), "same employer")
        return
    others = domains(emails[1])
    both = next((domain for domain in domains(emails[0]) if domain in others), None)
    if both:
        found.add(min(known.bits(len(known.firms[both])), _DOMAIN), f"same domain: {both}")
    elif mine is not None and theirs is not None:
        found.add(-3.0)


def _city(mine: str | None, theirs: str | None, known: Register, found: Evidence) -> None:
    if mine is None or theirs is None:
        return
    if mine == theirs:
        found.add(min(known.bits(known.towns[mine]), CITY), "same city")
    else:
        found.add(-3.0)
