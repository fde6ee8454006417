"""Single cells as values."""

from pathlib import Path

import pytest

from crmcli.errors import InvalidInput
from crmcli.services.importing import cells
from tests.conftest import wrote
from tests.services.test_importing.conftest import Load, Rows, said


def test_the_extension_of_a_phone_parts_nothing() -> None:
    read = cells.phones(None)

    assert read("+4930901820;ext=12") == ("+4930901820;ext=12",)
    assert read("+4930901820\\;ext=12;+14155552671") == ("+4930901820;ext=12", "+14155552671")
    assert read("+4930901820; +49 30 901820") == ("+4930901820",)


def test_several_values_in_a_cell() -> None:
    assert cells.emails("A@example.com; b@example.com,a@example.com") == ("a@example.com", "b@example.com")
    assert cells.several("Ada; Bob\\; Son;;Ada") == ("Ada", "Bob; Son")
    assert cells.tags("a, b;+c; ;A", is_own=False) == ("a", "b", "c")
    assert cells.tags("a, b;c\\;d", is_own=True) == ("a, b", "c;d")
    assert cells.keys("shop:1;web:a:b") == (("shop", "1"), ("web", "a:b"))


@pytest.mark.parametrize("text", ["", "12", "01a1bf29-18dd-7000-8000-2d5c5d1cd97g"])
def test_a_uid_has_one_form(text: str) -> None:
    assert cells.uid("01A1BF29-18DD-7000-8000-2D5C5D1CD971") == "01a1bf29-18dd-7000-8000-2d5c5d1cd971"
    with pytest.raises(InvalidInput, match="is not a uid"):
        cells.uid(text)


@pytest.mark.parametrize("text", ["x", "-1", "1.5", "²", "1" * 19])
def test_a_whole_number_has_digits_only(text: str) -> None:
    with pytest.raises(InvalidInput, match="is not a whole number"):
        cells.whole(text)


def test_what_is_remembered_does_not_grow_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cells, "_KEPT", 3)
    memo = cells.Memo(str.upper)

    assert [memo[text] for text in "abcd"] == ["A", "B", "C", "D"]
    assert memo == {"d": "D"}


def test_a_bad_value_among_several_is_told_by_its_column(load: Load) -> None:
    imported = load(c="name,email,created\nAda,ada@example.com;bob@,\n")

    assert said(imported)[0].startswith("2: email: e-mail 'bob@' is not an address")


def test_a_row_follows_a_customer_to_the_one_it_was_merged_into(load: Load, file: Path, rows: Rows) -> None:
    load(c="name,external\nAda,x:1\nAda L,x:2\n")
    with wrote(file) as session:
        session.raw.execute("update customer set merged_into_id = 2, removed_at = recorded_at where id = 1")

    load(c="name,external,city\nAda,x:1,Rome\n")

    assert rows("select id, name, city from customer where city is not null") == [(2, "Ada", "Rome")]


def test_uids_lead_to_the_customers_that_the_rows_were_united_with(load: Load, rows: Rows) -> None:
    first, second, third = (f"01a1bf29-18dd-7000-8000-2d5c5d1cd97{n}" for n in "123")
    load(c="name,email\nAda,ada@example.com\n")

    imported = load(
        c=f"uid,name,email\n{first},Ada,ada@example.com\n{second},Bob,bob@example.com\n{third},Bob,bob@example.com\n",
        ties=f"from,from.uid,type,to,to.uid\nAda,{first},knows,Bob,{second}\nAda,{first},advises,Bob,{third}\n",
    )

    assert imported.faults == []
    assert rows("select from_id, to_id from relationship") == [(1, 2), (1, 2)]


def test_a_closed_deal_without_a_closing_date_closed_on_its_close_date(load: Load, rows: Rows) -> None:
    load(d="name,stage,created,close\nA,won,2026-01-01,2026-03-01\nB,won,2026-01-01,2025-01-01\n")

    assert rows("select name, closed_at from deal") == [("A", "2026-03-01T00:00:00Z"), ("B", None)]


def test_a_member_of_a_team_needs_a_name(load: Load, rows: Rows) -> None:
    imported = load(
        t="sales_agent,manager,regional_office\n,Max Thal,East\nIda Berg,Max Thal,East\nIda Berg,Lea Roth,East\n"
    )

    assert said(imported) == ["2: sales_agent: is empty"]
    assert rows("select name, manager from owner") == [("Ida Berg", "Lea Roth")]
