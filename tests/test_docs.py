"""What the documents say is so: transcripts, examples and generated pages."""

import importlib.util
import re
import shlex
import sys
from pathlib import Path
from types import ModuleType

import pytest
from rich.cells import cell_len

from crmcli.commands.topics import TOPICS
from tests.conftest import Run, once, run
from tests.reliability.lines import why_not

ROOT = Path(__file__).parents[1]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md"))]


def _generator() -> ModuleType:
    spec = importlib.util.spec_from_file_location("docs_generate", ROOT / "docs" / "generate.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


GENERATE = _generator()
COMMANDS = list(GENERATE.commands())

#: What the examples read.
FILES = {
    "customers.csv": "name,email\nZoë,zoe@example.com\n",
    "deals.csv": "name,customer,stage,amount\nPilot,Zoë,needs,900\n",
    "monday.txt": "# Monday\ncustomer add 'Li Na'\nlog grace-hopper 'sent the quote'  # by mail\n",
    "contacts.vcf": "BEGIN:VCARD\nVERSION:3.0\nFN:Zoë\nEMAIL:zoe@example.com\nEND:VCARD\n",
    "inbox.mbox": "From x Sat Nov 21 20:27:20 2026\nFrom: zoe@example.com\nDate: Sat, 14 Nov 2026 09:00:00 +0000\n\nHi\n",
    "contacts.csv": "Full name,email\nLi Na,li@example.com\n",
}


TOLD = [page for page in PAGES if "```console" in page.read_text("utf-8")]


@pytest.mark.parametrize("page", TOLD, ids=lambda page: page.name)
def test_every_transcript_of_the_page_is_what_happens(
    page: Path, crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)  # some write files
    for block in re.findall(r"```console\n(.*?)```", page.read_text("utf-8"), re.DOTALL):
        for command, expected in re.findall(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", block, re.MULTILINE):
            said, piped, line = command.rpartition(" | crm ")
            text = shlex.split(said)[1].replace("\\n", "\n") if piped else None
            assert crm(line if piped else command.removeprefix("crm "), input=text).stdout == expected, command


_OWNED = (
    "customer edit grace-hopper --set owner='Noor Haddad'",
    "customer edit ada --set owner=Robin",
    "customer edit acme-ltd --set owner=Sam",
    "customer edit acme-ltd --set owner=",
)
_FIELD = ("field add customer shoe_size",)
#: What the examples of a command are about besides.
BEFORE: dict[str, tuple[str, ...]] = {
    "alias remove": ("alias set hot 'deal list'",),
    "customer restore": ("customer remove grace-hopper --yes",),
    "field edit": _FIELD,
    "field remove": _FIELD,
    "owner edit": _OWNED,
    "owner merge": _OWNED,
    "owner remove": _OWNED,
    "privacy consent withdraw": ("privacy consent grant ada --purpose newsletter",),
    "privacy readmit": ("privacy erase ada --yes",),
    "privacy retention remove": ("privacy retention add silent --after 3y --action erase",),
    "redo": ("undo",),
    "relation type remove": ("relation type add mentors --inverse 'mentored by'",),
    "restore": ("backup before-the-import.db",),
    "tag remove": ("customer edit ada --tag fair-2025",),
}


@pytest.fixture
@once
def begun(crm: Run) -> None:
    """What the examples are about."""
    for line in (
        "customer add 'Ada Lovelace' --email ada@example.com --tag vip",
        "customer add 'Grace Hopper'",
        "customer add 'Acme Ltd' --kind organisation",
        "relation add 'Acme Ltd' supplies grace-hopper",
        "log ada one --at 2026-11-03",
        "log ada two --at 2026-11-03",
        "deal add Engine --customer ada --at 2026-11-04",
        "deal add Licence --customer ada --at 2026-11-04",
        "deal add Training --customer ada --at 2026-11-04",
        "deal lose 2 --at 2026-11-05",
        "customer edit acme-ltd --set city=Paris",
        "task add 'Call' --for ada --due 2026-11-18",
        "segment add regulars +vip",
        "cadence set grace-hopper 1w",
        "quota set 2026-Q3 5k",
    ):
        crm(line)


@pytest.mark.enumerating
@pytest.mark.parametrize(("path", "command"), COMMANDS, ids=lambda v: " ".join(v) if isinstance(v, tuple) else "")
def test_every_command_has_examples_that_run(
    path: tuple[str, ...], command: object, begun: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    if reason := why_not(" ".join(path)):
        pytest.skip(reason)
    monkeypatch.chdir(tmp_path)
    for line in BEFORE.get(" ".join(path), ()):
        begun(line)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")
    examples = command.examples  # type: ignore[attr-defined]

    assert examples
    for example in examples:
        begun(example.removeprefix("crm "))


@pytest.mark.parametrize("topic", TOPICS)
def test_every_topic_fits_a_terminal_and_its_examples_run(
    topic: str, begun: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for name, text in FILES.items():
        (tmp_path / name).write_text(text, encoding="utf-8")

    text = begun(f"help {topic}").stdout

    assert max(map(cell_len, text.splitlines())) <= 80
    examples = re.findall(r"^  crm (.*)", text, re.MULTILINE)
    assert examples
    for example in examples:
        begun(example, exit_code=1 if "--fail-on" in example else 0)


def test_the_page_of_commands_is_up_to_date() -> None:
    assert GENERATE.PAGE.read_text("utf-8") == GENERATE.page(), "run: python docs/generate.py"


def test_the_page_of_the_query_language_is_up_to_date() -> None:
    assert GENERATE.QUERY_PAGE.read_text("utf-8") == GENERATE.query_page(), "run: python docs/generate.py"


def test_the_readme_is_short() -> None:
    assert len((ROOT / "README.md").read_text("utf-8").splitlines()) <= 150


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_every_link_leads_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text("utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.slow
def test_the_help_of_every_command_names_it() -> None:
    for path, _ in COMMANDS:
        result = run([*path, "--help"])
        assert f"Usage: crm {' '.join(path)}" in result.stdout
