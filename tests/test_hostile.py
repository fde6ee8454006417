"""Text that would act on a terminal, a shell or a page is shown as what it is, by every command in every format."""

import json
import re
from pathlib import Path

import pytest

from crmcli.commands.options import FORMATS
from tests.conftest import READS, run, wrote
from tests.terminal import in_pipe, on_terminal

EVERY = {**READS, "history show": "1"}

CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")
HOSTILE = "[red]x[/red] \x1b[2J\x07\x9b31m\u202egnp\x7f\t=1+1;a\\b\r\nend <b>|`*_#&"


def out(path: str, *words: str) -> str:
    return run([*path.split(), *EVERY[path].split(), *words]).stdout


@pytest.fixture
def hostile(small: Path) -> Path:
    """Text that no command would let in, put in past the checks."""
    with wrote(small) as session:
        for table_, columns in _TEXTS.items():
            session.raw.execute(
                f"update {table_} set {', '.join(f'{column} = ?' for column in columns)}", [HOSTILE] * len(columns)
            )
        session.raw.execute("update customer set name = ? || id, handle = ? || id", (HOSTILE, HOSTILE))
    return small


_TEXTS = {
    "customer": ["title", "city", "note"],
    "deal": ["name", "note"],
    "interaction": ["text"],
    "pipeline": ["name"],
    "operation": ["command", "actor"],
}


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("path", EVERY)
def test_hostile_text_is_harmless_everywhere(path: str, form: str, hostile: Path) -> None:
    words = [*path.split(), *EVERY[path].replace("ada-lovelace", "1").split(), "-f", form]
    if form == "ids" and path in ("funnel show", "help"):
        return

    result = run(words)

    whole = result.stdout.replace("\t", "") if form in ("tsv", "csv") else result.stdout
    assert not CONTROL.search(whole)
    assert not CONTROL.search(result.stderr)


def test_hostile_text_is_shown_as_what_it_is(hostile: Path) -> None:
    shown = r"[red]x[/red] \x1b[2J\x07\x9b31m\u202egnp\x7f→=1+1;a\b\x0d⏎end <b>|`*_#&"

    assert shown in " ".join(out("deal list", "-f", "table", "--columns", "name").split())


def test_hostile_text_comes_back_whole_from_json(hostile: Path) -> None:
    assert json.loads(out("customer list", "id:1", "--columns", "name", "-f", "json")) == [{"name": HOSTILE + "1"}]


def test_markup_is_text_in_html_and_markdown(hostile: Path) -> None:
    page = out("deal list", "-f", "html")
    assert "<b>" not in page
    assert "&lt;b&gt;" in page
    assert r"\<b\>\|\`\*\_\#&amp;" in out("deal list", "-f", "md")


def test_hostile_text_in_a_message_is_harmless(hostile: Path) -> None:
    result = run(["customer", "show", "red"], exit_code=6)

    assert not CONTROL.search(result.stderr)


@pytest.mark.parametrize("path", EVERY)
def test_a_terminal_and_a_pipe_get_no_control_byte(path: str, hostile: Path) -> None:
    words = [*path.split(), *EVERY[path].replace("ada-lovelace", "1").split()]

    person, pipe = on_terminal(*words), in_pipe(*words)

    assert person.exit_code == pipe.exit_code == 0
    assert not CONTROL.search(re.sub(r"\x1b\[[0-9;]*m", "", person.out + person.err))
    assert not CONTROL.search(pipe.out.replace("\t", "") + pipe.err)
