"""A record as text: what was not changed comes back unchanged, what was is said field by field."""

import re
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.errors import InvalidInput
from crmcli.exchange.form import Value, changes, written

LINE = st.text("ab:#-\"'\\[],| {}&*!%@`yesno1.李\t", min_size=1, max_size=12).map(str.strip).filter(bool)
PROSE = st.lists(st.one_of(LINE, st.just("")), min_size=1).map(lambda lines: "\n".join(lines).strip())
VALUES = st.dictionaries(
    st.sampled_from(["name", "note", "city", "生日", "do_not_contact"]), PROSE, min_size=1
) | st.dictionaries(st.sampled_from(["email", "tag"]), st.lists(LINE, max_size=3).map(tuple), min_size=1)

ADA: dict[str, Value] = {
    "name": "Ada",
    "city": "",
    "note": "one\ntwo",
    "email": ("a@example.com", "b@example.com"),
    "tag": (),
}


@settings(suppress_health_check=[HealthCheck.too_slow])
@given(VALUES, st.lists(LINE, max_size=2))
def test_a_form_left_as_it_is_changes_nothing(values: dict[str, Value], remarks: list[str]) -> None:
    assert changes(written(values, remarks=remarks), values) == {}


def test_a_form_is_yaml_to_read() -> None:
    assert written(ADA, remarks=("customer 1",)) == (
        "# customer 1\nname: Ada\ncity:\nnote: |-\n  one\n  two\nemail: [a@example.com, b@example.com]\ntag: []\n"
    )


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("name: Ada Lovelace  # countess", {"name": "Ada Lovelace"}),
        ('name: "Ada \\"A\\" # L"  # note', {"name": 'Ada "A" # L'}),
        ("name: 'it''s'", {"name": "it's"}),
        ("name:", {"name": ""}),
        ("city: San José", {"city": "San José"}),
        ("note:", {"note": ""}),
        ("note: |\n  one\n\n    # three\n  two\n", {"note": "one\n\n  # three\ntwo"}),
        ("email: [b@example.com]", {"email": "b@example.com"}),
        ("email: b@example.com", {"email": "b@example.com"}),
        ("email:\n- b@example.com\n- c@example.com", {"email": "b@example.com,c@example.com"}),
        ("email:\n  - a@example.com\n  - 'b@example.com'", {}),
        ("email: []", {"email": ""}),
        ("tag: ['a b', \"c\", d] # new", {"tag": "a b,c,d"}),
        ("# nothing\n\n", {}),
        ("name: Ada\r\ncity: Rome\r\n", {"city": "Rome"}),
    ],
)
def test_what_was_changed_is_found(text: str, found: dict[str, str]) -> None:
    assert changes(text, ADA) == found


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nmae: Ada", "line 1 of the form: no field 'nmae'; did you mean 'name'?"),
        ("# x\nAda", "line 2 of the form is not FIELD: VALUE: 'Ada'"),
        ("name: Ada\nname: Bob", "line 2 of the form: name stands there twice"),
        ('name: "Ada', "line 1 of the form: a quote is not closed"),
        ('name: "\\x"', "line 1 of the form"),
        ("name: Ada\n  Lovelace", "line 2 of the form is not FIELD: VALUE"),
        ("name: [Ada, Bob]", "name holds one value, not a list"),
        ("email: [a@example.com", "the list is not closed by ]"),
        ("email: ['a]", "line 1 of the form"),
        ("email:\n  a@example.com", "line 2 of the form is not FIELD: VALUE"),
    ],
)
def test_what_is_no_form_says_where(text: str, says: str) -> None:
    with pytest.raises(InvalidInput, match=re.escape(says)):
        changes(text, ADA)


@given(st.text("nameity: \"'[],-|#\n x", max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(InvalidInput):
        changes(text, ADA)
