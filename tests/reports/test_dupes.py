"""Which customers look like the same one: by hand, and on a register with errors of entry."""

import sqlite3
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from itertools import combinations

import pytest

from crmcli.core.names import can_be_short, parts
from crmcli.core.preferences import Preferences
from crmcli.core.result import Report
from crmcli.db import history
from crmcli.db.connection import in_memory
from crmcli.db.reader import Reader
from crmcli.query.comparison import Moment
from crmcli.reports import dupes
from crmcli.reports.likeness import likeness
from crmcli.reports.register import particulars
from crmcli.reports.register import register as register_of
from tests.conftest import Run
from tests.people import Entry, register, same

MOMENT = Moment(datetime(2026, 11, 22, tzinfo=UTC), Preferences())
AT = "2026-11-22T00:00:00Z"


def fill(file: sqlite3.Connection, entries: Sequence[Entry]) -> None:
    """Put the entries in, each under its place and one more as its id."""
    file.execute("begin immediate")
    history.begin(file, history.Header("test"), recorded_at=AT)
    file.execute("update current_operation set is_bulk = 1")
    rows = ((n, f"u{n}", e.kind, e.name, f"c-{n}", e.city, AT, AT) for n, e in enumerate(entries, 1))
    columns = "id, uid, kind, name, handle, city, created_at, recorded_at"
    file.executemany(f"insert into customer ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?)", rows)
    for kind in ("email", "phone"):
        points = ((n, kind, value) for n, e in enumerate(entries, 1) if (value := getattr(e, kind)))
        file.executemany("insert into contact_point (customer_id, kind, value) values (?, ?, ?)", points)
    ties = (
        (f"r{n}", n, e.employer + 1, AT, AT)
        for n, e in enumerate(entries, 1)
        if e.kind == "person" and e.employer is not None
    )
    columns = "uid, from_id, type_id, to_id, created_at, recorded_at"
    file.executemany(f"insert into relationship ({columns}) values (?, ?, 2, ?, ?, ?)", ties)
    history.end(file)
    file.execute("commit")


def found(entries: Sequence[Entry], *words: str, least: float = dupes.USUAL) -> Report:
    with closing(in_memory()) as file:
        fill(file, entries)
        return dupes.report(Reader(file), words, moment=MOMENT, least=least)


def pairs(report: Report) -> set[tuple[int, int]]:
    return {(int(str(row[1])), int(str(row[3]))) for row in report.table.rows}


def test_of_a_register_with_errors_most_are_found_and_hardly_one_is_wrong() -> None:
    entries = register(8_000, share=0.05, seed=7)
    truth = {(one + 1, other + 1) for one, other in same(entries)}

    got = pairs(found(entries))

    assert len(truth) > 400
    assert len(got & truth) / len(got) >= 0.99
    assert len(got & truth) / len(truth) >= 0.80


@pytest.mark.parametrize("least", [50.0, 70.0])
def test_no_pair_that_scores_so_much_is_left_out(least: float) -> None:
    with closing(in_memory()) as file:
        fill(file, register(400, share=0.2, seed=5))
        db = Reader(file)
        known = register_of(db)
        besides = particulars(db, known.names)
        all_pairs = combinations(known.names, 2)
        same_kind = (
            (one, other) for one, other in all_pairs if (one in known.organisations) is (other in known.organisations)
        )
        scoring = {pair for pair in same_kind if (told := likeness(*pair, known, besides)) and told.score >= least}

        assert {(one, other) for _, one, other, _ in dupes.likely(db, least=least)} == scoring
    assert len(scoring) > 50


ADA = Entry(1, "person", "Ada Lovelace", "ada@example.com", "+4930901820", "London")
ACME = Entry(1, "organisation", "Acme Optics GmbH", "info@acme-optics.com", "+4930901821", "Berlin")
OTHERS = register(300, share=0, seed=3)


@pytest.mark.parametrize(
    ("one", "other", "reason"),
    [
        (ADA, Entry(2, "person", "Lovelace, Ada", phone="+4930901820"), "same phone"),
        (ADA, Entry(2, "person", "Ada Lovelcae", city="London"), "spelling: lovelace, lovelcae"),
        (ADA, Entry(2, "person", "Dr. Áda LOVELACE", "ada@work.example.org"), "same name"),
        (ADA, Entry(2, "person", "ＡＤＡ ＬＯＶＥＬＡＣＥ", city="london"), "same city"),
        (ADA, Entry(2, "person", "A. Lovelace", phone="+4930901820"), "initial: ada, a"),
        (Entry(1, "person", "Robert Grewe", city="Bonn"), Entry(2, "person", "Bob Grewe", city="Bonn"), "same name"),
        (Entry(1, "person", "Alexandra Grewe", city="Bonn"), Entry(2, "person", "Alex Grewe", city="Bonn"), "short form: alexandra, alex"),
        (Entry(1, "person", "王伟芳", city="上海"), Entry(2, "person", "伟芳 王", city="上海"), "same name"),
        (Entry(1, "person", "Ada L", "a.da+x@gmail.com"), Entry(2, "person", "Ada L", "ada@googlemail.com"), "same mailbox"),
        (ACME, Entry(2, "organisation", "ACME Optics", "sales@acme-optics.com"), "same domain: acme-optics.com"),
        (Entry(1, "organisation", "华为技术有限公司"), Entry(2, "organisation", "华为技术"), "same name"),
        (Entry(1, "organisation", "ＡＣＭＥ株式会社"), Entry(2, "organisation", "Acme"), "same name"),
        (Entry(1, "organisation", "株式会社 サクラ"), Entry(2, "organisation", "サクラ株式会社"), "same name"),
        (Entry(1, "organisation", "삼성전자(주)"), Entry(2, "organisation", "(주)삼성전자"), "same name"),
    ],
)  # fmt: skip
def test_who_is_the_same_and_why(one: Entry, other: Entry, reason: str) -> None:
    rows = [row for row in found([one, other, *(e for e in OTHERS if e.employer is None)]).table.rows if row[1] == 1]

    assert [row[3] for row in rows] == [2]
    assert reason in str(rows[0][5]).split(";")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (ADA, Entry(2, "person", "Byron Lovelace", "byron@example.com", "+4930901820", "London")),
        (ADA, Entry(2, "organisation", "Ada Lovelace", None, "+4930901820", "London")),
        (ADA, Entry(2, "person", "Grace Hopper", None, "+4930901820", "London")),
        (ACME, Entry(2, "organisation", "Acme Optics Paris GmbH", "paris@acme-optics.com", "+33144556677", "Paris")),
        (Entry(1, "person", "王伟芳"), Entry(2, "person", "王伟英")),
    ],
)
def test_who_is_not(one: Entry, other: Entry) -> None:
    rows = found([one, other, *(e for e in OTHERS if e.employer is None)]).table.rows

    assert [row for row in rows if row[1] == 1] == []


def test_a_query_asks_for_one_of_the_pair() -> None:
    entries = [ADA, Entry(2, "person", "Ada Lovelace"), ACME, Entry(4, "organisation", "Acme Optics")]

    assert pairs(found(entries)) == {(1, 2), (3, 4)}
    assert pairs(found(entries, "city:Berlin")) == {(3, 4)}
    assert pairs(found(entries, "id:2")) == {(1, 2)}
    assert pairs(found([])) == set()


def test_a_mailbox_is_one_however_it_is_written() -> None:
    addresses = ["ada@work.example", "ada+news@work.example", "a.da@gmail.com", "ada@googlemail.com", "bob@gmail.com"]

    with closing(in_memory()) as file:
        fill(file, [Entry(number, "person", "Grace Hopper", address) for number, address in enumerate(addresses)])
        known = register_of(Reader(file))

    assert {box: sorted(block) for box, block in known.mailboxes.items()} == {
        "ada@work.example": [1, 2],
        "ada@gmail.com": [3, 4],
    }
    assert {box: sorted(block) for box, block in known.boxes.items()} == {"ada": [1, 2, 3, 4]}


def test_parts_of_names() -> None:
    assert parts("Prof. Dr. Hans Müller-Lüdenscheidt", is_organisation=False) == ("johannes", "ludenscheidt", "muller")
    assert parts("The S.A.", is_organisation=True) == ("sa", "the")
    assert can_be_short("alex", "alexander")
    assert can_be_short("alex", "alexandra")
    assert not can_be_short("alexander", "alexandra")


def test_the_command_says_the_next_one(crm: Run) -> None:
    crm("customer add 'Ada Lovelace' --phone +4930901820")
    crm("customer add 'Lovelace, Ada' --phone +4930901820")

    shown = crm("dupes -f tsv").stdout.splitlines()
    assert shown[1].split("\t")[1:] == [
        "1",
        "Ada Lovelace",
        "2",
        "Lovelace, Ada",
        "same name;same phone",
        "crm customer merge 1 2",
    ]
    crm("customer merge 1 2 --yes")
    assert crm("dupes -f ids").stdout == ""
    assert "--min-score 200" in crm("dupes --min-score 200", exit_code=2).stderr
