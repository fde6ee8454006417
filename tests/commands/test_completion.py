"""What TAB offers, and that whatever a name holds arrives as it is: in bash, zsh and fish themselves."""

import fcntl
import os
import pty
import re
import select
import shutil
import struct
import subprocess
import sys
import termios
import time
from pathlib import Path

import pytest
import typer

from crmcli.cli import app
from crmcli.commands.completion import answer, offered
from crmcli.commands.completion_bash import Line, quoted, read
from crmcli.commands.completion_scripts import SCRIPTS, install, script
from crmcli.errors import InvalidInput
from tests.conftest import Run, commands, wrote

ROOT = typer.main.get_command(app)
HOSTILE = ("$(touch pwned)", 'it\'s "so"', "a*; b", "`id`&|>", "键 值", "back\\slash", "~/x", "!1")


def values(line: str, *, environ: dict[str, str] | None = None) -> list[str] | None:
    """What is offered at the end of a line."""
    words = line.split(" ")
    found = offered(ROOT, words[:-1], words[-1], environ or dict(os.environ))
    return None if found is None else [value for value, _ in found]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("cus", ["customer"]),
        ("customer re", ["remove", "restore"]),
        ("customer show a", ["ada-lovelace", "analytical-ltd"]),
        ("customer show Ada", ["ada-lovelace"]),
        ("customer show Zoë", ["zoe-muller"]),
        ("customer show 李", ["李雷"]),
        ("customer show nobody", []),
        ("customer restore ", []),
        ("deal add X --customer zo", ["zoe-muller"]),
        ("relation add ada-lovelace ref", ["referred", "referred by"]),
        ("relation add ada-lovelace referred z", ["zoe-muller"]),
        ("graph path ada-lovelace z", ["zoe-muller"]),
        ("graph path z", ["zoe-muller"]),
        ("graph intro z", ["zoe-muller"]),
        ("customer merge zoe-muller ada", ["ada-lovelace"]),
        ("log ada-lovelace,zo", ["ada-lovelace,zoe-muller"]),
        ("log ada-lovelace x --channel m", ["meeting"]),
        ("deal show ", ["2", "1"]),
        ("deal show eng", ["Engine"]),
        ("deal move 1 q", ["quote"]),
        ("deal list --pipeline", []),
        ("deal add X --pipeline ", ["sales"]),
        ("deal add X --owner b", ["Bob"]),
        ("customer add X --tag ", ["press", "vip"]),
        ("customer list +v", ["+vip"]),
        ("customer list +press,v", ["+press,vip"]),
        ("customer list cou", ["country:"]),
        ("customer list kind:p", ["kind:person"]),
        ("customer list kind=p", ["kind=person"]),
        ("customer list deal.stage:won,q", ["deal.stage:won,quote"]),
        ("customer list owner:b", ["owner:Bob"]),
        ("customer list do_not_contact:", ["do_not_contact:yes", "do_not_contact:no"]),
        ("customer list has:em", ["has:email", "has:employer"]),
        ("customer list sort:-na", ["sort:-name"]),
        ("customer list nonsense:x", []),
        ("deal list is:o", ["is:open", "is:overdue"]),
        ("interaction list channel:ca", ["channel:call"]),
        ("history state", ["state:"]),
        ("deal list --columns id,na", ["id,name"]),
        ("deal list --columns=na", ["--columns=name"]),
        ("deal list -f js", ["json", "jsonl"]),
        ("export sta", ["stage-events"]),
        ("export tasks is:du", ["is:due"]),
        ("import x.csv --as t", ["tasks"]),
        ("export deals out", ["outcome:"]),
        ("funnel show --by cu", [f"c{rest}" for rest in ("ustomer", "urrency")]),
        ("customer edit 1 --set ci", ["city="]),
        ("customer edit 1 --set kind=o", ["kind=organisation"]),
        ("customer edit 1 --set t", ["title=", "tag=", "tier="]),
        ("deal edit 1 --set c", ["currency=", "close=", "customer="]),
        ("task edit 1 --set ", ["text=", "customer=", "deal=", "due=", "every=", "priority=", "owner="]),
        ("relation edit 1 --set ", ["since=", "until=", "strength=", "note="]),
        ("deal list +vi", ["+vip"]),
        ("interaction list seg", ["segment:"]),
        ("interaction show ", ["1"]),
        ("relation remove ", ["3", "2", "1"]),
        ("help qu", ["query", "quota"]),
        ("help exi", ["exit-codes"]),
        ("ho", ["hot"]),
        ("hot stage:q", ["stage:quote"]),
        ("alias remove ", ["hot"]),
        ("config get cur", ["currency"]),
        ("config set currency ch", ["CHE", "CHF", "CHW"]),
        ("config set actor ", []),
        ("customer list seg", ["segment:"]),
        ("deal list segment:r", ["segment:regulars"]),
        ("help columns dea", ["deal"]),
        ("undo 1", ["19", "18", "17", "16", "15", "14", "13", "12", "11", "10", "1"]),
        ("task done ", ["2", "1"]),
        ("task show T", ["T2", "T1"]),
        ("task restore ", []),
        ("segment show ", ["regulars"]),
        ("cadence set +v", ["+vip"]),
        ("cadence set segment:", ["segment:regulars"]),
        ("cadence clear zo", ["zoe-muller"]),
        ("field remove customer ", ["tier"]),
        ("field remove deal ", []),
        ("field edit customer tier --choices gold,", ["gold,gold", "gold,silver"]),
        ("field add deal x --required-at q", ["quote"]),
        ("privacy retention remove s", ["silent"]),
        ("quota remove ", ["2", "1"]),
        ("privacy retention add x --after ", []),
        ("privacy readmit ", []),
        ("customer edit zo", ["zoe-muller"]),
        ("deal edit --where is:ov", ["is:overdue"]),
        ("stage add x --after qu", ["quote"]),
        ("import ", None),
        ("customer list -o ", None),
        ("customer add ", None),
    ],
)
def test_tab_offers_what_may_stand_there(line: str, expected: list[str] | None, small: Path) -> None:
    found = values(line)

    if line == "funnel show --by cu":
        assert {"customer", "currency", "customer.city"} <= set(found or ())
    elif line == "customer add ":
        assert found == []
    else:
        assert found == expected


def test_what_no_file_knows_is_offered_without_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CRM_DB", str(tmp_path / "none.db"))

    assert values("help dat") == ["dates", "data"]
    assert values("config get z") == ["zone"]
    assert values("deal list -f js") == ["json", "jsonl"]
    assert values("customer show ") == []


def test_handles_come_with_names(small: Path) -> None:
    assert offered(ROOT, ["customer", "show"], "zo", dict(os.environ)) == [("zoe-muller", "Zoë Müller")]


def test_removed_customers_are_offered_to_be_restored(small: Path, crm: Run) -> None:
    crm("customer remove zoe-muller --yes")

    assert values("customer restore ") == ["zoe-muller"]
    assert values("customer show zo") == []


def test_a_field_of_the_file_is_offered_like_any_other(small: Path) -> None:
    with wrote(small) as session:
        sql = "insert into field (entity, name, type, choices, recorded_at) values (?, ?, ?, ?, '2026-11-20T12:00:00Z')"
        session.raw.execute(sql, ("customer", "grade", "choice", '["gold", "not yet"]'))

    assert values("customer list grad") == ["grade:"]
    assert values("customer list grade:") == ["grade:gold", 'grade:"not yet"']
    assert values("customer edit 1 --set grade=g") == ["grade=gold"]


def test_the_file_of_the_line_is_asked(small: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    copy = Path(shutil.copy(small, tmp_path / "other.db"))
    monkeypatch.delenv("CRM_DB")

    assert values("customer show zo") == []
    assert values(f"--db {copy} customer show zo") == ["zoe-muller"]
    assert values(f"customer show --db={copy} zo") == ["zoe-muller"]


@pytest.mark.parametrize("content", [b"", b"nonsense", b"SQLite format 3\0" + bytes(200)])
def test_a_file_that_is_not_ours_offers_nothing(content: bytes, file: Path) -> None:
    file.write_bytes(content)

    assert values("customer show ") == []


def test_an_older_file_is_not_brought_up_to_date_by_tab(file: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crmcli.db.migrate.latest", lambda: 99)
    before = file.read_bytes()

    assert values("customer show ") == []
    assert file.read_bytes() == before


def test_every_reference_and_every_query_of_the_program_is_completed(small: Path) -> None:
    from crmcli.commands.completion_fixed import FIXED, first
    from crmcli.commands.completion_values import REFERENCES, _source

    for path, command in commands().items():
        for parameter in command.params:
            metavar = str(getattr(parameter, "metavar", ""))
            if metavar.strip("[].") in (*REFERENCES, "ID", "STAGE", "QUERY", "FIELD=VALUE", "FORMAT", "A,B,…"):
                name = str(parameter.name)
                assert first(FIXED, name, path.split()) or _source(name, metavar, path.split()), (
                    path,
                    parameter.name,
                )


def test_a_control_character_never_leaves(small: Path) -> None:
    with wrote(small) as session:
        session.raw.execute("insert into tag (name, recorded_at) values ('v\x1b]0;x\x07', '2026-11-20T12:00:00Z')")
        session.raw.execute("update customer set name = 'Z\x1b[2J' where handle = 'zoe-muller'")

    tags = answer(ROOT, ["customer", "list", "+"], {**os.environ, "_CRM_COMPLETE": "zsh"})
    names = answer(ROOT, ["customer", "show", "zo"], {**os.environ, "_CRM_COMPLETE": "fish"})

    assert list(tags) == ["values", "+press\t", "+vip\t"]
    assert list(names) == ["values", "zoe-muller\t"]


@pytest.mark.parametrize(
    ("line", "words", "last", "quote"),
    [
        ("crm customer show a", ["customer", "show"], "a", ""),
        ("crm customer show ", ["customer", "show"], "", ""),
        ("crm list 'a b", ["list"], "a b", "'"),
        ('crm list "a \\" b', ["list"], 'a " b', '"'),
        ("crm list a\\ b", ["list"], "a b", ""),
        ("crm list x\\", ["list"], "x", ""),
        ("ls; X=1 /usr/bin/crm list a", ["list"], "a", ""),
        ("crm list '' b", ["list", ""], "b", ""),
    ],
)
def test_the_line_of_bash_is_read_with_its_quotes(line: str, words: list[str], last: str, quote: str) -> None:
    found = read(line)

    assert (list(found.words), found.last, found.quote) == (words, last, quote)


@pytest.mark.parametrize("value", [*HOSTILE, "kind:person", "deal.stage:on hold"])
@pytest.mark.parametrize("begin", ["", "'", '"'])
def test_what_bash_is_given_means_the_value(value: str, begin: str) -> None:
    line = read(f"crm list {begin}")

    assert read(f"crm list {begin}{quoted(value, line, '')}").last == value


def test_bash_gets_the_part_behind_its_word_break() -> None:
    assert quoted("kind:person", read("crm customer list kind:per"), "per") == "person"
    assert quoted("a:b c", Line((), "a:", "a:"), "") == "b\\ c"


SHELLS = {
    "bash": ["bash", "--norc", "--noprofile", "-i"],
    "zsh": ["zsh", "-f", "-i"],
    "fish": ["fish", "--no-config", "-i"],
}


@pytest.fixture
def hostile(small: Path, crm: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with a `crm` that completes, and otherwise only says what it was given."""
    crm(["customer", "edit", "1", *(word for name in HOSTILE for word in ("--tag", name))])
    wrapper = tmp_path / "bin" / "crm"
    wrapper.parent.mkdir()
    said = 'for each in "$@"; do printf \'<%s>\' "$each"; done; echo'
    completing = f'{sys.executable} -m crmcli "$@"; echo >> {tmp_path / "completed"}; exit'
    completing = f'if [ -n "$_CRM_COMPLETE" ]; then {completing}; fi'
    wrapper.write_text(f"#!/bin/sh\n{completing}\n{said}\n", encoding="utf-8")
    wrapper.chmod(0o700)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", f"{wrapper.parent}{os.pathsep}{os.environ['PATH']}")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(filter(None, sys.path)))
    return tmp_path


class Shell:
    """An interactive shell on a terminal of its own."""

    def __init__(self, name: str, folder: Path) -> None:
        place = folder / f"completion.{name}"
        place.write_text(SCRIPTS[name], encoding="utf-8")
        changes = {"TERM": "xterm" if name == "fish" else "dumb", "LC_ALL": "C.UTF-8", "HOME": str(folder)}
        self.completions = folder / "completed"
        pid, self.terminal = pty.fork()
        if not pid:
            os.execvpe(SHELLS[name][0], SHELLS[name], {**os.environ, **changes})
        fcntl.ioctl(self.terminal, termios.TIOCSWINSZ, struct.pack("HHHH", 50, 200, 0, 0))
        self.pid = pid
        self.send(f"{'autoload -Uz compinit; compinit -u; ' * (name == 'zsh')}source {place}\necho rea''dy\n")
        self.until(r"ready\s")

    def send(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def until(self, pattern: str, seconds: float = 60) -> str:
        """What the shell writes, up to a line that matches."""
        seen, end = "", time.monotonic() + seconds
        while not re.search(pattern, seen):
            assert time.monotonic() < end, seen
            if select.select([self.terminal], [], [], 0.2)[0]:
                seen += os.read(self.terminal, 65536).decode("utf-8", "replace")
                if "\x1b[c" in seen or "\x1b[0c" in seen:
                    self.send("\x1b[?62c")
                    seen = seen.replace("\x1b[c", "").replace("\x1b[0c", "")
        return seen

    def completed(self, typed: str) -> str:
        """The last word of the command that results from TAB behind `typed`."""
        self.completions.unlink(missing_ok=True)
        self.send(f"{typed}\t")
        self.until_read()
        self.send("\n")
        return str(re.findall(r"<([^<]*)>\s", self.until(r"<[^\r\n]*>\s*[\r\n]"))[-1])

    def until_read(self) -> None:
        """Wait till the shell has its answer and has put it in: keys that come earlier would stop it."""
        end = time.monotonic() + 60
        while not self.completions.exists():
            assert time.monotonic() < end
            select.select([], [], [], 0.05)
        while select.select([self.terminal], [], [], 1)[0]:
            os.read(self.terminal, 65536)

    def close(self) -> None:
        os.close(self.terminal)
        os.waitpid(self.pid, 0)


@pytest.mark.slow
@pytest.mark.parametrize("name", SHELLS)
def test_hostile_names_arrive_whole_in_a_real_shell(name: str, hostile: Path) -> None:
    if shutil.which(name) is None:
        pytest.skip(f"no {name} here")
    lines = {
        "bash": ("'+$", '"+`', "+it", "+a", "'+it", "+键"),
        "zsh": ("+it", "+a", "+键"),
        "fish": ("+it", "+a", "+键"),
    }
    meant = {"$": HOSTILE[0], "`": HOSTILE[3], "i": HOSTILE[1], "a": HOSTILE[2], "键": HOSTILE[4]}
    config = hostile / ".config" / "crmcli" / "config.toml"
    config.parent.mkdir(parents=True)
    config.write_text("[alias]\nhot = 'deal list is:open'\n\"x;$(touch pwned)\" = 'deal list'\n", encoding="utf-8")
    shell = Shell(name, hostile)

    for typed in lines[name]:
        key = typed.partition("+")[2][0]
        assert shell.completed(f"crm customer list {typed}") == f"+{meant[key]}"
    assert shell.completed("crm customer show zo") == "zoe-muller"
    assert shell.completed("crm customer list kind:pers") == "kind:person"
    assert shell.completed("crm customer list segment:reg") == "segment:regulars"
    assert shell.completed("crm deal move 1 quo") == "quote"
    assert shell.completed("crm ho") == "hot"
    assert shell.completed("crm x") == "x;$(touch pwned)"
    shell.close()

    assert not (hostile / "pwned").exists()


@pytest.mark.parametrize(
    ("shell", "place", "rc"),
    [
        ("bash", ".local/share/crmcli/completion.bash", ".bashrc"),
        ("zsh", ".local/share/crmcli/completion.zsh", ".zshrc"),
        ("fish", ".config/fish/completions/crm.fish", None),
    ],
)
def test_completion_is_installed_once_for_the_shell(
    shell: str, place: str, rc: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("shellingham.detect_shell", lambda: (shell, f"/bin/{shell}"))
    if rc:
        (tmp_path / rc).write_text("alias x=y", encoding="utf-8")

    for _ in range(2):
        said = install({"HOME": str(tmp_path)})

    assert str(tmp_path / place) in said[0]
    assert (tmp_path / place).read_text("utf-8") == script({})
    if rc:
        assert (tmp_path / rc).read_text("utf-8") == f"alias x=y\nsource {tmp_path / place}\n"


def test_a_shell_that_is_not_known_is_refused(monkeypatch: pytest.MonkeyPatch, crm: Run) -> None:
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("tcsh", "/bin/tcsh"))

    with pytest.raises(InvalidInput, match="no completion for the shell 'tcsh'; one of bash, zsh, fish"):
        script({})
    assert crm("--show-completion", exit_code=2).stderr.startswith("error: no completion for the shell 'tcsh'")


def test_the_script_is_shown(monkeypatch: pytest.MonkeyPatch, crm: Run) -> None:
    monkeypatch.setattr("shellingham.detect_shell", lambda: ("bash", "/bin/bash"))

    shown = crm("--show-completion").stdout

    assert "complete -F _crm_complete crm crmcli" in shown
    subprocess.run(["bash", "-n"], input=shown, text=True, check=True)
