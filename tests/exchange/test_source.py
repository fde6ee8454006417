import hashlib
from contextlib import suppress
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.errors import CrmError, InvalidInput
from crmcli.exchange.source import ENTITIES, Fault, Row, open_sources
from tests.exchange.conftest import Opened

_CONTENTS = (
    st.text(st.sampled_from('\n\r\t",;{}[]:\\\0é\ufeff x')).map(lambda text: f"name,{text}\nAda,{text}\n") | st.text()
)
_NAMES = ("c.csv", "c.tsv", "c.json", "c")
_HEADERS = {
    "i.csv": "customer,text,at",
    "e.csv": "deal,stage,at",
    "d2.csv": "name,amount",
    "d1.csv": "name,stage",
    "r.csv": "from,type,to",
    "c.csv": "name,email",
}


def test_sources_are_sorted_so_that_none_needs_a_later_one(opened: Opened) -> None:
    for name, header in _HEADERS.items():
        opened(header + "\n", name)

    sources = open_sources(list(_HEADERS), entity=None, profile=None, mapping={}, custom={})

    assert [source.file for source in sources] == ["c.csv", "r.csv", "d2.csv", "d1.csv", "e.csv", "i.csv"]
    assert {source.entity for source in sources} <= set(ENTITIES)


def test_a_file_can_be_read_again(opened: Opened) -> None:
    source = opened("name\nAda\nBob\n")

    assert (
        list(source.rows())
        == list(source.rows())
        == [Row(2, ("name",), ["Ada"], ["Ada"]), Row(3, ("name",), ["Bob"], ["Bob"])]
    )


def test_the_digest_is_that_of_the_bytes(opened: Opened) -> None:
    content = b"\xef\xbb\xbfname\r\nAda\r\n"

    assert opened(content).sha256 == hashlib.sha256(content).hexdigest()


def test_our_own_files_say_nothing_of_another_system(opened: Opened) -> None:
    source = opened("name\nAda\n")

    assert (source.header, source.source, source.constants, source.stages, source.custom_types) == (
        ("name",),
        None,
        {},
        (),
        {},
    )


@pytest.mark.parametrize(
    ("content", "name", "holds"),
    [
        (b"BEGIN:VCARD\nVERSION:3.0\nFN:Zed\nEND:VCARD\n", "a.vcf", "customers"),
        (b"From a@b.c\n\n", "a.mbox", "interactions"),
    ],
)
def test_a_file_of_another_kind_than_asked_for_is_refused(
    tmp_path: Path, content: bytes, name: str, holds: str
) -> None:
    (tmp_path / name).write_bytes(content)

    with pytest.raises(InvalidInput, match=f"{name}' holds {holds}, no deals"):
        open_sources([str(tmp_path / name)], entity="deals", profile=None, mapping={}, custom={})


@given(content=st.binary() | _CONTENTS.map(str.encode), name=st.sampled_from(_NAMES))
def test_no_bytes_break_the_reader(tmp_path_factory: pytest.TempPathFactory, content: bytes, name: str) -> None:
    path = tmp_path_factory.getbasetemp() / name
    path.write_bytes(content)

    with suppress(CrmError):
        for source in open_sources([str(path)], entity="customers", profile=None, mapping={}, custom={}):
            for each in source.rows():
                assert isinstance(each, Fault) or "name" in each.values


@pytest.mark.parametrize("content", ["", "\n", "[]\n"])
def test_json_of_nothing_holds_no_record(tmp_path: Path, content: str) -> None:
    (tmp_path / "deals.jsonl").write_text(content, encoding="utf-8")

    assert open_sources([str(tmp_path / "deals.jsonl")], entity=None, profile=None, mapping={}, custom={}) == []
