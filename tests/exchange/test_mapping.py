import pytest

from crmcli.errors import InvalidInput
from crmcli.exchange.source import open_sources
from tests.exchange.conftest import Opened, values


def test_a_mapping_goes_before_the_header(opened: Opened) -> None:
    source = opened("Name,Company,Sitemap\nAda,Acme,ada.example\n", mapping={"company": "name", "Name": "note"})

    assert source.fields == ("note", "name", "")
    assert source.unknown == ("Sitemap",)
    assert values(source) == [{"note": "Ada", "name": "Acme"}]


def test_a_mapped_column_takes_the_field_from_another(opened: Opened) -> None:
    source = opened("name,work mail,email\nAda,w@x.org,p@x.org\n", mapping={"work mail": "email"})

    assert values(source) == [{"name": "Ada", "email": "w@x.org"}]
    assert source.unknown == ("email",)


def test_a_column_mapped_to_nothing_is_left_out_and_not_unknown(opened: Opened) -> None:
    source = opened("name,phone,mobile\nAda,1,2\n", mapping={"mobile": ""})

    assert (source.fields, source.unknown) == (("name", "phone", ""), ())


def test_columns_without_a_field_or_a_name_are_listed(opened: Opened) -> None:
    assert opened("name,Fax,\nAda,1,2\n").unknown == ("Fax", "(column 3)")


@pytest.mark.parametrize(
    ("header", "mapping", "message", "hint"),
    [
        (
            "name,email,email",
            {},
            r"'c.csv': line 1: column 'email' occurs twice \(columns 2, 3\)",
            None,
        ),
        ("x,name,x,x", {}, r"column 'x' occurs 3 times \(columns 1, 3, 4\)", None),
        (
            "name,E-Mail,email",
            {},
            r"'c.csv': line 1: columns 'E-Mail' and 'email' \(2, 3\) both give email",
            "leave one out: --map 'email='",
        ),
        (
            "name,a,b",
            {"a": "email", "b": "email"},
            r"columns 'a' and 'b' \(2, 3\) both give email",
            "leave one out: --map 'b='",
        ),
        (
            "Ada,ada@example.com",
            {},
            "'c.csv': line 1: no name column for customers among 'Ada', 'ada@example.com'",
            "the first line names the columns; say which it is with --map 'COLUMN=name'",
        ),
        ("name,city", {"ctiy": "city"}, r"no column 'ctiy' in 'c.csv'; did you mean 'city'\?", "it has name, city"),
        ("name,X", {"X": "emial"}, r"no field 'emial' in customers; did you mean 'email'\?", None),
    ],
)
def test_a_header_that_cannot_be_understood_is_refused(
    opened: Opened, header: str, mapping: dict[str, str], message: str, hint: str | None
) -> None:
    with pytest.raises(InvalidInput, match=message) as caught:
        opened(header + "\nAda,x\n", mapping=mapping)

    assert hint is None or caught.value.hint == hint


def test_a_mapping_need_not_fit_every_file(opened: Opened) -> None:
    opened("name,x\nAda,1\n", "a.csv")
    opened("name,amount\nDeal,1\n", "b.csv")

    sources = open_sources(["b.csv", "a.csv"], entity=None, profile=None, mapping={"x": "city"}, custom={})

    assert [(source.file, source.fields) for source in sources] == [
        ("a.csv", ("name", "city")),
        ("b.csv", ("name", "amount")),
    ]
