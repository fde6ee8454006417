"""The command line as bash has it, read and written with its quotes."""

import os
from collections.abc import Sequence
from dataclasses import dataclass

_PLAIN = "_@%+=:,./-"
_IN_DOUBLE_QUOTES = str.maketrans({char: f"\\{char}" for char in '"\\$`'})
_ENDS = ";|&()\n"


@dataclass(frozen=True, slots=True)
class Line:
    """The words before the cursor's, and the one that it stands in: without quotes, as typed, and its open quote.

    `before` is what of the last word stands before that quote.
    """

    words: Sequence[str]
    last: str
    typed: str = ""
    quote: str = ""
    before: str = ""


def read(line: str) -> Line:
    """The words of the command at the end of `line`, which may end anywhere, within quotes as well."""
    words: list[str] = []
    word, typed, quote, before = "", "", "", ""
    chars = iter(line)
    is_word = False
    for char in chars:
        if not quote and (char.isspace() or char in _ENDS):
            words = [] if char in _ENDS else [*words, word] if is_word else words
            word, typed, before, is_word = "", "", "", False
            continue
        is_word, typed = True, typed + char
        if char == quote:
            quote = ""
        elif not quote and char in "'\"":
            quote, before = char, word
        elif char == "\\" and quote != "'":
            following = next(chars, "")
            typed += following
            word += following if not quote or following in '"\\$`' else f"\\{following}"
        else:
            word += char
    return Line(_arguments(words), word, typed, quote, before)


def quoted(value: str, line: Line, word: str) -> str:
    r"""What bash shall put in place of its `word`, so that the last word of `line` means `value`.

    Bash begins a word anew behind a quote, and behind `:` and `=`.
    """
    if line.quote:
        rest = value.removeprefix(line.before)
        return rest.replace("'", "'\\''") if line.quote == "'" else rest.translate(_IN_DOUBLE_QUOTES)
    stem = read(line.typed.removesuffix(word)).last if line.typed.endswith(word) else ""
    return "".join(char if _is_plain(char) else f"\\{char}" for char in value.removeprefix(stem))


def _is_plain(char: str) -> bool:
    return not char.isascii() or char.isalnum() or char in _PLAIN


def _arguments(words: list[str]) -> Sequence[str]:
    """The words behind the name of the program."""
    for place, word in enumerate(words):
        if os.path.basename(word) in ("crm", "crmcli"):
            return words[place + 1 :]
    return words[1:]
