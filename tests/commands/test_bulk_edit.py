"""Many records changed alike, in one operation."""

from collections.abc import Callable

import pytest

from tests.commands.conftest import Terminal
from tests.conftest import Dump, Run, once
from tests.terminal import at_pipe_end

STARTED = """
customer add Ada --city Paris --tag vip
customer add Bob --city Paris
customer add 李雷 --city Berlin --tag vip
customer add Dora --city Paris --tag old
deal add Engine --customer ada --amount 900
deal add Cards --customer bob
deal add Other
"""


@pytest.fixture
@once
def started(crm: Run) -> None:
    crm("batch", input=STARTED)


def test_all_that_a_query_names_is_changed_in_one_operation(started: Run, dump: Dump) -> None:
    before = dump()

    done = started("customer edit --where city:Paris --set country=France --tag europe --untag vip --yes")

    listed = started("customer list -f csv --columns name,country,tag").stdout
    assert done.stdout == "1\n2\n4\n"
    assert listed == "name,country,tag\nAda,France,europe\nBob,France,europe\n李雷,,vip\nDora,France,europe;old\n"
    assert started("history --columns command --no-header").stdout == "customer edit\nbatch\n"
    started("undo")
    assert dump() == before


def test_deals_are_changed_alike_and_keep_their_history(started: Run) -> None:
    started("deal edit --where is:open --where amount:1.. --set owner=Eve")

    assert started("deal list owner:Eve -f ids").stdout == "1\n"
    assert started("export stage-events 'deal.id=1' --no-header").stdout.count("\n") == 2


def test_ids_come_from_the_input(started: Run) -> None:
    assert started("customer edit - --tag new", input="1\n\n3\n3\n").stdout == "1\n3\n"
    assert started("deal edit - --set product=Pen", input="2\n").stdout == "2\n"
    assert started("customer list +new -f ids").stdout == "1\n3\n"


def test_what_is_so_already_is_no_change(started: Run) -> None:
    assert started("customer edit --where city:Paris --tag vip --yes").stdout == "2\n4\n"
    assert started("customer edit --where city:Paris --tag vip --yes").stdout == ""
    assert started("customer edit --where city:Paris --untag none --yes").stdout == ""
    assert started("customer edit --where city:Rome --tag vip").stdout == ""
    assert started("history -f ids").stdout == "2\n1\n"


def test_two_need_no_yes_and_three_do(started: Run, fingerprint: Callable[[], str]) -> None:
    started("customer edit --where id:1..2 --tag new")
    before = fingerprint()

    refused = started("customer edit --where id:1..3 --tag newer", exit_code=2)
    piped = started("customer edit - --tag newer", input="1\n2\n3", exit_code=2)
    tried = started("customer edit --where id:1..3 --tag newer --dry-run")

    assert refused.stderr.startswith("error: Change 3 customers? Nobody is there to ask\nhint: give --yes")
    assert piped.stderr == refused.stderr
    assert tried.stderr == "dry run: nothing was written\nchanged 3 customers\n"
    assert fingerprint() == before


def test_a_person_is_asked(started: Run, terminal: Terminal) -> None:
    no = terminal("customer edit --where city:Paris --tag new", answer="n\n")
    yes = terminal("customer edit --where city:Paris --tag new", answer="y\n")

    assert (no.exit_code, no.stdout) == (1, "")
    assert "Change 3 customers? [y/N] nothing was changed" in no.stderr
    assert yes.stdout == "changed 3 customers\n"
    assert yes.stderr.endswith("next: crm undo takes it back\n")


@pytest.mark.parametrize(
    ("keys", "code", "said"),
    [
        (b"y\n", 0, "[y/N] y"),
        (b"\x04", 1, "nothing was changed\n"),
        (b"\x03", 130, "^C"),
        (None, 2, "Nobody is there to ask\nhint: give --yes"),
    ],
    ids=["yes", "Ctrl-D", "Ctrl-C", "no terminal of its own"],
)
def test_who_pipes_ids_is_asked_at_the_terminal(
    keys: bytes | None, code: int, said: str, started: Run, fingerprint: Callable[[], str]
) -> None:
    before = fingerprint()

    seen = at_pipe_end("customer", "edit", "-", "--tag", "new", given="1\n2\n3\n", keys=keys)

    assert (seen.exit_code, seen.out) == (code, "" if code else "1\n2\n3\n")
    assert "Change 3 customers?" in seen.err
    assert said in seen.err
    assert (fingerprint() == before) is (code != 0)


@pytest.mark.parametrize(
    ("asked", "code", "says"),
    [
        (("customer edit --set city=x", ""), 2, "which customer?"),
        (("customer edit 1 --where id:1 --set city=x", ""), 2, "REF and --where do not go together"),
        (("customer edit --where '' --set city=x --yes", ""), 2, "--where is empty"),
        (("customer edit --where colour:red --set city=x", ""), 2, "'colour'"),
        (("customer edit --where id:1..2", ""), 2, "nothing to change"),
        (("customer edit --where id:1..2 --set colour=red", ""), 2, "no field 'colour'"),
        (("customer edit --where id:1..2 --set email=x@example.com", ""), 4, "belongs to customer 1"),
        (("customer edit - --set city=x", "1\nada\n"), 2, "line 2 of the input is not an id: 'ada'"),
        (("customer edit - --set city=x", "1\n99\n"), 3, "99"),
        (("customer edit - --set city=x", "1\nÿ\n"), 2, "line 2 of the input is not an id"),
        (("customer edit - --set city=x", "1" * 5000), 2, "line 1 of the input is not an id"),
        (("customer edit - --set city=x", f"{'9' * 90}\n"), 3, "99"),
        (("deal edit --where id:1..2", ""), 2, "nothing to change"),
        (("deal edit --where id:1..2 --set stage=won", ""), 2, "is not set to a stage but moved"),
    ],
)
def test_what_cannot_be_done_to_all_is_done_to_none(
    asked: tuple[str, str], code: int, says: str, started: Run, fingerprint: Callable[[], str]
) -> None:
    before = fingerprint()

    line, typed = asked
    refused = started(line, input=typed, exit_code=code)

    assert says in refused.stderr.splitlines()[0]
    assert fingerprint() == before


def test_a_batch_changes_many_that_it_made_itself(crm: Run) -> None:
    lines = "customer add Ada\ncustomer add Bob\ncustomer edit --where id:1.. --tag new\ncustomer list +new -f ids"

    assert crm("batch", input=lines).stdout == "1\n2\n1\n2\n1\n2\n"
