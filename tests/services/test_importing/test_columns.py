"""Dates and numbers: what one value leaves open, the whole column decides, and else the user."""

from pathlib import Path

import pytest

from crmcli.core.vocabulary import DateOrder, DecimalMark, FieldType
from crmcli.errors import InvalidInput
from crmcli.services import importing, preferences
from tests.conftest import Run, wrote
from tests.services.test_importing.conftest import Load, Rows

HEAD = "name,stage,amount,created,close\n"


def _deals(*values: tuple[str, str]) -> str:
    """A deal for each (created, close)."""
    return HEAD + "".join(f'D{number},lead,1,"{created}","{close}"\n' for number, (created, close) in enumerate(values))


@pytest.fixture
def berlin(file: Path) -> None:
    with wrote(file) as session:
        preferences.change(session, preferences.Wanted(zone="Europe/Berlin"))


@pytest.mark.usefixtures("berlin")
@pytest.mark.parametrize(
    ("text", "instant", "day"),
    [
        ("2026-03-31", "2026-03-30T22:00:00Z", "2026-03-31"),
        ("2026-12-01 08:30", "2026-12-01T07:30:00Z", "2026-12-01"),
        ("2026-03-31T23:30:00Z", "2026-03-31T23:30:00Z", "2026-04-01"),
        ("2026-03-31T23:30:00-05:00", "2026-04-01T04:30:00Z", "2026-04-01"),
        ("20261231", "2026-12-30T23:00:00Z", "2026-12-31"),
        ("31.12.2026", "2026-12-30T23:00:00Z", "2026-12-31"),
        ("03.04.2026", "2026-04-02T22:00:00Z", "2026-04-03"),
        ("31/12/2026", "2026-12-30T23:00:00Z", "2026-12-31"),
        ("12/31/2026 2:30 PM", "2026-12-31T13:30:00Z", "2026-12-31"),
        ("04/04/2026", "2026-04-03T22:00:00Z", "2026-04-04"),
        ("2026/3/31", "2026-03-30T22:00:00Z", "2026-03-31"),
        ("2026年3月31日", "2026-03-30T22:00:00Z", "2026-03-31"),
        ("12 Nov 2026", "2026-11-11T23:00:00Z", "2026-11-12"),
        ("November 12, 2026", "2026-11-11T23:00:00Z", "2026-11-12"),
        ("46112", "2026-03-30T22:00:00Z", "2026-03-31"),
        ("46112.75", "2026-03-31T16:00:00Z", "2026-03-31"),
    ],
)
def test_a_date_is_read_in_the_zone_of_the_file(text: str, instant: str, day: str, load: Load, rows: Rows) -> None:
    load(d=_deals((text, text)))

    assert rows("select created_at, close_on from deal") == [(instant, day)]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("yesterday", "'yesterday' is not a date; write 2026-03-31"),
        ("2026-02-30", "'2026-02-30' is not a date"),
        ("0001-01-01", "'0001-01-01' is no date from 1900 to 2999"),
        ("9999-12-31T23:59:59-14:00", "is no date from 1900 to 2999"),
        ("31/02/2026", "does not exist"),
        ("12 Foo 2026", "'12 Foo 2026' is not a date"),
        ("12 Ma 2026", "'12 Ma 2026' is not a date"),
        ("03/04/26", "'03/04/26' is not a date"),
        ("4611", "'4611' is not a date"),
    ],
)
def test_what_is_no_date_is_a_fault_of_the_row(text: str, reason: str, load: Load) -> None:
    [fault] = load(d=_deals(("2026-01-01", text))).faults

    assert (fault.line, fault.column) == (2, "close")
    assert reason in fault.reason


@pytest.mark.parametrize(("later", "day"), [("31/12/2026", "2026-04-03"), ("12/31/2026", "2026-03-04")])
def test_one_clear_date_tells_the_order_of_its_whole_column(later: str, day: str, load: Load, rows: Rows) -> None:
    load(d=_deals(*[("", "03/04/2026")] * 3, ("", later)))

    assert rows("select close_on from deal order by id") == [*[(day,)] * 3, ("2026-12-31",)]


def test_each_column_has_an_order_of_its_own(load: Load, rows: Rows) -> None:
    load(d=_deals(("03/04/2026", "03/04/2026"), ("31/01/2026", "12/31/2026")))

    assert rows("select substr(created_at, 1, 10), close_on from deal where id = 1") == [("2026-04-03", "2026-03-04")]


AMBIGUOUS = _deals(("2026-01-01", "03/04/2026"), ("2026-01-01", "2026-05-06"), ("2026-01-01", "07.08.2026"))


def test_an_ambiguous_column_is_asked_about(load: Load, rows: Rows) -> None:
    with pytest.raises(
        InvalidInput, match=r"'d\.csv': column 'close': '03/04/2026' could be 3 April or March 4"
    ) as caught:
        load(d=AMBIGUOUS)

    assert caught.value.hint == "--date-order dmy (day first) or --date-order mdy (month first)"
    assert rows("select * from deal") == []


@pytest.mark.parametrize(("order", "day"), [(DateOrder.DAY_FIRST, "2026-04-03"), (DateOrder.MONTH_FIRST, "2026-03-04")])
def test_the_order_can_be_said(order: DateOrder, day: str, load: Load, rows: Rows) -> None:
    load(d=AMBIGUOUS, date_order=order)

    assert rows("select close_on from deal") == [(day,), ("2026-05-06",), ("2026-08-07",)]


def test_the_order_of_the_file_counts_where_no_column_tells(load: Load, rows: Rows, file: Path) -> None:
    with wrote(file) as session:
        preferences.change(session, preferences.Wanted(date_order=DateOrder.DAY_FIRST))

    load(d=AMBIGUOUS)
    load(e=_deals(("", "03/04/2026"), ("", "12/31/2026")).replace("D0", "E0").replace("D1", "E1"))

    assert rows("select close_on from deal where name in ('D0', 'E0')") == [("2026-04-03",), ("2026-03-04",)]


def test_a_column_of_both_orders_is_asked_about_and_then_has_faults(load: Load) -> None:
    content = _deals(("", "03/04/2026"), ("", "31/12/2026"), ("", "12/31/2026"))

    with pytest.raises(InvalidInput, match="'31/12/2026' in line 3 is day first, '12/31/2026' in line 4 month first"):
        load(d=content)
    [fault] = load(d=content, date_order=DateOrder.DAY_FIRST).faults

    assert fault.line == 4


def test_days_of_a_spreadsheet_are_told(load: Load) -> None:
    imported = load(d=_deals(("", "46112"), ("", "46113")))

    assert imported.notes == ["d.csv: close: read as days that a spreadsheet counts (46112 is 2026-03-31)"]


def _amounts(*values: str) -> str:
    return "name,stage,amount\n" + "".join(f'D{number},lead,"{value}"\n' for number, value in enumerate(values))


@pytest.mark.parametrize(
    ("values", "amounts"),
    [
        (("1.234,56", "1.234", "12,5", "7", "1 234,50 €"), [123456, 123400, 1250, 700, 123450]),
        (("1,234.56", "1,234", "12.5", "$ 1,000"), [123456, 123400, 1250, 100000]),
        (("1.234.567", "1.234"), [123456700, 123400]),
        (("1'234.50", "1’000"), [123450, 100000]),
        (("1,234", "900"), [123400, 90000]),
        (("-1.234,56 EUR", "(none)"), [-123456]),
    ],
)
def test_one_clear_number_tells_the_style_of_its_whole_column(
    values: tuple[str, ...], amounts: list[int], load: Load, rows: Rows
) -> None:
    load(d=_amounts(*values))

    assert [amount for (amount,) in rows("select amount from deal order by id")] == amounts


def test_a_point_that_could_group_is_not_taken_for_one(load: Load, rows: Rows) -> None:
    [fault] = load(d=_amounts("1.234")).faults
    load(d=_amounts("1.234"), decimal=DecimalMark.COMMA)

    assert "at most 2 decimals" in fault.reason
    assert rows("select amount from deal") == [(123400,)]


def test_a_column_of_both_styles_is_asked_about_and_then_has_faults(load: Load) -> None:
    content = _amounts("1.234,56", "1,234.56")

    with pytest.raises(
        InvalidInput, match=r"'1\.234,56' in line 2 has a decimal comma, '1,234\.56' in line 3 a point"
    ) as caught:
        load(d=content)
    [fault] = load(d=content, decimal=DecimalMark.COMMA).faults

    assert caught.value.hint == "--decimal comma or --decimal point"
    assert (fault.line, fault.reason) == (3, "'1,234.56' is no number with a decimal comma")


def test_custom_fields_are_read_like_the_others(load: Load, rows: Rows, file: Path) -> None:
    with wrote(file) as session:
        for name, kind in (("born", FieldType.DATE), ("worth", FieldType.MONEY), ("size", FieldType.NUMBER)):
            session.raw.execute(
                "insert into field (entity, name, type, recorded_at) values ('customer', ?, ?, '')", (name, kind)
            )

    load(c='name,born,worth,size\nAda,03/04/1990,"1.234,56","1,5"\nBob,31/01/1990,,\n')

    assert rows("select custom from customer where id = 1") == [
        ('{"born":"1990-04-03","size":1.5,"worth":{"amount":123456,"currency":"EUR"}}',)
    ]


def test_a_stream_is_asked_about_at_once(crm: Run) -> None:
    told = crm("import - --as deals", input=_deals(("", "03/04/2026"), ("", "31/12/2026")), exit_code=2)
    crm("import - --as deals --date-order dmy", input=_deals(("", "03/04/2026"), ("", "31/12/2026")))
    crm("import - --as deals", input=_amounts("1.234,56").replace("D", "E"))

    assert "'03/04/2026' can be read in two ways, and a stream is not read twice" in told.stderr
    assert crm("deal list --columns close,amount --sort id -f csv --no-header").stdout == (
        "2026-04-03,1.00\n2026-12-31,1.00\n,1234.56\n"
    )


def test_our_own_numbers_are_never_asked_about(load: Load, rows: Rows, file: Path) -> None:
    with wrote(file) as session:
        session.raw.execute(
            "insert into field (entity, name, type, recorded_at) values ('customer', 'size', 'number', '')"
        )

    load(c="uid,name,size\n01a1bf29-18dd-7000-8000-2d5c5d1cd971,Ada,1.234\n")

    assert rows("select custom from customer") == [('{"size":1.234}',)]


def test_a_strict_import_is_asked_about_too(load: Load) -> None:
    with pytest.raises(InvalidInput) as caught:
        load(d=AMBIGUOUS, strict=True)

    assert not isinstance(caught.value, importing.Refused)
