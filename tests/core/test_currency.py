import re

import pytest

from crmcli.core.currency import EXPONENTS, currency, exponent
from crmcli.errors import InvalidInput


@pytest.mark.parametrize(("code", "decimals"), [("EUR", 2), ("JPY", 0), ("KWD", 3), ("CLF", 4), ("UYI", 0), ("UYU", 2)])
def test_exponents_are_those_of_iso_4217(code: str, decimals: int) -> None:
    assert exponent(code) == decimals


def test_every_code_has_three_capitals_and_stands_once() -> None:
    counts = {decimals: list(EXPONENTS.values()).count(decimals) for decimals in (0, 3, 4)}

    assert all(re.fullmatch("[A-Z]{3}", code) for code in EXPONENTS)
    assert counts == {0: 17, 3: 7, 4: 2}


def test_a_code_is_given_in_upper_case() -> None:
    assert currency(" usd ") == "USD"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("EURO", "no currency 'EURO'; did you mean 'EUR'?"),
        ("€", "no currency '€'; write an ISO 4217 code such as EUR"),
        ("", "no currency ''; write an ISO 4217 code such as EUR"),
    ],
)
def test_an_unknown_currency_is_named(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        currency(text)

    assert str(caught.value) == message
