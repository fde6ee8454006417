"""What is exported and imported into an empty file is exported as the same bytes again, uids included."""

import csv
import io
import shutil
from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import timedelta
from pathlib import Path
from typing import Any, TypedDict
from zoneinfo import ZoneInfo

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from crmcli.core.preferences import Preferences
from crmcli.core.vocabulary import Channel, CustomerKind, Drawing, Format, Outcome
from crmcli.db import connection, migrate
from crmcli.db.history import Header
from crmcli.db.writing import Writer, writing
from crmcli.errors import CrmError
from crmcli.exchange.own import QUERIED
from crmcli.query.comparison import Moment
from crmcli.render import Style, delimited, network
from crmcli.render import json as as_json
from crmcli.reports import drawing, invariants, listing
from crmcli.services import (
    addresses,
    customers,
    deals,
    importing,
    interactions,
    pipelines,
    relationships,
    stages,
    tasks,
)
from crmcli.services.addresses import Said
from crmcli.services.customers import NewCustomer
from crmcli.services.deals import Move, NewDeal
from crmcli.services.importing import Files, Wish
from crmcli.services.interactions import NewInteraction
from crmcli.services.tasks import NewTask
from tests.conftest import NOW, wrote

LINE = st.text(alphabet=st.sampled_from("aAbé李 ;,\\'\"=+-|[]�\u200d😀"), min_size=1, max_size=8).filter(str.strip)
PROSE = st.text(alphabet=st.sampled_from("aé李 ;,\\'\"=\n\t\r"), min_size=1, max_size=12).filter(str.strip)
TIES = st.sampled_from(["knows", "referred", "works for", "supplies", "supplied by", "parent of"])

PERSON = st.fixed_dictionaries(
    {"name": LINE, "kind": st.sampled_from(CustomerKind)},
    optional={
        "emails": st.lists(st.sampled_from([f"{n}@example.com" for n in "abcdefgh"]), max_size=2).map(tuple),
        "phones": st.lists(st.sampled_from(["+4930901820", "+14155552671;ext=12"]), max_size=2, unique=True).map(tuple),
        "tags": st.lists(LINE, max_size=3).map(tuple),
        "note": PROSE,
        "title": LINE,
        "owner": st.sampled_from(["Bob", "Zoë"]),
        "employer": st.sampled_from(["Acme", "ACME", "Écoute SA"]),
        "at": st.sampled_from(["2025-05-01T00:00:00Z", "2026-01-02T03:04:05Z"]),
    },
)
STEP = st.tuples(
    st.sampled_from(["move", "partners", "sales", "amount", "win", "lose", "reopen"]),
    st.sampled_from(["lead", "contact", "demo", "talks", "quote", "7k", "JPY 3"]),
    st.integers(0, 2),
)
DEAL = st.tuples(LINE, st.integers(0, 5), st.sampled_from([None, "900", "12.50 USD"]), st.lists(STEP, max_size=6))
TALK = st.tuples(
    st.lists(st.integers(1, 5), min_size=1, max_size=3), PROSE, st.sampled_from(Channel), st.integers(0, 3)
)
TODO = st.tuples(
    LINE,
    st.sampled_from([None, "2026-12-01", "2026-11-25 09:30", "2026-11-01"]),
    st.sampled_from([None, "2w", "1m"]),
    st.integers(0, 5),
    st.integers(0, 3),
    st.sampled_from(["leave", "done", "snooze", "remove"]),
)
PLACE = st.one_of(
    st.dictionaries(st.sampled_from(["street", "postcode", "city", "region", "country"]), LINE, min_size=1),
    st.fixed_dictionaries(
        {"url": st.sampled_from(["https://example.com/a;b", "http://x.example", "www.example.org/(a)"])}
    ),
)


def _bare(place: tuple[int, dict[str, str], str, bool]) -> str:
    """What tells an address from the others of a customer: an import takes the same one once."""
    customer, fields, label, _ = place
    return f"{customer} {' '.join(label.split())} {[(name, ' '.join(fields[name].split())) for name in sorted(fields)]}"


WORLD = st.fixed_dictionaries(
    {
        "people": st.lists(PERSON, min_size=1, max_size=6),
        "places": st.lists(
            st.tuples(st.integers(1, 6), PLACE, st.one_of(st.just(""), LINE), st.booleans()),
            max_size=6,
            unique_by=_bare,
        ),
        "ties": st.lists(
            st.tuples(st.integers(1, 8), TIES, st.integers(1, 8), st.sampled_from([None, "0", "77"])), max_size=8
        ),
        "deals": st.lists(DEAL, max_size=4),
        "talks": st.lists(TALK, max_size=4),
        "todos": st.lists(TODO, max_size=4),
    }
)


class World(TypedDict):
    """What to make of a file: customers, then ties, deals and interactions between them by number."""

    people: list[dict[str, Any]]
    places: list[tuple[int, dict[str, str], str, bool]]
    ties: list[tuple[int, str, int, str | None]]
    deals: list[tuple[str, int, str | None, list[tuple[str, str, int]]]]
    talks: list[tuple[list[int], str, Channel, int]]
    todos: list[tuple[str, str | None, str | None, int, int, str]]


def build(session: Writer, world: World) -> None:
    """Do all that can be done of it, one after the other; what a rule forbids is left."""
    pipelines.add(session, "partners", stages=("talks", "pilot"))
    stages.add(session, "sales", stages.NewStage("demo", after="contact"))
    for person in world["people"]:
        with suppress(CrmError):
            customers.add(session, NewCustomer(**person))
    for customer, fields, label, is_primary in world["places"]:
        with suppress(CrmError):
            addresses.add(session, str(customer), Said({**fields, "label": label}, is_primary=is_primary))
    for source, kind, target, said in world["ties"]:
        with suppress(CrmError):
            relationships.add(session, str(source), kind, str(target), relationships.Detail(note="a; b", strength=said))
    for name, customer, amount, steps in world["deals"]:
        add_deal(session, name, customer, amount, steps)
    for who, text, channel, minutes in world["talks"]:
        with suppress(CrmError):
            new = NewInteraction(
                tuple(map(str, who)), text, channel=channel, duration=str(minutes), at="2026-02-01T10:00"
            )
            interactions.log(session, new)
    for todo in world["todos"]:
        add_task(session, todo)


def add_task(session: Writer, todo: tuple[str, str | None, str | None, int, int, str]) -> None:
    text, due, every, customer, deal, then = todo
    with suppress(CrmError):
        new = NewTask(
            text, str(customer) if customer else None, str(deal) if deal else None, due, every, "Bob", deal > 1
        )
        [task] = tasks.add(session, new).ids
        match then:
            case "done":
                tasks.done(session, str(task))
            case "snooze":
                tasks.snooze(session, str(task), "2027-01-15")
            case "remove":
                tasks.remove(session, str(task))


def add_deal(
    session: Writer, name: str, customer: int, amount: str | None, steps: Sequence[tuple[str, str, int]]
) -> None:
    day = NOW - timedelta(days=100)
    with suppress(CrmError):
        new = NewDeal(
            name, customer=str(customer) if customer else None, amount=amount, at=f"{day:%Y-%m-%d}", owner="Bob"
        )
        [deal] = deals.add(session, new).ids
        for kind, what, days in steps:
            day += timedelta(days=days)
            with suppress(CrmError):
                step(session, str(deal), kind, what, f"{day:%Y-%m-%d}")


def step(session: Writer, deal: str, kind: str, what: str, at: str) -> None:
    match kind:
        case "move":
            deals.move(session, Move(deal, what, at=at))
        case "partners" | "sales":
            deals.move(session, Move(deal, what, pipeline=kind, at=at))
        case "amount":
            deals.edit(session, deal, (f"amount={what}", "close=2026-12-01"))
        case "win" | "lose":
            deals.close(session, Move(deal, "", at=at, note="so"), Outcome.WON if kind == "win" else Outcome.LOST)
        case "reopen":
            deals.reopen(session, Move(deal, "", at=at))


def exported(file: Path, form: Format = Format.CSV, *, without: tuple[str, ...] = ()) -> dict[str, str]:
    """Each export, but for the numbers of the records, which are those of their file."""
    texts = {}
    with connection.reading(file) as db:
        for plural, name in QUERIED.items():
            out = io.StringIO()
            moment = Moment(NOW, Preferences())
            columns = [
                column.name
                for column in listing.listing(db, name, view=listing.View(is_export=True), moment=moment).columns
            ]
            kept = tuple(column for column in columns if column not in ("id", "deal.id", *without))
            table = listing.listing(db, name, view=listing.View(columns=kept, is_export=True), moment=moment)
            writer = delimited if form in (Format.CSV, Format.TSV) else as_json
            writer.write(table, Style(form, ZoneInfo("UTC"), None), out)
            texts[plural] = out.getvalue()
    return texts


def order(file: Path) -> list[tuple[str, str]]:
    """The stages that deals came to, as they follow in their pipelines."""
    came = "exists (select 1 from stage_event e where e.to_stage_id = s.id)"
    sql = (
        f"select l.name, s.name from stage s join pipeline l on l.id = s.pipeline_id where {came} order by 1, position"
    )
    with connection.reading(file) as db:
        return [(pipeline, name) for pipeline, name in db.rows(sql)]


def records(text: str) -> list[str]:
    """The lines of an export in any order, without the commas of an array."""
    return sorted(line.removesuffix(",") if line.startswith("  {") else line for line in text.splitlines())


def imported(file: Path, texts: dict[str, str], folder: Path, *, together: bool, ending: str) -> str:
    """Import the texts in no helpful order, in one operation or in one for each; what came of it."""
    for name, text in texts.items():
        (folder / f"{name}.{ending}").write_text(text, encoding="utf-8", newline="")
    paths = [str(folder / f"{name}.{ending}") for name in (sorted(texts, reverse=True) if together else texts)]
    sentences = []
    for batch in [paths] if together else [[path] for path in paths]:
        with writing(file, Header("import"), now=NOW) as session:
            sentences.append(importing.files(session, Files(tuple(batch)), Wish()).sentence)
    return "; ".join(sentences)


def graph(file: Path, *, owners: bool) -> str:
    """The graph as CSV: of relationships, or with `owners` that with us in it."""
    with connection.reading(file) as db:
        whole = drawing.network(db, drawing.Drawn(owners=owners), moment=Moment(NOW, Preferences()))
    return "".join(network.lines(whole, Drawing.CSV))


def bare(text: str) -> list[list[str]]:
    """The ties of a graph in any order, without the numbers of their file."""
    numbers = ("id", "source", "target")
    rows = csv.DictReader(io.StringIO(text))
    return sorted([value for name, value in row.items() if name not in numbers] for row in rows)


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Callable[[], Path]:
    """A new folder with an empty file `new.db`."""
    empty = tmp_path_factory.mktemp("empty") / "new.db"
    migrate.create(empty, Preferences())

    def made() -> Path:
        folder = tmp_path_factory.mktemp("place")
        shutil.copy(empty, folder / "new.db")
        return folder

    return made


@pytest.mark.slow
@settings(max_examples=24, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(WORLD, st.booleans(), st.sampled_from((Format.CSV, Format.TSV, Format.JSON, Format.JSONL)))
def test_in_is_out(place: Callable[[], Path], world: World, together: bool, form: Format) -> None:
    if not together:  # a second employer stands behind the first then, which is the one that a row of customers names
        world["ties"] = [tie for tie in world["ties"] if tie[1] != "works for"]
    source, target = place(), place()
    with wrote(source / "new.db") as session:
        build(session, world)
    first = exported(source / "new.db", form)

    told = imported(target / "new.db", first, target, together=together, ending=form)
    again = imported(target / "new.db", first, target, together=not together, ending=form)

    first, second = (exported(folder / "new.db", form, without=("stage.position",)) for folder in (source, target))
    assert {name: records(text) for name, text in second.items()} == {
        name: records(text) for name, text in first.items()
    }
    if together:
        assert second == first
    assert order(source / "new.db") == order(target / "new.db")
    assert "0 rejected" in told
    assert all(part.startswith("0 new, 0 changed") for part in again.split("; "))
    with connection.reading(target / "new.db") as db:
        assert list(invariants.breaches(db)) == []
    assert_the_graph_comes_back(source / "new.db", first, place(), ending=form)


def assert_the_graph_comes_back(file: Path, first: dict[str, str], other: Path, *, ending: str) -> None:
    """Beside all but the relations it makes the same graph, and where it stands it changes nothing."""
    (other / "graph.csv").write_text(graph(file, owners=True), encoding="utf-8", newline="")
    del first["relations"]
    imported(other / "new.db", first, other, together=True, ending=ending)
    for result in ("0 rejected", "0 new, 0 changed"):
        with writing(other / "new.db", Header("import"), now=NOW) as session:
            assert result in importing.files(session, Files((str(other / "graph.csv"),)), Wish()).sentence
    assert bare(graph(other / "new.db", owners=False)) == bare(graph(file, owners=False))
