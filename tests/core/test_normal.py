import unicodedata

import email_validator
import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.core.normal import _validated_email, email, fold, handle, prose, text
from crmcli.errors import InvalidInput

any_text = st.text(st.characters(exclude_categories=()), max_size=60)
addresses = st.from_regex(r"[A-Za-z0-9.!+_-]{1,8}@[A-Za-z0-9-]{1,6}\.[A-Za-z0-9.-]{1,8}", fullmatch=True)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("  Ada \t", "Ada"),
        ("Ada   King  Lovelace", "Ada King Lovelace"),
        ("佐藤\u3000太郎", "佐藤 太郎"),
        ("Jo\u0308rg", "Jörg"),
        ("a\u200db", "a\u200db"),
    ],
)
def test_text_is_one_composed_line_with_single_spaces(value: str, expected: str) -> None:
    assert text(value, name="name") == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("\x1bAda", "name: control character U+001B at 1"),
        ("Ada\nKing", "name: control character U+000A at 4"),
        ("Ada\tKing", "name: control character U+0009 at 4"),
        ("\n a\x00", "name: control character U+0000 at 4"),
        ("a\u202eb", "name: control character U+202E at 2"),
        ("a\ud800", "name: invalid character U+D800 at 2"),
        ("a\uffff", "name: invalid character U+FFFF at 2"),
        (" ", "name: 1 to 500 characters"),
        ("a" * 501, "name: 1 to 500 characters"),
    ],
)
def test_text_that_could_do_harm_is_refused_by_position(value: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        text(value, name="name")

    assert str(caught.value) == message


def test_prose_keeps_its_lines_and_inner_spaces() -> None:
    assert prose(" a\r\n  b\tc\rd\n\n", name="note") == "a\n  b\tc\nd"


def test_prose_refuses_controls_and_too_much() -> None:
    with pytest.raises(InvalidInput, match=r"note: control character U\+0007 at 3"):
        prose("a\n\x07", name="note")
    with pytest.raises(InvalidInput, match="note: 1 to 100,000 characters"):
        prose("a" * 100_001, name="note")


@given(any_text)
def test_normal_text_stays_as_it_is(value: str) -> None:
    for normalise in (text, prose):
        try:
            once = normalise(value, name="name")
        except InvalidInput:
            continue
        assert normalise(once, name="name") == once
        assert unicodedata.is_normalized("NFC", once)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (" Ada.Lovelace@Example.COM ", "ada.lovelace@example.com"),
        ("a+tag@x.test", "a+tag@x.test"),
        ("me@host.local", "me@host.local"),
        ("JÖRG@MÜLLER.de", "jörg@müller.de"),
        ("a@xn--mller-kva.de", "a@müller.de"),
    ],
)
def test_an_address_is_given_in_lower_case(value: str, expected: str) -> None:
    assert email(value) == expected


@pytest.mark.parametrize(
    ("value", "message"),
    [
        ("ada", "e-mail 'ada' is not an address (an email address must have an @-sign)"),
        (
            "a@b",
            "e-mail 'a@b' is not an address (the part after the @-sign is not valid; it should have a period)",
        ),
        ("a..b@x.com", "e-mail 'a..b@x.com' is not an address (an email address cannot have two periods in a row)"),
    ],
)
def test_what_is_no_address_is_refused_with_the_reason(value: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        email(value)

    assert str(caught.value) == message


@pytest.mark.parametrize(
    "value",
    ["", "Ada <ada@x.com>", "a b@x.com", "@x.com", "a@", "x" * 65 + "@x.com", "a@x.c1", "a@ab--c.com", "a@" * 999],
)
def test_what_cannot_be_delivered_is_refused(value: str) -> None:
    with pytest.raises(InvalidInput):
        email(value)


def test_a_refused_address_cannot_act_on_a_terminal() -> None:
    with pytest.raises(InvalidInput) as caught:
        email("\x1b]0;owned\x07\u202e@x.com")

    assert str(caught.value).isprintable()


@pytest.mark.slow
@given(addresses)
def test_the_quick_way_agrees_with_the_library(value: str) -> None:
    try:
        quick = email(value)
    except InvalidInput:
        quick = ""
    try:
        slow = _validated_email(value, value)
    except InvalidInput:
        slow = ""

    assert quick == slow


@given(st.one_of(any_text, st.builds("{}@{}.de".format, any_text, any_text)))
def test_a_normal_address_stays_as_it_is(value: str) -> None:
    try:
        once = email(value)
    except InvalidInput:
        return
    assert email(once) == once
    assert email_validator.validate_email(once, check_deliverability=False)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("ADA", "ada"),
        ("Zoë", "zoe"),
        ("ＡＢＣ", "abc"),
        ("Straße", "strasse"),
        ("Łódź", "lodz"),
        ("İstanbul", "istanbul"),
        ("Æsir", "aesir"),
        ("Ёлка", "елка"),
        ("ガ", "ガ"),
        ("가나", "가나"),
        ("ที่", "ที่"),
    ],
)
def test_folding_forgets_case_accents_and_width(value: str, expected: str) -> None:
    assert fold(value) == expected


@given(any_text)
def test_folding_twice_changes_nothing(value: str) -> None:
    assert fold(fold(value)) == fold(value)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("Acme Ltd.", "acme-ltd"),
        ("  --Zoë & Söhne--", "zoe-sohne"),
        ("王伟", "王伟"),
        ("ที่", "ที่"),
        ("R\u00b2_D", "r2-d"),
        ("...", "x"),
        ("", "x"),
        ("360", "x-360"),
        ("C7", "x-c7"),
        ("a" * 59 + " bc", "a" * 59),
    ],
)
def test_a_handle_is_short_and_easy_to_type(name: str, expected: str) -> None:
    assert handle(name) == expected


@given(any_text)
def test_a_handle_is_its_own_handle(name: str) -> None:
    made = handle(name)

    assert handle(made) == made
    assert 1 <= len(made) <= 60
    assert not any(char.isspace() or char in "/:,;" for char in made)
