"""`crm alias`: commands of one's own, which hide none, run no shell and lead nowhere in circles."""

from pathlib import Path

import pytest

from crmcli.errors import InvalidInput
from crmcli.settings.aliases import spelled_out
from tests.conftest import Run
from tests.terminal import on_terminal


@pytest.fixture
def place(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Path:
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "config"))
    path = tmp_path / "config" / "crmcli" / "config.toml"
    path.parent.mkdir(parents=True)
    return path


def test_an_alias_runs_what_it_is_short_for_with_what_follows(crm: Run, small: Path, place: Path) -> None:
    crm(["alias", "set", "named", "deal list --columns name sort:-amount"])

    assert crm("named").stdout == "name\nEngine\nCards\n"
    assert crm("named is:won --no-header").stdout == "Cards\n"
    assert crm(f"--db {small} named is:won --no-header").stdout == "Cards\n"
    assert crm("alias list").stdout == ("name\tcommand\thidden\nnamed\tcrm deal list --columns name sort:-amount\t\n")


def test_quotes_part_words_and_nothing_is_run_or_expanded(crm: Run, small: Path, place: Path, tmp_path: Path) -> None:
    crm(["alias", "set", "note", f'customer note ada-lovelace "$(touch {tmp_path}/pwned) `id` $HOME *"'])

    crm("note")

    shown = crm("customer show ada-lovelace -f json --columns note").stdout
    assert f"$(touch {tmp_path}/pwned) `id` $HOME *" in shown
    assert not (tmp_path / "pwned").exists()


def test_an_alias_writes_as_its_command_does(crm: Run, file: Path, place: Path) -> None:
    crm(["alias", "set", "new", "customer add --tag vip"])

    assert crm("new Ada").stdout == "1\n"
    assert crm("history --columns command --no-header").stdout == "customer add\n"
    assert crm("batch", input="new Bob\n").stdout == "2\n"


def test_an_alias_of_an_alias(crm: Run, small: Path, place: Path) -> None:
    crm(["alias", "set", "named", "deal list --columns name --no-header"])
    crm(["alias", "set", "won", "named is:won"])

    assert crm("won").stdout == "Cards\n"


@pytest.mark.parametrize(
    ("name", "command", "says"),
    [
        ("deal", "customer list", "deal is a command, which an alias never hides"),
        ("alias", "customer list", "alias is a command"),
        ("two words", "deal list", "'two words' cannot be the name"),
        ("-x", "deal list", "no such option"),
        ("x;y", "deal list", "'x;y' cannot be the name"),
        ("hot", "dael list", "leads to 'dael', which is no command; did you mean 'deal'?"),
        ("hot", "", "is short for nothing"),
        ("hot", "deal list 'is:open", "a quote is not closed"),
        ("hot", "hot is:open", "leads back to itself: hot → hot"),
        ("hot", "warm", "leads back to itself: hot → warm → hot"),
    ],
)
def test_what_cannot_be_an_alias_is_refused(name: str, command: str, says: str, crm: Run, place: Path) -> None:
    place.write_text('[alias]\nwarm = "hot"\n')

    assert says in crm(["alias", "set", name, command], exit_code=2).stderr.splitlines()[0]
    assert place.read_text() == '[alias]\nwarm = "hot"\n'


def test_a_loop_written_by_hand_ends_in_one_line(crm: Run, place: Path) -> None:
    place.write_text('[alias]\na = "b x"\nb = "a"\n')

    assert crm("a", exit_code=2).stderr.splitlines()[0] == "error: alias 'a' leads back to itself: a → b → a"


def test_an_alias_of_one_that_was_removed_says_where_it_leads(crm: Run) -> None:
    crm("alias set hot 'deal list is:open'")
    crm("alias set big 'hot amount:10k..'")
    crm("alias remove hot")

    assert crm("big", exit_code=2).stderr.startswith("error: alias 'big' leads to 'hot', which is no command")
    assert crm("help big", exit_code=2).stderr.startswith("error: alias 'big' leads to 'hot', which is no command")


def test_a_command_goes_before_an_alias_of_its_name(crm: Run, small: Path, place: Path) -> None:
    place.write_text('[alias]\ndeal = "customer remove 1 --yes"\n')

    assert crm("deal list --columns name --no-header is:won").stdout == "Cards\n"
    assert "deal\tcrm customer remove 1 --yes\tyes\n" in crm("alias list").stdout.replace("true", "yes")
    assert "customer remove" not in crm("--help").stdout


def test_help_lists_what_is_ones_own_and_nothing_in_it_acts(crm: Run, place: Path) -> None:
    place.write_text('[alias]\nhot = "deal list [bold]x[/] \\u001b[2J"\n')

    listed = crm("--help").stdout

    assert "hot" in listed
    assert "[bold]x[/]" in listed
    assert "\x1b[2J" not in listed
    assert crm("help hot").stdout.startswith("crm hot is short for crm deal list [bold]x[/]")
    assert "Usage: crm deal list" in crm("help hot").stdout


def test_help_and_commands_survive_a_config_file_that_cannot_be_read(crm: Run, place: Path) -> None:
    place.write_text("[alias\n")

    assert "customer" in crm("--help").stdout
    assert "no such command 'nonsense'" in crm("nonsense", exit_code=2).stderr
    assert "cannot be read" in crm("customer list", exit_code=2).stderr


def test_removed_and_never_there(crm: Run, place: Path) -> None:
    crm(["alias", "set", "hot", "deal list"])

    crm("alias remove hot")

    assert place.read_text() == ""
    assert "no alias 'hot'" in crm("alias remove hot", exit_code=3).stderr
    assert "no such command 'hot'" in crm("hot", exit_code=2).stderr


def test_a_person_hears_what_to_type(place: Path, file: Path) -> None:
    seen = on_terminal("alias", "set", "hot", "deal list is:open")

    assert (seen.out, seen.err) == ("crm hot is short for crm deal list is:open\n", "next: crm hot\n")


def test_the_words_of_a_command_are_left_alone() -> None:
    aliases = {"hot": "deal list 'is:open'"}

    assert spelled_out(["deal", "hot"], aliases, ("deal",)) == ["deal", "hot"]
    assert spelled_out(["hot", "hot"], aliases, ("deal",)) == ["deal", "list", "is:open", "hot"]
    with pytest.raises(InvalidInput, match="leads back"):
        spelled_out(["a"], {"a": "a"}, ())
