import io
import os
import sys
import threading
from pathlib import Path

import pytest

from crmcli.errors import InvalidInput, NotFound
from crmcli.exchange.source import open_sources
from crmcli.exchange.text import LONGEST_LINE, TextFile
from tests.exchange.conftest import Opened, values


def test_byte_order_marks_and_line_ends_are_understood(opened: Opened) -> None:
    text = "name,city\r\nZoë,Köln\r\n"
    contents = [text.encode(), text.encode("utf-8-sig"), text.encode("utf-16"), b"\xfe\xff" + text.encode("utf-16-be")]

    assert [values(opened(content)) for content in contents] == [[{"name": "Zoë", "city": "Köln"}]] * 4


def test_lines_may_end_in_carriage_returns_alone(opened: Opened) -> None:
    assert values(opened("name,city\rAda,London\rBob,Paris\r")) == [
        {"name": "Ada", "city": "London"},
        {"name": "Bob", "city": "Paris"},
    ]


@pytest.mark.parametrize("line_end", [b"\n", b"\r\n", b"\r"])
def test_a_line_that_is_not_utf_8_is_named(opened: Opened, line_end: bytes) -> None:
    good = [b"name,city"] + [b"Zo\xc3\xab,K\xc3\xb6ln"] * 5000
    source = opened(line_end.join([*good, b"caf\xe9,Paris", b"x,y"]))

    with pytest.raises(InvalidInput, match=r"^'c.csv': line 5002: not UTF-8; ") as caught:
        list(source.rows())

    assert str(caught.value).endswith("; as cp1252 'café,Paris'")  # ,P is no Chinese character
    assert caught.value.hint == "--encoding cp1252, whichever it is, or save it as UTF-8"


def test_the_odd_line_is_shown_as_what_it_could_be(opened: Opened) -> None:
    with pytest.raises(InvalidInput) as chinese:
        list(opened("name,city\n李雷,北京\n".encode("gb18030")).rows())
    with pytest.raises(InvalidInput) as european:
        list(opened("name,city\nJürgen Weiß,Köln\n".encode("cp1252")).rows())

    assert str(chinese.value) == "'c.csv': line 2: not UTF-8; as gb18030 '李雷,北京'; as cp1252 'ÀîÀ×,±±¾©'"
    assert str(european.value).endswith("as cp1252 'Jürgen Weiß,Köln'")
    assert chinese.value.hint == "--encoding gb18030 or --encoding cp1252, whichever it is, or save it as UTF-8"


@pytest.mark.parametrize("encoding", ["gb18030", "cp1252", "utf-16-le", "Latin-1", "utf8"])
def test_an_encoding_that_is_said_is_used(opened: Opened, encoding: str) -> None:
    assert values(opened("name\nZoë\n".encode(encoding), encoding=encoding)) == [{"name": "Zoë"}]


def test_a_line_that_is_not_in_the_encoding_that_was_said_is_named(opened: Opened) -> None:
    with pytest.raises(InvalidInput, match=r"'c.csv': line 2: not ascii; as gb18030 '李'; as cp1252"):
        list(opened("name\n李\n".encode("gb18030"), encoding="ascii").rows())


@pytest.mark.parametrize("name", ["utf-9", "rot13", "hex", "x\0y"])
def test_what_is_no_encoding_is_refused(opened: Opened, name: str) -> None:
    with pytest.raises(InvalidInput, match="no encoding"):
        opened("name\nAda\n", encoding=name)


def test_a_header_that_is_not_utf_8_is_named(opened: Opened) -> None:
    with pytest.raises(InvalidInput, match=r"'c.csv': line 1: not UTF-8"):
        opened("名前,市\n".encode("gb18030"))


@pytest.mark.parametrize("encoding", ["utf-16-le", "utf-16-be"])
def test_a_line_that_is_not_utf_16_is_named(opened: Opened, encoding: str) -> None:
    half = "\ud800".encode(encoding, "surrogatepass")
    content = "\ufeffname,city\nAda,London\n".encode(encoding) + half + "x,y\n".encode(encoding)

    with pytest.raises(InvalidInput, match=r"'c.csv': line 3: not UTF-16"):
        opened(content)


def test_a_line_without_an_end_is_refused(opened: Opened) -> None:
    source = opened("name,city\n" + "x,y\n" * 2000 + "a" * (LONGEST_LINE + 1) + ",z\n")

    with pytest.raises(InvalidInput, match=r"'c.csv': line 2002 is longer than 8 MB"):
        list(source.rows())


@pytest.mark.parametrize("content", ["", "\n\n", "\ufeff", "  \r\n"])
def test_an_empty_file_is_refused(opened: Opened, content: str) -> None:
    with pytest.raises(InvalidInput, match=r"'c.csv' is empty"):
        opened(content)


@pytest.mark.parametrize(
    ("content", "what"),
    [
        (b"PK\x03\x04\x14\x00", "cannot be read as a ZIP archive: damaged"),
        (b"SQLite format 3\x00\x10\x00", "is a SQLite file, not a text file"),
        (b"%PDF-1.7\n", "is a PDF file, not a text file"),
        (b"\x7fELF\x02\x01\x01\x00\x00\n", "is not a text file"),
        ("name,city\n".encode("utf-16-le"), "is not a text file"),
    ],
)
def test_a_binary_file_is_refused(opened: Opened, content: bytes, what: str) -> None:
    with pytest.raises(InvalidInput, match=what):
        opened(content)


def test_what_cannot_be_opened_is_refused(tmp_path: Path) -> None:
    with pytest.raises(NotFound, match=r"no file 'absent.csv'"):
        TextFile("absent.csv")
    with pytest.raises(InvalidInput, match=r"is a folder, not a file"):
        TextFile(str(tmp_path))
    (tmp_path / "x").touch()
    with pytest.raises(InvalidInput, match=r"cannot read '.*': not a directory"):
        TextFile(str(tmp_path / "x" / "y.csv"))


def test_stdin_is_read_once_as_a_stream(monkeypatch: pytest.MonkeyPatch) -> None:
    content = "name,city\n" + "Ada,London\n" * 3000
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content.encode())))

    [source] = open_sources(["-"], entity=None, profile=None, mapping={}, custom={})

    assert (source.file, source.sha256) == ("<stdin>", None)
    assert values(source) == [{"name": "Ada", "city": "London"}] * 3000


def test_a_named_pipe_is_read_once_as_a_stream(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    content = ("name,city\n" + "Ada,London\n" * 3000).encode("utf-16")
    writer = threading.Thread(target=pipe.write_bytes, args=(content,))
    writer.start()

    [source] = open_sources([str(pipe)], entity=None, profile=None, mapping={}, custom={})
    found = values(source)
    writer.join()

    assert found == [{"name": "Ada", "city": "London"}] * 3000
