"""`crm encrypt`, `crm decrypt`, `crm init --encrypt`: nothing readable without the key, and nothing lost on the way."""

import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest

from crmcli.db import conversion, driver, keys
from crmcli.errors import FileUnusable
from tests.conftest import IS_ENCRYPTED, Dump, Run

pytestmark = pytest.mark.skipif(IS_ENCRYPTED, reason="begins with plain files")

WORD = "Lovelace"


@pytest.fixture(autouse=True)
def _without_a_key(key_file: Path) -> None:
    key_file.unlink(missing_ok=True)


@pytest.fixture
def cipher() -> None:
    pytest.importorskip("sqlcipher3", reason="the extra encrypt is not installed")


@pytest.fixture(scope="module")
def once(tmp_path_factory: pytest.TempPathFactory, small_file: Path, key_file: Path) -> tuple[Path, str]:
    """The file with a few records, encrypted, and its key; made once."""
    pytest.importorskip("sqlcipher3", reason="the extra encrypt is not installed")
    path = Path(shutil.copy(small_file, tmp_path_factory.mktemp("encrypted") / "crm.db"))
    keys.make()
    conversion.convert(path, encrypted=True, wait=1, waiting=lambda: None)
    return path, key_file.read_text()


@pytest.fixture
def encrypted(once: tuple[Path, str], file: Path, key_file: Path) -> Path:
    """The fresh file with a few records, encrypted, and its key in its place."""
    path, key = once
    shutil.copy(path, file)
    key_file.write_text(key)
    return file


def holders(folder: Path, word: str) -> list[str]:
    """The files in and under `folder` that hold `word` as it is."""
    files = (path for path in folder.rglob("*") if path.is_file())
    return sorted(path.name for path in files if word.encode() in path.read_bytes())


def test_it_says_where_the_key_is_and_nobody_else_reads_it(cipher: None, crm: Run, key_file: Path, small: Path) -> None:
    result = crm("encrypt --yes")

    assert f"new key: {key_file}; keep a copy elsewhere" in result.stderr
    assert key_file.stat().st_mode & 0o777 == 0o600
    assert small.stat().st_mode & 0o777 == 0o600
    assert len(bytes.fromhex(key_file.read_text())) == 32


def test_everything_is_there_afterwards_and_nothing_to_be_read(
    cipher: None, crm: Run, dump: Dump, small: Path, tmp_path: Path
) -> None:
    before = dump()
    assert holders(tmp_path, WORD) == ["crm.db"]

    crm("encrypt --yes")

    assert holders(tmp_path, WORD) == []
    assert dump() == before
    assert [path.name for path in tmp_path.iterdir()] == ["crm.db"]
    crm("doctor")
    with pytest.raises(sqlite3.DatabaseError), closing(sqlite3.connect(small)) as plain:
        plain.execute("select * from customer")


def test_decrypting_gives_the_same_file_back(crm: Run, dump: Dump, encrypted: Path) -> None:
    before = dump()

    crm("decrypt --yes")

    assert dump() == before
    with closing(sqlite3.connect(encrypted)) as plain:
        assert plain.execute("pragma integrity_check").fetchone() == ("ok",)
        assert plain.execute("pragma journal_mode").fetchone() == ("wal",)
    crm("doctor")


@pytest.mark.usefixtures("encrypted")
def test_it_is_written_searched_undone_and_erased_like_any_file(crm: Run, tmp_path: Path) -> None:
    crm("customer add 'Grace Hopper' --email grace@example.com")
    assert "Grace Hopper" in crm("find grace").stdout
    crm("undo")
    assert "Grace" not in crm("customer list").stdout
    crm("privacy erase ada-lovelace --yes")
    assert WORD not in crm("customer list").stdout
    assert holders(tmp_path, "Grace") == []


def test_a_new_file_can_be_encrypted_from_the_start(cipher: None, crm: Run, tmp_path: Path) -> None:
    new = tmp_path / "new.db"

    crm(f"init --encrypt --db {new}")
    crm(f"customer add 'Ada Lovelace' --db {new}")

    assert driver.is_encrypted(new)
    assert holders(tmp_path, WORD) == []
    assert WORD in crm(f"customer list --db {new}").stdout


def test_a_dry_run_makes_neither_key_nor_file(cipher: None, crm: Run, key_file: Path, small: Path) -> None:
    before = small.read_bytes()

    crm("encrypt --dry-run")
    crm(f"init --encrypt --dry-run --db {small.parent / 'new.db'}")

    assert not key_file.exists()
    assert small.read_bytes() == before
    assert not (small.parent / "new.db").exists()


def test_a_key_that_is_there_stays_and_serves(encrypted: Path, crm: Run, key_file: Path, tmp_path: Path) -> None:
    before = key_file.read_text()

    assert "new key" not in crm(f"init --encrypt --db {tmp_path / 'new.db'}").stderr

    assert key_file.read_text() == before


def test_init_leaves_a_file_that_is_there(cipher: None, crm: Run, small: Path, key_file: Path) -> None:
    result = crm("init --encrypt", exit_code=4)

    assert result.stderr == f"error: '{small}' is there already\nhint: crm encrypt encrypts it\n"
    assert not key_file.exists()


def test_encrypting_twice_changes_nothing(crm: Run, encrypted: Path) -> None:
    before = encrypted.read_bytes()

    assert "already encrypted; nothing changed" in crm("encrypt --yes").stderr

    assert encrypted.read_bytes() == before


LINES = ["customer list", "customer add Bob", "doctor", "backup", "decrypt --yes", "find ada"]


@pytest.mark.parametrize("line", LINES)
def test_without_its_key_it_is_left_alone_and_the_way_out_named(
    line: str, crm: Run, encrypted: Path, key_file: Path
) -> None:
    key_file.unlink()
    before = encrypted.read_bytes()

    result = crm(line, exit_code=10)

    assert result.stderr == (
        f"error: '{encrypted}' is encrypted, and there is no key in '{key_file}'\n"
        "hint: CRM_KEY_FILE names the file of the key\n"
    )
    assert encrypted.read_bytes() == before


@pytest.mark.parametrize("line", LINES)
def test_under_another_key_it_is_left_alone_and_nothing_else_is_said(
    line: str, crm: Run, encrypted: Path, key_file: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    key_file.write_text("0f" * 32)
    before = encrypted.read_bytes()

    result = crm(line, exit_code=10)

    assert result.stderr.splitlines()[0] == (
        f"error: the key in '{key_file}' does not open '{encrypted}', or its first page is damaged"
    )
    assert capfd.readouterr() == ("", "")  # SQLCipher would speak of it
    assert encrypted.read_bytes() == before


@pytest.mark.parametrize("text", ["", "no key", "0f" * 31, "0f" * 33, "zz" * 32])
def test_a_file_that_holds_no_key_is_named(text: str, crm: Run, encrypted: Path, key_file: Path) -> None:
    key_file.write_text(text)

    assert f"error: '{key_file}' holds no key" in crm("customer list", exit_code=10).stderr


def test_the_config_file_can_name_the_key(
    crm: Run, encrypted: Path, key_file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    key_file.rename(tmp_path / "my.key")
    (tmp_path / "crmcli").mkdir()
    (tmp_path / "crmcli" / "config.toml").write_text(f'key_file = "{tmp_path / "my.key"}"\n')
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path))
    monkeypatch.delenv("CRM_KEY_FILE")

    assert WORD in crm("customer list").stdout


def test_without_the_library_the_extra_is_named(
    crm: Run, small: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "sqlcipher3.dbapi2", None)
    driver._library.cache_clear()
    before = small.read_bytes()

    result = crm("encrypt --yes", exit_code=10)

    assert result.stderr.endswith("hint: pip install 'crmcli[encrypt]'\n")
    assert small.read_bytes() == before
    assert not key_file.exists()
    driver._library.cache_clear()


def test_backups_of_it_are_encrypted_under_the_same_key(crm: Run, encrypted: Path, dump: Dump, tmp_path: Path) -> None:
    before = dump()
    backup = Path(crm("backup").stdout.strip())

    crm("customer add Late")
    crm(f"restore {backup} --yes")

    assert driver.is_encrypted(backup)
    assert holders(tmp_path, WORD) == []
    assert dump() == before


def test_a_damaged_one_is_named_kept_and_replaced(crm: Run, encrypted: Path, dump: Dump) -> None:
    before = dump()
    backup = crm("backup").stdout.strip()
    content = bytearray(encrypted.read_bytes())
    for page in range(4096, len(content), 4096):
        content[page + 100] ^= 0xFF
    encrypted.write_bytes(content)

    assert "is damaged" in crm("customer list", exit_code=10).stderr

    crm(f"restore {backup} --yes")

    assert dump() == before
    assert driver.is_encrypted(encrypted)
    (kept,) = (encrypted.parent / "backups").glob("*before-restore*.db")
    assert kept.read_bytes() == content


def test_backups_of_before_are_named(cipher: None, crm: Run, small: Path) -> None:
    backup = crm("backup").stdout.strip()

    assert f"not encrypted: {backup}\n" in crm("encrypt --yes").stderr


@pytest.mark.slow
@pytest.mark.usefixtures("cipher")
@pytest.mark.parametrize(("first", "then"), [("customer list", "encrypt --yes"), ("encrypt --yes", "decrypt --yes")])
def test_a_backup_of_the_other_kind_comes_back_as_the_file_is(
    first: str, then: str, crm: Run, small: Path, dump: Dump
) -> None:
    crm(first)
    backup, before = crm("backup").stdout.strip(), dump()
    crm(then)
    crm("customer add Late")
    kind = driver.is_encrypted(small)

    crm(f"restore {backup} --yes")

    assert dump() == before
    assert driver.is_encrypted(small) == kind


def test_whoever_has_the_file_open_keeps_it_from_being_changed(
    cipher: None, crm: Run, small: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CRM_WAIT", "0.1")
    child = "import sqlite3, sys; sqlite3.connect(sys.argv[1]).execute('select 1 from customer').fetchone(); print(); input()"
    with subprocess.Popen([sys.executable, "-c", child, small], stdin=subprocess.PIPE, stdout=subprocess.PIPE) as other:
        assert other.stdout
        other.stdout.readline()

        crm("encrypt --yes", exit_code=11)
        other.communicate(b"\n")

    assert not driver.is_encrypted(small)
    assert WORD in crm("customer list").stdout


def test_a_file_of_several_names_is_not_emptied_under_the_other(cipher: None, crm: Run, small: Path) -> None:
    os.link(small, small.with_name("other.db"))

    assert "has more than one name" in crm("encrypt --yes", exit_code=10).stderr

    assert not driver.is_encrypted(small)


def test_a_copy_that_differs_never_takes_the_name(
    cipher: None, small: Path, key_file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys.make()
    same: Callable[[sqlite3.Connection], bool] = conversion._is_same

    def spoilt(raw: sqlite3.Connection) -> bool:
        raw.execute("update other.customer set name = 'Eve' where id = 1")
        return same(raw)

    monkeypatch.setattr(conversion, "_is_same", spoilt)
    before = small.read_bytes()

    with pytest.raises(FileUnusable, match="the copy differs"):
        conversion.convert(small, encrypted=True, wait=1, waiting=lambda: None)

    assert small.read_bytes() == before
    assert [path.name for path in small.parent.iterdir()] == ["crm.db"]


@pytest.mark.slow
@pytest.mark.usefixtures("cipher")
@pytest.mark.parametrize("step", ["_copy", "_settle", "_overwrite"])
def test_killed_on_the_way_it_is_the_old_file_or_the_new(
    step: str, crm: Run, small: Path, dump: Dump, key_file: Path
) -> None:
    child = (
        "import os, signal, sys; from pathlib import Path; from crmcli.db import conversion, keys\n"
        "def kill(*_, **__): os.kill(os.getpid(), signal.SIGKILL)\n"
        "setattr(conversion, sys.argv[2], kill)\n"
        "keys.place.set(Path(sys.argv[3])); keys.make()\n"
        "conversion.convert(Path(sys.argv[1]), encrypted=True, wait=1, waiting=lambda: None)\n"
    )
    before = dump()

    assert subprocess.run([sys.executable, "-c", child, small, step, key_file], check=False).returncode == -9

    assert dump() == before
    assert driver.is_encrypted(small) == (step == "_overwrite")
    crm("encrypt --yes")
    crm("doctor")
    assert dump() == before


def test_an_ordinary_file_loads_nothing_of_it(crm: Run, small: Path) -> None:
    child = "import sys; from crmcli.cli import app\ntry: app(['customer', 'list'])\nexcept SystemExit: pass\n"
    child += "assert not [name for name in sys.modules if 'sqlcipher' in name]"

    subprocess.run([sys.executable, "-c", child], check=True, capture_output=True)


@pytest.fixture
def keyring(cipher: None, monkeypatch: pytest.MonkeyPatch) -> Iterator[dict[tuple[str, str], str]]:
    """A keyring of ours behind the real library, and what it keeps; a password "locked" locks it."""
    library = pytest.importorskip("keyring", reason="the extra encrypt is not installed")
    backend = pytest.importorskip("keyring.backend")
    errors = pytest.importorskip("keyring.errors")
    kept: dict[tuple[str, str], str] = {}

    class Ours(backend.KeyringBackend):  # type: ignore[misc, name-defined]
        priority = 1

        def get_password(self, service: str, username: str) -> str | None:
            if "locked" in kept.values():
                raise errors.KeyringLocked
            return kept.get((service, username))

        def set_password(self, service: str, username: str, password: str) -> None:
            kept[service, username] = password

    before = library.get_keyring()
    library.set_keyring(Ours())
    monkeypatch.setenv("CRM_KEY_FILE", "keyring")
    yield kept
    library.set_keyring(before)


def test_the_key_may_be_in_the_keyring(
    keyring: dict[tuple[str, str], str], crm: Run, small: Path, dump: Dump, key_file: Path
) -> None:
    before = crm("customer list").stdout

    stderr = crm("encrypt --yes").stderr

    assert "new key: in the keyring" in stderr
    (key,) = keyring.values()
    assert len(key) == 64
    assert driver.is_encrypted(small)
    assert not key_file.exists()
    assert crm("customer list").stdout == before
    crm("decrypt --yes")
    assert WORD.encode() in small.read_bytes()


def test_another_encrypted_file_has_the_key_that_is_there(
    keyring: dict[tuple[str, str], str], crm: Run, small: Path
) -> None:
    crm("encrypt --yes")
    (key,) = keyring.values()

    assert "new key" not in crm(f"init --encrypt --db {small.with_name('other.db')}").stderr

    assert list(keyring.values()) == [key]


@pytest.mark.parametrize(("password", "why"), [("locked", "or is locked"), ("gone", "holds no key"), (None, "no key")])
def test_a_keyring_without_the_key_opens_nothing(
    password: str | None, why: str, keyring: dict[tuple[str, str], str], crm: Run, small: Path
) -> None:
    crm("encrypt --yes")
    before = small.read_bytes()
    for name in list(keyring):
        keyring.pop(name)
        if password:
            keyring[name] = password

    stderr = crm("customer add Eve", exit_code=10).stderr

    assert why in stderr.splitlines()[0]
    assert small.read_bytes() == before
