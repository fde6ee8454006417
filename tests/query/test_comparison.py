from datetime import UTC, datetime

import pytest

from crmcli.core.preferences import Preferences
from crmcli.core.result import Kind
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment, Parameters
from crmcli.query.comparison import test as condition
from crmcli.query.fields import Field

BERLIN = Moment(datetime(2026, 11, 21, 9, tzinfo=UTC), Preferences(zone="Europe/Berlin"))


def asked(kind: Kind, op: str, text: str, moment: Moment, **more: object) -> tuple[str, list[object]]:
    """The condition on the column x, and the values of its placeholders."""
    parameters = Parameters()
    field = Field("x", kind, "x", "", **more)  # type: ignore[arg-type]  # the keywords of Field
    return condition(field, op, text, parameters=parameters, moment=moment), list(parameters.values.values())


@pytest.mark.parametrize(
    ("kind", "op", "text", "sql", "values"),
    [
        ("text", ":", "Zoë 100%", r"fold(x) like :p0 escape '\'", [r"%zoe 100\%%"]),
        ("text", "=", "Zoë", "fold(x) = :p0", ["zoe"]),
        ("text", "!=", "Zoë", "fold(x) = :p0", ["zoe"]),
        ("text", ">", "M", "fold(x) > :p0", ["m"]),
        ("integer", ":", "7", "x = :p0", [7]),
        ("number", "=", "1.5k", "x = :p0", [1500]),
        ("number", ":", "-.5", "x = :p0", [-0.5]),
        ("number", ":", "1k..2M", "(x >= :p0 and x <= :p1)", [1000, 2_000_000]),
        ("number", ":", "1k..", "(x >= :p0)", [1000]),
        ("number", ":", "..5", "(x <= :p0)", [5]),
        ("number", ":", "..", "x is not null", []),
        ("number", ">", "5", "x > :p0", [5]),
        ("number", ">=", "5", "x >= :p0", [5]),
        ("number", "<", "5", "x < :p0", [5]),
        ("number", "<=", "5", "x <= :p0", [5]),
        ("id", ":", "99999999999999999999", "x = :p0", [2**63 - 1]),
        ("boolean", ":", "Yes", "x = :p0", [1]),
        ("boolean", "=", "0", "x = :p0", [0]),
        ("date", ":", "2026-03", "(x >= :p0 and x < :p1)", ["2026-03-01", "2026-04-01"]),
        ("date", ">", "2026-03", "x >= :p1", ["2026-03-01", "2026-04-01"]),
        ("date", "<=", "2026-03", "x < :p1", ["2026-03-01", "2026-04-01"]),
        ("date", "<", "2026-03", "x < :p0", ["2026-03-01", "2026-04-01"]),
        ("date", ":", "-30d..", "(x >= :p0)", ["2026-10-22", "2026-10-23"]),
        ("date", ":", "..-30d", "(x < :p1)", ["2026-10-22", "2026-10-23"]),
        ("instant", ":", "today", "(x >= :p0 and x < :p1)", ["2026-11-20T23:00:00Z", "2026-11-21T23:00:00Z"]),
        ("instant", ">=", "2026-11-21 10:30", "x >= :p0", ["2026-11-21T09:30:00Z", "2026-11-21T09:31:00Z"]),
    ],
)
def test_a_value_becomes_a_condition(kind: Kind, op: str, text: str, sql: str, values: list[object]) -> None:
    assert asked(kind, op, text, BERLIN) == (sql, values)


def test_a_bare_weekday_leans_the_way_of_its_field(moment: Moment) -> None:
    _, past = asked("date", ":", "fri", moment)
    _, ahead = asked("date", ":", "fri", moment, leans_ahead=True)

    assert (past[0], ahead[0]) == ("2026-11-20", "2026-11-27")


def test_a_number_of_money_means_every_currency_in_its_own_minor_units(moment: Moment) -> None:
    sql, values = asked("money", ">=", "1.5", moment, currency="c")

    assert sql.startswith("x >= case when c in ('BIF', ")
    assert values[:4] == [2, 1500, 15_000, 150]


def test_a_marked_amount_means_its_own_currency_alone(moment: Moment) -> None:
    assert asked("money", ":", "€1k..2k", moment, currency="c") == (
        "(c = :p0 and (x >= :p1 and x <= :p2))",
        ["EUR", 100_000, 200_000],
    )
    assert asked("money", "<", "500 JPY", moment, currency="c") == ("(c = :p0 and x < :p1)", ["JPY", 500])


def test_a_choice_is_found_without_case_and_accents(moment: Moment) -> None:
    assert asked("text", ":", "APRES", moment, choices=("avant", "après")) == ("x = :p0 collate nocase", ["après"])


def test_what_a_clean_field_cannot_hold_matches_nothing(moment: Moment) -> None:
    assert asked("text", ":", "Ada", moment, clean=lambda _: "") == ("false", [])


@pytest.mark.parametrize(
    ("kind", "op", "text", "message"),
    [
        ("number", ":", "many", "'many' is not a number; try 12, 1k..5k or 2.5m"),
        ("number", ":", "9" * 50, "is not a number"),
        ("number", ":", "１２", "is not a number"),
        ("number", ">", "1..2", "'1..2' is a range, which '>' cannot compare with"),
        ("boolean", ":", "maybe", "'maybe' is neither yes nor no"),
        ("date", ":", "soonish", "date 'soonish' is not understood"),
        ("money", ":", "5 EUR..6 USD", "'5 EUR..6 USD' is a range of two currencies"),
        ("money", ":", "lots", "amount 'lots' is not an amount"),
    ],
)
def test_a_value_of_another_kind_is_refused(kind: Kind, op: str, text: str, message: str, moment: Moment) -> None:
    with pytest.raises(InvalidInput, match=message.replace("(", r"\(")):
        asked(kind, op, text, moment, currency="c")


def test_many_choices_are_not_all_listed(moment: Moment) -> None:
    with pytest.raises(InvalidInput, match=r"no 'x'; one of 0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, …$"):
        asked("text", ":", "x", moment, choices=tuple(str(number) for number in range(20)))


def test_the_clock_is_told_in_utc_and_the_day_in_the_files_zone() -> None:
    late = Moment(datetime(2026, 11, 21, 23, 30, tzinfo=UTC), Preferences(zone="Europe/Berlin"))

    assert late.parameters == {"now": "2026-11-21T23:30:00Z", "today": "2026-11-22", "zone": "Europe/Berlin"}
