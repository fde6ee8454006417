"""A made-up register with errors of entry in it, written before the rules that find them.

People have given names and surnames by a long-tailed choice (a few are very common), a fifth of them Chinese names. Six
in ten work for one of the organisations (a tenth as many), with an address at its domain; a few have its switchboard as
their phone. Some live with another of the same surname, city and phone: they are not the same. Organisations have a
legal form and a domain; some have a branch of nearly the same name, which is not the same either.

Of `share` of all, one more record was entered, of a fifth of those a third one. Each of them is entered anew from the
first: the name as it was (40 %), with a slip of the keys (25 %), swapped (12 %), with a nickname, else an initial (17 %),
in capitals or wide letters (6 %); the e-mail missing (45 %), with its name at another domain (30 %), unlike it (25 %);
the phone the same (70 %), missing or another (15 % each); the city the same (75 %), missing (20 %), another (5 %); the
employer the same (70 %) or missing.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import accumulate

_NICKNAMES = {
    "Robert": "Bob", "William": "Bill", "Elizabeth": "Liz", "Katherine": "Kate", "Margaret": "Peggy", "Michael": "Mike",
    "Thomas": "Tom", "James": "Jim", "Richard": "Dick", "Edward": "Ted", "Joseph": "Joe", "Charles": "Charlie",
    "Daniel": "Dan", "Samuel": "Sam", "Benjamin": "Ben", "Andrew": "Andy", "Anthony": "Tony", "Nicholas": "Nick",
    "Susan": "Sue", "Deborah": "Debbie", "Jennifer": "Jenny", "Rebecca": "Becky", "Victoria": "Vicky", "Patricia": "Pat",
    "Johannes": "Hans", "Friedrich": "Fritz", "Francisco": "Paco", "José": "Pepe", "Giuseppe": "Beppe", "Matthew": "Matt",
}  # fmt: skip
_PLAIN = ("Maria", "Mario", "Anna", "Anne", "Jan", "Jana", "Paul", "Paula", "Zoë", "Chloé", "Ingrid", "Ivan", "Lucía")
_SYLLABLES = [
    first + end for first in (*"bdfghklmnrstvwz", "sch", "st", "tr", "br") for end in (*"aeiou", "an", "er", "in", "ol")
]
_HAN_SURNAMES = "王李张刘陈杨黄赵吴周徐孙马朱胡"
_HAN = "伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英华玉萍红建文辉力鹏飞宇晨雪梅兰"
_FREE = ("gmail.com", "outlook.com", "yahoo.com", "gmx.de", "qq.com")
_LEGAL = (("GmbH", "G.m.b.H."), ("Ltd", "Limited"), ("Inc", "Inc."), ("S.A.", "SA"), ("AG", "AG"), ("B.V.", "BV"))
_TRADES = ("Analytics", "Capital", "Energy", "Foods", "Health", "Logistics", "Media", "Robotics", "Systems", "Optics")


@dataclass(frozen=True, slots=True)
class Entry:
    """A record: whose it is (`who`), and what it says. `employer` is the place of a record of an organisation."""

    who: int
    kind: str
    name: str
    email: str | None = None
    phone: str | None = None
    city: str | None = None
    employer: int | None = None
    domain: str | None = None


def register(size: int, *, share: float = 0.02, seed: int = 1) -> list[Entry]:
    """About `size` records, and the repeated ones, in an order that tells nothing."""
    return _Register(size, share, seed).entries()


def same(entries: list[Entry]) -> set[tuple[int, int]]:
    """The pairs of places that are the same one's, the lesser first."""
    places: dict[int, list[int]] = {}
    for place, entry in enumerate(entries):
        places.setdefault(entry.who, []).append(place)
    return {(one, other) for group in places.values() for i, one in enumerate(group) for other in group[i + 1 :]}


class _Register:
    def __init__(self, size: int, share: float, seed: int) -> None:
        self.size, self.share = size, share
        self.pick = random.Random(seed)
        self.taken: set[str] = set()
        self.number = 0
        self.surnames = _Tail(self.pick, [self._word(2, 4) for _ in range(30_000)], 0.8)
        given = [*_NICKNAMES, *_PLAIN, *(self._word(2, 3) for _ in range(1_500))]
        self.given = _Tail(self.pick, given, 0.9)
        self.cities = _Tail(self.pick, [self._word(2, 4) for _ in range(400)], 0.9)

    def entries(self) -> list[Entry]:
        """Organisations first, as their people name them; then everybody else, shuffled."""
        firms = list(self._firms(self.size // 10))
        people = list(self._people(self.size - len(firms), firms))
        again = [copy for entry in (*firms, *people) for copy in self._again(entry)]
        rest = [*people, *again]
        self.pick.shuffle(rest)
        return [*firms, *rest]

    def _again(self, entry: Entry) -> Iterator[Entry]:
        if self.pick.random() < self.share:
            for _ in range(2 if self.pick.random() < 0.2 else 1):
                yield self._copied(entry) if entry.kind == "person" else self._copied_firm(entry)

    def _word(self, least: int, most: int) -> str:
        return "".join(self.pick.choices(_SYLLABLES, k=self.pick.randint(least, most))).title()

    def _next(self) -> int:
        self.number += 1
        return self.number

    def _phone(self) -> str:
        return f"+1{212 + self._next() % 7}{5_000_000 + self.number:07d}"

    def _free(self, local: str, domain: str) -> str:
        """The address, with the least number that makes it new."""
        local = "".join(char for char in local.lower() if char.isalnum() or char == ".") or "x"
        address, number = f"{local}@{domain}", 1
        while address in self.taken:
            number += 1
            address = f"{local}{number}@{domain}"
        self.taken.add(address)
        return address

    def _firms(self, count: int) -> Iterator[Entry]:
        while count > 0:
            core = f"{self._word(2, 3)} {self.pick.choice(_TRADES)}"
            domain = f"{core.lower().replace(' ', '-')}.com"
            if f"info@{domain}" in self.taken:
                continue
            legal = self.pick.choice(_LEGAL)[0]
            email = self._free("info", domain)
            first = Entry(
                self._next(), "organisation", f"{core} {legal}", email, self._phone(), self.cities.one(), None, domain
            )
            yield first
            count -= 1
            if count > 0 and self.pick.random() < 0.03:
                city = self.cities.one()
                email, name = self._free(f"info.{city}", domain), f"{core} {city} {legal}"
                yield replace(first, who=self._next(), name=name, email=email, phone=self._phone(), city=city)
                count -= 1

    def _people(self, count: int, firms: list[Entry]) -> Iterator[Entry]:
        while count > 0:
            entry = self._person(firms)
            yield entry
            count -= 1
            if count > 0 and entry.employer is None and " " in entry.name and self.pick.random() < 0.06:
                given, surname = self.given.one(), entry.name.rpartition(" ")[2]
                while given in entry.name:
                    given = self.given.one()
                email = self._free(f"{given}.{surname}", self.pick.choice(_FREE))
                yield replace(entry, who=self._next(), name=f"{given} {surname}", email=email)
                count -= 1

    def _person(self, firms: list[Entry]) -> Entry:
        chance = self.pick.random
        if chance() < 0.2:
            name = self.pick.choice(_HAN_SURNAMES) + "".join(self.pick.choices(_HAN, k=1 if chance() < 0.3 else 2))
            local = f"{self._word(1, 1)}.{self._word(1, 2)}"
        else:
            name = f"{self.given.one()} {self.surnames.one()}"
            local = name.replace(" ", ".")
        place = self.pick.randrange(len(firms)) if firms and chance() < 0.6 else None
        firm = firms[place] if place is not None else None
        domain = firm.domain if firm else self.pick.choice(_FREE)
        if firm is None and chance() < 0.5:
            local = self._word(3, 4)
        phone = self._phone() if chance() < 0.87 else firm.phone if firm and chance() < 0.5 else None
        city = firm.city if firm and chance() < 0.8 else self.cities.one()
        return Entry(self._next(), "person", name, self._free(local, domain or ""), phone, city, place, domain)

    def _copied(self, entry: Entry) -> Entry:
        chance = self.pick.random
        employer = entry.employer if chance() < 0.7 else None
        how = chance()
        email = None
        if how > 0.45:
            local = (entry.email or "x@").partition("@")[0] if how < 0.75 else self._word(3, 4)
            email = self._free(local, self.pick.choice([each for each in _FREE if each != entry.domain]))
        return replace(
            entry, name=self._renamed(entry.name), email=email, phone=self._kept(entry.phone, 0.7, 0.85, self._phone()),
            city=self._kept(entry.city, 0.75, 0.95, self.cities.one()), employer=employer,
        )  # fmt: skip

    def _copied_firm(self, entry: Entry) -> Entry:
        core, _, legal = entry.name.rpartition(" ")
        other = dict(_LEGAL)[legal]
        name = self.pick.choice([core, f"{core} {other}", f"{self._slip(core)} {legal}", f"{core} {legal}".upper()])
        email = self._free("sales", entry.domain or "") if self.pick.random() < 0.4 else None
        phone = self._kept(entry.phone, 0.7, 0.85, self._phone())
        return replace(
            entry, name=name, email=email, phone=phone, city=self._kept(entry.city, 0.75, 0.95, self.cities.one())
        )

    def _kept(self, value: str | None, same: float, none: float, other: str) -> str | None:
        chance = self.pick.random()
        return value if chance < same else None if chance < none else other

    def _renamed(self, name: str) -> str:
        chance = self.pick.random()
        given, _, surname = name.partition(" ")
        if not surname:  # a Chinese name
            return (
                f"{name[1:]} {name[0]}" if 0.65 < chance < 0.77 else f"{name[0]} {name[1:]}" if chance > 0.94 else name
            )
        if chance < 0.40:
            return name
        if chance < 0.65:
            return self._slip(name)
        if chance < 0.77:
            return self.pick.choice([f"{surname} {given}", f"{surname}, {given}"])
        if chance < 0.94:
            return f"{_NICKNAMES.get(given) or f'{given[0]}.'} {surname}"
        return self.pick.choice([name.upper(), "".join(chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in name)])

    def _slip(self, name: str) -> str:
        """One slip of the keys: a letter too many, too few, wrong, or two in the wrong order."""
        place = self.pick.randrange(1, len(name) - 1)
        if name[place] == " " or name[place + 1] == " ":
            place = 1
        letter = self.pick.choice("abcdefghijklmnopqrstuvwxyz")
        return self.pick.choice(
            [
                name[:place] + letter + name[place:],
                name[:place] + name[place + 1 :],
                name[:place] + letter + name[place + 1 :],
                name[:place] + name[place + 1] + name[place] + name[place + 2 :],
            ]
        )


class _Tail:
    """A choice in which the first are common and the last are rare."""

    def __init__(self, pick: random.Random, words: list[str], power: float) -> None:
        self._pick, self._words = pick, list(dict.fromkeys(words))
        self._weights = list(accumulate(1 / (place + 3) ** power for place in range(len(self._words))))

    def one(self) -> str:
        return self._pick.choices(self._words, cum_weights=self._weights)[0]
