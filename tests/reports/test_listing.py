from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime

import pytest

from crmcli import reports
from crmcli.core.money import Money
from crmcli.core.preferences import Preferences
from crmcli.core.result import Column
from crmcli.db import history
from crmcli.db.connection import in_memory
from crmcli.db.reader import Reader
from crmcli.errors import InvalidInput
from crmcli.query.comparison import Moment
from crmcli.query.entities import NAMES, entity
from crmcli.query.syntax import QueryError
from crmcli.reports.listing import View, fields_table, listing, states_table

AT = "2026-11-21T09:00:00Z"
MOMENT = Moment(datetime(2026, 11, 21, 9, tzinfo=UTC), Preferences())
FILE = f"""
    insert into owner (id, uid, name, manager, recorded_at) values (1, 'o1', 'Ann', 'Melvin Marxen', '{AT}');
    insert into customer (id, uid, kind, name, handle, do_not_contact, owner_id, created_at, recorded_at) values
        (1, 'c1', 'person', 'Ada', 'ada', 1, 1, '{AT}', '{AT}'),
        (2, 'c2', 'organisation', 'Acme', 'acme', 0, null, '{AT}', '{AT}');
    insert into contact_point (customer_id, kind, value, position) values
        (1, 'email', 'second@example.com', 1), (1, 'email', 'first@example.com', 0);
    insert into tag (id, name, recorded_at) values (1, 'a;b', '{AT}'), (2, 'A\\', '{AT}');
    insert into customer_tag (customer_id, tag_id) values (1, 1), (1, 2);
    insert into relationship (uid, from_id, type_id, to_id, created_at, recorded_at) values
        ('r1', 1, 2, 2, '{AT}', '{AT}');
    insert into deal (id, uid, name, customer_id, amount, currency, created_at, recorded_at) values
        (1, 'd1', 'Big', 2, 123450, 'EUR', '2017-03-31T10:00:00Z', '{AT}'),
        (2, 'd2', 'Yen', 2, 500, 'JPY', null, '{AT}'),
        (3, 'd3', 'None', null, null, 'EUR', null, '{AT}');
    insert into passage (id, deal_id, pipeline_id, stage_id, reached_id, stage_entered_at) values
        (1, 1, 1, 5, 4, '{AT}'), (2, 2, 1, 1, 1, '{AT}'), (3, 3, 1, 1, 1, null);
    insert into stage_event (passage_id, from_stage_id, to_stage_id, amount, currency, occurred_at, recorded_at) values
        (1, 1, 5, 123450, 'EUR', '{AT}', '{AT}'), (1, null, 1, null, 'EUR', null, '{AT}');
    insert into interaction (id, uid, channel, text, occurred_at, recorded_at) values
        (1, 'i1', 'call', 'new', '{AT}', '{AT}'), (2, 'i2', 'note', 'old', '2025-01-01T00:00:00Z', '{AT}');
    insert into interaction_party (interaction_id, customer_id) values (1, 1), (1, 2);
    insert into external_id (source, key, customer_id) values ('maven', '7', 1), ('crm', '8', 1);
"""


@pytest.fixture
def db() -> Iterator[Reader]:
    with closing(in_memory()) as connection:
        connection.execute("begin")
        history.begin(connection, history.Header("test"), recorded_at=AT)
        for statement in FILE.split(";\n"):
            connection.execute(statement)
        yield Reader(connection)


def rows(db: Reader, name: str, columns: str, *words: str) -> list[tuple[object, ...]]:
    table = listing(db, name, words, view=View(columns=columns.split(",")), moment=MOMENT)
    return [tuple(row) for row in table.rows]


def test_the_usual_columns_of_customers(db: Reader) -> None:
    table = listing(db, "customer", moment=MOMENT)

    assert [column.name for column in table.columns] == [
        "id",
        "name",
        "kind",
        "email",
        "phone",
        "employer",
        "city",
        "tag",
        "no_contact",
    ]
    assert next(iter(table.rows)) == (
        *(
            1,
            "Ada",
            "person",
            "first@example.com;second@example.com",
            None,
            "Acme",
            None,
            r"A\\;a\;b",
            "do not contact",
        ),
    )
    assert table.total is None


def test_only_the_columns_that_are_asked_for_in_their_order(db: Reader) -> None:
    assert rows(db, "customer", "do_not_contact,ID,external,owner.manager", "Ada") == [
        (1, 1, "maven:7;crm:8", "Melvin Marxen")
    ]


def test_rows_without_money_come_as_sqlite_gives_them(db: Reader) -> None:
    assert type(next(iter(listing(db, "customer", moment=MOMENT).rows))) is tuple


def test_money_is_money_in_its_currency(db: Reader) -> None:
    assert rows(db, "deal", "amount,currency", "sort:id") == [
        (Money(123450, "EUR"), "EUR"),
        (Money(500, "JPY"), "JPY"),
        (None, "EUR"),
    ]


def test_the_amounts_of_several_deals_are_one_cell(db: Reader) -> None:
    assert rows(db, "customer", "name,deal.amount") == [("Ada", None), ("Acme", "1234.50 EUR;500 JPY")]


def test_a_limit_comes_with_the_count_of_all(db: Reader) -> None:
    table = listing(db, "deal", view=View(limit=2), moment=MOMENT)
    uncounted = listing(db, "deal", view=View(limit=0, is_counted=False), moment=MOMENT)

    assert (len(list(table.rows)), table.total) == (2, 3)
    assert (list(uncounted.rows), uncounted.total) == ([], None)


def test_the_sort_option_wins_over_a_sort_term(db: Reader) -> None:
    table = listing(db, "deal", ["sort:name"], view=View(columns=["name"], sort="-name"), moment=MOMENT)

    assert [row[0] for row in table.rows] == ["Yen", "None", "Big"]


def test_interactions_are_listed_newest_first_and_exported_by_number(db: Reader) -> None:
    listed = listing(db, "interaction", view=View(columns=["id"]), moment=MOMENT)
    exported = listing(db, "interaction", view=View(columns=["id"], is_export=True), moment=MOMENT)

    assert [row[0] for row in listed.rows] == [1, 2]
    assert [row[0] for row in exported.rows] == [1, 2]
    assert rows(db, "interaction", "customer,customer.id", "channel:call") == [("Ada;Acme", "1;2")]


def test_stage_events_begin_with_the_undated_one(db: Reader) -> None:
    assert rows(db, "stage_event", "deal,from,stage,amount,at") == [
        ("Big", None, "lead", None, None),
        ("Big", "lead", "won", Money(123450, "EUR"), AT),
    ]


def test_a_deal_knows_its_calendar_and_its_age(db: Reader) -> None:
    assert rows(db, "deal", "created.month,created.quarter,created.year,reached,in_stage", "Big") == [
        ("2017-03", "2017Q1", "2017", "quote", 0.0)
    ]


def test_the_history_counts_records_not_changes(db: Reader) -> None:
    db.connection.execute("update customer set city = 'Rome' where id = 1")

    ((command, changes, state),) = rows(db, "operation", "command,changes,state")

    assert (command, state) == ("test", "done")
    assert changes == db.value("select count(*) from (select distinct table_name, row_id from change)")


def test_pipelines_show_their_stages_and_deals(db: Reader) -> None:
    assert rows(db, "pipeline", "name,stages,deals") == [("sales", "lead;contact;needs;quote;won;lost", 3)]


@pytest.mark.parametrize("name", NAMES)
def test_an_export_has_its_columns(db: Reader, name: str) -> None:
    asked = entity(name, db)

    table = listing(db, name, view=View(is_export=True), moment=MOMENT)

    assert [column.name for column in table.columns] == list(asked.exported or asked.columns)
    list(table.rows)


def test_what_machines_alone_need_is_hidden_unless_it_is_asked_for(db: Reader) -> None:
    usual = listing(db, "deal", moment=MOMENT)
    named = listing(db, "deal", view=View(columns=["currency"]), moment=MOMENT)

    assert [column.name for column in usual.columns if column.is_hidden] == ["currency", "customer.no_contact"]
    assert named.columns == [Column("currency")]


def test_an_unknown_column_is_refused_with_the_known_ones(db: Reader) -> None:
    with pytest.raises(InvalidInput) as error:
        listing(db, "tag", view=View(columns=["nmae"]), moment=MOMENT)

    assert (str(error.value), error.value.hint) == (
        "no column 'nmae' in tags; did you mean 'name'?",
        "one of id, name, customers",
    )


def test_an_unknown_field_to_sort_by_is_refused(db: Reader) -> None:
    with pytest.raises(QueryError) as error:
        listing(db, "tag", view=View(sort="-nmae"), moment=MOMENT)

    assert error.value.hint == "sort:-nmae\n     ^^^^^"


def test_nothing_found_says_so(db: Reader) -> None:
    assert listing(db, "tag", moment=MOMENT).empty == "no tags yet"
    assert listing(db, "tag", ["x"], moment=MOMENT).empty == "no tags match"


def test_the_fields_are_a_table_of_their_own(db: Reader) -> None:
    asked = entity("deal", db)

    fields = {row[0]: row for row in fields_table(asked).rows}
    states = list(states_table(asked).rows)

    assert fields["outcome"] == ("outcome", "text", False, True, "open;won;lost", "open, won or lost")
    assert fields["external"][1] == "values"
    assert ("is:overdue", "deals open past the close date") in states


def test_reports_are_imported_when_they_are_named() -> None:
    assert reports.listing.listing is listing
    for name in ("_private", "nonsense"):
        with pytest.raises(AttributeError):
            getattr(reports, name)
