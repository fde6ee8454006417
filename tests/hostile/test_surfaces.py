"""Text that would act on a terminal, a shell or a page is shown as what it is, by every command in every format."""

import json
import re
import shutil
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest
from typer.testing import Result

from crmcli.commands.options import FORMATS, Command, Listing
from crmcli.core.vocabulary import Drawing, FileFormat
from tests.conftest import READS, by_number, commands, run
from tests.hostile.payloads import MIX, PAYLOADS
from tests.hostile.running import in_pipe, on_terminal
from tests.terminal import Seen

EVERY = {**READS, "history show": "1"}

WITHOUT_IDS = {
    *(path for path in READS if path.startswith("funnel ")),
    *("alias list", "config list", "data quality", "deal history", "deal winloss"),
    *("help", "why", "graph communities", "graph components", "graph stats", "graph weights"),
    *("graph path", "graph intro", "referral rate"),
    *("velocity", "forecast show", "forecast waterfall", "forecast accuracy", "dash"),
}

#: What reads do not end in 0 on this file: it was filled past the checks, and the doctor says so.
CODES = {"doctor": 1}

#: What each command that writes does to a record called by a mix of payloads, and the exit code; `MIX` is that text.
WRITES = {
    "customer edit": [("1 --tag new", 0)],
    "customer remove": [("1 --yes --force", 0), ("1", 4), ("4 --yes", 0)],
    "deal add": [("New --customer 1 --amount 5", 0)],
    "deal move": [("1 MIX3", 3)],
    "deal win": [("1", 0), ("2", 4)],
    "deal reopen": [("2", 0)],
    "demo": [("FILE", 4)],
    "import": [("INPUT", 5), ("INPUT --strict", 2)],
    "interaction edit": [("1 --set channel=call", 2), ("1 --set text=other", 0)],
    "interaction remove": [("1 --yes", 0)],
    "log": [("1,2 hello --deal 1", 0)],
    "relation add": [("1 referred 2", 3), ("1 MIX3 2", 0)],
    "relation remove": [("1 --yes", 0)],
    "stage edit": [("MIX2 --set name=MIX3", 3)],
}

DOCUMENTED = (0, 1, 2, 3, 4, 5, 6, 10)

#: What the program itself writes to a terminal: bold, dim, a colour.
STYLES = re.compile(r"\r\x1b\[K|\x1b\[(?:0|1|2|3[1-6]|1;36)m")  # the first takes the line on how far it is away
CONTROL = re.compile("[\x00-\x09\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
UNSEEN = re.compile(
    "[\xad\u061c\u180e\u200b\u200e\u200f\u2028\u2029\u2060-\u2064\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
)


def words_of(path: str, line: str) -> list[str]:
    """The words of a read; where it would show the first of many rows, all of them."""
    command = commands().get(path)
    whole = ["--limit", "all"] if isinstance(command, Listing) and path != "help" else []
    pipeline = ["--pipeline", MIX + "1"] if path.startswith("funnel ") else []
    return [*path.split(), *by_number(line), *whole, *pipeline]


@pytest.mark.enumerating
@pytest.mark.parametrize("path", EVERY)
def test_a_read_sends_no_control_byte_to_a_terminal_or_a_pipe(path: str, attacked: Path) -> None:
    words = words_of(path, EVERY[path])

    person, pipe = on_terminal(words), in_pipe(words)

    assert person.exit_code == pipe.exit_code == CODES.get(path, 0)
    harmless_to_a_person(person)
    harmless_in_a_pipe(pipe)


@pytest.mark.enumerating
@pytest.mark.parametrize("path", sorted(commands().keys() - READS.keys()))
def test_a_write_sends_no_control_byte_to_a_terminal_or_a_pipe(path: str, attacked: Path, tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_text(f"name,city\nEve,Rome\n{PAYLOADS['clear the screen']},x\n", encoding="utf-8")
    before = attacked.read_bytes()

    for words, code in lines_of(path, attacked, tmp_path / "in.csv"):
        for way in (on_terminal, in_pipe):
            attacked.write_bytes(before)

            seen = way(words)

            assert seen.exit_code in DOCUMENTED if code is None else seen.exit_code == code, seen.err
            harmless_to_a_person(seen)


def lines_of(path: str, file: Path, given: Path) -> Iterator[tuple[list[str], int | None]]:
    """The lines for a command; of one that has none here the examples of its help."""
    names = {"FILE": str(file), "INPUT": str(given)}
    for line, code in WRITES.get(path, []):
        yield [*path.split(), *(names.get(word, word.replace("MIX", MIX)) for word in line.split())], code
    command = commands()[path]
    assert isinstance(command, Command)
    if path not in WRITES:
        for line in command.examples:
            yield line.replace("ada-lovelace", "1").removeprefix("crm ").split(), None


def harmless_to_a_person(seen: Seen) -> None:
    for text in (seen.out, seen.err):
        plain = STYLES.sub("", text)
        assert not CONTROL.search(plain)
        assert not UNSEEN.search(plain)
        assert "Traceback" not in plain


def harmless_in_a_pipe(seen: Seen) -> None:
    """TSV: a tab parts the cells."""
    assert not CONTROL.search(seen.out.replace("\t", "") + seen.err)


@pytest.mark.enumerating
@pytest.mark.parametrize("path", EVERY)
def test_no_format_lets_a_control_byte_out(path: str, attacked: Path) -> None:
    for form in FORMATS:
        if form != "table" and not (form == "ids" and path in WITHOUT_IDS):
            result = run([*words_of(path, EVERY[path]), "-f", form], exit_code=CODES.get(path, 0))

            harmless_as(form, result)


@pytest.mark.parametrize("form", FORMATS)
def test_no_payload_gets_out_of_any_format(form: str, hostile: Path) -> None:
    columns = ["--columns", "name,note,tag,employer"] if form != "ids" else []

    harmless_as(form, run(["customer", "list", *columns, "-f", form]))


def harmless_as(form: str, result: Result) -> None:
    whole = result.stdout.replace("\t", "") if form in ("tsv", "csv") else result.stdout
    assert not CONTROL.search(whole)
    assert not CONTROL.search(result.stderr)
    if form not in ("tsv", "csv"):
        assert not UNSEEN.search(whole)


def test_hostile_text_is_shown_as_what_it_is(hostile: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "200")

    seen = run(["deal", "list", "id:1", "-f", "table", "--columns", "name"]).stdout

    assert seen.splitlines()[-1].strip() == (
        r"[red]x[/red] \x1b[2J\x1b]8;;x\x07\x07\x9b5m\u202egnp\x7f→=1+1;a\b\x0d⏎end\u2028\u200b"
        """ <b a='">|`*_#& %_ 李雷:smile:1"""
    )


@pytest.mark.parametrize("form", ["json", "jsonl"])
def test_every_payload_comes_back_whole_from_json(form: str, hostile: Path) -> None:
    out = run(["interaction", "list", "--columns", "text", "-f", form]).stdout

    found = json.loads(out) if form == "json" else [json.loads(line) for line in out.splitlines()]
    assert not CONTROL.search(out)
    assert not UNSEEN.search(out)
    assert {each["text"] for each in found} >= set(PAYLOADS.values())


#: What a chart is drawn by: it goes by the figures, and is nobody's words.
_FIGURE = re.compile(r"[-0-9., ]+|--figures: [0-9]+ch")


class _Page(HTMLParser):
    """The elements, attributes and text of a page."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.tags: set[str] = set()
        self.attributes: set[tuple[str, str | None]] = set()
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes.update((name, None if _FIGURE.fullmatch(value or "") else value) for name, value in attrs)

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_comment(self, data: str) -> None:
        raise AssertionError(data)


@pytest.mark.enumerating
@pytest.mark.parametrize("path", EVERY)
def test_no_element_or_attribute_of_a_page_comes_from_data(path: str, attacked: Path, small_file: Path) -> None:
    harmless, page = _Page(), _Page()
    words = [*path.split(), *by_number(EVERY[path])]
    harmless.feed(run([*words, "-f", "html", "--db", str(small_file)]).stdout)

    page.feed(run([*words_of(path, EVERY[path]), "-f", "html"], exit_code=CODES.get(path, 0)).stdout)

    assert page.tags <= harmless.tags | {"p", "td"}  # nothing to show, or something
    assert page.attributes <= harmless.attributes | {("class", "n")}
    if path == "customer list":
        assert "<b a='\">" in page.text


#: What goes to other programs as text, beside the formats of every list.
FOR_OTHERS = (
    *(f"export customers -f {form}" for form in (FileFormat.VCARD, FileFormat.VCARD_4)),
    f"export tasks -f {FileFormat.CALENDAR}",
    *(f"graph export --format {form}" for form in Drawing),
    "today --ics",
)


@pytest.mark.parametrize("line", FOR_OTHERS)
def test_no_control_byte_gets_into_what_is_for_other_programs(line: str, attacked: Path) -> None:
    result = run(line)

    assert result.stdout
    assert not CONTROL.search(result.stdout.replace("\r\n", "\n").replace("\t", ""))
    assert not CONTROL.search(result.stderr)


@pytest.mark.parametrize("line", ["dash --html {}", "customer show 1 --html -o {}", "deal board --html -o {}"])
def test_no_element_of_a_whole_page_comes_from_data(
    line: str, attacked: Path, small_file: Path, tmp_path: Path
) -> None:
    pages = []
    for name, file in (("attacked", attacked), ("harmless", small_file)):
        run(f"{line.format(tmp_path / name)} --db {file}")
        pages.append(_Page())
        pages[-1].feed((tmp_path / name).read_text("utf-8"))

    page, harmless = pages
    assert page.tags <= harmless.tags | {"p", "td"}
    assert page.attributes <= harmless.attributes | {("class", "n")}
    assert not CONTROL.search((tmp_path / "attacked").read_text("utf-8"))


def test_markup_is_text_in_markdown(hostile: Path) -> None:
    assert r"\<b a='\"\>\|\`\*\_\#&amp;".replace(r"\"", '"') in run("deal list -f md").stdout


@pytest.mark.enumerating
@pytest.mark.parametrize(
    "line",
    [
        "{}",
        "customer {}",
        "customer show {}",
        "customer list {}",
        "customer list --columns {}",
        "customer list --sort {}",
        "customer list --limit {}",
        "customer list -f {}",
        "customer edit 2 --set {}",
        "customer edit 2 --set {}=x",
        "deal move 1 {}",
        "deal add x --amount {}",
        "deal add x --close {}",
        "funnel show --by {}",
        "funnel show --mode {}",
        "forecast show --period {}",
        "forecast waterfall {} today",
        "quota set {} 5k",
        "velocity --since {}",
        "graph show 1 --depth {}",
        "history show {}",
        "import {}",
        "import {} --profile {}",
        "import - --map {}",
        "help {}",
        "help columns {}",
        "export {}",
        "init --zone {}",
        "customer list --db {}",
        "--db {} customer list",
        "customer list --{}",
        "undo {}",
    ],
)
def test_hostile_words_on_the_command_line_come_back_harmless(
    line: str, small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    before = small.read_bytes()
    for name in (
        "clear the screen",
        "link",
        "every C1",
        "override",
        "rich end alone",
        "LIKE all",
        "path up",
        "every C0",
    ):
        words = [word.replace("{}", PAYLOADS[name]) for word in line.split(" ")]

        seen = in_pipe(words)

        assert seen.exit_code in DOCUMENTED
        assert not CONTROL.search(seen.out.replace("\t", "") + seen.err), name
    assert small.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["crm.db"]


def test_a_question_shows_the_name_as_what_it_is(hostile: Path) -> None:
    seen = on_terminal(["customer", "remove", "4"], answer="n\n")

    assert seen.exit_code == 1
    assert "[y/N]" in seen.err
    harmless_to_a_person(seen)


def test_a_trace_for_the_maintainers_is_harmless(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("\x1b[2J")

    monkeypatch.setenv("CRM_DEBUG", "1")
    monkeypatch.setattr("crmcli.reports.listing.listing", broken)

    seen = in_pipe(["customer", "list"])

    assert seen.exit_code == 70
    assert r"RuntimeError: \x1b[2J" in seen.err
    assert not CONTROL.search(seen.err)


def test_a_command_to_copy_is_one_command(file: Path) -> None:
    run(["pipeline", "add", "a; touch owned"])
    run(["stage", "add", "x' y", "--pipeline", "a; touch owned"])

    seen = on_terminal(["pipeline", "add", 'b"; touch owned'])

    assert "--pipeline 'b\"; touch owned'" in seen.err


def test_a_file_name_that_attacks_is_shown_as_what_it_is(file: Path, tmp_path: Path) -> None:
    place = tmp_path / "a\x1b[2J\u202e.csv"
    place.write_text("name,shoe\nEve\n", encoding="utf-8")

    seen = on_terminal(["import", str(place)])

    assert seen.exit_code == 5
    harmless_to_a_person(seen)
    shutil.copy(file, tmp_path / "b\x1b[2J.db")
    harmless_to_a_person(on_terminal(["customer", "show", "9", "--db", str(tmp_path / "b\x1b[2J.db")]))
