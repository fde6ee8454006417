import re

import phonenumbers
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core.phones import _international, _national, phone, phone_digits, phone_region, spellings
from crmcli.errors import InvalidInput

REGIONS = sorted(phonenumbers.SUPPORTED_REGIONS)
CODES = sorted(phonenumbers.COUNTRY_CODE_TO_REGION_CODE)
KINDS = range(11)
EXAMPLES = sorted(
    (region, phonenumbers.national_significant_number(example))
    for region in REGIONS
    for kind in KINDS
    if (example := phonenumbers.example_number_for_type(region, kind))
)


@st.composite
def written(draw: st.DrawFn) -> tuple[str, str]:
    """A region and digits that are close to a number of that region, with punctuation."""
    region, digits = draw(st.sampled_from(EXAMPLES))
    chars = list(draw(st.sampled_from(["", "", "0", "00", "1", "8", "011"])) + digits)
    for _ in range(draw(st.integers(0, 4))):
        place = draw(st.integers(0, len(chars) - 1))
        chars[place : place + draw(st.integers(0, 1))] = draw(st.sampled_from("0123456789 -.()/"))
    return region, "".join(chars)


def by_library(number: str, region: str | None) -> str | None:
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException:
        return None
    if not (phonenumbers.is_possible_number(parsed) and phonenumbers.is_valid_number(parsed)):
        return None
    return phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)


@settings(max_examples=1000, deadline=None)
@given(written())
@pytest.mark.slow
def test_the_quick_ways_agree_with_the_library(case: tuple[str, str]) -> None:
    region, digits = case
    abroad = f"+{phonenumbers.country_code_for_region(region)} {digits}"

    assert _international(abroad) in (None, by_library(abroad, None))
    assert _national(digits, region) in (None, by_library(digits, region))


@pytest.mark.slow
@settings(max_examples=500, deadline=None)
@given(st.sampled_from(CODES), st.text("0123456789", max_size=15))
def test_the_quick_way_agrees_with_the_library_on_any_digits(code: int, digits: str) -> None:
    number = f"+{code}{digits}"

    assert _international(number) in (None, by_library(number, None))


def test_most_example_numbers_take_the_quick_way() -> None:
    quick = [_international(f"+{phonenumbers.country_code_for_region(region)}{rest}") for region, rest in EXAMPLES]

    assert sum(found is not None for found in quick) > 0.95 * len(EXAMPLES)


@pytest.mark.parametrize(
    ("value", "region", "expected"),
    [
        ("+49 30 901820", None, "+4930901820"),
        ("+49 (0)30 901820", None, "+4930901820"),
        (" (030) 90-18/20 ", "DE", "+4930901820"),
        ("0049 30 901820", None, "+4930901820"),
        ("0049 30 901820", "DE", "+4930901820"),
        ("0049 30 901820", "US", "+4930901820"),
        ("0011 65 6521 8000", "AU", "+6565218000"),
        ("(212) 736-5000", "US", "+12127365000"),
        ("1 212 736 5000", "US", "+12127365000"),
        ("416-967-1111", "CA", "+14169671111"),
        ("+39 06 698 12345", None, "+390669812345"),
        ("＋４９ 30 901820", None, "+4930901820"),
        ("+49 30 901820 ext 12", None, "+4930901820;ext=12"),
        ("+4930901820;ext=12", None, "+4930901820;ext=12"),
        ("tel:+49-30-901820", None, "+4930901820"),
    ],
)
def test_a_phone_is_given_in_e164(value: str, region: str | None, expected: str) -> None:
    assert phone(value, region) == expected


@pytest.mark.parametrize(
    ("value", "region", "message"),
    [
        (
            "030 123",
            None,
            "phone '030 123' has no country code; write +49..., or set a phone region with crm init --region",
        ),
        ("12", "US", "phone '12' is not a valid number (no such number in +1)"),
        ("+999 123456", None, "phone '+999 123456' is not a valid number (unknown country code)"),
        ("+1 212 000 0000", None, "phone '+1 212 000 0000' is not a valid number (no such number in +1)"),
        ("030 901820", "XX", "phone '030 901820' is not a valid number (unknown country code)"),
        ("abc", "DE", "phone 'abc' is not a valid number (not a number)"),
        ("+4", None, "phone '+4' is not a valid number (not a number)"),
        ("+49 " + "1" * 20, None, "phone '+49 11111111111111111111' is not a valid number (too long)"),
        ("\x1b[31m+49", None, r"phone '\x1b[31m+49' is not a valid number (not a number)"),
    ],
)
def test_what_is_no_number_is_refused_with_the_reason(value: str, region: str | None, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        phone(value, region)

    assert str(caught.value) == message


@given(st.text(max_size=40), st.sampled_from([None, "DE", "US", "CN"]))
def test_any_text_is_a_phone_that_stays_as_it_is_or_refused(value: str, region: str | None) -> None:
    try:
        once = phone(value, region)
    except InvalidInput:
        return
    assert phone(once, None) == once


@pytest.mark.parametrize(
    ("value", "digits"),
    [
        ("(030) 901-820", "030901820"),
        ("+49 30/90.18.20", "+4930901820"),
        ("0049 30 901820", "+4930901820"),
        ("+4930901820;ext=12", "+4930901820"),
        ("030 901820 x12", "030901820"),
        ("1234", None),
        ("Acme 12345", None),
        ("a@12345.com", None),
        ("1" * 18, None),
    ],
)
def test_digits_for_a_look_up_only_where_it_looks_like_a_phone(value: str, digits: str | None) -> None:
    assert phone_digits(value) == digits


def test_a_region_is_an_iso_3166_code() -> None:
    assert phone_region(" de ") == "DE"
    with pytest.raises(InvalidInput, match="no phone region 'Germany'; write an ISO 3166 code such as DE"):
        phone_region("Germany")


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+4930901820", "+49 30 901820|0049 30 901820|030/90 18 20|(030) 901820|+49 (0)30 901820|030-901820"),
        ("+12125550100", "+1 212 555 0100|(212) 555-0100|1-212-555-0100|2125550100"),
        ("+74951234567;ext=12", "8 495 123-45-67|+7 (495) 123-45-67"),
        ("+390612345678", "06 1234 5678|+39 06 12345678"),
        ("+8613800000000", "138 0000 0000|+86 138-0000-0000|电话13800000000"),
    ],
)
def test_a_number_is_known_in_all_its_spellings(number: str, written: str) -> None:
    pattern = re.compile(spellings(number))

    assert [text for text in written.split("|") if not pattern.search(f"at {text}.")] == []


@pytest.mark.parametrize(
    ("number", "written"),
    [
        ("+4930901820", "+43 30 901820|1030901820|030 9018201|30901820|x-030901820|a030901820"),
        ("+4520261120", "2026-11-20|20261120"),
        ("+12125550100", '+44 212 555 0100|{"amount":2125550100}|{"amount": 2125550100}'),
    ],
)
def test_what_could_be_something_else_is_no_spelling_of_a_number(number: str, written: str) -> None:
    pattern = re.compile(spellings(number))

    assert [text for text in written.split("|") if pattern.search(text)] == []
