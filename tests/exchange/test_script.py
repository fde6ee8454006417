"""Lines of commands are split as a shell splits them."""

import io
import shlex

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crmcli.exchange.script import Line, lines_of

WORD = st.text("a#=-'\"\\ \t$;|李\u3000\x1b", max_size=9)


def read(data: bytes) -> list[Line]:
    return list(lines_of(io.BytesIO(data)))


@pytest.mark.parametrize(
    ("line", "words"),
    [
        ("log ada 'first call'", ("log", "ada", "first call")),
        ('customer add "Zoë # Müller" # new', ("customer", "add", "Zoë # Müller")),
        ("deal add Engine#1", ("deal", "add", "Engine#1")),
        ("deal add \\#1 x\\ y", ("deal", "add", "#1", "x y")),
        ("log 李雷 '你好 # 吗' #好", ("log", "李雷", "你好 # 吗")),
        ("customer add 'it''s' \"\"", ("customer", "add", "its", "")),
        ("customer\tadd  Ada \r", ("customer", "add", "Ada")),
    ],
)
def test_a_line_is_words(line: str, words: tuple[str, ...]) -> None:
    assert read(line.encode()) == [Line(1, words)]


def test_comments_and_blank_lines_count_and_are_left_out() -> None:
    assert read(b"\xef\xbb\xbf# Monday\n\n  \t\r\n  # more 'quotes\nhistory\r\n") == [Line(5, ("history",))]


@pytest.mark.parametrize(
    ("data", "fault"),
    [
        (b"log ada 'open", "a quote is not closed"),
        (b'log ada "open # no comment', "a quote is not closed"),
        (b"log ada \\", "nothing follows the last \\"),
        (b"log ada \0", "the line holds a NUL byte"),
        (b"log ada \xff", "the line is not UTF-8"),
        (b"x" * (1024 * 1024 + 1), "the line is longer than 1 MiB"),
        (b"x" * 5_000_000, "the line is longer than 1 MiB"),
    ],
)
def test_a_line_that_cannot_be_read_says_why_and_the_next_is_read(data: bytes, fault: str) -> None:
    assert read(data + b"\nhistory\n") == [Line(1, fault=fault), Line(2, ("history",))]


@given(st.text("ab李 '\"\\\t"))
def test_words_are_those_of_the_standard_library(text: str) -> None:
    try:
        words = shlex.split(text)
    except ValueError:
        assert read(text.encode())[0].fault is not None
    else:
        assert read(text.encode()) == ([Line(1, tuple(words))] if words else [])


@given(st.lists(WORD, min_size=1))
def test_what_a_shell_would_quote_comes_back(words: list[str]) -> None:
    assert read(f"{shlex.join(words)} # '\"".encode()) == [Line(1, tuple(words))]
