import stat
from collections.abc import Sequence
from pathlib import Path

import pytest

from crmcli.errors import FileUnusable
from crmcli.exchange.rejects import Spool, write_all, write_rejects
from crmcli.exchange.source import Fault, Row, Source
from tests.exchange.conftest import Opened


def _bad(source: Source) -> list[Sequence[str]]:
    """The faults of the file, and every row named Bob as the service would refuse it."""
    return [each.raw for each in source.rows() if isinstance(each, Fault) or each.values["name"].endswith("Bob")]


@pytest.mark.parametrize(
    ("name", "content", "rejects"),
    [
        (
            "c.csv",
            'Name;X\nAda;1\n"Bob";"a;""b"""\nEve\n Bob;"two\nlines"\n',
            'Name;X\nBob;"a;""b"""\nEve\n Bob;"two\nlines"\n',
        ),
        ("c.tsv", "uid\tname\n1\tC:\\\\Bob\n2\tAda\n3\n", "uid\tname\n1\tC:\\\\Bob\n3\n"),
        ("c.jsonl", '{"name": "Bob", "x": 1.0}\n{"name": "Ada"}\n{"name"\n', '{"name": "Bob", "x": 1.0}\n{"name"\n'),
        (
            "c.json",
            '[\n  {"name": "Bob"},\n  {"name": "Ada"},\n  {"name": NaN}\n]\n',
            '[\n  {"name": "Bob"},\n  {"name": NaN}\n]\n',
        ),
    ],
)
def test_rejects_have_the_format_and_header_of_the_source(
    opened: Opened, name: str, content: str, rejects: str
) -> None:
    source = opened(content, name)

    write_rejects(Path("bad"), _bad(source), source)

    assert Path("bad").read_text("utf-8") == rejects
    assert stat.S_IMODE(Path("bad").stat().st_mode) == 0o600


def test_rejects_can_be_fed_again(opened: Opened) -> None:
    source = opened('name,note\nBob,"a ""b"", c"\nBob,"x\ny"\n')
    write_rejects(Path("bad.csv"), _bad(source), source)

    again = opened(Path("bad.csv").read_bytes(), "again.csv")

    assert [row.values for row in again.rows() if isinstance(row, Row)] == [
        {"name": "Bob", "note": 'a "b", c'},
        {"name": "Bob", "note": "x\ny"},
    ]


def test_rejects_of_nothing_are_a_header_or_an_empty_array(opened: Opened) -> None:
    write_rejects(Path("bad.csv"), [], opened("name\nAda\n"))
    write_rejects(Path("bad.json"), [], opened('[\n{"name": "Ada"}\n]\n', "c.json"))

    assert Path("bad.csv").read_text("utf-8") == "name\n"
    assert Path("bad.json").read_text("utf-8") == "[]\n"


def test_rejects_of_several_sources_have_a_file_each(opened: Opened) -> None:
    Path("sub").mkdir()
    sources = [opened("name,x\nBob,1\n", name) for name in ("a.csv", "b.csv", "sub/a.csv", "c.csv")]
    rejected = [(source, _bad(source)) for source in sources[:3]]

    assert write_all(Path("bad.csv"), rejected[:1]) == (Path("bad.csv"),)
    assert write_all(Path("bad.csv"), rejected) == (
        Path("bad-a.csv"),
        Path("bad-b.csv"),
        Path("bad-a2.csv"),
    )
    assert Path("bad-b.csv").read_text("utf-8") == "name,x\nBob,1\n"


def test_rejects_that_cannot_be_written_leave_nothing_behind(opened: Opened) -> None:
    source = opened("name\nBob\n")

    with pytest.raises(FileUnusable, match=r"cannot write 'nowhere/bad.csv': no such file or directory"):
        write_rejects(Path("nowhere/bad.csv"), _bad(source), source)

    assert [path.name for path in Path().iterdir() if "bad" in path.name] == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_rejects_are_in_the_encoding_of_the_source(opened: Opened, encoding: str) -> None:
    source = opened("name,x\nZoë Bob,1\n".encode(encoding), encoding=encoding if encoding == "cp1252" else None)

    write_rejects(Path("bad.csv"), _bad(source), source)

    assert Path("bad.csv").read_bytes() == "name,x\nZoë Bob,1\n".encode(encoding.removesuffix("-sig"))


def test_a_spool_gives_back_what_it_was_given_and_has_no_name(tmp_path: Path) -> None:
    records = [["a\nb", "é\ud800"], ["", '"']]
    spool = Spool(tmp_path / "bad.csv")

    for each in records:
        spool.add(each)

    assert list(spool) == list(spool) == records
    assert list(tmp_path.iterdir()) == []
