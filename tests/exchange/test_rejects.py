import stat
from pathlib import Path

import pytest

from crmcli.errors import FileUnusable
from crmcli.exchange.rejects import write_all, write_rejects
from crmcli.exchange.source import Fault, Row, Source
from tests.exchange.conftest import Opened


def _bad(source: Source) -> list[Fault]:
    """The faults of the file, and every row named Bob as the service would refuse it."""
    found = []
    for each in source.rows():
        if isinstance(each, Fault):
            found.append(each)
        elif each.values["name"].endswith("Bob"):
            found.append(Fault(source.file, each.line, "name", "it is Bob", each.raw))
    return found


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
    faults = [fault for source in sources[:3] for fault in _bad(source)]

    assert write_all(Path("bad.csv"), faults[:1], sources) == (Path("bad.csv"),)
    assert write_all(Path("bad.csv"), faults, sources) == (
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
