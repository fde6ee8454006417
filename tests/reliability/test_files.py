"""Whatever stands where the file should be: every command says so in a line, and leaves it alone."""

import os
import shutil
import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from typer.testing import Result

from tests.conftest import IS_ENCRYPTED, Run, run
from tests.db.test_readonly import shared, without_root
from tests.reliability.asking import ASIDE, KNOWN_CODES, LINES, SECRETS, asked, damaged
from tests.reliability.files import UNUSABLE, Spoil, bad_text, newer, short
from tests.reliability.lines import EVERY_READ, write_given

__all__ = ["shared"]


def seen(place: Path) -> object:
    """What a file, link, folder or pipe is, so far as anybody could change it."""
    if place.is_symlink():
        return os.readlink(place)
    return place.read_bytes() if place.is_file() else place.lstat().st_mode


def assert_one_line(result: Result, code: int, where: str) -> None:
    assert (result.exit_code, result.stdout) == (code, ""), where
    assert_said(result, where)


def assert_said(result: Result, where: str) -> None:
    """One line and hints, with nothing in them that is in the file."""
    first, *rest = result.stderr.splitlines()
    assert first.startswith("error: "), where
    assert all(line.startswith("hint: ") for line in rest), where
    assert not any(secret in result.stderr for secret in SECRETS), where


@pytest.fixture
def victim(tmp_path: Path, small_file: Path) -> Path:
    """A copy of the small file, beside what an import needs."""
    write_given(tmp_path, 3)
    return Path(shutil.copy(small_file, tmp_path / "x.db"))


def refuses(path: str, file: Path) -> None:
    before, beside = seen(file), {each.name for each in file.parent.iterdir()}
    assert_one_line(asked(path, file), 10, path)
    assert seen(file) == before, path
    assert {each.name for each in file.parent.iterdir()} <= beside | {"x.db-wal", "x.db-shm"}, path


@pytest.mark.slow
@pytest.mark.parametrize("spoil", UNUSABLE, ids=lambda spoil: spoil.__name__)
def test_every_command_refuses_a_file_that_cannot_be_used(spoil: Spoil, victim: Path) -> None:
    spoil(victim)

    for path in LINES:
        refuses(path, victim)


@pytest.mark.parametrize("spoil", UNUSABLE, ids=lambda spoil: spoil.__name__)
def test_a_file_that_cannot_be_used_is_refused(spoil: Spoil, victim: Path) -> None:
    spoil(victim)

    for path in ("customer list", "history", "log", "import"):
        refuses(path, victim)


@pytest.mark.parametrize("spoil", [newer, short])
def test_every_command_refuses_a_newer_or_a_cut_file(spoil: Spoil, victim: Path) -> None:
    spoil(victim)

    for path in LINES:
        refuses(path, victim)


def test_a_link_to_nothing_is_no_file_to_read(victim: Path) -> None:
    victim.unlink()
    victim.symlink_to("nowhere.db")

    for path in EVERY_READ:
        if path not in ASIDE:
            assert "no database at" in asked(path, victim).stderr
    assert not victim.exists()


@pytest.mark.slow
def test_damaged_text_is_never_shown(victim: Path) -> None:
    bad_text(victim)
    before = victim.read_bytes()

    refused = set()
    for path in LINES:
        result = asked(path, victim)
        if result.exit_code == 10:
            assert_said(result, path)  # rows that came before the damage may be out already
            assert victim.read_bytes() == before, path
            refused.add(path)
        else:
            assert result.exit_code in KNOWN_CODES, f"{path}: {result.stderr}"
            victim.write_bytes(before)

    assert refused >= {"customer list", "customer show", "deal list", "deal show", "export", "interaction list"}


@pytest.mark.skipif(IS_ENCRYPTED, reason="the words to spoil cannot be found in an encrypted file")
@pytest.mark.parametrize(("sound", "spoilt"), [(b"old.handle", b"odd.handle"), (b'{"id":', b'{"id";')])
def test_a_damaged_trigger_or_history_is_no_bug(sound: bytes, spoilt: bytes, victim: Path) -> None:
    run(f"customer edit 1 --set city=Rome --db {victim}")
    victim.write_bytes(victim.read_bytes().replace(sound, spoilt))
    before = victim.read_bytes()

    refused = run(f"undo --db {victim}", exit_code=10)

    assert "damaged" in refused.stderr
    assert victim.read_bytes() == before


@pytest.mark.slow
def test_no_damage_ends_in_a_bug(victim: Path, small_file: Path) -> None:
    paths = ["customer list", "deal show", "funnel show", "history", "log", "undo"]

    assert damaged(victim, small_file.read_bytes(), 100, paths, seed=1) == []


def test_some_damage_does_not_end_in_a_bug(victim: Path, small_file: Path) -> None:
    assert damaged(victim, small_file.read_bytes(), 15, ["customer list", "log"], seed=2) == []


@pytest.mark.slow
@pytest.mark.skipif(IS_ENCRYPTED, reason="the key belongs to whoever runs the tests")
@pytest.mark.parametrize(("file_mode", "folder_mode"), [(0o400, 0o700), (0o600, 0o500), (0o400, 0o500)])
def test_every_command_on_what_may_only_be_read(file_mode: int, folder_mode: int, shared: Path) -> None:
    write_given(shared.parent, 3)
    for name in ("rows.csv", "lines.txt"):
        (shared.parent / name).chmod(0o644)
    shutil.copy(shared, shared.parent / "copy.db")
    (shared.parent / "copy.db").chmod(0o644)
    answers = {path: asked(path, shared) for path in LINES if path in EVERY_READ}
    run(f"import {shared.parent / 'rows.csv'} --dry-run --db {shared}")
    before = shared.read_bytes()
    shared.chmod(file_mode)
    shared.parent.chmod(folder_mode)

    with without_root():
        found = {path: asked(path, shared) for path in LINES}

    for path, result in found.items():
        if path in EVERY_READ:
            assert (result.exit_code, result.stdout) == (0, answers[path].stdout), path
            assert result.stderr.startswith("note: nothing can be written beside") or not result.stderr, path
        else:
            assert_one_line(result, 10, path)
            assert "nothing was changed" in result.stderr, path
    assert shared.read_bytes() == before


@pytest.mark.skipif(IS_ENCRYPTED, reason="the damage is made in the plain file")
def test_a_name_that_is_no_text_is_near_to_none(small: Path, crm: Run) -> None:
    with closing(sqlite3.connect(small)) as raw:
        raw.execute("pragma writable_schema = on")
        raw.execute("delete from sqlite_schema where type = 'trigger' and tbl_name = 'customer'")
        raw.execute("update sqlite_schema set sql = replace(sql, ') strict', ')') where name = 'customer'")
        raw.execute("update sqlite_schema set sql = replace(sql, 'name text not null', 'name') where name = 'customer'")
        raw.commit()
    with closing(sqlite3.connect(small)) as raw:
        raw.execute("pragma ignore_check_constraints = on")
        raw.execute("update customer set name = null where id = 1")
        raw.commit()

    assert crm("log Nobodyhere hello", exit_code=3).stderr.startswith("error: no customer matches 'Nobodyhere'")
