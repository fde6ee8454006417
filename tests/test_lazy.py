"""The error boundary: whatever ends a command is one line and the documented exit code."""

from pathlib import Path

import pytest

from tests.conftest import run, wrote


def test_damaged_text_is_not_shown(small: Path) -> None:
    with wrote(small) as session:
        session.raw.execute("update customer set name = cast(x'536563726574ff' as text) where id = 3")

    for line in (
        "customer list",
        "customer list -f json",
        "customer show 3",
        "customer edit 3 --set city=Rome",
        "export customers",
    ):
        result = run(line, exit_code=10)
        assert result.stderr.splitlines()[0] == f"error: '{small}' holds damaged text (customer 3, column name)"
        assert "Secret" not in result.stderr


def test_a_bug_is_one_line_and_a_log_without_values(
    small: Path, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.setattr("crmcli.services.customers.add", _bug)

    result = run("customer add 'Secret Name'", exit_code=70)

    log = tmp_path / "state" / "crmcli" / "bug.log"
    assert result.stderr.splitlines()[0].startswith("error: a bug in crm")
    assert str(log) in result.stderr
    assert "customers.py" not in result.stderr
    assert "ZeroDivisionError" in log.read_text()
    assert "Secret" not in log.read_text() + result.stderr
    assert (log.stat().st_mode & 0o777, log.parent.stat().st_mode & 0o777) == (0o600, 0o700)


def test_a_bug_without_a_place_for_its_log_is_still_one_line(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_STATE_HOME", "/dev/null/nowhere")
    monkeypatch.setattr("crmcli.services.customers.add", _bug)

    assert run("customer add Ada", exit_code=70).stderr.startswith("error: a bug in crm")


_SECRET = "Secret Name"


def _bug(*_: object, **__: object) -> None:
    raise ZeroDivisionError(_SECRET)


def test_an_interrupted_command_changes_nothing(small: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    before = small.read_bytes()
    monkeypatch.setattr("crmcli.services.customers.add", _interrupt)

    result = run("customer add Eve", exit_code=130)

    assert result.stderr == "error: interrupted; nothing was changed\n"
    assert small.read_bytes() == before


def _interrupt(*_: object, **__: object) -> None:
    raise KeyboardInterrupt
