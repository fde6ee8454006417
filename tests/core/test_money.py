import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.currency import EXPONENTS
from crmcli.core.money import LIMIT, Money, parse, split_amount
from crmcli.errors import InvalidInput

amounts = st.integers(-LIMIT, LIMIT)
codes = st.sampled_from(sorted(EXPONENTS))


@pytest.mark.parametrize(
    ("money", "machine", "person"),
    [
        (Money(123450, "EUR"), "1234.50", "1,234.50 EUR"),
        (Money(123400, "EUR"), "1234.00", "1,234 EUR"),
        (Money(-5, "EUR"), "-0.05", "-0.05 EUR"),
        (Money(0, "EUR"), "0.00", "0 EUR"),
        (Money(1234, "JPY"), "1234", "1,234 JPY"),
        (Money(1234567, "KWD"), "1234.567", "1,234.567 KWD"),
    ],
)
def test_money_has_a_form_for_machines_and_one_for_people(money: Money, machine: str, person: str) -> None:
    assert (money.decimal, str(money)) == (machine, person)


@pytest.mark.parametrize(
    ("text", "code", "minor"),
    [
        ("1200", "EUR", 120000),
        ("1,200.50", "EUR", 120050),
        ("1 200", "EUR", 120000),
        ("1\u202f200", "EUR", 120000),
        ("1_200", "EUR", 120000),
        ("1,200,300", "JPY", 1200300),
        ("12k", "EUR", 1200000),
        ("1.5k", "JPY", 1500),
        ("1.2345k", "EUR", 123450),
        ("2m", "EUR", 200000000),
        ("1.2M", "EUR", 120000000),
        (" -5 ", "EUR", -500),
        ("0.5", "KWD", 500),
        ("90000000000000", "EUR", LIMIT),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, code: str, minor: int) -> None:
    assert parse(text, code) == minor


@pytest.mark.parametrize(
    "text",
    ["abc", "", " ", "inf", "nan", "1e309", "0x10", "1.234", "90000000000000.01", "9" * 5000, "1,20", "--5", "٣"],
)
def test_what_is_no_amount_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not an amount"):
        parse(text, "EUR")


def test_the_message_names_the_value_and_the_bounds() -> None:
    with pytest.raises(InvalidInput) as caught:
        parse("inf", "EUR")
    with pytest.raises(InvalidInput) as caught_yen:
        parse("0.5", "JPY")

    assert str(caught.value) == "amount 'inf' is not an amount (at most 2 decimals, ±90,000,000,000,000)"
    assert str(caught_yen.value) == "amount '0.5' is not an amount (no decimals, ±9,000,000,000,000,000)"


@pytest.mark.parametrize("text", ["1.234,56", "1,5", "1 234,5", "12,3456", "1,5k"])
def test_a_decimal_comma_is_refused_with_the_way_out(text: str) -> None:
    with pytest.raises(InvalidInput, match=r"\(a comma groups thousands; write 1234\.56\)$"):
        parse(text, "EUR")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("12k EUR", (1200000, "EUR")),
        ("eur 12k", (1200000, "EUR")),
        ("€12k", (1200000, "EUR")),
        ("5 €", (500, "EUR")),
        ("-$5", (-500, "USD")),
        ("$-5", (-500, "USD")),
        ("£5", (500, "GBP")),
        ("¥500", (500, "JPY")),
        ("12mMXN", (1200000000, "MXN")),
        ("5KMF", (5, "KMF")),
        ("500", (50000, "CHF")),
    ],
)
def test_an_amount_may_carry_its_currency(text: str, expected: tuple[int, str]) -> None:
    assert split_amount(text, "CHF") == expected


def test_a_shared_sign_means_the_default_currency_that_uses_it() -> None:
    assert split_amount("$5", "CAD") == (500, "CAD")
    assert split_amount("¥500", "CNY") == (50000, "CNY")


@pytest.mark.parametrize("text", ["abc", "$", "EUR", "EUR 5 EUR", "5 EURO", "-$-5", ""])
def test_an_amount_with_a_broken_currency_is_refused(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not an amount"):
        split_amount(text, "EUR")


def test_an_unknown_code_beside_an_amount_is_named() -> None:
    with pytest.raises(InvalidInput, match="no currency 'xyz'"):
        split_amount("5 xyz", "EUR")


@given(amounts, codes)
def test_both_forms_of_money_are_read_back(amount: int, code: str) -> None:
    money = Money(amount, code)

    assert parse(money.decimal, code) == amount
    assert split_amount(str(money), "EUR") == (amount, code)


@given(st.text(max_size=50), codes)
def test_any_text_is_an_amount_or_refused(text: str, code: str) -> None:
    try:
        amount, _ = split_amount(text, code)
    except InvalidInput:
        return
    assert abs(amount) <= LIMIT
