"""What a person sees on a terminal, and what a pipe gets, in processes of their own."""

import os
import re
import subprocess
from pathlib import Path

import pytest
from rich.cells import cell_len

from tests.conftest import READS, add_customers, run
from tests.terminal import CRM, in_pipe, on_terminal

COLOUR = re.compile(r"\x1b\[[0-9;]*m")
BOXES = re.compile("[\u2500-\u257f]")


def lines(text: str) -> list[str]:
    return [line.rstrip() for line in COLOUR.sub("", text).splitlines()]


@pytest.fixture
def many(file: Path) -> Path:
    """Sixty customers."""
    add_customers(file, 60)
    return file


def test_a_table_on_a_terminal_and_tsv_in_a_pipe(small: Path) -> None:
    table, pipe = on_terminal("customer", "list"), in_pipe("customer", "list")

    assert BOXES.search(table.out)
    assert COLOUR.search(table.out)
    assert not BOXES.search(pipe.out)
    assert "\x1b" not in pipe.out
    assert pipe.out.startswith("id\tname\tkind\t")
    assert (table.exit_code, table.err, pipe.exit_code, pipe.err) == (0, "", 0, "")


@pytest.mark.enumerating
@pytest.mark.parametrize("width", [20, 40, 80, 120, 200])
@pytest.mark.parametrize(
    "path", ["customer list", "deal list", "deal show", "funnel show", "graph show", "interaction list", "history"]
)
def test_no_line_is_wider_than_the_terminal(path: str, width: int, small: Path) -> None:
    seen = on_terminal(*path.split(), *READS[path].split(), width=width)

    assert seen.exit_code == 0
    assert max(cell_len(line) for line in lines(seen.out)) <= width


@pytest.mark.parametrize("width", [24, 40, 60, 80])
def test_ids_amounts_and_dates_are_never_cut(width: int, small: Path) -> None:
    seen = " ".join(lines(on_terminal("deal", "list", width=width).out))

    for whole in ("12,500", "900", "EUR", "2026-12-31"):
        assert whole in seen


def test_wide_characters_stand_in_their_columns(small: Path) -> None:
    shown = lines(on_terminal("customer", "list", "--columns", "name,city,handle", "--sort", "id").out)
    row = next(line for line in shown if "李雷" in line)
    head = next(line for line in shown if "Handle" in line)

    assert cell_len(row[: row.index("北京")]) == cell_len(head[: head.index("City")])


def test_the_first_fifty_rows_and_the_count_of_the_rest(many: Path) -> None:
    seen = lines(on_terminal("customer", "list", "--columns", "id,name").out)

    assert sum("Customer" in line for line in seen) == 50
    assert seen[-1] == "50 of 60; --limit all shows the rest"


@pytest.mark.parametrize(("limit", "rows"), [("all", 60), ("5", 5), ("60", 60), ("0", 0)])
def test_the_limit_that_was_asked_for(limit: str, rows: int, many: Path) -> None:
    seen = lines(on_terminal("customer", "list", "--columns", "id,name", "--limit", limit).out)

    assert sum("Customer" in line for line in seen) == rows
    assert (seen[-1].endswith("--limit all shows the rest")) == (rows < 60)


@pytest.mark.slow
def test_a_list_is_whole_in_a_pipe_and_in_a_file(many: Path, tmp_path: Path) -> None:
    assert in_pipe("customer", "list", "-f", "ids").out.count("\n") == 60
    assert sum("Customer" in line for line in in_pipe("customer", "list", "-f", "table").out.splitlines()) == 60

    on_terminal("customer", "list", "-f", "table", "-o", str(tmp_path / "list.txt"))

    assert sum("Customer" in line for line in (tmp_path / "list.txt").read_text().splitlines()) == 60


def test_no_color_leaves_the_words(small: Path) -> None:
    seen = on_terminal("deal", "list", NO_COLOR="1")

    assert not re.search(r"\x1b\[[0-9;]*3[0-7]", seen.out)
    assert "won" in seen.out


def test_a_dumb_terminal_gets_plain_text(small: Path) -> None:
    assert "\x1b" not in on_terminal("deal", "list", TERM="dumb").out
    assert "\x1b" not in on_terminal("deal", "list", "stage:nowhere", TERM="dumb").err


@pytest.mark.slow
def test_colour_can_be_forced_into_a_pipe(small: Path) -> None:
    assert COLOUR.search(in_pipe("deal", "list", "-f", "table", NO_COLOR=None, FORCE_COLOR="1").out)
    assert "\x1b" not in in_pipe("deal", "list", NO_COLOR=None, FORCE_COLOR="1").out
    assert in_pipe("deal", "show", "99", NO_COLOR=None, FORCE_COLOR="1").err.startswith("\x1b[31merror:\x1b[0m ")


def test_stdout_and_stderr_are_judged_apart(small: Path) -> None:
    assert in_pipe("deal", "show", "99", NO_COLOR=None).err.startswith("error: ")
    assert on_terminal("deal", "show", "99").err.startswith("\x1b[31merror:\x1b[0m ")


def test_columns_sets_the_width(small: Path) -> None:
    narrow = in_pipe("customer", "list", "-f", "table", COLUMNS="50").out
    wide = in_pipe("customer", "list", "-f", "table", COLUMNS="150").out

    assert max(map(cell_len, lines(narrow))) <= 50 < max(map(cell_len, lines(wide))) <= 150


def test_help_fits_a_narrow_terminal_and_ascii(small: Path) -> None:
    assert max(cell_len(line) for line in lines(on_terminal("--help", width=40).out)) <= 40
    plain = in_pipe("--help", PYTHONIOENCODING="ascii", PYTHONUTF8="0").out
    assert plain.isascii()
    assert "+-" in plain


@pytest.mark.enumerating
@pytest.mark.parametrize("encoding", ["ascii", "gbk", "latin-1"])
@pytest.mark.parametrize("path", ["customer list", "funnel show", "graph show", "deal show"])
def test_a_terminal_without_unicode_gets_what_it_can_show(path: str, encoding: str, small: Path) -> None:
    words = [*path.split(), *READS[path].split(), "-f", "table"]
    done = subprocess.run(
        [*CRM, *words], env={**os.environ, "PYTHONIOENCODING": encoding}, capture_output=True, check=False
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode(encoding)


@pytest.mark.slow
def test_a_sentence_without_unicode_says_escapes(file: Path) -> None:
    seen = on_terminal("customer", "add", "李雷", PYTHONIOENCODING="ascii", PYTHONUTF8="0")

    assert seen.exit_code == 0
    assert "added customer 1 \\u674e\\u96f7\n" in seen.out


@pytest.mark.enumerating
@pytest.mark.parametrize("form", ["tsv", "csv", "json", "jsonl", "md", "html"])
def test_machines_get_utf_8_whatever_the_locale(form: str, small: Path) -> None:
    assert "李雷" in in_pipe("customer", "list", "-f", form, PYTHONIOENCODING="ascii", LC_ALL="C", PYTHONUTF8="0").out


@pytest.mark.slow
@pytest.mark.parametrize("unbuffered", ["", "1"])
@pytest.mark.parametrize("form", ["tsv", "csv", "json", "table", "ids"])
@pytest.mark.slow
def test_a_pipe_that_closes_early_ends_quietly(
    form: str, unbuffered: str, file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTHONUNBUFFERED", unbuffered)
    add_customers(file, 15_000)  # more than a pipe holds
    command = [*CRM, "customer", "list", "-f", form]

    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stdout
        assert process.stderr
        process.stdout.readline()
        process.stdout.close()
        said = process.stderr.read()

    assert (process.returncode, said) == (141, b"")


@pytest.mark.parametrize(
    "words", ["customer list", "customer list -f table", "--help", "customer --help", "help query"]
)
def test_a_pipe_that_nobody_reads_at_all(words: str, small: Path) -> None:
    read, write = os.pipe()
    os.close(read)

    seen = in_pipe(*words.split(), stdout=write)
    os.close(write)

    assert (seen.exit_code, seen.err) == (141, "")


@pytest.mark.skipif(not os.path.exists("/dev/full"), reason="a device of Linux")
@pytest.mark.parametrize(
    "words", ["customer list", "customer list -f json", "customer list -f table", "customer show 1", "--help"]
)
def test_a_full_disk_behind_stdout_is_one_line(words: str, small: Path) -> None:
    with open("/dev/full", "wb") as full:
        seen = in_pipe(*words.split(), stdout=full)

    assert (seen.exit_code, seen.err) == (10, "error: cannot write the output: no space left on device\n")


@pytest.mark.slow
def test_a_closed_stdin_is_empty(small: Path) -> None:
    for line, code in (
        ("batch", 0),
        ("customer edit - --tag x", 0),
        ("customer remove 3", 2),
        ("import - --as deals", 2),
    ):
        done = subprocess.run(f"{' '.join(CRM)} {line} <&-", shell=True, capture_output=True, text=True, check=False)

        assert (done.returncode, done.stdout) == (code, ""), done.stderr


@pytest.mark.slow
def test_a_closed_stdout_or_stderr_is_no_reason_to_fail(small: Path) -> None:
    for closed in (">&-", "2>&-", ">&- 2>&-"):
        command = f"{' '.join(CRM)} customer list {closed}"

        done = subprocess.run(["sh", "-c", command], capture_output=True, check=False)

        assert (done.returncode, done.stderr) == (0, b"")


def test_an_error_that_nobody_reads_keeps_its_exit_code(small: Path) -> None:
    read, write = os.pipe()
    os.close(read)

    process = subprocess.run([*CRM, "customer", "show", "nobody"], stderr=write, stdout=subprocess.DEVNULL, check=False)
    os.close(write)

    assert process.returncode == 3


@pytest.mark.slow
def test_a_person_hears_what_comes_next_and_a_pipe_the_id(file: Path) -> None:
    person, pipe = on_terminal("customer", "add", "Ada"), in_pipe("customer", "add", "Bob")

    assert person.out == "added customer 1 Ada\n"
    assert person.err.startswith("next: crm log ")
    assert (pipe.out, pipe.err) == ("2\n", "")
    assert on_terminal("customer", "add", "Eve", "-q").err == ""


def test_an_empty_list_says_so(file: Path) -> None:
    assert lines(on_terminal("customer", "list").out) == ["no customers yet"]
    assert lines(on_terminal("customer", "list", "city:Nowhere").out) == ["no customers match"]


def test_the_funnel_has_a_bar_under_each_stage(small: Path) -> None:
    shown = lines(on_terminal("funnel", "show", width=100).out)

    lead = next(number for number, line in enumerate(shown) if line.startswith("lead"))
    assert set(shown[lead + 1].split()[0]) == {"█"}
    assert any(line.startswith("mode reached, basis cohort") for line in shown)


def test_a_tree_shows_each_customer_once_and_marks_the_way_back(small: Path) -> None:
    run("relation add zoe-muller knows 李雷")

    shown = on_terminal("graph", "show", "ada-lovelace").out

    assert shown.count("↺") == 1
