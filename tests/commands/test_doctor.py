"""`crm doctor`: what is wrong with a file, never missed, and never more than said."""

import json
import os
import random
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import CliRunner

from crmcli.cli import app
from crmcli.db import driver, place
from tests.commands.conftest import Terminal
from tests.commands.test_backup import damage
from tests.conftest import Dump, Run, run


def findings(file: Path) -> list[tuple[str, str, str]]:
    """(check, result, what) of all that is neither ok nor a note."""
    result = CliRunner().invoke(app, ["doctor", "-f", "json", "--db", str(file)], catch_exceptions=False)
    rows = json.loads(result.stdout)["rows"]
    found = [(row["check"], row["result"], row["says"]) for row in rows if row["result"] in ("warning", "error")]
    assert result.exit_code == bool(found)
    return found


def past_the_checks(file: Path, *statements: str) -> None:
    """Write as somebody with another program would, without our triggers."""
    with closing(driver.connect(file)) as raw:
        triggers = raw.execute("select name, sql from sqlite_schema where type = 'trigger'").fetchall()
        for name, _ in triggers:
            raw.execute(f"drop trigger {name}")
        for statement in statements:
            raw.execute(statement)
        for _, sql in triggers:
            raw.execute(sql)


def test_a_sound_file_is_well(small: Path) -> None:
    assert findings(small) == []
    quiet = run("doctor --quiet")
    assert (quiet.stdout, quiet.stderr) == ("", "")


def test_every_check_has_its_line(small: Path) -> None:
    lines = [line.split("\t")[:2] for line in run("doctor --no-header").stdout.splitlines()]

    names = ["integrity", "references", "schema", "text", "records", "history", "modes", "place", "sqlite", "backup"]
    assert [name for name, _ in lines] == names
    assert {result for _, result in lines} <= {"ok", "note"}


def test_a_person_reads_the_way_out(small: Path, terminal: Terminal) -> None:
    past_the_checks(small, "update passage set stage_id = 1 where id = 1")

    seen = terminal("doctor")

    assert seen.exit_code == 1
    said = " ".join(seen.stdout.split())
    assert "records: passage 1: not so that the stage is that of the last event → crm doctor --fix" in said


def test_quiet_says_only_what_is_to_be_done(small: Path) -> None:
    small.chmod(0o644)

    said = run("doctor --quiet --no-header", exit_code=1)

    assert [line.split("\t")[:2] for line in said.stdout.splitlines()] == [["modes", "error"]]


def test_damaged_text_is_named_and_not_shown(small: Path) -> None:
    past_the_checks(
        small,
        "update customer set city = cast(x'53656372657420ff' as text) where id = 1",
        "update interaction set text = cast(x'6100ff' as text) where id = 1",
        "update customer set note = 'Ünïcode 北京 😀' || char(0) || 'x' where id = 2",
    )

    found = findings(small)

    assert [says for check, _, says in found if check == "text"] == [
        "customer 1, city: the bytes are no text",
        "interaction 1, text: the bytes are no text",
    ]
    assert "Secret" not in str(found)
    assert run("doctor -f csv --columns table,id,field", exit_code=1).stdout.count("customer,1,city") == 1


def test_a_reference_that_leads_nowhere_is_found(small: Path) -> None:
    past_the_checks(small, "update customer set owner_id = 99 where id = 1")

    assert ("references", "error", "customer 1 refers to a missing owner") in findings(small)


@pytest.mark.parametrize(
    ("statement", "says"),
    [
        ("drop index customer_name", "index customer_name is missing"),
        ("drop trigger change_deal_update", "trigger change_deal_update is missing"),
        ("create trigger mine after insert on tag begin select 1; end", "trigger mine is not ours"),
        ("create table notes (id integer)", "table notes is not ours"),
        ("alter table tag add column colour text", "table tag differs"),
    ],
)
def test_a_schema_that_is_not_ours_is_found(statement: str, says: str, small: Path) -> None:
    with closing(driver.connect(small)) as raw:
        raw.execute(statement)

    assert says in [said for check, _, said in findings(small) if check == "schema"]


def test_fix_makes_indexes_and_triggers_anew(small: Path) -> None:
    with closing(driver.connect(small)) as raw:
        raw.execute("drop index customer_name")
        raw.execute("drop trigger change_deal_update")

    said = run("doctor --fix").stderr

    assert said == ("fixed: index customer_name is made anew\nfixed: trigger change_deal_update is made anew\n")
    assert findings(small) == []


def test_fix_rebuilds_caches_and_can_be_undone(small: Path, dump: Dump) -> None:
    sound = dump()
    past_the_checks(
        small,
        "update passage set stage_id = 1, stage_entered_at = '2020-01-01T00:00:00Z', reached_id = 2 where id = 1",
        "update stage_event set dwell = 7 where dwell is not null",
        "update deal set closed_at = null where id = 2",
        "update contact_point set is_live = 0 where id = 1",
    )
    broken = dump()
    assert {check for check, _, _ in findings(small)} == {"records"}

    run("doctor --fix")

    assert dump() == sound
    assert run("history --limit 1 --columns command --no-header").stdout == "doctor\n"
    run("undo")
    assert dump() == broken


def test_fix_leaves_what_only_a_person_knows(small: Path, dump: Dump) -> None:
    past_the_checks(small, "update stage_event set from_stage_id = 3 where id = (select max(id) from stage_event)")
    before = dump()

    said = run("doctor --fix", exit_code=1)

    assert "an event leaves the stage that the one before entered" in said.stdout
    assert [line for line in dump() if line.startswith("deal")] == [line for line in before if line.startswith("deal")]


def test_fix_closes_what_was_left_open(small: Path) -> None:
    past_the_checks(small, "insert into current_operation (id, operation_id) values (1, 1)")
    assert [check for check, _, _ in findings(small)] == ["history"]

    assert run("doctor --fix").stderr == "fixed: 1 operation left open: closed\n"
    run("customer add Eve")


def test_fix_makes_a_damaged_index_anew(small: Path) -> None:
    with closing(driver.connect(small)) as raw:
        sql = raw.execute("select sql from sqlite_schema where name = 'customer_name'").fetchone()[0]
        raw.execute("drop index customer_name")
        raw.execute(sql.replace("(name collate nocase)", "(name collate nocase) where id > 1"))
        raw.execute("pragma writable_schema = on")
        raw.execute("update sqlite_schema set sql = ? where name = 'customer_name'", (sql,))
    assert ("integrity", "error", "row 1 missing from index customer_name") in findings(small)

    assert run("doctor --fix").stderr == "fixed: the indexes are made anew\n"

    assert findings(small) == []


def test_modes_are_found_and_fixed(small: Path) -> None:
    run("backup")
    copy = next((small.parent / "backups").glob("*.db"))
    for path in (small, copy, copy.parent):
        path.chmod(stat.S_IMODE(path.stat().st_mode) | 0o044)
    assert len(findings(small)) == 3

    run("doctor --fix")

    assert [stat.S_IMODE(path.stat().st_mode) for path in (small, copy, copy.parent)] == [0o600, 0o600, 0o700]


def test_our_own_folder_is_looked_at_and_no_other(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path / "data"))
    own = tmp_path / "data" / "crmcli"
    own.mkdir(parents=True)
    shutil.copy(small, own / "crm.db")
    own.chmod(0o755)
    small.parent.chmod(0o755)

    assert [check for check, _, _ in findings(own / "crm.db")] == ["modes"]
    assert findings(small) == []


def test_a_backup_is_missed_after_seven_days_of_data(crm: Run, file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert findings(file) == []
    crm("customer add Ada")

    def on(day: str) -> list[tuple[str, str, str]]:
        monkeypatch.setenv("CRM_NOW", f"2026-{day}T12:00:01+00:00")
        return findings(file)

    assert on("11-26") == []
    assert on("11-27") == [("backup", "warning", "no backup, and the first record is 7 days old")]
    crm("backup")
    assert on("12-30") == []  # nothing was changed since
    crm("customer add Bob")
    assert on("12-30") == [("backup", "warning", "the last backup is 33 days old")]


def test_a_time_that_is_none_is_found(small: Path) -> None:
    past_the_checks(
        small,
        "update operation set recorded_at = '0' where id = 1",
        "update interaction set occurred_at = '2026-11-2pT10:00:00Z'",
        "update customer set created_at = '2026-02-30T10:00:00Z' where id = 2",
        "update task set due_on = '2026-13-01' where id = 1",
    )

    says = {said for check, result, said in findings(small) if (check, result) == ("text", "error")}
    assert says == {
        "operation 1, recorded_at: no time or day",
        "interaction 1, occurred_at: no time or day",
        "customer 2, created_at: no time or day",
        "task 1, due_on: no time or day",
    }


def test_a_backup_made_elsewhere_counts(crm: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    crm("customer add Ada")
    monkeypatch.setenv("CRM_NOW", "2026-11-29T12:00:00+00:00")
    crm(f"backup {tmp_path / 'elsewhere.db'}")

    assert findings(file) == []
    (tmp_path / "elsewhere.db").unlink()
    assert [check for check, _, _ in findings(file)] == ["backup"]


def test_a_synced_folder_is_found(small: Path, tmp_path: Path) -> None:
    for folder in ("Dropbox", "OneDrive - Acme", "Mobile Documents", "My Drive"):
        (tmp_path / folder / "crm").mkdir(parents=True)
        copy = Path(shutil.copy(small, tmp_path / folder / "crm" / "x.db"))
        assert [check for check, _, _ in findings(copy)] == ["place"], folder
    (tmp_path / ".stfolder").mkdir()
    assert place.synced(small) == "Syncthing"


def test_a_network_file_system_is_found(tmp_path: Path) -> None:
    mounts = tmp_path / "mountinfo"
    root = "22 1 0:1 / / rw - ext4 /dev/sda rw"
    share = f"23 22 0:2 / {str(tmp_path / 'the share').replace(' ', chr(92) + '040')} rw,relatime shared:1 - nfs4 host:/x rw"
    mounts.write_text(f"{root}\n{share}\n")

    assert place.network(tmp_path / "the share" / "crm.db", mounts=mounts) == "nfs4"
    assert place.network(tmp_path / "the share2" / "crm.db", mounts=mounts) is None
    assert place.network(tmp_path / "crm.db", mounts=tmp_path / "missing") is None


def test_a_damaged_file_is_found(small: Path) -> None:
    damage(small)

    assert "integrity" in {check for check, _, _ in findings(small)}


@pytest.mark.parametrize("text", ["", "hello", "SQLite format 3\0"])
def test_a_file_that_cannot_be_used_ends_in_10(text: str, small: Path) -> None:
    small.write_text(text)

    assert run("doctor", exit_code=10).stderr.startswith("error: ")
    assert run("doctor --fix", exit_code=10).stderr.startswith("error: ")
    assert small.read_text() == text


def test_before_there_is_a_file_there_is_nothing_to_check(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CRM_DB", raising=False)

    assert run("doctor").stdout == ""
    assert run("doctor --quiet").stderr == ""


def harm(file: Path, seed: int) -> None:
    """Do to the file what a bad disk, a cable or an interrupted copy does."""
    chance = random.Random(seed)
    content = bytearray(file.read_bytes())
    pages = len(content) // 4096
    match seed % 6:
        case 0:
            for _ in range(chance.choice([1, 16])):
                content[chance.randrange(len(content))] ^= 1 << chance.randrange(8)
        case 1:
            at = chance.randrange(pages) * 4096
            content[at : at + 4096] = bytes(4096)
        case 2:
            del content[chance.randrange(len(content)) :]
        case 3:
            content[chance.randrange(100)] ^= 1 << chance.randrange(8)
        case 4:
            at = chance.randrange(pages) * 4096
            content[at : at + 512] = chance.randbytes(512)
        case _:
            content[chance.randrange(min(len(content), 8192))] ^= 0xFF
    file.write_bytes(content)


def is_damaged(file: Path) -> bool:
    try:
        with closing(driver.connect(file, "ro", immutable=True)) as raw:
            return raw.execute("pragma integrity_check").fetchall() != [("ok",)]
    except (sqlite3.Error, MemoryError, OverflowError, UnicodeDecodeError):
        return True


def assert_never_missed(small: Path, seeds: range) -> None:
    sound, damaged = small.read_bytes(), 0
    for seed in seeds:
        small.write_bytes(sound)
        for suffix in ("-wal", "-shm"):
            Path(f"{small}{suffix}").unlink(missing_ok=True)
        harm(small, seed)
        is_bad = is_damaged(small)
        damaged += is_bad
        for words in (["doctor", "-f", "json"], ["doctor", "--quiet"]):
            result = CliRunner().invoke(app, words, catch_exceptions=False, prog_name="crm")
            assert result.exit_code in (0, 1, 10), (seed, result.exit_code, result.stderr)
            assert not (is_bad and result.exit_code == 0), seed
    assert damaged > len(seeds) / 3


@pytest.mark.slow
@pytest.mark.parametrize("part", range(3))
def test_no_damage_that_sqlite_sees_is_missed(part: int, small: Path) -> None:
    assert_never_missed(small, range(part * 20, part * 20 + 20))


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_no_damage_of_hundreds_is_missed(part: int, small: Path) -> None:
    assert_never_missed(small, range(1000 + part * 150, 1000 + part * 150 + 150))


@pytest.mark.slow
def test_fix_never_makes_it_worse(small: Path) -> None:
    sound = small.read_bytes()
    for seed in range(5000, 5060):
        small.write_bytes(sound)
        for suffix in ("-wal", "-shm"):
            Path(f"{small}{suffix}").unlink(missing_ok=True)
        harm(small, seed)
        was_bad = is_damaged(small)
        result = CliRunner().invoke(app, ["doctor", "--fix"], catch_exceptions=False, prog_name="crm")
        assert result.exit_code in (0, 1, 10), (seed, result.stderr)
        assert was_bad or not is_damaged(small), seed
        assert os.path.exists(small)
