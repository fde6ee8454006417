"""`crm segment`: saved queries, live and frozen, inside other queries."""

import json
import shutil
from pathlib import Path

import pytest

from crmcli.query import syntax
from tests.conftest import Dump, Run, run


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory, empty_file: Path) -> Path:
    """Three customers and three deals, made once."""
    path = tmp_path_factory.mktemp("segments") / "crm.db"
    shutil.copy(empty_file, path)
    for line in (
        "customer add Ada --city Berlin --tag vip",
        "customer add Bob --city Berlin --owner 'Melvin Marxen'",
        "customer add Eve --city Paris --tag vip",
        "deal add Engine --customer ada",
        "deal add Cards --customer eve",
        "deal add Loose",
    ):
        run(f"{line} --db {path}")
    return path


@pytest.fixture
def started(three: Path, crm: Run, file: Path) -> Run:
    shutil.copy(three, file)
    return crm


def ids(crm: Run, line: str) -> str:
    return " ".join(crm(f"{line} -f ids").stdout.split())


def test_a_live_segment_is_asked_anew_and_a_frozen_one_is_not(started: Run) -> None:
    started("segment add live city:Berlin")
    started("segment add kept city:Berlin --freeze -q")

    started("customer add Zoe --city Berlin")
    started("customer edit ada --set city=Rome")

    assert ids(started, "customer list segment:live") == "2 4"
    assert ids(started, "customer list segment:kept") == "1 2"
    assert ids(started, "segment members live") == "2 4"
    assert ids(started, "segment members kept") == "1 2"


def test_a_segment_goes_with_other_terms(started: Run) -> None:
    started("segment add berlin city:Berlin")
    started("segment add kept city:Paris --freeze")

    assert ids(started, "customer list segment:berlin +vip") == "1"
    assert ids(started, "customer list not segment:berlin") == "3"
    assert ids(started, "customer list segment!=berlin") == "3"
    assert ids(started, "customer list segment:berlin,kept") == "1 2 3"
    assert ids(started, "customer list segment:BERLIN") == "1 2"


def test_deals_are_asked_through_their_customer(started: Run) -> None:
    started("segment add berlin city:Berlin")
    started("segment add kept +vip --freeze")

    assert ids(started, "deal list segment:berlin sort:id") == "1"
    assert ids(started, "deal list segment:kept sort:id") == "1 2"
    assert ids(started, "deal list not segment:kept") == "3"
    assert ids(started, "export deals segment:berlin") == "1"


def test_all_that_belongs_to_a_customer_is_asked_by_segment_and_tag(started: Run) -> None:
    started("segment add berlin city:Berlin")
    started("segment add kept +vip --freeze")
    started("task add Call --for bob --due 2026-12-01")
    started("task add Write --deal 2 --due 2026-12-02")
    started("task add Rest --due 2026-12-03")
    started("log bob,eve lunch --channel meeting")
    started("log bob hello --channel call")
    started("relation add ada knows eve")
    started("relation add bob knows ada")

    assert ids(started, "task list segment:berlin") == "1"
    assert ids(started, "task list +vip") == "2"
    assert ids(started, "task list not segment:kept") == "1 3"
    assert ids(started, "interaction list segment:kept") == "1"
    assert ids(started, "interaction list +vip segment:berlin") == "1"
    assert ids(started, "interaction list not +vip") == "2"
    assert ids(started, "relation list segment:kept") == "1 2"
    assert ids(started, "relation list customer.tag:vi not segment!=berlin") == "1 2"
    assert ids(started, "deal list +vip sort:id") == "1 2"
    assert ids(started, "deal list tag: sort:id") == "3"
    assert "did you mean 'vip'?" in started("task list +vp", exit_code=2).stderr


def test_segments_stand_on_segments(started: Run) -> None:
    started("segment add berlin city:Berlin")
    started("segment add best segment:berlin +vip")

    assert ids(started, "customer list segment:best") == "1"
    assert "segment berlin is used by segment best" in started("segment remove berlin --yes", exit_code=4).stderr


def test_removed_customers_are_in_no_segment(started: Run) -> None:
    started("segment add live +vip")
    started("segment add kept +vip --freeze")
    started("customer remove ada --yes --force")

    assert ids(started, "customer list segment:live") == ids(started, "customer list segment:kept") == "3"


def test_values_with_blanks_and_quotes_are_kept(started: Run) -> None:
    started(["segment", "add", "melvins", "owner:Melvin Marxen"])

    assert ids(started, "segment members melvins") == "2"
    assert started("segment list --columns query --no-header").stdout == 'owner:"Melvin Marxen"\n'


@pytest.mark.parametrize(
    "words",
    [
        ["city:Berlin", "+vip"],
        ["owner:Melvin Marxen,Eve Ray"],
        ["owner:Melvin Marxen", "or", "(a b)"],
        ['owner:"Melvin Marxen"'],
        ["new york"],
        ["note:say a\\b c"],
    ],
)
def test_a_saved_query_reads_as_it_was_typed(words: list[str]) -> None:
    def said(query: syntax.Query) -> list[tuple[object, ...]]:
        return [(term.field, term.op, *(value.text for value in term.values)) for term in syntax.terms(query.node)]

    assert said(syntax.parse([syntax.spelled(words)])) == said(syntax.parse(words))


def test_a_segment_that_leads_back_to_itself_is_refused(started: Run, dump: Dump) -> None:
    started("segment add a +vip")
    started("segment add b segment:a")
    started("undo 7")  # a is gone, b stands on nothing
    before = dump()

    refused = started("segment add A segment:b", exit_code=2)

    assert "segment 'b' cannot be read: segment 'a' leads back to itself: A > b > a" in refused.stderr
    assert dump() == before


def test_a_segment_that_cannot_be_read_any_more_says_so(started: Run) -> None:
    started("segment add a +vip")
    started("segment add b segment:a")
    started("undo 7")

    refused = started("customer list segment:b", exit_code=2)
    shown = json.loads(started("segment show b -f json").stdout)

    assert refused.stderr.splitlines()[0] == "error: segment 'b' cannot be read: no segment 'a'"
    assert shown["members"] is None
    assert shown["problem"] == "segment 'b' cannot be read: no segment 'a'"


def test_a_segment_shows_how_many_are_in_it(started: Run) -> None:
    started("segment add vips +vip")

    assert json.loads(started("segment show 1 -f json").stdout) == {
        "id": 1,
        "name": "vips",
        "query": "+vip",
        "frozen": False,
        "members": 2,
        "problem": None,
    }


@pytest.mark.parametrize(
    "line", ["segment add new city:Paris", "segment add new +vip --freeze", "segment remove vips --yes"]
)
def test_every_write_is_one_operation_to_undo(line: str, started: Run, dump: Dump) -> None:
    started("segment add vips +vip")
    before = dump()

    started(f"{line} -n")
    assert dump() == before
    started(line)
    after = dump()
    started("undo")
    assert dump() == before
    started("redo")

    assert dump() == after != before


@pytest.mark.parametrize(
    ("line", "code", "said"),
    [
        ("segment add 'big vip' +vip", 2, "a segment cannot be called 'big vip'"),
        ("segment add 12 +vip", 2, "a segment cannot be called '12'"),
        ("segment add new", 2, "the query is empty"),
        ("segment add new colour:red", 2, "unknown field 'colour'"),
        ("segment add new +vip sort:name", 2, "a segment has no order"),
        ("segment add VIPS +vip", 4, "segment 'VIPS' is there already"),
        ("segment remove nix --yes", 3, "no segment 'nix'"),
        ("customer list segment:vip", 2, "no segment 'vip'; did you mean 'vips'?"),
        ("customer list segment:", 2, "segment is asked as segment:NAME"),
        ("pipeline list segment:vips", 2, "unknown field 'segment'"),
    ],
)
def test_bad_input_is_one_clear_line(line: str, code: int, said: str, started: Run, dump: Dump) -> None:
    started("segment add vips +vip")
    before = dump()

    result = started(line, exit_code=code)

    assert said in result.stderr.splitlines()[0]
    assert dump() == before
