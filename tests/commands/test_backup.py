"""`crm backup`: a checked copy, never over a file that is there."""

import re
import stat
import subprocess
import sys
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.db import driver
from tests.commands.conftest import Terminal
from tests.conftest import Run, run


def names(path: Path) -> list[str]:
    with closing(driver.connect(path, "ro", immutable=True)) as file:
        assert file.execute("pragma integrity_check").fetchall() == [("ok",)]
        return [name for (name,) in file.execute("select name from customer order by id")]


def test_without_a_name_it_stands_among_the_backups_beside_the_file(crm: Run, file: Path) -> None:
    crm("customer add Ada")

    said = crm("backup")

    copy = file.parent / "backups" / "crm-20261120T120000Z.db"
    assert said.stdout == f"{copy}\n"
    assert names(copy) == ["Ada"]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert stat.S_IMODE(copy.parent.stat().st_mode) == 0o700


def test_a_person_reads_what_was_copied(crm: Run, terminal: Terminal, file: Path) -> None:
    crm("customer add Ada")

    said = terminal(f"backup {file.parent / 'x.db'}").stdout

    assert said.startswith("backed up ")
    assert said.endswith(f" verified, to {file.parent / 'x.db'}\n")


def test_two_of_one_second_stand_beside_each_other(crm: Run, file: Path) -> None:
    crm("backup")
    crm("backup")

    found = sorted(path.name for path in (file.parent / "backups").glob("*.db"))
    assert found == ["crm-20261120T120000Z-2.db", "crm-20261120T120000Z.db"]


def test_half_a_line_in_the_list_of_backups_takes_no_other_with_it(crm: Run, file: Path) -> None:
    crm("backup")
    listed = file.parent / "backups" / "crm.db.jsonl"
    with listed.open("a") as half:  # as a disk that is full leaves it
        half.write('{"at": "2026')

    crm("backup --keep 1")
    crm("backup --keep 1")

    assert [path.name for path in (file.parent / "backups").glob("*.db")] == ["crm-20261120T120000Z.db"]


def test_it_never_overwrites(crm: Run, file: Path, tmp_path: Path) -> None:
    place = tmp_path / "kept.db"
    place.write_text("mine")

    refused = crm(f"backup {place}", exit_code=4)

    assert "is there already and stays as it is" in refused.stderr
    assert place.read_text() == "mine"
    assert crm(f"backup {file}", exit_code=4).stderr.startswith("error: ")


def test_keep_removes_only_older_ones_of_the_same_file_that_we_made(
    crm: Run, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "stick"
    folder.mkdir()
    other = tmp_path / "other" / "crm.db"
    run(f"init --db {other}")
    run(f"backup {folder} --db {other}")
    (folder / "crm-20200101T000000Z.db").write_text("looks like one")
    for day in range(1, 6):
        monkeypatch.setenv("CRM_NOW", f"2026-11-{day:02}T00:00:00+00:00")
        crm(f"backup {folder}")

    crm("backup --keep 1")
    monkeypatch.setenv("CRM_NOW", "2026-11-06T00:00:00+00:00")
    crm(f"backup {folder} --keep 2")

    assert sorted(path.name for path in folder.iterdir()) == [
        "crm-20200101T000000Z.db",
        "crm-20261105T000000Z.db",
        "crm-20261106T000000Z.db",
        "crm-20261120T120000Z.db",
    ]
    assert len(list((file.parent / "backups").glob("*.db"))) == 1


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("backup --keep 0", 2, "--keep 0 would keep nothing"),
        ("backup x.db --keep 3", 2, "--keep goes with a folder"),
        ("backup /nowhere/x/y.db", 10, "cannot use '/nowhere/x/y.db'"),
        (f"backup --db {__file__}", 10, f"'{__file__}' is not a crmcli database"),
        ("backup --db /nowhere.db", 10, "no database at '/nowhere.db'"),
    ],
)
def test_what_cannot_be_is_one_line(line: str, code: int, said: str, crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("os.mkdir", _refuse)

    assert crm(line, exit_code=code).stderr.startswith(f"error: {said}")


def _refuse(*_: object, **__: object) -> None:
    raise OSError(13, "Permission denied")


def test_a_damaged_file_is_not_backed_up(crm: Run, file: Path) -> None:
    crm("customer add Ada")
    damage(file)

    refused = crm("backup", exit_code=10)

    assert re.match(rf"error: '{file}' is damaged \(page \d+\); nothing was changed\n", refused.stderr)
    assert list((file.parent / "backups").iterdir()) == []


def damage(file: Path) -> None:
    with closing(driver.connect(file)) as raw:
        page = raw.execute("select rootpage from sqlite_schema where name = 'customer_name'").fetchone()[0]
    with file.open("r+b") as damaged:
        damaged.seek((page - 1) * 4096)
        damaged.write(b"\xff" * 16)


@pytest.mark.slow
def test_a_copy_taken_while_others_write_is_of_one_moment(crm: Run, file: Path, tmp_path: Path) -> None:
    """Every writer adds two customers in one operation: a copy that tears one apart holds an odd number."""
    script = (
        "import os, sys, datetime; from pathlib import Path\n"
        "from crmcli.db import keys; keys.place.set(Path(os.environ['CRM_KEY_FILE']))\n"
        "from crmcli.db.writing import writing; from crmcli.db.history import Header\n"
        "from crmcli.services import customers; from crmcli.services.customers import NewCustomer\n"
        "for n in range(30):\n"
        "    with writing(Path(sys.argv[1]), Header('t'), now=datetime.datetime.now(datetime.timezone.utc)) as s:\n"
        "        for side in 'ab': customers.add(s, NewCustomer(f'{sys.argv[2]}{n}{side}'))\n"
    )
    writers = [subprocess.Popen([sys.executable, "-c", script, str(file), who]) for who in "xy"]

    taken = 0
    while any(writer.poll() is None for writer in writers) or not taken:
        taken += 1
        crm(f"backup {tmp_path / f'{taken}.db'}")

    assert [writer.wait() for writer in writers] == [0, 0]
    assert all(len(names(tmp_path / f"{number}.db")) % 2 == 0 for number in range(1, taken + 1))
    assert len(names(file)) == 120


def test_without_the_library_encryption_says_what_to_install(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)

    assert crm("backup --age age1xyz", exit_code=2).stderr == (
        "error: encryption needs the library pyrage, which is not installed\nhint: pip install 'crmcli[age]'\n"
    )


def test_an_encrypted_backup_comes_back_with_its_key_only(crm: Run, file: Path, tmp_path: Path) -> None:
    pyrage = pytest.importorskip("pyrage", reason="the extra age is not installed")
    mine, another = pyrage.x25519.Identity.generate(), pyrage.x25519.Identity.generate()
    key, wrong = tmp_path / "key.txt", tmp_path / "wrong.txt"
    key.write_text(f"# made for a test\n{mine}\n")
    wrong.write_text(f"{another}\n")
    crm("customer add 'Ada Lovelace'")

    place = Path(crm(["backup", "--age", str(mine.to_public())]).stdout.strip())

    assert place.name == "crm-20261120T120000Z.db.age"
    assert b"Lovelace" not in place.read_bytes()
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert sorted(path.name for path in place.parent.iterdir()) == ["crm-20261120T120000Z.db.age", "crm.db.jsonl"]
    assert "no age recipient 'age1x'" in crm("backup --age age1x", exit_code=2).stderr
    crm("customer add Bob")
    before = file.read_bytes()
    assert "is encrypted" in crm(f"restore {place} --yes", exit_code=2).stderr
    assert "cannot be decrypted" in crm(f"restore {place} --yes --identity {wrong}", exit_code=10).stderr
    assert file.read_bytes() == before
    crm(f"restore {place} --yes --identity {key}")
    assert names(file) == ["Ada Lovelace"]
