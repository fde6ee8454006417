"""Text from outside, made harmless: no control byte leaves, and what would hide is shown."""

import re

#: C0, DEL, C1, bidirectional and invisible controls, line separators, tags, surrogates. ZWJ and ZWNJ stay: emoji and
#: Persian need them.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U000e0000-\U000e007f]"
)

#: What acts on a terminal. What a name may hold (a zero-width space) stays, so that a file reads back as it was.
_UNSAFE_IN_CELL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""`text` for a person, on one line: a newline is ⏎, a tab →, any other control character its escape (`\x1b`)."""
    return text if text.isprintable() else _UNSAFE.sub(_shown, text)


def cell(text: str) -> str:
    """`text` for a CSV cell: newline and tab stay, any other control character becomes its escape."""
    return text if text.isprintable() else _UNSAFE_IN_CELL.sub(lambda match: escape(match.group()), text)


def lines(text: str) -> str:
    """`text` for a person, its lines kept."""
    return "\n".join(visible(line) for line in text.split("\n"))


def escape(char: str) -> str:
    r"""The character as one would type it in a program: `\x1b`, `\u202e`."""
    code = ord(char)
    if code <= 0xFF:  # noqa: PLR2004 (the width of the escape)
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code <= 0xFFFF else f"\\U{code:08x}"  # noqa: PLR2004


def _shown(match: re.Match[str]) -> str:
    return {"\n": "⏎", "\t": "→"}.get(match.group()) or escape(match.group())
