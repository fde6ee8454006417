"""Text from outside is data: to the search, to SQL, and as a name of a file."""

import sqlite3
from pathlib import Path

import pytest

from crmcli.commands.options import Listing
from crmcli.exchange.layout import normalised
from tests.conftest import READS, commands, run
from tests.hostile.payloads import PAYLOADS
from tests.hostile.running import in_pipe

NAMES = [
    "100% cotton",
    "a_b",
    "aXb",
    "O'Brien",
    'the "Duke"',
    "back\\slash",
    "semi;colon",
    "[a-z]",
    "*star?",
    "(x) or (y)",
]

LISTS = [path for path in READS if isinstance(commands()[path], Listing) and path.endswith("list")]

SEARCHES = {
    **{name: text for name, text in PAYLOADS.items() if "\x00" not in text and len(text) < 2_000},
    "60 kilobytes": "a" * 60_000,
    "60 kilobytes of percent signs": "%" * 60_000,
    "60 kilobytes of quotes": "'" * 60_000,
    "NUL": "a\0b",
    "a thousand words": "x " * 1_000,
    "a thousand parentheses": "(" * 1_000,
    "NEAR": 'NEAR("a" "b", 2)',
    "star": "ada*",
    "column": "name : ada",
    "minus": "-ada",
    "half a pair": "\udcff",
}


@pytest.fixture
def people(file: Path, tmp_path: Path) -> Path:
    lines = ["name", *('"' + name.replace('"', '""') + '"' for name in NAMES)]
    (tmp_path / "people.csv").write_text("\n".join(lines) + "\n", encoding="utf-8")
    run(["import", str(tmp_path / "people.csv")])
    return file


def quoted(text: str) -> str:
    """The text as one phrase of a query."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


@pytest.mark.parametrize("name", NAMES)
def test_a_phrase_finds_the_one_that_holds_it(name: str, people: Path) -> None:
    for query in (quoted(name), f"name:{quoted(name)}", f"name={quoted(name)}"):
        assert (
            run(["customer", "list", "--columns", "name", "--no-header", "-f", "json", "--", query]).stdout.count("{")
            == 1
        )


@pytest.mark.parametrize(("term", "names"), [("%", 1), ("_", 1), ("'", 1), ("\\", 1), ("*", 1), ("?", 1), ("[a-z]", 1)])
def test_what_stands_for_others_in_sql_stands_for_itself(term: str, names: int, people: Path) -> None:
    assert run(["customer", "list", "-f", "ids", "--", quoted(term)]).stdout.count("\n") == names


@pytest.mark.slow
@pytest.mark.parametrize("path", LISTS)
def test_any_text_can_be_looked_for_in_every_list(path: str, small: Path) -> None:
    before = small.read_bytes()
    kinds = ("",) if path == "customer list" else ("SQL", "LIKE", "GLOB", "60", "quotes", "NUL", "half", "backslashes")
    for name, text in SEARCHES.items():
        for query in (text, quoted(text)) if name.startswith(kinds) else ():
            seen = in_pipe([*path.split(), "-f", "ids", "--", query])

            said = (seen.exit_code, seen.err[:7])
            assert said in ((0, ""), (2, "error: "), (3, "error: "), (6, "error: ")), (name, seen.err)
            assert seen.err.count("\n") <= 3, name  # the way out shows the place in the query
    assert small.read_bytes() == before


@pytest.mark.enumerating
@pytest.mark.parametrize("text", ["a", "1", "+49", "%", "'", "_", "\\", "@", "-", "."])
@pytest.mark.parametrize("line", ["customer show", "deal show", "log", "deal move 1", "graph show", "relation list"])
def test_sixty_kilobytes_name_nothing(line: str, text: str, small: Path) -> None:
    words = [*line.split(), text * 60_000, *(["hello"] if line == "log" else [])]

    seen = in_pipe(words)

    assert seen.exit_code in (2, 3)
    assert seen.err.startswith("error: ")
    assert seen.err.count("\n") <= 2


def test_the_search_for_sql_is_a_search(small: Path) -> None:
    for text in ("' or '1'='1", "x' union select sql from sqlite_schema --", "'; drop table customer; --", ":at ?x"):
        assert run(["customer", "list", "-f", "ids", "--", quoted(text)]).stdout == ""
        assert run(["customer", "list", "-f", "ids", "--", f"city={quoted(text)}"]).stdout == ""


@pytest.mark.parametrize("where", ["columns", "sort", "by"])
def test_sql_is_no_column(where: str, small: Path) -> None:
    for text in ("(select 1)", "id; drop table customer", "c.id", "rowid", "1", "name collate nocase", "*"):
        line = ["funnel", "show"] if where == "by" else ["customer", "list"]

        assert run([*line, f"--{where}", text], exit_code=2).stderr.startswith("error: ")


def test_fields_of_ones_own_are_no_sql(file: Path, tmp_path: Path) -> None:
    fit = (text for text in PAYLOADS.values() if text.isprintable() and text == text.strip() and len(text) < 100)
    names = list({normalised(text): text for text in fit}.values())
    header = ",".join('"' + name.replace('"', '""') + '"' for name in ("uid", "name", *names))
    row = ",".join(["01900000-0000-7000-8000-000000000001", "Ada", *("1" for _ in names)])
    (tmp_path / "fields.csv").write_text(f"{header}\n{row}\n", encoding="utf-8")

    run(["import", str(tmp_path / "fields.csv")])

    shown = run(["export", "customers", "-f", "json"]).stdout
    assert shown.count("1,") + shown.count("1}") >= len(names)
    connection = sqlite3.connect(file)
    assert connection.execute("select count(*) from field").fetchone() == (len(names),)
    connection.close()


def test_no_name_of_a_record_is_a_path(file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever the data is called, only the files that the command line names are there afterwards."""
    here = tmp_path / "here"
    here.mkdir()
    monkeypatch.chdir(here)
    texts = [text for name, text in PAYLOADS.items() if name.startswith(("path", "option", "shell", "URL"))]
    rows = "".join(f'"{text}","{text}",bad e-mail\n"{text}","{text}",\n' for text in texts if text.isprintable())
    (here / "in.csv").write_text(f"name,note,email\n{rows}", encoding="utf-8")

    run("import in.csv --rejects bad.csv", exit_code=5)
    run("export customers -o out.csv -q")
    run("customer list -f html -o out.html")
    for number in range(1, 4):
        run(f"customer show {number} -o show{number}.json -f json")
        run(f"customer edit {number} --tag ../../tag")
        run(f"deal add /etc/passwd --customer {number}")

    made = {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()}
    assert made == {
        *("crm.db", "here/in.csv", "here/bad.csv", "here/out.csv", "here/out.html"),
        *(f"here/show{number}.json" for number in range(1, 4)),
    }
