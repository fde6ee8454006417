"""Customers that somebody to be added resembles, found by index alone: at once in any file."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import permutations

from crmcli.core.names import ENDINGS, parts, telling
from crmcli.core.normal import handle
from crmcli.core.vocabulary import CustomerKind
from crmcli.core.words import is_dense
from crmcli.db.reader import Reader

_MOST_WORDS = 4
_MOST_LETTERS = 40
_MOST = 3
_LONGEST_SURNAME = 2  # 欧阳

_BY_PHONE = """
    select distinct c.id, c.name from contact_point p join customer c on c.id = p.customer_id and c.removed_at is null
    where p.kind = 'phone' and p.value in (select value from json_each(:phones)) and c.kind = :kind order by c.id limit 20
"""
_BY_NAME = """
    select c.id, c.name from json_each(:names) n join customer c on c.name = n.value collate nocase
    where c.kind = :kind and c.removed_at is null order by c.id limit 20
"""
# '.' follows '-': the handle itself, and what a '-' follows in it
_BY_HANDLE = """
    select id, name from customer where handle >= :handle and handle < :handle || '.' and kind = :kind
    and removed_at is null order by handle limit 20
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
    """Who has one of the phones and a word of the name, or the name in any order; the surest first.

    A name is the same one with other accents, titles, legal forms, apostrophes, hyphens or blanks; one that is only so
    alike is never sure.
    """
    is_organisation = kind == CustomerKind.ORGANISATION
    mine = parts(name, is_organisation=is_organisation)
    unparted = set(_unparted(telling(name, is_organisation=is_organisation)))
    found: dict[int, Alike] = {}
    for number, called in db.rows(_BY_PHONE, phones=json.dumps(phones), kind=kind) if phones else ():
        theirs = parts(called, is_organisation=is_organisation)
        if set(mine) & set(theirs):
            found[number] = Alike(number, called, "same phone", theirs == mine)
    for number, called in db.rows(_BY_NAME, names=json.dumps(_orders(name)), kind=kind):
        found.setdefault(number, Alike(number, called, "same name", not phones))
    for key in dict.fromkeys(_handles(name, is_organisation=is_organisation)) if mine else ():
        for number, called in db.rows(_BY_HANDLE, handle=key, kind=kind):
            letters = "".join(telling(called, is_organisation=is_organisation))
            is_same = letters in unparted or parts(called, is_organisation=is_organisation) == mine
            if number not in found and is_same:
                found[number] = Alike(number, called, "same name", is_sure=False)
    return sorted(found.values(), key=lambda each: (not each.is_sure, each.id))[:_MOST]


def _orders(name: str) -> list[str]:
    """The name with its words in any order, with and without the comma of a list."""
    words = name.replace(",", " ").split()
    if not 1 < len(words) <= _MOST_WORDS:
        return [name]
    orders = [" ".join(each) for each in permutations(words)]
    turned = [f"{words[-1]}, {' '.join(words[:-1])}", f"{words[0]}, {' '.join(words[1:])}"]
    return list(dict.fromkeys((name, *orders, *turned)))


def _unparted(words: list[str]) -> Iterator[str]:
    """The letters of the words without a blank, the words in any order."""
    return ("".join(each) for each in (permutations(words) if len(words) <= _MOST_WORDS else (words,)))


def _handles(name: str, *, is_organisation: bool) -> Iterator[str]:
    """Those that customers of the same name are likely to have, or to begin with."""
    yield handle(name)
    words = telling(name, is_organisation=is_organisation)
    for each in permutations(words) if len(words) <= _MOST_WORDS else (words,):
        yield handle(" ".join(each))
    whole = " ".join(words)
    for made in dict.fromkeys((handle(name), handle(whole))):
        yield from _parted_otherwise(made.split("-"))
    if is_organisation:
        yield from (handle(text) for ending in ENDINGS for text in (whole + ending, ending + whole))
    if len(words) > 1 or not is_dense(whole[0]):
        return
    for place in range(1, min(len(whole), _LONGEST_SURNAME + 1)):
        surname, given = whole[:place], whole[place:]
        yield from (handle(f"{surname} {given}"), handle(f"{given} {surname}"))


def _parted_otherwise(words: list[str]) -> Iterator[str]:
    """The handles with one hyphen more or less, the words as they are or the last one first: obrien for o-brien."""
    letters = "".join(words)
    if len(letters) > _MOST_LETTERS or any(map(is_dense, letters)):
        return
    for each in (words, [words[-1], *words[:-1]], [*words[1:], words[0]]):
        whole = "-".join(each)
        yield from (f"{whole[:place]}{whole[place + 1 :]}" for place, char in enumerate(whole) if char == "-")
        yield from (f"{whole[:place]}-{whole[place:]}" for place in range(1, len(whole)))
