"""Amounts of money: integers of minor units, their text forms, and how people write them."""

import re
from collections.abc import Iterable
from dataclasses import dataclass

from crmcli.core.currency import currency as currency_code
from crmcli.core.currency import exponent
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput

LIMIT = 9 * 10**15
"""The largest amount, in minor units: what a double still counts exactly, and far below SQLite's integers."""

_LONGEST = 40
_POWERS = {"": 0, "k": 3, "m": 6}
_NUMBER = (
    r"(?i)(?P<sign>[-+]?)"
    r"(?P<whole>[0-9]+|[0-9]{1,3}(?P<group>[,_ \u00a0\u2009\u202f])[0-9]{3}(?:(?P=group)[0-9]{3})*)"
    r"(?:\.(?P<part>[0-9]+))?\s?(?P<power>[km]?)"
)
_DECIMAL_COMMA = r"(?i)[-+]?[0-9][0-9. ]*,[0-9]+\s?[km]?"

# A sign stands for the default currency if that is written with it, else for the first.
_SIGNS = {
    "€": ("EUR",),
    "$": ("USD", "AUD", "BMD", "BSD", "BZD", "CAD", "HKD", "JMD", "MXN", "NZD", "SGD", "TTD", "TWD", "XCD"),
    "£": ("GBP", "EGP", "FKP", "GIP", "SHP"),
    "¥": ("JPY", "CNY"),
    "￥": ("JPY", "CNY"),
    "元": ("CNY", "TWD", "HKD"),
    "₹": ("INR",),
    "₩": ("KRW", "KPW"),
    "₺": ("TRY",),
    "₪": ("ILS",),
    "₫": ("VND",),
    "₴": ("UAH",),
    "₦": ("NGN",),
    "₱": ("PHP",),
}
_MARK = "[A-Z]{3}|[" + "".join(_SIGNS) + "]"
_MARKED = (
    rf"(?is)(?P<minus>[-+]?)\s?(?P<before>{_MARK})\s?(?P<behind>[-+]?[0-9].*)"
    rf"|(?P<front>[-+]?[0-9][^A-Z]*?[KM]?)\s?(?P<after>{_MARK})"
)


@dataclass(frozen=True, slots=True)
class Money:
    """An amount in minor units of its currency; amounts do not order, because currencies differ."""

    amount: int
    currency: str

    @property
    def decimal(self) -> str:
        """Major units for machines, with all decimals of the currency: `1234.50`, `1234` yen."""
        digits = exponent(self.currency)
        figures = str(abs(self.amount)).zfill(digits + 1)
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{figures[:-digits]}.{figures[-digits:]}" if digits else f"{sign}{figures}"

    def __str__(self) -> str:
        """Major units for people: `1,234.50 EUR`, `1,234 EUR`."""
        digits = exponent(self.currency)
        whole, part = divmod(abs(self.amount), 10**digits)
        sign = "-" if self.amount < 0 else ""
        return f"{sign}{whole:,}{f'.{part:0{digits}}' if part else ''} {self.currency}"


def sums(amounts: Iterable[Money]) -> list[Money]:
    """The sum of each currency, by its code: different ones are never added."""
    found: dict[str, int] = {}
    for money in amounts:
        found[money.currency] = found.get(money.currency, 0) + money.amount
    return [Money(amount, currency) for currency, amount in sorted(found.items())]


def by_currency(amounts: Iterable[Money]) -> list[dict[str, str]]:
    """The amounts for machines."""
    return [{"amount": money.decimal, "currency": money.currency} for money in amounts]


def parse(text: str, currency: str) -> int:
    """Minor units of an amount as people write it: `1200`, `1,200.50`, `1 200`, `12k`, `1.2M`, `-5`.

    Commas, spaces and underscores group thousands, the point begins the decimals. A decimal comma, more decimals than
    the currency has, and more than `LIMIT` either way are refused.
    """
    return _minor(text.strip(), currency, text)


def split_amount(text: str, default_currency: str) -> tuple[int, str]:
    """Minor units and code of an amount that may carry its currency: `12k EUR`, `EUR 12k`, `€12k`, `-$5`, `500`.

    A sign shared by several currencies means the default one if that uses it: `$5` is 5 CAD where CAD is the default.
    """
    match = re.fullmatch(_MARKED, text.strip())
    if match is None:
        return parse(text, default_currency), default_currency
    mark = match["before"] or match["after"]
    code = _code(mark, default_currency)
    number = (match["minus"] or "") + (match["behind"] or match["front"])
    return _minor(number, code, text), code


def _code(mark: str, default: str) -> str:
    codes = _SIGNS.get(mark)
    if codes is None:
        return currency_code(mark)
    return default if default in codes else codes[0]


def _minor(number: str, currency: str, text: str) -> int:
    digits = exponent(currency)
    match = re.fullmatch(_NUMBER, number) if len(number) <= _LONGEST else None
    if match is None:
        if re.fullmatch(_DECIMAL_COMMA, number[:_LONGEST]):
            raise InvalidInput(f"amount {shown(text)} is not an amount (a comma groups thousands; write 1234.56)")
        raise _refused(text, digits)
    part, shift = match["part"] or "", digits + _POWERS[match["power"].lower()]
    amount = int(re.sub("[^0-9]", "", match["whole"]) + part.ljust(shift, "0"))
    if len(part) > shift or amount > LIMIT:
        raise _refused(text, digits)
    return -amount if match["sign"] == "-" else amount


def _refused(text: str, digits: int) -> InvalidInput:
    decimals = f"at most {digits} decimals" if digits else "no decimals"
    return InvalidInput(f"amount {shown(text)} is not an amount ({decimals}, ±{LIMIT // 10**digits:,})")
