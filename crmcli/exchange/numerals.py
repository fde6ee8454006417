"""Numbers as files write them: with a decimal point or a decimal comma, thousands grouped by anything else."""

import re

from crmcli.core.vocabulary import DecimalMark
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput

_SPACES = " \u00a0\u2009\u202f"
_NUMERAL = re.compile(rf"[0-9](?:[0-9.,'’{_SPACES}]*[0-9])?")
_PLAIN = re.compile(r"[0-9]+(?:\.[0-9]{1,2})?")
_WITH_COMMA = re.compile(
    rf"(?:[0-9]+|[0-9]{{1,3}}(?P<group>[.'’{_SPACES}])[0-9]{{3}}(?:(?P=group)[0-9]{{3}})*)(?:,[0-9]+)?"
)
_GROUP = 3  # digits


def is_plain(text: str) -> bool:
    """Whether there is nothing in the number of `text` that could be read in two ways."""
    found = _NUMERAL.search(text)
    return found is None or _PLAIN.fullmatch(found[0]) is not None


def mark_of(text: str) -> DecimalMark | None:
    """The decimal mark that the number of `text` must have been written with; None where both would do."""
    found = _NUMERAL.search(text)
    numeral = found[0] if found else ""
    points, commas = numeral.count("."), numeral.count(",")
    if points and commas:
        return DecimalMark.COMMA if numeral.rindex(",") > numeral.rindex(".") else DecimalMark.POINT
    if points > 1:
        return DecimalMark.COMMA
    if commas > 1:
        return DecimalMark.POINT
    if not (points or commas):
        return None
    whole, mark, part = re.split(r"([.,])", numeral)
    is_group = len(part) == _GROUP and 1 <= len(whole) <= _GROUP and whole != "0"
    if is_group:
        return None
    return DecimalMark.COMMA if mark == "," else DecimalMark.POINT


def pointed(text: str, mark: DecimalMark) -> str:
    """`text` with the number in it as we write it. Raises InvalidInput where it does not have that mark."""
    found = _NUMERAL.search(text)
    if found is None:
        return text
    numeral = found[0]
    if mark is DecimalMark.COMMA:
        if not _WITH_COMMA.fullmatch(numeral):
            raise InvalidInput(f"{shown(text)} is no number with a decimal comma")
        numeral = re.sub(rf"[.'’{_SPACES}]", "", numeral).replace(",", ".")
    else:
        numeral = re.sub("['’]", "", numeral)
    return text[: found.start()] + numeral + text[found.end() :]
