"""`crm privacy erase`: gone from every byte, while every figure and everybody else stays."""

import json
import shutil
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.db import connection, driver, subject
from crmcli.reports.invariants import breaches
from crmcli.services.erasing import FATES
from tests.commands.conftest import Terminal
from tests.conftest import NOW, Dump, Run, run, wrote

#: All that is said of Ada below, in no other record.
HERS = (
    *(
        "Ada Lovelace",
        "ada-lovelace",
        "ada@example.com",
        "countess@example.com",
        "+4930901820",
        "Countess",
        "Marylebone",
    ),
    *("Nottinghamshire", "likes whist", "Engine no. 2", "before the winter", "in a hurry", "alone with her", "K-4711"),
    *("from her uncle", "web form 12", "in court", "Countess of L", "old@example.com", "Babbage job"),
    *("Bring her the punch cards", "Oil the second engine"),
)
RECORDS = (
    "customer add 'Ada Lovelace' --email ada@example.com --phone +4930901820 --employer Engines --title Countess "
    "--city Marylebone --country Nottinghamshire --note 'likes whist' --tag vip",
    "customer add Bob --email bob@example.com --tag vip",
    "relation add ada knows bob --note 'from her uncle'",
    "relation add ada referred bob --note 'from her uncle'",
    "deal add 'Engine no. 2' --customer ada --amount 900 --note 'before the winter' --at 2026-11-03",
    "deal move 1 quote --note 'in a hurry' --at 2026-11-04",
    "deal win 1 --at 2026-11-05",
    "deal add Cards --customer bob --amount 100 --at 2026-11-03",
    "log ada,bob 'met at the fair'",
    "log ada 'alone with her'",
    "log bob 'Ada Lovelace (ADA@example.com) sent him'",
    "customer edit ada --set email=countess@example.com,old@example.com",
    "customer edit ada --set email-=old@example.com --set 'title=Countess of L'",
    "deal edit 1 --set product='Babbage job'",
    "deal edit 1 --set product=Engines",
    "privacy consent grant ada --purpose newsletter --source 'web form 12'",
    "privacy restrict ada --reason 'in court'",
    "privacy restrict ada --lift",
    "task add 'Feed the cat' --for ada --due 2026-11-18 --every 1w",
    "task done 1",
    "task edit 2 --set customer=bob",
    "task add 'Bring her the punch cards' --for ada",
    "task add 'Oil the second engine' --deal 1",
    "cadence set ada 10d",
    "segment add regulars +vip --freeze",
    "find whist",
)
AT = "2026-11-20T12:00:00Z"


@pytest.fixture(scope="session")
def known_file(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """Ada, customer 1, with a row in every table that can hold one, and Bob, customer 3."""
    path = tmp_path_factory.mktemp("privacy") / "known.db"
    shutil.copy(empty_file, path)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("CRM_NOW", NOW.isoformat())
        for line in RECORDS:
            run(f"{line} --db {path}")
    with wrote(path) as session:
        session.raw.execute("insert into external_id (source, key, customer_id) values ('shop', 'K-4711', 1)")
    return path


@pytest.fixture
def known(known_file: Path, file: Path, crm: Run) -> Run:
    shutil.copy(known_file, file)
    return crm


def found(file: Path, words: Iterable[str]) -> list[str]:
    """Which of `words` stand in the bytes of the file, its log or its index."""
    places = [file, Path(f"{file}-wal"), Path(f"{file}-shm")]
    whole = b"".join(place.read_bytes() for place in places if place.exists())
    return [word for word in words if word.lower().encode() in whole.lower()]


def uids(file: Path) -> list[str]:
    with connection.reading(file) as db:
        asked = (
            "customer where id = 1",
            "deal where id = 1",
            "interaction where id = 2",
            "relationship where from_id = 1",
        )
        return [row[0] for each in asked for row in db.rows(f"select uid from {each}")]


def test_every_table_that_can_hold_a_customer_has_its_fate(file: Path) -> None:
    with connection.reading(file) as db:
        assert set(FATES) == set(subject.tables(db.connection))


def test_the_test_below_looks_for_what_is_there(known: Run, file: Path) -> None:
    assert found(file, HERS) == list(HERS)
    assert len(uids(file)) == 6


def test_not_a_byte_of_the_person_is_left(known: Run, file: Path) -> None:
    hers = [*HERS, *uids(file)]

    with closing(driver.connect(file)) as idle:  # keeps the log and its index
        idle.execute("select count(*) from customer").fetchone()
        known("privacy erase ada --yes")

        assert Path(f"{file}-shm").exists()
        assert found(file, hers) == []


def test_no_scrap_is_left_in_free_space(known: Run, file: Path) -> None:
    for number in range(8):
        known(["customer", "edit", "ada", "--set", f"note=secret {number} " + "s3cret-note " * (number * 90 + 1)])
        known(["customer", "edit", "bob", "--set", f"note={'x' * (number * 700 + 1)}"])
    assert found(file, ["s3cret-note"])

    known("privacy erase ada --yes")

    assert found(file, ["s3cret-note", *HERS]) == []


def test_the_words_that_find_looks_in_are_gone_and_the_rest_is_found(known: Run, file: Path) -> None:
    assert known("find whist --columns title --no-header").stdout == "Ada Lovelace\n"
    known("find lovelace")  # stands in a text of Bob's too

    known("privacy erase ada --yes")

    assert found(file, ["lovelace", "whist"]) == []
    assert known("find whist lovelace -f ids").stdout == ""
    assert known("find bob --columns kind,id --no-header").stdout.splitlines()[0] == "customer\t3"
    assert found(file, ["lovelace", "whist"]) == []


def test_a_name_in_a_text_as_long_as_can_be_or_in_a_name_that_is_unique_is_gone(known: Run, file: Path) -> None:
    known(["task", "add", f"{'x' * 480} Ada Lovelace"])
    known(["customer", "edit", "bob", "--tag", "Ada Lovelace", "--tag", "erased customer 1"])

    known("privacy erase ada --yes")

    assert found(file, ["lovelace"]) == []
    assert len(known("customer show bob --columns tag --no-header").stdout.split(";")) == 3


def test_a_task_that_came_again_for_somebody_else_stays(known: Run) -> None:
    known("privacy erase ada --yes")

    assert known("task list --columns id,text,customer,after --no-header").stdout == "2\tFeed the cat\tBob\t\n"
    assert known("cadence list -f ids").stdout == ""
    assert known("segment members regulars -f ids").stdout == "3\n"


def test_a_full_text_index_forgets_too(known: Run, file: Path) -> None:
    with closing(driver.connect(file)) as raw:
        raw.execute("create virtual table lookup using fts5 (name, note, content = customer, content_rowid = id)")
        raw.execute("insert into lookup (lookup) values ('rebuild')")

    known("privacy erase ada --yes")

    with closing(driver.connect(file)) as raw:
        assert raw.execute("select count(*) from lookup where lookup match 'whist'").fetchone() == (0,)
        assert raw.execute("select rowid from lookup where lookup match 'Bob'").fetchall() == [(3,)]
    assert found(file, HERS) == []


def test_every_figure_stays(known: Run) -> None:
    asked = [
        "funnel show -f json",
        "deal list --columns id,stage,amount,currency,close,created,closed,owner,product -f json",
        "pipeline show -f json",
        "deal list is:won --columns amount",
        "interaction list --columns id,at,channel,duration -f json",
    ]
    before = [known(line).stdout for line in asked]

    known("privacy erase ada --yes")

    assert [known(line).stdout for line in asked] == before
    assert "erased customer 1" in known("deal list --columns customer").stdout


def test_the_file_keeps_its_rules(known: Run, file: Path) -> None:
    known("privacy erase ada --yes")

    with connection.reading(file) as db:
        assert list(breaches(db)) == []
        assert list(db.rows("pragma foreign_key_check")) == []
        assert db.value("pragma integrity_check") == "ok"


def test_others_keep_theirs(known: Run) -> None:
    known("privacy erase ada --yes")

    rows = json.loads(known("interaction list --columns id,customer,text --sort id -f json").stdout)
    assert [(row["id"], row["customer"], row["text"]) for row in rows] == [
        (1, ["Bob"], "met at the fair"),
        (2, [], "erased"),
        (3, ["Bob"], "erased customer 1 (erased customer 1) sent him"),
    ]
    assert known("customer show bob --columns name,email,tag --no-header").stdout == "Bob\tbob@example.com\tvip\n"
    assert known("customer list --columns name --no-header").stdout.split() == ["Engines", "Bob"]


def test_only_referrals_stay_of_the_relationships(known: Run, file: Path) -> None:
    known("privacy erase ada --yes")

    with connection.reading(file) as db:
        assert list(db.rows("select from_id, type_id, to_id, note from relationship")) == [(1, 1, 3, None)]


def test_the_proof_says_who_by_number_alone(known: Run, file: Path) -> None:
    known("privacy erase ada --yes")

    last = json.loads(known("history --limit 1 -f json").stdout)[0]
    assert (last["command"], last["options"]) == ("privacy erase", "--yes")
    with connection.reading(file) as db:
        assert list(db.rows("select customer_id, recorded_at from erasure")) == [(1, AT)]
        detail = json.loads(db.value("select detail from operation order by id desc limit 1"))
    assert detail["erased"] == [1]
    assert detail["blank"] == {"customer": 1, "relationship": 1, "deal": 1, "stage_event": 3, "interaction": 1}
    assert "(erased)" in known(f"history show {last['id']}").stdout
    assert "Ada" not in known("history show 1").stdout


def test_no_undo_brings_anything_back(known: Run, dump: Dump, file: Path) -> None:
    known("undo")  # an operation that can be redone
    last = int(known("history --limit 1 --columns id --no-header").stdout)
    known("privacy erase ada --yes")
    before = dump()

    refused = [known("undo", exit_code=4).stderr]
    refused += [known(f"undo {number}", exit_code=4).stderr for number in (1, 3, 5, 6, 9, 10, 12, 13, last + 1)]
    refused += [known(f"redo {last - 1}", exit_code=4).stderr]

    assert all(line.startswith("error: operation ") and "erased" in line for line in refused)
    assert dump() == before
    assert found(file, HERS) == []


def test_the_rest_of_the_history_stays_usable(known: Run) -> None:
    known("privacy erase ada --yes")

    known("undo 11")  # the log of Bob alone
    known("redo 11")
    known("deal move 2 needs")
    known("undo")

    assert "sent him" in known("interaction list --columns text").stdout


def test_a_customer_who_stands_in_the_history_alone_is_erased_by_number(crm: Run, file: Path) -> None:
    crm("customer add 'Eve Polastri' --email eve@example.com")
    crm("undo")
    assert found(file, ["Polastri"])

    crm("privacy erase 1 --yes")

    assert found(file, ["Polastri", "eve@example.com"]) == []
    assert "erased" in crm("redo 1", exit_code=4).stderr
    assert "erased customer 1" in crm("customer add Eve --email eve@example.com", exit_code=4).stderr


def test_a_merged_customer_goes_with_the_one_it_went_into(known: Run, file: Path) -> None:
    with wrote(file) as session:
        session.raw.execute("update customer set merged_into_id = 1, removed_at = recorded_at where id = 3")

    known("privacy erase 3 --yes")

    assert found(file, [*HERS, "bob@example.com", "met at the fair"]) == []


def test_a_restricted_customer_is_kept_until_the_restriction_ends(known: Run) -> None:
    known("privacy restrict ada --reason 'legal claim'")

    assert "restricted" in known("privacy erase ada --yes", exit_code=4).stderr

    known("privacy restrict ada --lift")
    known("privacy erase ada --yes")


def test_an_erased_customer_is_not_restored(known: Run) -> None:
    known("privacy erase ada --yes")

    assert "was erased for good" in known("customer restore 1", exit_code=4).stderr
    assert "nothing" not in known("privacy erase 1 --yes").stderr


def test_copies_that_still_hold_the_person_are_named(known: Run, file: Path) -> None:
    (file.parent / "backups").mkdir()
    for place in (f"{file}.v1.bak", file.parent / "backups" / "crm-2026-11-01.db", file.parent / "copy.db"):
        shutil.copy(file, place)
    Path(f"{file}.v2.bak").write_bytes(b"sealed")

    said = known("privacy erase ada --yes").stderr
    later = known("privacy erase ada --yes", exit_code=3).stderr

    named = [line.partition("'")[2].partition("'")[0] for line in said.splitlines() if "still holds" in line]
    assert [Path(name).name for name in named] == ["crm-2026-11-01.db", "copy.db", "crm.db.v1.bak", "crm.db.v2.bak"]
    assert "Ada" not in said
    assert "no customer matches 'ada'" in later


def test_copies_made_elsewhere_are_named_too(known: Run, file: Path, tmp_path: Path) -> None:
    for folder in ("stick", "away"):
        (tmp_path / folder).mkdir()
        known(f"backup {tmp_path / folder / 'b.db'}")
    shutil.rmtree(tmp_path / "away")  # the disk is not there now

    said = known("privacy erase ada --yes").stderr

    named = [line.partition("'")[2].partition("'")[0] for line in said.splitlines() if "still holds" in line]
    assert named == [str(tmp_path / "away" / "b.db"), str(tmp_path / "stick" / "b.db")]


def test_files_that_never_held_the_person_are_not_named(known: Run, file: Path, empty_file: Path) -> None:
    shutil.copy(empty_file, file.parent / "other.db")
    (file.parent / "notes.txt").write_text("Ada Lovelace")

    assert "still holds" not in known("privacy erase ada --yes").stderr


def test_a_name_that_others_bear_is_left_and_said(crm: Run) -> None:
    crm("customer add Bob")
    crm("customer add 'Bob Marley'")
    crm("log 2 'Bob was there'")

    said = crm("privacy erase 1 --yes").stderr

    assert "texts of others may still mean them by name: interaction 1\n" in said
    assert crm("interaction list --columns text --no-header").stdout == "Bob was there\n"


def test_a_number_in_a_text_of_others_goes_however_it_is_written(known: Run, file: Path) -> None:
    known("log bob 'ring her at +49 30 901820, 030/90 18 20 or (030) 901820'")
    known("interaction edit 4 --set 'text=0049-30-901820, not 030 901821'")

    known("privacy erase ada --yes")

    assert known("interaction list id:4 --columns text --no-header").stdout == "erased customer 1, not 030 901821\n"
    assert found(file, ["30 901820", "90 18 20", "30-901820"]) == []
    known("undo 28")
    assert known("interaction list id:4 --columns text --no-header").stdout == (
        "ring her at erased customer 1, erased customer 1 or erased customer 1\n"
    )


def test_others_that_are_called_by_an_address_are_said(crm: Run) -> None:
    crm("customer add 'Ada Lovelace' --email ada@example.com")
    crm("customer add 'Friends of ada@example.com' --owner 'Ada Lovelace'")

    said = crm("privacy erase 1 --yes").stderr

    assert "texts of others may still mean them by name: customer 2, owner 1\n" in said


def test_a_number_that_others_have_too_stays_theirs(crm: Run) -> None:
    crm("customer add 'Ada Lovelace' --phone +4930901820")
    crm("customer add Bob --phone +4930901820 --note 'at +4930901820'")

    crm("privacy erase 1 --yes")

    assert crm("customer show bob --columns phone,note --no-header").stdout == "+4930901820\tat +4930901820\n"


def test_without_a_terminal_it_takes_a_yes(known: Run, dump: Dump) -> None:
    before = dump()

    assert "--yes" in known("privacy erase ada", exit_code=2).stderr
    assert "dry run" in known("privacy erase ada --dry-run").stderr
    assert dump() == before


def test_on_a_terminal_it_asks(known: Run, terminal: Terminal, file: Path) -> None:
    no = terminal("privacy erase ada", answer="n\n")
    assert (no.exit_code, found(file, HERS)) == (1, list(HERS))
    assert "Erase customer 1 Ada Lovelace for good: " in no.stderr

    yes = terminal("privacy erase ada", answer="y\n")

    assert (yes.exit_code, found(file, HERS)) == (0, [])


def test_a_reader_that_stays_is_said(known: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_WAIT", "0.2")
    with closing(driver.connect(file)) as stays:
        stays.execute("begin")
        stays.execute("select count(*) from customer").fetchone()

        assert "could not be swept" in known("privacy erase ada --yes").stderr

    known("privacy erase 1 --yes")
    assert found(file, HERS) == []


def test_an_erased_customer_is_refused_by_what_they_were_known_by(known: Run) -> None:
    known("privacy erase ada --yes")

    for words in ("--email Ada@Example.com", "--email old@example.com", "--phone '+49 30 901820'"):
        refused = known(f"customer add Someone {words}", exit_code=4).stderr
        assert "erased customer 1" in refused
        assert "example.com" not in refused
        assert "901820" not in refused
    assert "erased customer 1" in known("customer edit bob --set email+=ada@example.com", exit_code=4).stderr


def test_the_key_of_the_hashes_is_not_shown(known: Run, file: Path) -> None:
    known("privacy erase ada --yes")

    with connection.reading(file) as db:
        key = db.value("select value from setting where key = 'erasure_key'")
        last = db.value("select max(id) from operation")
    assert len(key) == 64
    assert key not in known(f"history show {last}").stdout
    assert "erased_key" in known(f"history show {last}").stdout


def test_one_who_asks_to_be_kept_again_is_readmitted(known: Run) -> None:
    known("privacy erase ada --yes")

    known("privacy readmit 1")

    known("customer add 'Ada Lovelace' --email ada@example.com")
    assert "not erased" in known("privacy readmit 3", exit_code=3).stderr


def test_the_hashes_are_keyed(known: Run, file: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    shutil.copy(file, other)

    known("privacy erase ada --yes")
    known(f"privacy erase ada --yes --db {other}")

    digests = []
    for place in (file, other):
        with connection.reading(place) as db:
            digests.append({row[0] for row in db.rows("select digest from erased_key")})
    assert len(digests[0]) == len(digests[1]) == 7
    assert not digests[0] & digests[1]
