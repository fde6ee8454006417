"""The one form of each value from outside: text, e-mail, phone; and the keys under which names are found."""

import re
import unicodedata
from functools import cache

from crmcli.core.phones import phone, phone_digits, phone_region
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput

__all__ = ["boolean", "email", "fold", "handle", "phone", "phone_digits", "phone_region", "prose", "tag", "text", "url"]

_LINE_ENDS = " \t\r\n"
_FORBIDDEN = r"\ud800-\udfff\ufffe\uffff\u202a-\u202e\u2066-\u2069"
_NOT_IN_TEXT = rf"[\x00-\x1f\x7f-\x9f{_FORBIDDEN}]"
_NOT_IN_PROSE = rf"[\x00-\x08\x0b-\x1f\x7f-\x9f{_FORBIDDEN}]"

_LONGEST_EMAIL = 254
_LONGEST_REASON = 120
_LABEL = r"(?!..--)[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?"
_PLAIN_EMAIL = (
    r"(?=[^@]{1,64}@)[a-z0-9_!#$%&'*+\-/=?^`{|}~]+(?:\.[a-z0-9_!#$%&'*+\-/=?^`{|}~]+)*"
    rf"@(?:{_LABEL}\.)+{_LABEL}(?<=[a-z])"
)

# Marks of Latin, Greek and Cyrillic, the points of Hebrew and Arabic; elsewhere a mark is a letter of its own.
_MARKS = (
    "[\u0300-\u036f\u0483-\u0487\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u1ab0-\u1aff\u1dc0-\u1dff\ufe20-\ufe2f]+"
)
_LETTERS = str.maketrans("łøđðıħŧŋĸ", "loddihtnk") | str.maketrans({"þ": "th", "æ": "ae", "œ": "oe"})
_LONGEST_HANDLE = 60
_LONGEST_URL = 2000
_ANSWERS = {"yes": True, "true": True, "1": True, "no": False, "false": False, "0": False}
_URL = r"https?://[^\s/?#@]+\.[^\s/?#@]+(?:[/?#]\S*)?"


def text(value: str, *, name: str, limit: int = 500) -> str:
    """One line in NFC, runs of white space as single spaces; refuses what is empty, too long or holds a control.

    `name` is what the message calls the value; zero-width joiners stay, bidirectional overrides do not.
    """
    if value.isascii() and value.isprintable():
        if "  " not in value and " " not in (value[:1], value[-1:]) and 1 <= len(value) <= limit:
            return value
    else:
        _refuse(_NOT_IN_TEXT, value, name)
        value = unicodedata.normalize("NFC", value)
    return _sized(" ".join(value.split()), name, limit)


def tag(value: str) -> str:
    """The name of a tag, with or without the + before it."""
    return text(value.strip().removeprefix("+"), name="tag", limit=100)


def boolean(value: str, *, name: str | None = None) -> bool:
    """A yes or a no; `name` is what the message calls the value."""
    answer = _ANSWERS.get(value.strip().lower())
    if answer is None:
        raise InvalidInput(f"{name + ': ' if name else ''}{shown(value)} is neither yes nor no")
    return answer


def prose(value: str, *, name: str, limit: int = 100_000) -> str:
    """Several lines in NFC, ended by LF, inner white space kept; refuses what `text` refuses."""
    lines = value.replace("\r\n", "\n").replace("\r", "\n")
    if not (lines.isascii() and lines.isprintable()):
        _refuse(_NOT_IN_PROSE, lines, name)
        lines = unicodedata.normalize("NFC", lines)
    return _sized(lines.strip(), name, limit)


def email(value: str) -> str:
    """The address in lower case; refuses what could not be one, asks no server.

    Reserved domains (example.com, .test, .local) pass. An internationalised domain is given in Unicode.
    """
    address = value.strip()
    if address.isascii() and len(address) <= _LONGEST_EMAIL:
        plain = address.lower()
        if _plain_email().fullmatch(plain):
            return plain
    return _validated_email(address, value)


def url(value: str) -> str:
    """The address on the web, with https:// where it says no scheme; refuses what could not be one."""
    said = text(value, name="url", limit=_LONGEST_URL)
    said = said if "://" in said else f"https://{said}"
    if not re.fullmatch(_URL, said, re.IGNORECASE):
        raise InvalidInput(f"{shown(value)} is no address on the web", hint="https://www.linkedin.com/in/ada")
    return said


def fold(value: str) -> str:
    """The key under which a search finds it: no case, accents or width; `Zoë` and `ＺＯＥ` give `zoe`."""
    if value.isascii():
        return value.lower()
    bare = re.sub(_MARKS, "", unicodedata.normalize("NFKD", value)).casefold()
    bare = re.sub(_MARKS, "", unicodedata.normalize("NFKD", bare)).translate(_LETTERS)
    return unicodedata.normalize("NFC", bare)


def handle(name: str) -> str:
    """A short name to type: `Acme Ltd.` gives `acme-ltd`, `王伟` stays; at most 60 characters, `x` if none remain.

    What would read as an id does not stay: `360` gives `x-360`, `C7` gives `x-c7`.
    """
    folded = fold(name)
    if not folded.isascii():
        folded = "".join(char if char.isalnum() or unicodedata.category(char)[0] == "M" else "-" for char in folded)
    made = re.sub(r"[\x00-/:-`{-\x7f]+", "-", folded).strip("-")[:_LONGEST_HANDLE].rstrip("-") or "x"
    return f"x-{made}" if re.fullmatch("c?[0-9]{1,18}", made) else made


@cache
def _plain_email() -> re.Pattern[str]:
    return re.compile(_PLAIN_EMAIL)


def _refuse(forbidden: str, value: str, name: str) -> None:
    """Raises InvalidInput for the first forbidden character, but for line ends around the value."""
    body = value.strip(_LINE_ENDS)
    match = re.search(forbidden, body)
    if match:
        position = len(value) - len(value.lstrip(_LINE_ENDS)) + match.start() + 1
        kind = "control" if unicodedata.category(match[0]) in ("Cc", "Cf") else "invalid"
        raise InvalidInput(f"{name}: {kind} character U+{ord(match[0]):04X} at {position}")


def _sized(value: str, name: str, limit: int) -> str:
    if not 1 <= len(value) <= limit:
        raise InvalidInput(f"{name}: 1 to {limit:,} characters")
    return value


def _validated_email(address: str, value: str) -> str:
    import email_validator

    email_validator.SPECIAL_USE_DOMAIN_NAMES.clear()  # the library's own switch for reserved domains
    try:
        found = email_validator.validate_email(address, check_deliverability=False, strict=True)
    except email_validator.EmailNotValidError as error:
        sentences = str(error).rstrip(".").split(". ")
        reason = shown("; ".join(sentence[0].lower() + sentence[1:] for sentence in sentences), _LONGEST_REASON)
        raise InvalidInput(f"e-mail {shown(value)} is not an address ({reason[1:-1]})") from None
    return unicodedata.normalize("NFC", found.normalized.lower())
