"""What is known of all customers, as far as it tells who they are, and how common each of it is."""

from collections import Counter, defaultdict
from collections.abc import Hashable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from itertools import chain
from math import log2
from typing import TypeVar

from crmcli.core.names import parts
from crmcli.core.normal import fold
from crmcli.core.vocabulary import WORKS_FOR
from crmcli.db.reader import Reader
from crmcli.reports.namesakes import Parts

_OTHERS = 3_000  # the world is larger than the file
_PARTED = "\n"

Members = Sequence[int]
Key = TypeVar("Key", bound=Hashable)
_Points = tuple[list[int], list[str]]  # whose, and what

_FREE = frozenset(
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


@dataclass(frozen=True, slots=True)
class Register:
    """What is known of each by its id, and who has the same; those in `names` are there. Several addresses are one text: see `each`."""

    names: Mapping[int, Parts]
    organisations: AbstractSet[int]
    cities: Mapping[int, str]
    emails: Mapping[int, str]
    phones: Mapping[int, str]
    employers: Mapping[int, int]
    words: Mapping[str, int]
    towns: Mapping[str, int]
    lines: Mapping[str, Members]  # phones that several have
    firms: Mapping[int | str, Members]  # employers, and domains of mail

    def bits(self, count: int) -> float:
        """What it tells to agree in something that so many have."""
        return log2((len(self.names) + _OTHERS) / (count + 1))


def register(db: Reader) -> Register:
    """All customers that are there."""
    names: dict[int, Parts] = {}
    organisations: set[int] = set()
    cities: dict[int, str] = {}
    folded: dict[str, str] = {}
    for number, is_organisation, name, city in db.rows(
        "select id, kind = 'organisation', name, city from customer where removed_at is null order by id"
    ):
        names[number] = parts(name, is_organisation=is_organisation)
        if is_organisation:
            organisations.add(number)
        if city:
            cities[number] = folded.get(city) or folded.setdefault(city, fold(city))
    emails, phones = _points(db)
    employers = _employers(db, names)
    return Register(
        names,
        organisations,
        cities,
        _by_holder(*emails),
        _by_holder(*phones),
        employers,
        Counter(chain.from_iterable(names.values())),
        Counter(cities.values()),
        shared(*phones),
        _firms(employers, emails),
    )


def each(held: str | None) -> list[str]:
    """The addresses, or the numbers, that a text of the register stands for."""
    return held.split(_PARTED) if held else []


def domains(addresses: Iterable[str]) -> list[str]:
    """The domains of the addresses that are an organisation's own."""
    return [domain for address in addresses if (domain := address.rpartition("@")[2]) not in _FREE]


def shared(numbers: Iterable[int], keys: Iterable[Key]) -> dict[Key, list[int]]:
    """Those of `numbers` that stand beside the same one of `keys`, each once, where there are several."""
    first: dict[Key, int] = {}
    found: dict[Key, dict[int, None]] = {}
    for number, key in zip(numbers, keys, strict=True):
        other = first.setdefault(key, number)
        if other != number:
            found.setdefault(key, {other: None})[number] = None
    return {key: list(held) for key, held in found.items()}


def _points(db: Reader) -> tuple[_Points, _Points]:
    """The e-mail addresses and the phones; not asked by kind: an index by value gives them in an order that costs more."""
    emails: _Points = ([], [])
    phones: _Points = ([], [])
    for number, value in db.rows("select customer_id, value from contact_point where is_live = 1"):
        numbers, values = emails if "@" in value else phones
        numbers.append(number)
        values.append(value)
    return emails, phones


def _by_holder(numbers: list[int], values: list[str]) -> dict[int, str]:
    held = dict(zip(numbers, values, strict=True))
    if len(held) < len(numbers):
        more: dict[int, list[str]] = {}
        for number, value in zip(numbers, values, strict=True):
            if held[number] != value:
                more.setdefault(number, []).append(value)
        held |= {number: _PARTED.join((*others, held[number])) for number, others in more.items()}
    return held


def _employers(db: Reader, names: Mapping[int, Parts]) -> dict[int, int]:
    sql = "select from_id, to_id from relationship where type_id = :type and removed_at is null and until is null"
    return {number: employer for number, employer in db.rows(sql, type=WORKS_FOR) if number in names}


def _firms(employers: Mapping[int, int], emails: _Points) -> dict[int | str, list[int]]:
    """Who has the same employer, by its id, and who the same domain."""
    firms: dict[int | str, list[int]] = defaultdict(list)
    for number, employer in employers.items():
        firms[employer].append(number)
    for number, address in zip(*emails, strict=True):
        domain = address.rpartition("@")[2]
        if domain not in _FREE:
            firms[domain].append(number)
    return firms
