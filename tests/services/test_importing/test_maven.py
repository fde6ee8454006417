"""The profile `maven` on a small cut of the same shape, made by hand."""

import random
from pathlib import Path

import pytest

from crmcli.db import connection
from crmcli.reports import invariants
from tests.services.test_importing.conftest import Load, Rows

FILES = {
    "accounts": "account,sector,year_established,revenue,employees,office_location,subsidiary_of\n"
    "Alpenhof,technolgy,1990,12.5,40,Austria,\nBrightbay,medical,2001,100,7,Philipines,Alpenhof\n"
    "Cloudmill,retail,1987,3.75,11,Kenya,Alpenhof\n",
    "products": "product,series,sales_price\nGTX Pro,GTX,4821\nMG Special,MG,55\n",
    "sales_teams": "sales_agent,manager,regional_office\nIda Berg,Max Thal,East\nTom Rey,Max Thal,West\nUna Vik,Lea Roth,West\n",
    "sales_pipeline": "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value\n"
    "A1,Ida Berg,GTXPro,Alpenhof,Won,2017-01-10,2017-02-09,4500\nA2,Ida Berg,MG Special,Brightbay,Lost,2017-01-11,2017-01-31,0\n"
    "A3,Tom Rey,GTX Pro,Cloudmill,Engaging,2017-03-01,,\nA4,Tom Rey,MG Special,,Prospecting,,,\n"
    "A5,Tom Rey,MG Special,,Won,2017-04-01,2017-04-01,60\n",
}


@pytest.fixture
def imported(load: Load) -> Load:
    names = list(FILES)
    random.Random(3).shuffle(names)
    assert load({name: FILES[name] for name in names}).faults == []
    return load


def test_four_files_become_customers_owners_and_deals_with_their_ways(imported: Load, rows: Rows, file: Path) -> None:
    assert rows(
        "select d.name, s.name, h.name, d.amount, d.currency, substr(d.created_at, 1, 10), substr(d.closed_at, 1, 10) "
        "from deal d join passage p on p.deal_id = d.id join stage s on s.id = p.stage_id left join stage h on h.id = p.reached_id"
    ) == [
        ("GTX Pro for Alpenhof", "Won", "Engaging", 450000, "EUR", "2017-01-10", "2017-02-09"),
        ("MG Special for Brightbay", "Lost", "Engaging", 0, "EUR", "2017-01-11", "2017-01-31"),
        ("GTX Pro for Cloudmill", "Engaging", "Engaging", None, "EUR", "2017-03-01", None),
        ("MG Special", "Prospecting", "Prospecting", None, "EUR", None, None),
        ("MG Special", "Won", "Engaging", 6000, "EUR", "2017-04-01", "2017-04-01"),
    ]
    assert rows("select name, outcome from stage where pipeline_id = 2 order by position") == [
        ("Prospecting", "open"),
        ("Engaging", "open"),
        ("Won", "won"),
        ("Lost", "lost"),
    ]
    assert rows("select dwell / 86400 from stage_event where dwell is not null order by id") == [(30,), (20,), (0,)]
    with connection.reading(file) as db:
        assert list(invariants.breaches(db)) == []


def test_dirt_is_cleaned_and_what_has_no_place_of_its_own_is_a_custom_field(imported: Load, rows: Rows) -> None:
    assert rows("select name, kind, industry, country, custom from customer order by id limit 2") == [
        ("Alpenhof", "organisation", "technology", "Austria", '{"employees":40,"founded":1990,"revenue":12.5}'),
        ("Brightbay", "organisation", "medical", "Philippines", '{"employees":7,"founded":2001,"revenue":100}'),
    ]
    assert rows("select product, json_extract(custom, '$.series') from deal where id < 3") == [
        ("GTX Pro", "GTX"),
        ("MG Special", "MG"),
    ]
    assert rows("select name, manager, region from owner") == [
        ("Ida Berg", "Max Thal", "East"),
        ("Tom Rey", "Max Thal", "West"),
        ("Una Vik", "Lea Roth", "West"),
    ]


def test_a_parent_is_a_relationship_and_a_deal_without_account_has_no_customer(imported: Load, rows: Rows) -> None:
    assert rows(
        "select f.name, t.name from relationship r join customer f on f.id = r.from_id join customer t on t.id = r.to_id"
    ) == [
        ("Alpenhof", "Brightbay"),
        ("Alpenhof", "Cloudmill"),
    ]
    assert rows("select customer_id from deal order by id") == [(1,), (2,), (3,), (None,), (None,)]


def test_the_same_four_files_again_change_nothing(imported: Load, rows: Rows) -> None:
    assert imported(FILES).sentence == "0 new, 0 changed, 13 unchanged, 0 rejected"
    assert len(rows("select * from operation")) == 1


def test_next_month_s_pipeline_moves_the_deals(imported: Load, rows: Rows) -> None:
    header = FILES["sales_pipeline"].splitlines()[0]
    moved = imported(
        sales_pipeline=f"{header}\nA3,Tom Rey,GTX Pro,Cloudmill,Won,2017-03-01,2017-03-20,4700\n"
        "A4,Tom Rey,MG Special,,Lost,2017-05-01,2017-05-05,0\n"
    )

    assert moved.sentence == "0 new, 2 changed, 0 unchanged, 0 rejected"
    assert rows(
        "select t.name, substr(e.occurred_at, 1, 10), e.dwell / 86400 from stage_event e join passage p on p.id = e.passage_id "
        "join stage t on t.id = e.to_stage_id where p.deal_id in (3, 4) order by p.deal_id, e.occurred_at, e.id"
    ) == [
        ("Engaging", "2017-03-01", None),
        ("Won", "2017-03-20", 19),
        ("Prospecting", None, None),
        ("Engaging", "2017-05-01", None),
        ("Lost", "2017-05-05", 4),
    ]


def test_a_product_on_no_list_is_told(load: Load) -> None:
    header = FILES["sales_pipeline"].splitlines()[0]

    imported = load(products=FILES["products"], sales_pipeline=f"{header}\nA9,Ida Berg,MGX,,Prospecting,,,\n")

    assert imported.notes == [
        "products.csv: products serve to check those of the deals and give them their series; list_price is not kept",
        "product 'MGX' is on no list",
        "made the pipeline maven",
    ]
