"""Files broken at random: no run ends otherwise than documented."""

import pytest

from tests.hostile.fuzz import fuzz, fuzz_reading


@pytest.mark.slow
def test_broken_files_are_imported_or_refused_as_documented() -> None:
    outcome = fuzz(60, seed=1)

    assert outcome.runs == 60
    assert outcome.faults == []
    assert set(outcome.codes) == {0, 2, 5}


def test_broken_files_are_read_or_refused() -> None:
    outcome = fuzz_reading(1_000, seed=2)

    assert outcome.runs == 1_000
    assert outcome.faults == []


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_many_more_broken_files() -> None:
    assert fuzz(1_000, seed=3).faults == []
    assert fuzz_reading(20_000, seed=4).faults == []
