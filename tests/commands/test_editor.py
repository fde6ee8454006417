"""A customer in an editor: what was changed is saved, a mistake is shown, nothing is lost."""

import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Run, once

#: An editor that keeps what it was given, and does what the next of its scripts says: Python with `text` to change.
EDITOR = """
import pathlib, sys
place, (log, *scripts) = pathlib.Path(sys.argv[-1]), sys.argv[1:-1]
log = pathlib.Path(log)
text = place.read_text("utf-8")
seen = len(list(log.iterdir()))
(log / f"{seen}.txt").write_text(text + f"{place.stat().st_mode & 0o777:o}", "utf-8")
told = {"text": text}
exec(scripts[min(seen, len(scripts) - 1)], told)
place.write_text(told["text"], "utf-8")
"""


@pytest.fixture
def editor(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Path]:
    """Set an editor that runs these scripts; gives the folder of what it was shown."""
    program, log, place = tmp_path / "editor.py", tmp_path / "log", tmp_path / "tmp"
    program.write_text(EDITOR)
    log.mkdir()
    place.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(place))

    def chosen(*scripts: str) -> Path:
        import shlex

        monkeypatch.setenv("EDITOR", shlex.join([sys.executable, str(program), str(log), *scripts]))
        return log

    return chosen


@pytest.fixture
@once
def started(crm: Run) -> None:
    crm("field add customer gift")
    crm("customer add Ada --email ada@example.com --tag vip --city 北京 --note 'one # two'")
    crm("customer edit ada --set gift=tea --set email+=b@example.com")


def left(tmp_path: Path) -> list[Path]:
    return list((tmp_path / "tmp").iterdir())


def test_the_changed_fields_are_saved(
    started: Run, terminal: Terminal, editor: Callable[..., Path], tmp_path: Path
) -> None:
    log = editor(
        "text = text.replace('北京', 'Rome').replace('gift: tea', 'gift: coffee').replace('[vip]', '[vip, new]')"
    )

    seen = terminal("customer edit ada")

    assert seen.stdout == "changed customer 1 Ada\n"
    listed = started("customer list -f csv --columns city,gift,tag,note,email --no-header").stdout
    assert listed == "Rome,coffee,new;vip,one # two,ada@example.com;b@example.com\n"
    assert started("history -f ids --limit 1").stdout == "4\n"
    shown = (log / "0.txt").read_text("utf-8")
    assert "city: 北京\n" in shown
    assert 'note: "one # two"\n' in shown
    assert "email: [ada@example.com, b@example.com]\n" in shown
    assert 'do_not_contact: "no"\n' in shown
    assert shown.endswith("\n600")
    assert left(tmp_path) == []


@pytest.mark.usefixtures("started")
@pytest.mark.parametrize(
    ("line", "script"),
    [
        ("customer edit ada", ""),
        ("customer edit ada", "text = ''"),
        ("customer edit ada", "text += '# a remark'"),
        ("customer note ada", ""),
        ("customer note ada", "text = ' '"),
    ],
)
def test_unchanged_or_empty_changes_nothing(
    line: str, script: str, terminal: Terminal, editor: Callable[..., Path], fingerprint: Callable[[], str]
) -> None:
    before = fingerprint()
    editor(script)

    seen = terminal(line)

    assert (seen.exit_code, seen.stdout, seen.stderr) == (0, "", "nothing was changed\n")
    assert fingerprint() == before
    assert not any(Path(tempfile.gettempdir()).iterdir())


def test_a_mistake_is_shown_on_top_and_can_be_mended(
    started: Run, terminal: Terminal, editor: Callable[..., Path], tmp_path: Path
) -> None:
    log = editor("text = text.replace('person', 'persn')", "text = text.replace('persn', 'organisation')")

    seen = terminal("customer edit ada")

    assert seen.stdout == "changed customer 1 Ada\n"
    assert (
        (log / "1.txt").read_text("utf-8").startswith("# error: no kind 'persn'; one of person, organisation\n# cust")
    )
    assert started("customer list -f csv --columns kind --no-header").stdout == "organisation\n"
    assert left(tmp_path) == []


def test_a_mistake_that_is_left_ends_in_its_error_and_keeps_the_text(
    started: Run, terminal: Terminal, editor: Callable[..., Path], tmp_path: Path, fingerprint: Callable[[], str]
) -> None:
    before = fingerprint()
    editor("text = text.replace('name: Ada', 'nmae: Ada')", "")

    seen = terminal("customer edit ada")

    (kept,) = left(tmp_path)
    assert seen.exit_code == 2
    assert "no field 'nmae'; did you mean 'name'?" in seen.stderr
    assert f"hint: your text is in {kept}" in seen.stderr
    assert "nmae: Ada" in kept.read_text("utf-8")
    assert fingerprint() == before


def test_the_note_is_edited_as_it_is(started: Run, terminal: Terminal, editor: Callable[..., Path]) -> None:
    editor("text += '\\n\\n# three\\n'")

    terminal("customer note ada")

    assert started("customer list -f json --columns note").stdout.count("one # two\\n\\n# three") == 1


def test_an_editor_that_fails_changes_nothing(
    started: Run, terminal: Terminal, editor: Callable[..., Path], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    editor("raise SystemExit(3)")
    assert "ended with exit code 3" in terminal("customer edit ada").stderr

    for name in ("/nowhere/editor", "'"):
        monkeypatch.setenv("EDITOR", name)
        seen = terminal("customer edit ada")
        assert seen.exit_code == 2
        assert "cannot be run" in seen.stderr
    assert left(tmp_path) == []


def test_without_a_terminal_no_editor_opens(started: Run, editor: Callable[..., Path]) -> None:
    log = editor("")

    assert "nothing to change" in started("customer edit ada", exit_code=2).stderr
    assert "nobody is there" in started("customer note ada", exit_code=2).stderr
    assert list(log.iterdir()) == []
