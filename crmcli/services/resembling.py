"""Customers that somebody to be added resembles, found by index alone: at once in any file."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import permutations

from crmcli.core.names import parts
from crmcli.core.vocabulary import CustomerKind
from crmcli.db.reader import Reader

_MOST_WORDS = 4
_MOST = 3

_BY_PHONE = """
    select distinct c.id, c.name from contact_point p join customer c on c.id = p.customer_id and c.removed_at is null
    where p.kind = 'phone' and p.value in (select value from json_each(:phones)) and c.kind = :kind order by c.id limit 20
"""
_BY_NAME = """
    select c.id, c.name from json_each(:names) n join customer c on c.name = n.value collate nocase
    where c.kind = :kind and c.removed_at is null order by c.id limit 20
"""


@dataclass(frozen=True, slots=True)
class Alike:
    """A customer that is there, and what it has in common with the one to be added.

    `is_sure`: as sure as can be without an e-mail: the same name, and the same phone or none to tell them apart.
    """

    id: int
    name: str
    reason: str
    is_sure: bool


def resembling(db: Reader, name: str, kind: CustomerKind, phones: Sequence[str]) -> list[Alike]:
    """Who has one of the phones and a word of the name, or the name in any order; the surest first."""
    is_organisation = kind == CustomerKind.ORGANISATION
    mine = parts(name, is_organisation=is_organisation)
    found: dict[int, Alike] = {}
    for number, called in db.rows(_BY_PHONE, phones=json.dumps(phones), kind=kind) if phones else ():
        theirs = parts(called, is_organisation=is_organisation)
        if set(mine) & set(theirs):
            found[number] = Alike(number, called, "same phone", theirs == mine)
    for number, called in db.rows(_BY_NAME, names=json.dumps(_orders(name)), kind=kind):
        found.setdefault(number, Alike(number, called, "same name", not phones))
    return sorted(found.values(), key=lambda each: (not each.is_sure, each.id))[:_MOST]


def _orders(name: str) -> list[str]:
    """The name with its words in any order, with and without the comma of a list."""
    words = name.replace(",", " ").split()
    if not 1 < len(words) <= _MOST_WORDS:
        return [name]
    orders = [" ".join(each) for each in permutations(words)]
    turned = [f"{words[-1]}, {' '.join(words[:-1])}", f"{words[0]}, {' '.join(words[1:])}"]
    return list(dict.fromkeys((name, *orders, *turned)))
