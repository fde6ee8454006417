"""Custom fields that an export of ours brings along."""

from tests.services.test_importing.conftest import Load, Rows, said

UID = "01a1bf29-18dd-7000-8000-2d5c5d1cd97"


def test_unknown_columns_of_an_export_become_fields_of_the_type_that_all_values_fit(load: Load, rows: Rows) -> None:
    content = (
        "uid,name,score,code,paid,since,mixed,nothing\n"
        f"{UID}1,Ada,1.5,007,true,2026-01-01,1,\n{UID}2,Bob,20,42,false,2026-02-01,one,\n{UID}3,Eve,,,,,,\n"
    )

    first, again = load(c=content), load(c=content)

    assert rows("select name, type from field order by id") == [
        ("score", "number"),
        ("code", "text"),
        ("paid", "boolean"),
        ("since", "date"),
        ("mixed", "text"),
        ("nothing", "text"),
    ]
    assert rows("select custom from customer where name <> 'Bob'") == [
        ('{"code":"007","mixed":"1","paid":true,"score":1.5,"since":"2026-01-01"}',),
        ("{}",),
    ]
    assert first.notes[0] == "made the custom field score (number)"
    assert again.sentence == "0 new, 0 changed, 3 unchanged, 0 rejected"


def test_a_defined_field_is_checked_and_changes_alone(load: Load, rows: Rows) -> None:
    load(c=f"uid,name,score,plan\n{UID}1,Ada,1,gold\n")

    imported = load(c="name,external,score\nAda,,high\nBob,,7\n", d=f"uid,name,score\n{UID}1,Ada,2\n")

    assert said(imported) == ["2: score: 'high' is not a number"]
    assert rows("select name, custom from customer") == [("Ada", '{"plan":"gold","score":2}'), ("Bob", '{"score":7}')]


def test_the_fields_of_two_rows_about_one_customer_are_one(load: Load, rows: Rows) -> None:
    load(c=f"uid,name,email,a,b\n{UID}1,Ada,a@example.com,1,\n{UID}1,Ada,a@example.com,,2\n{UID}1,Ada,,3,\n")

    assert rows("select custom from customer") == [('{"a":3,"b":2}',)]
