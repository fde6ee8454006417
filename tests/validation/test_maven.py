"""The 8,800 deals of Maven Analytics: figures of the issue, and pandas over the raw files as an independent oracle."""

import shutil
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pandas as pd
import pytest

from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import Trouble
from crmcli.db import connection, migrate
from crmcli.db.history import Header
from crmcli.db.reader import Reader
from crmcli.db.writing import writing
from crmcli.query.comparison import Moment
from crmcli.reports import invariants, listing, standing
from crmcli.reports.funnel import FunnelRequest, funnel
from crmcli.reports.funnel_curve import curve
from crmcli.reports.stuck import Asked, stuck
from crmcli.reports.velocity import velocity
from crmcli.services import importing, operations
from crmcli.services.importing import Files, Wish
from tests.conftest import NOW

FOLDER = Path(__file__).resolve().parents[2].parent / "shared" / "data" / "maven_crm"
PATHS = tuple(str(FOLDER / name) for name in ("sales_pipeline.csv", "accounts.csv", "sales_teams.csv", "products.csv"))

pytestmark = [
    pytest.mark.skipif(not FOLDER.is_dir(), reason="the Maven data is not here"),
    pytest.mark.slow,
]


def imported(file: Path, wish: Wish) -> importing.Imported:
    with writing(file, Header("import"), now=NOW) as session:
        return importing.files(session, Files(PATHS), wish)


@pytest.fixture(scope="module")
def maven(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with all of it, in dollars."""
    file = tmp_path_factory.mktemp("maven") / "maven.db"
    migrate.create(file, Preferences())
    assert imported(file, Wish(currency="USD")).sentence == "8,920 new, 0 changed, 7 unchanged, 0 rejected"
    return file


@pytest.fixture
def db(maven: Path) -> Iterator[Reader]:
    with connection.reading(maven) as reader:
        yield reader


@pytest.fixture(scope="module")
def raw() -> pd.DataFrame:
    return pd.read_csv(FOLDER / "sales_pipeline.csv", parse_dates=["engage_date", "close_date"])


def test_the_funnel_is_8800_then_8300_then_4238(db: Reader) -> None:
    found = funnel(db, FunnelRequest(), now=NOW, preferences=Preferences())

    assert [step.reached for step in found.steps] == [8_800, 8_300, 4_238]
    assert [step.lost for step in found.steps][:2] == [0, 2_473]
    assert [step.open for step in found.steps][:2] == [500, 1_589]
    assert (found.steps[1].median_days, found.steps[1].p75_days) != (None, None)


def test_the_curve_from_the_day_of_engagement(db: Reader) -> None:
    moment = Moment(NOW, Preferences())
    asked = FunnelRequest(as_of="2017-12-31")
    found = curve(db, asked, moment=moment, days=(30, 60, 90, 120, 138))

    assert [round(100 * (step.won or 0), 2) for step in found.steps] == [21.90, 26.47, 39.70, 50.00, 51.94]
    assert round(100 * (found.summary.closed_only or 0), 2) == 63.15
    assert round(100 * (found.summary.won_so_far or 0), 2) == 51.06
    assert (found.summary.deals, found.summary.undated) == (8_300, 500)
    assert (found.summary.past_slowest_win, found.summary.open, found.summary.slowest_win_days) == (1_291, 1_589, 138)
    assert curve(db, asked, moment=moment, days=(30,), start="engaging").steps[0] == found.steps[0]


def test_the_outcomes_the_win_rate_and_the_amount_won(db: Reader) -> None:
    stages: dict[str, int] = dict(
        db.rows("select s.name, count(*) from passage p join stage s on s.id = p.stage_id group by 1")
    )
    won = db.value(
        "select sum(d.amount) from deal d join passage p on p.deal_id = d.id join stage s on s.id = p.stage_id where s.outcome = 'won'"
    )

    assert stages == {"Won": 4_238, "Lost": 2_473, "Engaging": 1_589, "Prospecting": 500}
    assert round(100 * stages["Won"] / (stages["Won"] + stages["Lost"]), 2) == 63.15
    assert won == 10_005_534_00
    assert db.value("select count(distinct currency) from deal") == 1


def test_the_win_rate_by_quarter_of_close(db: Reader) -> None:
    rows = db.rows(
        """
        select substr(closed_at, 1, 4) || 'Q' || ((substr(closed_at, 6, 2) + 2) / 3), round(100.0 * avg(s.outcome = 'won'), 2)
        from deal d join passage p on p.deal_id = d.id join stage s on s.id = p.stage_id where closed_at is not null group by 1
        """
    )

    assert dict(rows) == {"2017Q1": 82.07, "2017Q2": 61.71, "2017Q3": 61.41, "2017Q4": 60.25}


def test_the_days_from_engage_to_won(db: Reader) -> None:
    rows = db.rows(
        "select e.dwell / 86400.0 from stage_event e join stage s on s.id = e.to_stage_id where s.outcome = 'won'"
    )
    days = pd.Series([row[0] for row in rows])

    assert [days.median(), days.quantile(0.75), days.max(), round(float(days.mean()), 2)] == [57, 88, 138, 51.78]


def test_the_velocity_of_the_last_quarter(db: Reader) -> None:
    found = velocity(db, standing.Asked(), moment=Moment(NOW, Preferences()), since="2017-10-01", until="2018-01-01")

    (row,) = found.rows
    assert (row.closed, round(row.win_rate or 0, 4), row.mean_days) == (1_985, 0.6025, 49.56)
    assert row.mean_won is not None
    assert row.velocity is not None
    assert (row.mean_won.decimal, round(row.velocity.amount / 100)) == ("2343.22", 56_546)


def test_prospecting_deals_are_undated_and_have_no_dwell(db: Reader) -> None:
    rows = db.rows(
        """
        select count(*), count(d.created_at), count(e.occurred_at), count(e.dwell) from deal d
        join passage p on p.deal_id = d.id join stage s on s.id = p.stage_id join stage_event e on e.passage_id = p.id
        where s.name = 'Prospecting'
        """
    )

    assert list(rows) == [(500, 0, 0, 0)]


def test_accounts_parents_and_owners(db: Reader) -> None:
    assert db.value("select count(*) from customer") == 85
    assert list(db.rows("select count(*), count(distinct from_id) from relationship where type_id = 8")) == [(15, 7)]
    assert db.value("select count(*) from owner where manager is not null and region is not null") == 35
    assert db.value("select count(*) from customer where industry = 'technolgy'") == 0
    assert db.value("select count(*) from deal where product = 'GTXPro'") == 0
    assert db.value("select count(*) from deal where customer_id is null") == 1_425


def test_every_deal_is_what_its_row_says(db: Reader, raw: pd.DataFrame) -> None:
    rows = db.rows(
        """
        select x.key, o.name, d.product, c.name, s.name, substr(d.created_at, 1, 10), substr(d.closed_at, 1, 10), d.amount / 100.0
        from deal d join external_id x on x.deal_id = d.id left join owner o on o.id = d.owner_id
        left join customer c on c.id = d.customer_id join passage p on p.deal_id = d.id join stage s on s.id = p.stage_id
        order by x.key
        """
    )
    found = pd.DataFrame(rows, columns=list(raw.columns))
    wanted = raw.sort_values("opportunity_id", ignore_index=True)
    wanted["product"] = wanted["product"].replace("GTXPro", "GTX Pro")
    for name in ("engage_date", "close_date"):
        found[name] = pd.to_datetime(found[name])

    pd.testing.assert_frame_equal(found, wanted, check_dtype=False)


def test_won_amounts_by_manager(db: Reader, raw: pd.DataFrame) -> None:
    teams = pd.read_csv(FOLDER / "sales_teams.csv")
    won = raw[raw["deal_stage"] == "Won"].merge(teams, on="sales_agent")

    rows = db.rows(
        """
        select o.manager, sum(d.amount) / 100 from deal d join owner o on o.id = d.owner_id
        join passage p on p.deal_id = d.id join stage s on s.id = p.stage_id where s.outcome = 'won' group by 1
        """
    )

    assert dict(rows) == {name: int(amount) for name, amount in won.groupby("manager")["close_value"].sum().items()}


@pytest.mark.parametrize(
    ("words", "count"),
    [
        (['owner.manager:"Melvin Marxen"', "is:won"], 882),
        (["customer.industry:technology"], None),
        (["product:=GTK 500"], 40),
        (["series:GTK"], 40),
    ],
)
def test_what_the_files_say_can_be_asked(words: list[str], count: int | None, db: Reader, raw: pd.DataFrame) -> None:
    table = listing.listing(db, "deal", words, moment=Moment(NOW, Preferences()))

    if count is None:
        accounts = pd.read_csv(FOLDER / "accounts.csv")
        count = int(raw["account"].isin(accounts[accounts["sector"] == "technolgy"]["account"]).sum())
    assert len(list(table.rows)) == count


@pytest.mark.slow
def test_the_same_files_again_change_nothing_and_undo_takes_all_back(maven: Path, tmp_path: Path) -> None:
    file = tmp_path / "copy.db"
    shutil.copy(maven, file)

    assert imported(file, Wish(currency="USD")).sentence == "0 new, 0 changed, 8,927 unchanged, 0 rejected"
    with connection.reading(file) as db:
        assert list(invariants.breaches(db)) == []
        assert db.value("select count(*) from operation") == 1
    with writing(file, Header("undo"), now=NOW) as session:
        operations.undo(session)
    with connection.reading(file) as db:
        left = [
            db.value(f"select count(*) from {table}") for table in ("customer", "deal", "stage_event", "owner", "field")
        ]
    assert left == [0, 0, 0, 0, 0]


def test_1291_of_1589_engaging_deals_are_older_than_the_slowest_win(db: Reader) -> None:
    then = Moment(datetime(2017, 12, 31, tzinfo=UTC), Preferences())

    deals = stuck(db, Asked(Trouble.ZOMBIE, as_of="2017-12-31"), moment=Moment(NOW, Preferences()))

    assert {deal.limit for deal in deals} == {138}
    assert len(deals) == 1_291
    assert (
        listing.listing(
            db, "deal", ["is:open", "stage:engaging"], view=listing.View(("id",), limit=1), moment=then
        ).total
        == 1_589
    )
