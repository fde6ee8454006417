import pytest

from crmcli.errors import InvalidInput
from crmcli.services.assignments import Assignment, assignments

FIELDS = ("city", "email", "Annual revenue")


@pytest.mark.parametrize(
    ("text", "field", "op", "value"),
    [
        ("city=Berlin", "city", "=", "Berlin"),
        (" City = New York ", "city", "=", " New York "),
        ("city=", "city", "=", ""),
        ("city=a=b", "city", "=", "a=b"),
        ("email+=a@example.com", "email", "+=", "a@example.com"),
        ("email-=a+b@example.com", "email", "-=", "a+b@example.com"),
        ("email=a@example.com", "email", "=", "a@example.com"),
        ("annual REVENUE=5", "Annual revenue", "=", "5"),
    ],
)
def test_a_field_is_replaced_added_to_or_taken_from(text: str, field: str, op: str, value: str) -> None:
    assert assignments([text], fields=FIELDS, several=("email",)) == (Assignment(field, op, value),)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("city", "--set 'city' has no '='"),
        ("=Berlin", "no field '' to set"),
        ("ctiy=Berlin", "no field 'ctiy' to set; did you mean 'city'?"),
        ("city+=Berlin", "city holds one value: .= does not go with it"),
        ("city++=Berlin", "no field 'city.' to set; did you mean 'city'?"),
    ],
)
def test_what_is_no_assignment_is_refused(text: str, message: str) -> None:
    with pytest.raises(InvalidInput, match=message):
        assignments([text], fields=FIELDS, several=("email",))
