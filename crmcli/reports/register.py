"""What is known of all customers, as far as it tells who they are, and how common each of it is.

What only tells two apart that are compared is asked of those few: see `Particulars`.
"""

import json
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
from crmcli.reports.mail import FREE, GMAIL, INITIALS, mailbox
from crmcli.reports.namesakes import Parts

_OTHERS = 3_000  # the world is larger than the file

Members = Sequence[int]
_Keyed = tuple[list[int], list[str]]  # who, and what of theirs
Key = TypeVar("Key", bound=Hashable)

_CUSTOMERS = "select id, kind = 'organisation', name, city from customer where removed_at is null order by id"
#: Found by the index of phones alone; then those few are read in the order of the file.
_LINES = """
    select value, customer_id from contact_point where is_live = 1 and id in (
        select id from contact_point where kind = 'phone'
        and value in (select value from contact_point where kind = 'phone' group by value having count(*) > 1)
    )
"""
#: Not by the index of addresses: in its order the customers are all over the file.
_EMAILS = "select customer_id, value from contact_point where +kind = 'email' and is_live = 1"
#: In an order in which the last of several stays.
_EMPLOYERS = """
    select from_id, to_id from relationship
    where type_id = :type and removed_at is null and until is null order by from_id, type_id, to_id
"""
_THESE_EMAILS = """
    select customer_id, value from contact_point
    where value in (select value from json_each(:values)) and kind = 'email' and is_live = 1
"""
_POINTS = """
    select customer_id, kind, value from contact_point
    where customer_id in (select value from json_each(:ids)) and is_live = 1 order by id
"""


@dataclass(frozen=True, slots=True)
class Register:
    """What is known of each by its id, and who has the same; those in `names` are there."""

    names: Mapping[int, Parts]
    organisations: AbstractSet[int]
    cities: Mapping[int, str]
    words: Mapping[str, int]
    towns: Mapping[str, int]
    lines: Mapping[str, Members]  # phones that several have
    boxes: Mapping[str, Members]  # names of mailboxes, at any domain, that several have and that are not made of theirs
    mailboxes: Mapping[str, Members]  # those that several have, written in several ways
    employers: Mapping[int, int]
    firms: Mapping[int | str, Members]  # employers, and domains of mail

    def bits(self, count: int) -> float:
        """What it tells to agree in something that so many have."""
        return log2((len(self.names) + _OTHERS) / (count + 1))


@dataclass(frozen=True, slots=True)
class Particulars:
    """What some customers have besides, by their ids."""

    emails: Mapping[int, Sequence[str]]
    phones: Mapping[int, Sequence[str]]


def register(db: Reader) -> Register:
    """All customers that are there."""
    names: dict[int, Parts] = {}
    organisations: set[int] = set()
    cities: dict[int, str] = {}
    folded: dict[str, str] = {}
    for number, is_organisation, name, city in db.rows(_CUSTOMERS):
        names[number] = parts(name, is_organisation=is_organisation)
        if is_organisation:
            organisations.add(number)
        if city:
            cities[number] = folded.get(city) or folded.setdefault(city, fold(city))
    employers: dict[int, int] = dict(db.rows(_EMPLOYERS, type=WORKS_FOR))
    firms = _firms(employers, names)
    boxes, mailboxes = _mail(db, names, firms)
    return Register(
        names,
        organisations,
        cities,
        Counter(chain.from_iterable(names.values())),
        Counter(cities.values()),
        _lines(db),
        boxes,
        mailboxes,
        employers,
        firms,
    )


def particulars(db: Reader, numbers: Iterable[int]) -> Particulars:
    """Those of the customers with these ids."""
    ids = json.dumps(sorted(set(numbers)))
    points: dict[str, dict[int, list[str]]] = {"email": {}, "phone": {}}
    for number, kind, value in db.rows(_POINTS, ids=ids):
        points[kind].setdefault(number, []).append(value)
    return Particulars(points["email"], points["phone"])


def shared(numbers: Iterable[int], keys: Iterable[Key]) -> dict[Key, list[int]]:
    """Those of `numbers` that stand beside the same one of `keys`, each once, where there are several."""
    first: dict[Key, int] = {}
    found: dict[Key, dict[int, None]] = {}
    for number, key in zip(numbers, keys, strict=True):
        other = first.setdefault(key, number)
        if other != number:
            found.setdefault(key, {other: None})[number] = None
    return {key: list(held) for key, held in found.items()}


def _firms(employers: Mapping[int, int], names: Mapping[int, Parts]) -> dict[int | str, list[int]]:
    """Who has the same employer, by its id."""
    firms: dict[int | str, list[int]] = defaultdict(list)
    for number, employer in employers.items():
        if number in names:
            firms[employer].append(number)
    return firms


def _mail(
    db: Reader, names: Mapping[int, Parts], firms: dict[int | str, list[int]]
) -> tuple[dict[str, list[int]], dict[str, list[int]]]:
    """The boxes and the mailboxes of a register; adds to `firms` who has mail at the same domain."""
    boxes: _Keyed = ([], [])
    mailboxes: _Keyed = ([], [])
    for number, address in db.rows(_EMAILS):
        box, _, domain = address.rpartition("@")
        if domain not in FREE:
            firms[domain].append(number)
        if "+" in box or domain in GMAIL:
            whole = mailbox(address)
            mailboxes[0].append(number)
            mailboxes[1].append(whole)
            box = whole.rpartition("@")[0]
        for word in names[number]:  # as `is_of_name`, which would take twice the time
            if word in box and len(word) > INITIALS:
                break
        else:
            boxes[0].append(number)
            boxes[1].append(box)
    plain = [whole for whole in mailboxes[1] if not whole.endswith(GMAIL)]
    for number, address in db.rows(_THESE_EMAILS, values=json.dumps(plain)):
        mailboxes[0].append(number)
        mailboxes[1].append(address)
    return shared(*boxes), shared(*mailboxes)


def _lines(db: Reader) -> dict[str, list[int]]:
    lines: dict[str, list[int]] = defaultdict(list)
    for phone, number in db.rows(_LINES):
        lines[phone].append(number)
    return {phone: block for phone, block in lines.items() if len(block) > 1}
