"""Text from outside, made harmless: no control byte leaves, and what would hide is shown."""

import re

# DEL, C1, bidirectional and invisible controls, line separators, tags, surrogates. ZWJ and ZWNJ stay: emoji and Persian
# need them.
_HIDDEN = (
    "\x7f-\x9f\xad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e007f"
)
_UNSAFE = re.compile(f"[\x00-\x1f{_HIDDEN}]")
_UNPRINTED = re.compile(f"[{_HIDDEN}]")

#: What acts on a terminal. What a name may hold (a zero-width space) stays, so that a file reads back as it was.
_UNSAFE_IN_CELL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069\ud800-\udfff]")


def visible(text: str) -> str:
    r"""`text` for a person, on one line: a newline is ⏎, a tab →, any other control character its escape (`\x1b`)."""
    return text if text.isprintable() else _UNSAFE.sub(_shown, text)


def short(text: str, limit: int) -> str:
    """What `visible` gives, cut to `limit` characters."""
    shown = visible(text[: limit + 1])
    return shown if len(shown) <= limit else shown[: limit - 1] + "…"


def cell(text: str) -> str:
    """`text` for a CSV cell: newline and tab stay, any other control character becomes its escape."""
    return text if text.isprintable() else _UNSAFE_IN_CELL.sub(lambda match: escape(match.group()), text)


def json_escaped(text: str) -> str:
    """JSON with what does not print as an escape: the same value, and harmless in a terminal."""
    return text if text.replace("\n", "").isprintable() else _UNPRINTED.sub(_json_escape, text)


def xml_escaped(text: str) -> str:
    """XML with what does not print as a character reference: the same text, and harmless in a terminal."""
    return text if text.isprintable() else _UNPRINTED.sub(lambda match: f"&#{ord(match.group())};", text)


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


def _json_escape(match: re.Match[str]) -> str:
    units = match.group().encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at]:02x}{units[at + 1]:02x}" for at in range(0, len(units), 2))
