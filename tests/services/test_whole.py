"""A whole export, and the empty file that it makes equal."""

import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.core.preferences import Preferences
from crmcli.db import connection, migrate
from crmcli.errors import Conflict, InvalidInput, NotFound
from crmcli.exchange.folder import MANIFEST, Manifest
from crmcli.reports import invariants
from crmcli.services import whole
from tests.conftest import Dump, Run, wrote
from tests.services.test_importing.test_roundtrip import WORLD, World, build

HOSTILE = st.text(
    alphabet=st.sampled_from("a\"'\\/{}[]:,;=+-@$\n\t\x01\x7f\u2028\ufeff\U0001f600é李\u202e"), min_size=1, max_size=30
).filter(lambda text: "\0" not in text)


def exported(file: Path, place: Path) -> Manifest:
    with connection.reading(file) as db:
        return whole.export(db, place)


def loaded(file: Path, place: Path) -> tuple[int, int]:
    with wrote(file) as session:
        return whole.load(session, place)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new folder with an empty file `new.db`."""
    empty = tmp_path_factory.mktemp("empty") / "new.db"
    migrate.create(empty, Preferences())

    def made() -> Path:
        folder = tmp_path_factory.mktemp("place")
        shutil.copy(empty, folder / "new.db")
        return folder

    return made


@pytest.mark.slow
@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORLD, st.lists(HOSTILE, max_size=4))
def test_an_empty_file_is_made_equal(place: Callable[[], Path], world: World, texts: list[str]) -> None:
    source, target = place(), place()
    with wrote(source / "new.db") as session:
        build(session, world)
        session.raw.executemany(
            "insert into segment (name, query, recorded_at) values (?, ?, '2026-11-20T12:00:00Z')",
            [(f"{number}{text}", text) for number, text in enumerate(texts)],
        )

    first = exported(source / "new.db", source / "all")
    new, same = loaded(target / "new.db", source / "all")
    second = exported(target / "new.db", target / "all")

    assert (new, same) == (first.rows, 0)
    assert second == first
    assert loaded(target / "new.db", source / "all") == (0, first.rows)
    with connection.reading(target / "new.db") as db:
        assert list(invariants.breaches(db)) == []


def test_undo_gives_the_empty_file_back(crm: Run, small_file: Path, file: Path, tmp_path: Path, dump: Dump) -> None:
    before = dump()
    exported(small_file, tmp_path / "all")

    told = crm(f"import {tmp_path / 'all'}").stdout

    assert told.endswith(" new, 0 changed, 0 unchanged, 0 rejected\n")
    assert len(dump()) > len(before)
    crm("undo")
    assert dump() == before


def test_a_dry_run_writes_nothing(crm: Run, small_file: Path, file: Path, tmp_path: Path, dump: Dump) -> None:
    before = dump()
    exported(small_file, tmp_path / "all")

    crm(f"import {tmp_path / 'all'} --dry-run")

    assert dump() == before


def test_a_file_with_records_is_left_alone(small: Path, tmp_path: Path, crm: Run) -> None:
    exported(small, tmp_path / "all")
    crm("customer add Eve")

    with pytest.raises(Conflict, match="the file holds records already"):
        loaded(small, tmp_path / "all")


def test_a_folder_that_is_there_is_left_alone(small: Path, tmp_path: Path) -> None:
    exported(small, tmp_path / "all")

    with pytest.raises(Conflict, match="is there already"):
        exported(small, tmp_path / "all")
    assert [path.name for path in tmp_path.iterdir() if path.name.endswith(".part")] == []


@pytest.fixture
def all_of(small_file: Path, tmp_path: Path) -> Path:
    exported(small_file, tmp_path / "all")
    return tmp_path / "all"


def test_what_was_changed_since_is_refused(all_of: Path, file: Path) -> None:
    path = all_of / "customer.jsonl"
    path.write_text(path.read_text("utf-8").replace("Lovelace", "Byron"), encoding="utf-8")

    with pytest.raises(InvalidInput, match=r"customer.jsonl' is not as it was exported"):
        loaded(file, all_of)


def test_a_file_that_is_missing_is_named(all_of: Path, file: Path) -> None:
    (all_of / "deal.jsonl").unlink()

    with pytest.raises(NotFound, match=r"no file '.*deal.jsonl'"):
        loaded(file, all_of)


@pytest.mark.parametrize(
    ("change", "reason"),
    [
        ({"schema": 999}, "was exported by a newer crmcli"),
        ({"kind": "else"}, "is no manifest of an export"),
        ({"tables": {"../x": {"rows": 0, "sha256": ""}}}, "holds tables that are not known: ../x"),
        ({"tables": []}, "is no manifest of an export"),
    ],
)
def test_a_manifest_that_cannot_be_ours_is_refused(
    all_of: Path, file: Path, change: dict[str, object], reason: str
) -> None:
    manifest = all_of / MANIFEST
    manifest.write_text(json.dumps(json.loads(manifest.read_text()) | change))

    with pytest.raises(InvalidInput) as refused:
        loaded(file, all_of)

    assert reason in str(refused.value)


def test_the_folder_goes_in_alone(crm: Run, all_of: Path) -> None:
    assert "goes in alone" in crm(f"import {all_of} {all_of}", exit_code=2).stderr
    assert "goes in alone" in crm(f"import {all_of} --as customers", exit_code=2).stderr


def test_an_export_needs_one_folder(crm: Run) -> None:
    assert "takes one folder" in crm("export all", exit_code=2).stderr
