from datetime import date

import pytest

from crmcli.core.days import Period
from crmcli.core.daywords import Asked, days
from crmcli.core.steps import Lean
from crmcli.core.vocabulary import DateOrder
from crmcli.errors import InvalidInput

FRIDAY = date(2026, 11, 20)


def asked(text: str, *, lean: Lean = "past", order: DateOrder = DateOrder.UNKNOWN) -> Period | None:
    return days(text, Asked(text, FRIDAY, order, lean))


def only(text: str, *, lean: Lean = "past", order: DateOrder = DateOrder.UNKNOWN) -> str:
    """The one day that the text names."""
    found = asked(text, lean=lean, order=order)
    assert found is not None
    assert found.last == found.start
    return found.start.isoformat()


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("2026-03-31", "2026-03-31"),
        ("2026-3-1", "2026-03-01"),
        ("2026/03/31", "2026-03-31"),
        ("2026年3月5日", "2026-03-05"),
        ("today", "2026-11-20"),
        ("yesterday", "2026-11-19"),
        ("tomorrow", "2026-11-21"),
        ("-3d", "2026-11-17"),
        ("2 weeks ago", "2026-11-06"),
        ("-1m", "2026-10-20"),
        ("-1y", "2025-11-20"),
        ("in 2 weeks", "2026-12-04"),
        ("last fri", "2026-11-13"),
        ("last mon", "2026-11-16"),
        ("next fri", "2026-11-27"),
        ("next sat", "2026-11-21"),
        ("this mon", "2026-11-16"),
        ("sow", "2026-11-16"),
        ("eow", "2026-11-22"),
        ("som", "2026-11-01"),
        ("eom", "2026-11-30"),
        ("soq", "2026-10-01"),
        ("eoq", "2026-12-31"),
        ("soy", "2026-01-01"),
        ("eoy", "2026-12-31"),
        ("今天", "2026-11-20"),
        ("昨天", "2026-11-19"),
        ("明天", "2026-11-21"),
        ("前天", "2026-11-18"),
        ("后天", "2026-11-22"),
        ("下周五", "2026-11-27"),
        ("上周三", "2026-11-11"),
        ("本周日", "2026-11-22"),
        ("下下星期一", "2026-11-30"),
        ("3天后", "2026-11-23"),
        ("3天前", "2026-11-17"),
        ("两周后", "2026-12-04"),
        ("本月底", "2026-11-30"),
        ("月底", "2026-11-30"),
        ("下个月初", "2026-12-01"),
        ("年底", "2026-12-31"),
    ],
)
def test_a_word_names_a_day(text: str, day: str) -> None:
    assert only(text) == only(text, lean="future") == day


@pytest.mark.parametrize(
    ("text", "past", "future"),
    [
        ("fri", "2026-11-20", "2026-11-27"),
        ("thursday", "2026-11-19", "2026-11-26"),
        ("mon", "2026-11-16", "2026-11-23"),
        ("周五", "2026-11-20", "2026-11-27"),
        ("星期天", "2026-11-15", "2026-11-22"),
        ("3d", "2026-11-17", "2026-11-23"),
    ],
)
def test_a_bare_weekday_or_step_leans(text: str, past: str, future: str) -> None:
    assert (only(text), only(text, lean="future")) == (past, future)


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2026", "2026-01-01", "2027-01-01"),
        ("2026-03", "2026-03-01", "2026-04-01"),
        ("2026年3月", "2026-03-01", "2026-04-01"),
        ("2026-q1", "2026-01-01", "2026-04-01"),
        ("q4", "2026-10-01", "2027-01-01"),
        ("q2 2025", "2025-04-01", "2025-07-01"),
        ("2026-w48", "2026-11-23", "2026-11-30"),
        ("2026-w53", "2026-12-28", "2027-01-04"),
        ("last week", "2026-11-09", "2026-11-16"),
        ("this month", "2026-11-01", "2026-12-01"),
        ("last quarter", "2026-07-01", "2026-10-01"),
        ("next year", "2027-01-01", "2028-01-01"),
        ("上个月", "2026-10-01", "2026-11-01"),
        ("本季度", "2026-10-01", "2027-01-01"),
        ("去年", "2025-01-01", "2026-01-01"),
    ],
)
def test_a_word_names_a_longer_period(text: str, start: str, end: str) -> None:
    assert asked(text) == Period(date.fromisoformat(start), date.fromisoformat(end))


@pytest.mark.parametrize(
    ("text", "order", "day"),
    [
        ("21/11/2026", DateOrder.UNKNOWN, "2026-11-21"),
        ("11/21/2026", DateOrder.UNKNOWN, "2026-11-21"),
        ("03/03/2026", DateOrder.UNKNOWN, "2026-03-03"),
        ("03/04/2026", DateOrder.DAY_FIRST, "2026-04-03"),
        ("03-04-2026", DateOrder.MONTH_FIRST, "2026-03-04"),
        ("21.11.2026", DateOrder.UNKNOWN, "2026-11-21"),
        ("3.4.2026", DateOrder.UNKNOWN, "2026-04-03"),
        ("3.4.2026", DateOrder.MONTH_FIRST, "2026-04-03"),
    ],
)
def test_a_date_with_the_year_last_is_read_in_the_order_it_must_have(text: str, order: DateOrder, day: str) -> None:
    assert only(text, order=order) == day


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "03/04/2026",
            "03/04/2026 could be 3 April or March 4: write 2026-04-03, "
            "or set the date order with crm init --date-order",
        ),
        ("2026-02-31", "date '2026-02-31' does not exist (February 2026 has 28 days)"),
        ("2026-13-01", "date '2026-13-01' does not exist (there is no month 13)"),
        ("00/04/2026", "date '00/04/2026' does not exist (there is no month 0)"),
        ("2026-00", "date '2026-00' does not exist (there is no month 0)"),
        ("2025-w53", "date '2025-w53' does not exist (2025 has 52 weeks)"),
        ("0026-01-01", "date '0026-01-01' lies outside 1900 to 2999"),
        ("-99999w", "date '-99999w' lies outside 1900 to 2999"),
        ("-999y", "date '-999y' lies outside 1900 to 2999"),
    ],
)
def test_a_date_that_cannot_be_is_refused_with_the_reason(text: str, message: str) -> None:
    with pytest.raises(InvalidInput) as caught:
        asked(text)

    assert str(caught.value) == message


def test_a_date_against_the_order_that_was_set_is_refused() -> None:
    with pytest.raises(InvalidInput, match="there is no month 21"):
        asked("11/21/2026", order=DateOrder.DAY_FIRST)
    with pytest.raises(InvalidInput, match="there is no month 21"):
        asked("21/11/2026", order=DateOrder.MONTH_FIRST)


@pytest.mark.parametrize(
    "text", ["", "foo", "last foo", "周末", "去月", "2h ago", "20261121", "2026-03/31", "3/4/26", "q5"]
)
def test_what_names_no_day_gives_none(text: str) -> None:
    assert asked(text) is None
