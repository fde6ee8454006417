"""Many commands in one process: all or none, or each for itself."""

import io
import re
import shlex
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from crmcli.cli import app
from crmcli.commands import batch
from crmcli.db.reader import Reader
from tests.commands.conftest import Terminal
from tests.commands.test_undo import EVERY_WRITE, NEEDS
from tests.conftest import READS, RECORDS, Dump, Run, commands, once

_UID = re.compile(r"\b[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\b")
STARTED = """
customer add Ada --email ada@example.com --employer 'Analytical Ltd' --tag press
customer add Bob --phone +4930901820
relation add bob referred ada
log ada first --at 2026-11-02
deal add Engine --customer ada --amount 900 --at 2026-11-03
"""


@pytest.fixture
@once
def started(crm: Run) -> None:
    crm("batch", input=STARTED)


def operations(crm: Run) -> list[str]:
    return crm("history --columns command --no-header --sort id").stdout.split("\n")[:-1]


def test_all_lines_are_one_operation_that_undo_takes_back(crm: Run, dump: Dump) -> None:
    before = dump()

    done = crm("batch", input=STARTED)

    after = dump()
    assert done.stdout == "1\n3\n2\n1\n1\n"
    assert operations(crm) == ["batch"]
    crm("undo")
    assert dump() == before
    crm("redo")
    assert dump() == after


@pytest.mark.slow
def test_a_batch_does_what_its_lines_do_one_by_one(crm: Run, small: Path, tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    crm(f"batch --db {other}", input="\n".join(RECORDS))

    for path, words in READS.items():
        if path not in ("help", "history", "customer timeline", "config list"):  # which tell the files apart
            one, many = (crm(f"{path} {words} -f json --db {file}").stdout for file in (small, other))
            assert _UID.sub("", one) == _UID.sub("", many)


def test_a_read_sees_what_the_lines_before_it_wrote(crm: Run) -> None:
    lines = "customer add Ada\ncustomer list -f ids\ncustomer add Bob\ncustomer list -f csv --columns name"

    assert crm("batch", input=lines).stdout == "1\n1\n2\nname\nAda\nBob\n"


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("customer add Eve --email ada@example.com", 4, "belongs to customer 1 Ada"),
        ("customer add Eve --email nonsense", 2, "nonsense"),
        ("customer show nobody", 3, "no customer matches 'nobody'"),
        ("log a hello", 6, "'a' matches 3 customers"),
        ("customer remove bob", 2, "Nobody is there to ask"),
        ("custmer list", 2, "no such command 'custmer'; did you mean 'customer'?"),
        ("customer", 2, ""),
        ("customer add 'Eve", 2, "a quote is not closed"),
        ("customer add \0", 2, "NUL"),
        ("x" * 1_000_000, 2, "no such command"),
        ("customer add " + "x" * 1_000_000, 2, "name: 1 to 500 characters"),
        ("customer list -o /nowhere/x.csv", 10, "cannot write '/nowhere/x.csv'"),
        ("customer list --db elsewhere.db", 2, "a batch is about one file"),
        ("import -", 2, "is empty"),
        ("deal move 1 qoute", 3, "quote"),
    ],
)
def test_a_bad_line_is_named_and_nothing_is_changed(
    line: str, code: int, says: str, started: Run, fingerprint: Callable[[], str]
) -> None:
    before = fingerprint()

    refused = started("batch", input=f"customer add Carl\n\n{line}\ncustomer add Dora", exit_code=code)

    (first,) = [line for line in refused.stderr.splitlines() if line.startswith("error:")]
    assert first.startswith("error: batch: line 3: ")
    assert says in first
    assert len(first) < 600
    assert refused.stdout == ""
    assert fingerprint() == before


def test_with_each_every_line_is_an_operation_and_those_before_a_bad_one_stay(crm: Run) -> None:
    refused = crm("batch --each", input="customer add Ada\ncustomer add Bob\nlog nobody x\nlog ada y", exit_code=3)

    assert refused.stdout == "1\n2\n"
    assert "batch: line 3: no customer matches 'nobody'" in refused.stderr
    assert operations(crm) == ["customer add", "customer add"]


def test_keep_going_does_the_lines_after_a_bad_one_too(crm: Run) -> None:
    lines = "customer add Ada\nlog nobody x\nlog 'ada\nlog ada hello\nundo"

    done = crm("batch --each --keep-going", input=lines, exit_code=5)

    assert done.stdout == "1\n1\n2\n"
    assert [line[:21] for line in done.stderr.splitlines() if "error" in line] == [
        "error: batch: line 2:",
        "error: batch: line 3:",
    ]
    assert operations(crm) == ["customer add", "log", "undo"]


def test_keep_going_stops_where_the_file_cannot_be_used(crm: Run, tmp_path: Path) -> None:
    lines = f"customer list -o {tmp_path}\ncustomer add Ada"

    assert crm("batch --each --keep-going", input=lines, exit_code=10).stdout == ""


def test_keep_going_needs_each(crm: Run) -> None:
    assert "--keep-going needs --each" in crm("batch --keep-going", input="", exit_code=2).stderr


@pytest.mark.parametrize("each", ["", "--each"])
def test_a_dry_run_tells_the_plan_and_writes_nothing(each: str, started: Run, fingerprint: Callable[[], str]) -> None:
    before = fingerprint()
    lines = (
        "customer add Carl --tag new\ncustomer edit carl --tag new\nlog carl x --at today\n"
        "customer remove carl --yes\ncustomer list -f ids"
    )

    told = started(f"batch -n {each}", input=lines)

    assert told.stdout == "1\n2\n3\n"
    assert told.stderr.splitlines() == [
        "dry run: nothing was written",
        "line 1: added customer 4 Carl",
        "line 2: customer 4 Carl is so already; nothing changed",
        "line 3: logged note 2 with Carl, at Fri 2026-11-20 12:00",
        "line 4: removed customer 4 Carl",
    ]
    assert fingerprint() == before


def test_a_dry_run_of_each_line_goes_on_too(started: Run, fingerprint: Callable[[], str]) -> None:
    before = fingerprint()

    told = started("batch -n --each --keep-going", input="customer edit ada --set x=1\ncustomer add Carl", exit_code=5)

    assert "error: batch: line 1: no field 'x' to set" in told.stderr
    assert "line 2: added customer 4 Carl" in told.stderr
    assert fingerprint() == before


def test_a_line_can_be_a_dry_run(crm: Run) -> None:
    done = crm("batch", input="customer add Ada -n\ncustomer add Bob")

    assert done.stdout == "1\n"
    assert crm("customer list -f csv --columns name").stdout == "name\nBob\n"


def test_files_are_imported_in_a_batch(crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("name,email\nAda,ada@example.com\n")
    (tmp_path / "b.csv").write_text("name,email,city\nAda,ada@example.com,London\nBob,bob@example.com,Rome\n")

    crm("batch", input="import a.csv\nlog ada hello\nimport b.csv\ncustomer edit ada --set title=Countess")

    listed = crm("customer list -f csv --columns name,city,title").stdout
    assert listed == "name,city,title\nAda,London,Countess\nBob,Rome,\n"
    assert operations(crm) == ["batch"]
    crm("undo")
    assert crm("customer list -f ids").stdout == ""


def test_rows_that_an_import_rejects_stop_a_batch(
    crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, fingerprint: Callable[[], str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("name,email\nAda,nonsense\nBob,bob@example.com\n")
    before = fingerprint()

    refused = crm("batch", input="import a.csv", exit_code=5)

    assert refused.stderr.splitlines()[-1] == "error: batch: line 1: exit code 5"
    assert fingerprint() == before


@pytest.mark.parametrize(
    "line",
    [
        "batch",
        "demo",
        "init --currency USD",
        "undo",
        "-q undo",
        "privacy erase ada --yes",
        "privacy retention run --yes",
    ],
)
def test_what_cannot_be_a_line_is_refused(line: str, started: Run, fingerprint: Callable[[], str]) -> None:
    before = fingerprint()

    refused = started("batch", input=line, exit_code=2)

    assert "cannot be a line of a batch" in refused.stderr
    assert fingerprint() == before


@pytest.mark.parametrize("line", ["batch", "demo"])
def test_neither_a_batch_nor_the_demo_is_a_line_of_its_own(line: str, started: Run) -> None:
    assert "cannot be a line of a batch" in started("batch --each", input=line, exit_code=2).stderr


@pytest.mark.slow
def test_every_command_is_a_line_or_refused(started: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "a.csv").write_text("name\nCarl\n")
    writes = [
        line.replace("archive needs", "archive trial")
        .replace("remove customer shoe_", "remove customer ")
        .replace(" --set until=yesterday", "")
        .replace("relation end 1", "relation end 2")
        for line in EVERY_WRITE
        if line.split()[0] != "init"
    ]
    writes.sort(key=lambda line: not line.startswith("customer contact"))  # before others change the e-mails
    writes = [line.replace("contact remove ada ada@", "contact remove ada countess@") for line in writes]
    writes.insert(writes.index("deal lose 1 --reason price"), "deal reopen 1")
    refused = batch.ALONE | batch.WITH_A_FILE_OF_ITS_OWN
    here = {"ada-lovelace": "ada", "李雷": "bob", "zoe-muller": "ada"}
    reads = [
        " ".join((path, *(here.get(word, word) for word in words.split())))
        for path, words in READS.items()
        if path not in refused
    ]
    contacts = [line for line in writes if line.startswith("customer contact")]
    last = [
        line
        for line in writes
        if line not in contacts and (" remove " in line or " merge " in line or "--default" in line)
    ]  # the others would miss it
    writes += ["task add 'Send it' --for ada --every 2w", "task edit 1 --set priority=yes", "task snooze 1 3d"]
    writes += [
        "task done 1",
        "segment add regulars +vip",
        "cadence set segment:regulars 2w",
        "privacy restrict bob --lift",
    ]
    writes += ["privacy consent withdraw ada --purpose newsletter --channel email", "customer edit ada --set gift=tea"]
    writes += ["deal reopen 1", "referral add carl --by bob", "graph export --format dot"]
    writes += ["config get currency", "config path"]
    last = ["customer address edit ada office --city Paris", "customer address remove ada office --yes", *last]
    last += ["task remove 2 --yes", "task restore 2", "cadence clear segment:regulars", "segment remove regulars --yes"]
    last += ["privacy retention remove silent"]
    writes = [*(line for lines in NEEDS.values() for line in lines), *writes]
    lines = ["import a.csv", *(line for line in writes if line not in last), *reads, *last, "customer restore ada"]

    done = started("batch", input="\n".join(lines))

    assert done.stdout
    names = set(commands())
    ran = {name for name in names for line in lines if shlex.split(line)[: len(name.split())] == name.split()}
    ran.add("privacy readmit")  # takes somebody erased
    assert {name for name in names - ran if refused.isdisjoint((name, name.partition(" ")[0]))} == set()


def test_nothing_to_do_is_no_operation(crm: Run) -> None:
    assert crm("batch", input="# nothing\n").stdout == ""
    assert operations(crm) == []


def test_a_batch_reads_all_of_its_input_before_it_takes_the_file(
    crm: Run, db: Reader, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Slow(io.BytesIO):
        def readline(self, size: int | None = -1, /) -> bytes:
            with monkeypatch.context() as patch:
                patch.setattr(sys, "stdout", io.StringIO())
                with pytest.raises(SystemExit) as ended:
                    app(["customer", "add", "Meanwhile"], prog_name="crm")
            assert not ended.value.code
            return super().readline(size)

    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(Slow(b"customer add Ada\n")))
    monkeypatch.setattr(sys, "stdout", io.StringIO())

    with pytest.raises(SystemExit):
        app(["batch"], prog_name="crm")

    assert crm("customer list -f csv --columns name --no-header").stdout == "Meanwhile\nMeanwhile\nAda\n"


def test_a_person_is_told_how_many_lines_were_run_and_not_asked(terminal: Terminal, tmp_path: Path) -> None:
    script = tmp_path / "lines"
    script.write_text("customer add 李雷\ncustomer add Ada\n")

    seen = terminal(f"batch {script}")

    assert seen.stdout == "1\n2\nran 2 lines\n"
    assert seen.stderr == "next: crm undo\n"
    script.write_text("customer remove 1\n")
    assert terminal(f"batch {script}", answer="y\n").exit_code == 2


@pytest.mark.parametrize(("file", "code"), [("nowhere.txt", 3), (".", 2), ("a\0b", 2)])
def test_a_file_that_cannot_be_read_is_one_line(file: str, code: int, crm: Run) -> None:
    refused = crm(["batch", file], exit_code=code)

    assert refused.stderr.startswith("error: ")
    assert "line" not in refused.stderr.splitlines()[0]
