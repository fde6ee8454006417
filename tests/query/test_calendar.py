"""Months, quarters and years of instants are those of the file's zone, by Python's own calendar."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from crmcli.core.period import instant
from crmcli.db.connection import set_up
from crmcli.query.parts import calendar
from tests.conftest import Run

# The farthest from UTC either way, and one with half an hour.
ZONES = ("UTC", "Europe/Berlin", "Asia/Shanghai", "Pacific/Kiritimati", "Etc/GMT+12", "America/St_Johns")


@settings(max_examples=300, deadline=None)
@given(
    st.integers(10**6, 4 * 10**9).map(lambda seconds: datetime.fromtimestamp(seconds, UTC)),
    st.sampled_from(ZONES),
    st.booleans(),
)
@example(datetime(2026, 2, 28, 16, tzinfo=UTC), "Asia/Shanghai", False)  # the first of March
@example(datetime(2026, 4, 1, 2, 29, 59, tzinfo=UTC), "America/St_Johns", False)  # still March
def test_an_instant_lies_in_its_local_month_quarter_and_year(at: datetime, zone: str, is_at_an_edge: bool) -> None:
    if is_at_an_edge:
        at = at.replace(day=1) + timedelta(days=-1 if at.day % 2 else 0)
    local = at.astimezone(ZoneInfo(zone))
    with closing(sqlite3.connect(":memory:")) as file:
        set_up(file)
        fields = ", ".join(field.sql for field in calendar("at", ":at", "it was in"))
        found = file.execute(f"select {fields}", {"at": instant(at), "zone": zone}).fetchone()

    assert found == (f"{local:%Y-%m}", f"{local.year}Q{(local.month + 2) // 3}", f"{local.year}")


def test_nothing_and_days_stay_what_they_are() -> None:
    with closing(sqlite3.connect(":memory:")) as file:
        set_up(file)
        for text, is_day, found in ((None, False, (None,) * 3), ("2026-03-31", True, ("2026-03", "2026Q1", "2026"))):
            fields = ", ".join(field.sql for field in calendar("at", ":at", "it was in", is_day=is_day))
            assert file.execute(f"select {fields}", {"at": text, "zone": "Asia/Shanghai"}).fetchone() == found


@pytest.mark.parametrize(
    ("line", "column"),
    [
        ("deal list", "created.month"),
        ("funnel cohort", "created"),
        ("funnel show --by month", "group"),
        ("funnel time --by created.month --as-of today", "group"),
        ("deal winloss --by created.month", "group"),
        ("velocity --by created.month --as-of 2026-04-02", "group"),
    ],
)
def test_a_deal_of_the_first_of_a_month_is_of_that_month_everywhere(line: str, column: str, crm: Run) -> None:
    crm("config set zone Asia/Shanghai")
    crm("deal add Early --amount 5 --at 2026-03-01")
    crm("deal lose 1 --at 2026-04-01")

    rows = crm(f"{line} -f csv --columns {column}").stdout.splitlines()[1:]

    assert set(rows) == {"2026-03"}
    assert crm("deal list created.month:2026-03 -f csv --columns id").stdout.splitlines() == ["id", "1"]
    assert crm("deal list created:2026-03 -f csv --columns id").stdout.splitlines() == ["id", "1"]
