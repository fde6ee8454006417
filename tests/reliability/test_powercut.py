"""After a power cut at any moment the file is sound, and holds whatever was acknowledged."""

import shlex
from pathlib import Path

import pytest

from tests.reliability.cuts import (
    LINES,
    power_cuts,
    power_cuts_beside_a_reader,
    power_cuts_of_a_new_file,
    power_cuts_of_a_restore,
    session,
)
from tests.reliability.lab import Lab
from tests.reliability.powercut import Disk, Event


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(2))
def test_no_power_cut_in_a_few_commands_loses_anything(seed: int, lab: Lab, place: Path, small_file: Path) -> None:
    done = power_cuts(lab, place, small_file, seed=seed, most=12, lines=(LINES[0], "undo"))

    assert done.images > 40
    assert done.wrong == []


@pytest.mark.slow
def test_no_power_cut_loses_anything(lab: Lab, place: Path, small_file: Path) -> None:
    done = power_cuts(lab, place, small_file, seed=1, most=60)

    assert done.images > 800
    assert done.wrong == []


@pytest.mark.slow
def test_no_power_cut_beside_a_reader_loses_anything(lab: Lab, place: Path, small_file: Path) -> None:
    done = power_cuts_beside_a_reader(lab, place, small_file, seed=2, most=60)

    assert done.images > 500
    assert done.wrong == []


@pytest.mark.slow
def test_no_power_cut_in_a_restore_loses_anything(lab: Lab, place: Path, small_file: Path) -> None:
    done = power_cuts_of_a_restore(lab, place, small_file, seed=5, most=40)

    assert done.images > 40
    assert done.wrong == []


@pytest.mark.slow
def test_no_power_cut_in_a_first_write_loses_anything(lab: Lab, place: Path) -> None:
    done = power_cuts_of_a_new_file(lab, place, seed=3, most=40)

    assert done.images > 50
    assert done.wrong == []


@pytest.mark.slow
def test_the_simulator_sees_what_a_missing_sync_loses(lab: Lab, place: Path, small_file: Path) -> None:
    """With the syncs struck from the log the same session loses what it acknowledged, and more."""
    cut = session(lab, place, small_file, seed=4, most=40)
    apply = Disk.apply

    def forgetful(disk: Disk, event: Event) -> None:
        if event.kind not in "SD":
            apply(disk, event)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Disk, "apply", forgetful)
        cut.run(shlex.split(LINES[0]))

    assert any("damaged" in wrong for wrong in cut.outcome.wrong)
    assert any("neither" in wrong for wrong in cut.outcome.wrong)
