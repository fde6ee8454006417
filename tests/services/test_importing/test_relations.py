"""Relationships and interactions from files."""

from tests.services.test_importing.conftest import Load, Rows, said

PEOPLE = "name\nAda\nBob\nEve\nDan\n"
TIES = """
    select f.name, y.name, t.name, r.since, r.until, r.note from relationship r join customer f on f.id = r.from_id
    join customer t on t.id = r.to_id join relation_type y on y.id = r.type_id order by r.id
"""


def test_a_tie_is_stored_from_its_first_end_whichever_way_it_is_told(load: Load, rows: Rows) -> None:
    content = (
        "from,type,to,since,until,note\nBob,referred by,Ada,2026-01-01,,\nEve,knows,Ada,,,old friends\n"
        "Ada,supplies,Bob,2020-01-01,2021-01-01,\nAda,supplies,Bob,2022-01-01,,\nada,knows,eve,,,\n"
    )

    first = load(people=PEOPLE, ties=content)
    again = load(ties=content)

    assert first.tallies[1].sentence == "4 new, 0 changed, 1 unchanged, 0 rejected"
    assert again.sentence == "0 new, 0 changed, 5 unchanged, 0 rejected"
    assert rows(TIES) == [
        ("Ada", "referred", "Bob", "2026-01-01", None, None),
        ("Ada", "knows", "Eve", None, None, "old friends"),
        ("Ada", "supplies", "Bob", "2020-01-01", "2021-01-01", None),
        ("Ada", "supplies", "Bob", "2022-01-01", None, None),
    ]


def test_a_row_with_an_end_ends_the_tie_that_lasts(load: Load, rows: Rows) -> None:
    load(people=PEOPLE, ties="from,type,to\nAda,advises,Bob\n")

    imported = load(ties="from,type,to,until\nAda,advises,Bob,2026-05-01\n")

    assert imported.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"
    assert rows(TIES) == [("Ada", "advises", "Bob", None, "2026-05-01", None)]


def test_a_tie_ends_no_sooner_than_it_began(load: Load, rows: Rows) -> None:
    load(people=PEOPLE, ties="from,type,to,since\nAda,advises,Bob,2026-05-01\n")

    imported = load(
        ties="from,type,to,since,until\nAda,knows,Bob,2026-02-01,2026-01-01\nAda,advises,Bob,,2026-04-30\n"
        "Ada,supplies,Bob,2026-02-01,2026-02-01\n"
    )

    assert imported.sentence == "1 new, 0 changed, 0 unchanged, 2 rejected"
    assert sorted(line.partition("; ")[0] for line in said(imported)) == [
        "2: until: until 2026-01-01 is before since 2026-02-01",
        "3: until: until 2026-04-30 is before since 2026-05-01",
    ]
    assert rows(TIES) == [
        ("Ada", "advises", "Bob", "2026-05-01", None, None),
        ("Ada", "supplies", "Bob", "2026-02-01", "2026-02-01", None),
    ]


def test_a_second_referrer_and_a_circle_are_rejected_with_the_reason(load: Load) -> None:
    load(people=PEOPLE, ties="from,type,to\nAda,referred,Bob\n")

    imported = load(
        ties="from,type,to\nEve,referred,Bob\nBob,referred,Eve\nEve,referred,Dan\nDan,referred,Ada\nAda,referred,Ada\n"
        "Ada,likes,Bob\nAda,knows,Zoe\nAda,knows,\nAda,,Bob\n"
    )

    assert imported.sentence == "2 new, 0 changed, 0 unchanged, 7 rejected"
    assert sorted(line.partition("; ")[0] for line in said(imported)) == [
        "10: type: is empty",
        "2: to: customer 2 is referred by customer 1 already",
        "5: to: customer 4 is referred by customer 1 by way of others: this would close a circle",
        "6: to: ties customer 1 to itself",
        "7: type: no relation type 'likes'",
        "8: to: no customer is called 'Zoe'",
        "9: to: is empty",
    ]
    assert any("no relation type 'likes'" in line and "crm relation type add" in line for line in said(imported))


def test_a_tie_takes_over_the_uid_of_the_file_that_tells_of_it_again(load: Load, rows: Rows) -> None:
    uid = "01a1bf29-18dd-7000-8000-2d5c5d1cd97d"
    load(people="name,company\nAda,Engines\n")

    load(ties=f"uid,from,type,to,created\n{uid},Ada,works for,Engines,2020-01-01\n")

    assert rows("select uid, created_at from relationship") == [(uid, "2020-01-01T00:00:00Z")]


def test_a_uid_that_another_tie_has_is_rejected(load: Load, rows: Rows) -> None:
    load(people=PEOPLE, ties="from,type,to\nAda,knows,Bob\n")
    [(uid,)] = rows("select uid from relationship")

    imported = load(ties=f"uid,from,type,to\n{uid},Ada,knows,Eve\n")

    assert said(imported) == ["2: uid: is relationship 1, which ties others"]


def test_interactions_are_known_by_time_channel_text_and_customers(load: Load, rows: Rows) -> None:
    content = (
        "at,channel,direction,customer,text,duration,deal,owner\n2026-03-01,call,out,Ada;Bob,hello,30,Engine,Zed\n"
        "2026-03-01,call,out,Bob;Ada,hello,,,\n2026-03-01T10:00:00+02:00,,,Ada,hello,,,\n"
    )

    first = load(people=PEOPLE, deals="name,stage\nEngine,lead\n", talks=content)
    again = load(talks=content)

    assert first.tallies[2].sentence == "2 new, 0 changed, 1 unchanged, 0 rejected"
    assert again.sentence == "0 new, 0 changed, 3 unchanged, 0 rejected"
    assert rows(
        "select channel, direction, text, duration_minutes, deal_id, owner_id, occurred_at from interaction"
    ) == [
        ("call", "out", "hello", 30, 1, 1, "2026-03-01T00:00:00Z"),
        ("note", None, "hello", None, None, None, "2026-03-01T08:00:00Z"),
    ]
    assert rows("select interaction_id, customer_id from interaction_party order by id") == [(1, 1), (1, 2), (2, 1)]


def test_an_interaction_of_a_known_uid_is_corrected(load: Load, rows: Rows) -> None:
    load(people=PEOPLE, talks="at,channel,customer,text\n2026-03-01,call,Ada,hello\n")
    [(uid,)] = rows("select uid from interaction")

    imported = load(talks=f"uid,at,channel,customer,text\n{uid},2026-03-02,visit,Eve,bye\n")

    assert imported.sentence == "0 new, 1 changed, 0 unchanged, 0 rejected"
    assert rows("select channel, text, occurred_at from interaction") == [("visit", "bye", "2026-03-02T00:00:00Z")]
    assert rows("select customer_id from interaction_party") == [(1,), (3,)]


def test_what_an_interaction_needs_is_told(load: Load) -> None:
    imported = load(
        people=PEOPLE,
        talks="at,channel,customer,text,duration,deal,direction\n,call,Ada,x,,,\n2026-01-01,call,Ada,,,,\n2026-01-01,call,,x,,,\n"
        "2026-01-01,phone,Ada,x,,,\n2026-01-01,call,Zoe,x,,,\n2026-01-01,call,Ada,x,long,,\n2026-01-01,call,Ada,x,,Engine,\n"
        "2026-01-01,call,Ada,x,,,up\n",
    )

    assert sorted(line.partition("; ")[0] for line in said(imported)) == [
        "2: at: is empty: every interaction has its time",
        "3: text: is empty",
        "4: customer: is empty",
        "5: channel: no channel 'phone'",
        "6: customer: no customer is called 'Zoe'",
        "7: duration: duration 'long' is not understood",
        "8: deal: no deal is called 'Engine'",
        "9: direction: no direction 'up'",
    ]
