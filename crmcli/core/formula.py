"""Cells that a spreadsheet would take for a formula, and the apostrophe that keeps them text."""

import re

_BEGINS = "=+\\-@\t\r\n\0＝＋－＠"
_AHEAD = rf"(?='*[{_BEGINS}])"
# A spreadsheet of another country parts cells at a semicolon, and a line end ends a cell that it takes for unquoted.
_PLACE = r"(?:^|(?<=[;\t\r\n]))"
_UNGUARDED, _GUARDED = re.compile(_PLACE + _AHEAD), re.compile(f"{_PLACE}'{_AHEAD}")
_NUMBERS = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?(?:;[-+]?[0-9]+(?:\.[0-9]+)?)*")

#: What a cell that a spreadsheet may compute begins with.
FIRST = frozenset("=+-@\t\r\n＝＋－＠")


def guarded(cell: str) -> str:
    """The cell with an apostrophe wherever a spreadsheet could see the beginning of a formula."""
    return _UNGUARDED.sub("'", cell)


def unguarded(cell: str) -> str:
    """What `guarded` was given."""
    return _GUARDED.sub("", cell) if "'" in cell else cell


def is_formula_like(cell: str) -> bool:
    """Whether a spreadsheet may compute it: it begins as a formula does, and is not just a number or several."""
    return cell[:1] in FIRST and not _NUMBERS.fullmatch(cell)
