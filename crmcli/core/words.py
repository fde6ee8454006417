"""The words of a text as a search knows them: folded, and one for each character where no blanks stand between words."""

import re
from collections.abc import Iterator
from unicodedata import normalize

from crmcli.core.normal import fold

#: Counted up when a record gives other words than before: what was indexed is then indexed anew.
RULES = 2

# Scripts that leave no blanks between words: Han, kana, bopomofo, hangul; Thai, Lao, Burmese, Khmer.
_DENSE = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u2e80-\u2fdf\u3005-\u3007\u3021-\u3029\u3031-\u3035"
    "\u3038-\u303c\u3041-\u3096\u309d-\u309f\u30a1-\u30fa\u30fc-\u30ff\u3105-\u318e\u31a0-\u31bf\u31f0-\u31ff"
    "\u3400-\u4dbf\u4e00-\u9fff\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U0001b000-\U0001b16f\U00020000-\U0003ffff"
)
# Marks that belong to the letter before them; those of Indic scripts are no letters to Python.
_MARKS = "\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0963\u0966-\u0dff"
_WORD = re.compile(rf"[{_DENSE}]|(?:(?![{_DENSE}_])[\w{_MARKS}])+")
_PLAIN = re.compile("[a-z0-9]+")


def words(text: str) -> list[str]:
    """The words, in order: `Zoë's Straße` gives zoe, s, strasse; `王伟芳` gives 王, 伟, 芳."""
    folded = fold(text)
    return (_PLAIN if folded.isascii() else _WORD).findall(folded)


def places(text: str) -> Iterator[tuple[str, int, int]]:
    """Each of the words, and where it stands in the text."""
    for match in re.finditer(rf"[\w{_MARKS}]+", text):
        found = words(match.group())
        is_a_character_each = found == [fold(char) for char in match.group()]
        for place, word in enumerate(found):
            start = match.start() + place if is_a_character_each else match.start()
            yield word, start, start + 1 if is_a_character_each else match.end()


def is_dense(word: str) -> bool:
    """Whether it is one character of a script that leaves no blanks between words."""
    return bool(re.fullmatch(f"[{_DENSE}]", word))


def composed(text: str) -> str:
    """The text in the form that the records have."""
    return normalize("NFC", text)
