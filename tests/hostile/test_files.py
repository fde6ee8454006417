"""Whatever a file holds: the documented outcome, one clear line, counts that add up, and nothing changed when refused."""

import re
from pathlib import Path

import pytest

from tests.conftest import Run
from tests.hostile.files import Case, cases

CASES = list(cases())

_CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\u2028\u2029]")


@pytest.fixture(autouse=True)
def _here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_there_are_enough_of_them() -> None:
    assert len({case.name for case in CASES}) == len(CASES) >= 125


@pytest.mark.enumerating
@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_a_hostile_file_has_the_documented_outcome(case: Case, crm: Run, file: Path) -> None:
    given, before = Path(f"c{case.ending}"), file.read_bytes()
    given.write_bytes(case.content)

    told = crm(["import", str(given)], exit_code=case.exit_code)

    first = told.stderr.partition("\n")[0]
    assert case.says in (first if case.exit_code else told.stderr)
    assert max(map(len, told.stderr.splitlines()), default=0) < 2_100
    assert not _CONTROL.search(told.stderr)
    if case.exit_code == 2:
        assert first.startswith(f"error: '{given}'")
        assert told.stderr.count("\n") <= 2
        assert told.stdout == ""
        assert file.read_bytes() == before
    else:
        again = case.content.count(b"Ada,a@x.de") == 2  # the second such row says nothing new
        assert told.stdout == f"{case.new:,} new, 0 changed, {int(again)} unchanged, {case.rejected:,} rejected\n"
    assert given.read_bytes() == case.content


@pytest.mark.enumerating
@pytest.mark.parametrize("case", [case for case in CASES if case.exit_code == 5], ids=lambda case: case.name)
def test_strict_takes_nothing_of_it(case: Case, crm: Run, file: Path) -> None:
    Path(f"c{case.ending}").write_bytes(case.content)
    before = file.read_bytes()

    told = crm(["import", f"c{case.ending}", "--strict"], exit_code=2)

    assert told.stdout == ""
    assert file.read_bytes() == before
