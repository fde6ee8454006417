"""The revenue of referrals, against a reckoning by hand of random forests."""

from collections import defaultdict
from datetime import UTC, datetime
from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import REFERRED
from crmcli.query.comparison import Moment
from crmcli.reports import referrals
from tests.graph.test_neighbourhood import AT, graph

MOMENT = Moment(datetime(2026, 11, 20, tzinfo=UTC), Preferences())


@st.composite
def forests(draw: st.DrawFn) -> tuple[dict[int, int], dict[int, int]]:
    """Who was referred by whom, always somebody with a lesser number; the minor units that each brought in."""
    size = draw(st.integers(2, 10))
    above = {n: draw(st.integers(0, n - 1)) for n in range(2, size + 1)}
    amounts = draw(st.dictionaries(st.integers(1, size), st.integers(0, 10_000), max_size=size))
    return {n: by for n, by in above.items() if by}, amounts


@pytest.mark.slow
@settings(max_examples=30, deadline=None)
@given(forests())
def test_the_sums_are_those_of_every_way_up(drawn: tuple[dict[int, int], dict[int, int]]) -> None:
    above, amounts = drawn
    direct: dict[int, Fraction] = defaultdict(Fraction)
    halved: dict[int, Fraction] = defaultdict(Fraction)
    for customer, amount in amounts.items():
        by, share = above.get(customer), Fraction(amount)
        direct[by or 0] += amount
        while by:
            halved[by] += share
            by, share = above.get(by), share / 2

    with graph(10, [(by, REFERRED, n) for n, by in above.items()]) as db:
        for number, (customer, amount) in enumerate(amounts.items(), 1):
            db.connection.execute(
                "insert into deal (id, uid, name, customer_id, amount, currency, closed_at, created_at, recorded_at) "
                "values (?, ?, 'Won', ?, ?, 'EUR', ?, ?, ?)",
                (number, f"d{number}", customer, amount, AT, AT, AT),
            )
            db.connection.execute(
                "insert into passage (deal_id, pipeline_id, stage_id, stage_entered_at) "
                "select ?, pipeline_id, id, ? from stage where outcome = 'won' order by id limit 1",
                (number, AT),
            )
        found = referrals.revenue(db, moment=MOMENT)

    expected = {by: (Money(int(direct[by]), "EUR"), Money(round(halved[by]), "EUR")) for by in set(above.values())}
    assert {row[0]: (row[2], row[3]) for row in found.table.rows} == expected
    brought = sum(amount for customer, amount in amounts.items() if customer in above)
    assert sum(row[2].amount for row in found.table.rows if isinstance(row[2], Money)) == brought
