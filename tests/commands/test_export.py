"""`crm export` writes all records of one kind, whatever their number, as `crm import` reads them."""

import json
import stat
from pathlib import Path

import pytest

from crmcli.core.vocabulary import FieldType, Format
from crmcli.db.history import Header
from crmcli.db.writing import writing
from crmcli.models.field import Field
from tests.conftest import NOW, Run

_HEADERS = {
    "customers": "id,uid,kind,name,handle,email,phone,",
    "deals": "id,uid,name,customer,customer.uid,pipeline,stage,",
    "stage-events": "deal.id,deal.uid,deal,customer,customer.uid,pipeline,from,stage,",
    "interactions": "id,uid,at,channel,direction,customer,customer.uid,text,",
    "relations": "id,uid,from,from.uid,type,to,to.uid,",
}


@pytest.mark.parametrize("entity", _HEADERS)
def test_every_kind_has_its_header_even_when_empty(crm: Run, entity: str) -> None:
    out = crm(f"export {entity} -f csv").stdout

    assert out.startswith(_HEADERS[entity])
    assert out.count("\n") == 1


@pytest.mark.parametrize("entity", ["customer", "Customers", "stage_event", "relation"])
def test_the_singular_is_understood(crm: Run, entity: str) -> None:
    assert crm(f"export {entity}").exit_code == 0


def test_an_unknown_kind_is_refused(crm: Run) -> None:
    result = crm("export custmers", exit_code=2)

    assert result.stderr == (
        "error: no kind of record 'custmers'; did you mean 'customers'?\n"
        "hint: one of customers, relations, deals, stage-events, interactions, tasks, all\n"
    )
    assert result.stdout == ""


def test_a_query_narrows_and_columns_choose(crm: Run) -> None:
    crm("customer add Ada --tag vip --city London")
    crm("customer add Bob --city Paris")

    assert crm("export customers +vip --columns name,city -f csv").stdout == "name,city\nAda,London\n"
    assert crm("export customers --columns name --sort -name --limit 1 --no-header").stdout == "Bob\n"


def test_a_pipe_gets_tsv(crm: Run) -> None:
    crm("customer add Ada")

    assert crm("export customers --columns name,kind").stdout == "name\tkind\nAda\tperson\n"


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("x.csv", "name,kind\nAda,person\n"),
        ("x.tsv", "name\tkind\nAda\tperson\n"),
        ("x.unknown", "name\tkind\nAda\tperson\n"),
        ("x.JSONL", '{"name": "Ada", "kind": "person"}\n'),
        ("x.ndjson", '{"name": "Ada", "kind": "person"}\n'),
        ("x.json", '[\n  {"name": "Ada", "kind": "person"}\n]\n'),
    ],
)
def test_the_ending_of_the_file_says_the_format(crm: Run, tmp_path: Path, name: str, content: str) -> None:
    crm("customer add Ada")

    result = crm(["export", "customers", "--columns", "name,kind", "-o", str(tmp_path / name)])

    assert result.stdout == ""
    assert (tmp_path / name).read_text("utf-8") == content
    assert stat.S_IMODE((tmp_path / name).stat().st_mode) == 0o600


def test_a_format_goes_before_the_ending(crm: Run, tmp_path: Path) -> None:
    crm("customer add Ada")

    crm(["export", "customers", "--columns", "name", "-f", Format.JSONL, "-o", str(tmp_path / "x.csv")])

    assert json.loads((tmp_path / "x.csv").read_text("utf-8")) == {"name": "Ada"}


@pytest.mark.slow
def test_all_rows_are_written_even_to_a_terminal(crm: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    for number in range(60):
        crm(f"customer add Name{number}")
    monkeypatch.setattr("crmcli.render.is_terminal", lambda: True)

    assert sum(f"Name{number}" in crm("export customers --columns name").stdout for number in (0, 59)) == 2


def test_custom_fields_are_exported(crm: Run, file: Path) -> None:
    with writing(file, Header("test"), now=NOW) as session:
        session.add(Field(entity="customer", name="shoe size", type=FieldType.NUMBER, recorded_at=session.recorded_at))

    header = crm("export customers").stdout.splitlines()[0].split("\t")

    assert header[-1] == "shoe size"
