"""Phone numbers as E.164: `+493012345`, with an extension `+493012345;ext=12`."""

import re
import unicodedata
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput

if TYPE_CHECKING:
    from phonenumbers import PhoneMetadata, PhoneNumberDesc

_PUNCTUATION = str.maketrans("", "", " -.()/")
_LONGEST = 250
_LOOKS_LIKE_ONE = r"(?:\+|00)?[0-9](?:[\s().\-/]*[0-9]){4,16}"
_GAP = r"[\s().\-/]*"
_LIKELY, _SURE = 6, 9  # digits that are a phone number behind a trunk prefix, and by themselves
_EXTENSION = r"(?i)(?:;ext=|\s*(?:x|ext\.?)\s*)[0-9]{1,7}$"
_KINDS = (
    "fixed_line", "mobile", "toll_free", "premium_rate", "shared_cost",
    "voip", "personal_number", "pager", "uan", "voicemail",
)  # fmt: skip


def phone(value: str, region: str | None) -> str:
    """The number in E.164; one written without its country is read as dialled in `region` (ISO 3166).

    A leading `00` is a `+`, but where the region dials something else abroad and the number makes sense there.
    """
    number = _typed(value)
    if number.startswith("00") and _dials_00(region):
        number = "+" + number[2:]
    return _international(number) or _national(number, region) or _parsed(value, number, region)


def phone_digits(value: str) -> str | None:
    """The digits, and a leading `+` if any, of what may be a phone number, for a look-up; else None.

    `(030) 123-45` gives `03012345`, `0049 30 12345` gives `+493012345`; an extension is left out.
    """
    number = re.sub(_EXTENSION, "", _typed(value)).replace("(", "").replace(")", "")
    if not re.fullmatch(_LOOKS_LIKE_ONE, number):
        return None
    sign = "+" if number.startswith(("+", "00")) else ""
    digits = re.sub(r"[^0-9]", "", number)
    return sign + digits.removeprefix("00") if sign else digits


def spellings(number: str) -> str:
    """A pattern of all the ways to write a number that is in E.164: `+49 30 12345`, `0049 (0)30/12345`, `030 12345`.

    Without its country a number is recognised behind its trunk prefix, or by nine digits; a figure in JSON is none.
    """
    import phonenumbers

    parsed = phonenumbers.parse(number.partition(";")[0])
    rest = phonenumbers.national_significant_number(parsed)
    home = phonenumbers.region_code_for_country_code(parsed.country_code or 0)
    trunk = phonenumbers.ndd_prefix_for_region(home, True) or ""
    ways = [rf"(?:\+|00){_GAP}{_spaced(str(parsed.country_code))}{_GAP}(?:\(0\){_GAP})?{_spaced(rest)}"]
    if trunk and len(rest) >= _LIKELY:
        ways.append(rf"\(?{trunk}{_GAP}{_spaced(rest)}")
    if len(rest) >= _SURE:
        ways.append(rf"\(?{_spaced(rest)}")
    return rf"(?<![0-9A-Za-z_@+])(?<!\d[\s().\-/])(?<![0-9A-Za-z]-)(?<!\":)(?<!\": )(?:{'|'.join(ways)})(?!\d)"


def phone_region(text: str) -> str:
    """The ISO 3166 code, in upper case, of a region whose numbers we can read."""
    from phonenumbers import SUPPORTED_REGIONS

    code = text.strip().upper()
    if code not in SUPPORTED_REGIONS:
        near = did_you_mean(code, sorted(SUPPORTED_REGIONS), otherwise="; write an ISO 3166 code such as DE")
        raise InvalidInput(f"no phone region {shown(text)}{near}")
    return code


def _spaced(digits: str) -> str:
    return _GAP.join(digits)


def _typed(value: str) -> str:
    number = value.strip()
    return number if number.isascii() else unicodedata.normalize("NFKC", number[:_LONGEST])


@cache
def _dials_00(region: str | None) -> bool:
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None) if region else None
    return metadata is None or metadata.international_prefix == "00"


def _parsed(value: str, number: str, region: str | None) -> str:
    """What phonenumbers makes of it, in about 70 us."""
    import phonenumbers

    if region is None and "+" not in number:
        raise InvalidInput(
            f"phone {shown(value)} has no country code; write +49..., or set a phone region with crm init --region"
        )
    try:
        parsed = phonenumbers.parse(number, region)
    except phonenumbers.NumberParseException as error:
        raise _refused(value, _reasons()[error.error_type]) from None
    if phonenumbers.is_possible_number(parsed) and phonenumbers.is_valid_number(parsed):
        plain = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
        return f"{plain};ext={parsed.extension}" if parsed.extension else plain
    if number.startswith("00"):
        return _parsed(value, "+" + number[2:], None)
    raise _refused(value, f"no such number in +{parsed.country_code}")


def _refused(value: str, reason: str) -> InvalidInput:
    return InvalidInput(f"phone {shown(value)} is not a valid number ({reason})")


@cache
def _reasons() -> dict[int, str]:
    from phonenumbers import NumberParseException

    return {
        NumberParseException.INVALID_COUNTRY_CODE: "unknown country code",
        NumberParseException.NOT_A_NUMBER: "not a number",
        NumberParseException.TOO_SHORT_AFTER_IDD: "too short",
        NumberParseException.TOO_SHORT_NSN: "too short",
        NumberParseException.TOO_LONG: "too long",
    }


class _Plan(NamedTuple):
    """How phonenumbers reads what stands behind a country code."""

    code: str
    prefix: re.Pattern[str] | None
    lengths: frozenset[int]
    regions: tuple[str, ...]


class _Home(NamedTuple):
    """How phonenumbers reads what is dialled inside a region; `trunk` is the prefix when it is that and no more."""

    code: str
    abroad: re.Pattern[str]
    prefix: re.Pattern[str] | None
    trunk: str
    lengths: frozenset[int]


def _international(number: str) -> str | None:
    """The number that begins with `+`, when it is certain that phonenumbers gives the same; else None.

    That is so when the number has no national prefix to be stripped, is as long as the country's numbers, and matches
    the patterns that phonenumbers would try. Costs 3 us; the tests compare both.
    """
    if number[:1] != "+" or len(number) > _LONGEST:
        return None
    digits = number[1:]
    if not digits.isdigit():
        digits = digits.translate(_PUNCTUATION)
    if not (digits.isascii() and digits.isdigit()):
        return None
    plan = _plan(digits[:1]) or _plan(digits[:2]) or _plan(digits[:3])
    if plan is None:
        return None
    rest = digits[len(plan.code) :]
    if plan.prefix and _is_stripped(plan.prefix, rest):
        return None
    return f"+{digits}" if _is_valid(plan, rest) else None


def _national(number: str, region: str | None) -> str | None:
    """The number dialled in its own region, on the same terms as `_international`."""
    digits = number.translate(_PUNCTUATION)
    home = _home(region) if region and digits.isascii() and digits.isdigit() and len(number) <= _LONGEST else None
    if home is None or digits.startswith(home.code) or home.abroad.match(digits):
        return None
    rest = digits
    if home.trunk and digits.startswith(home.trunk):
        rest = digits[len(home.trunk) :]
    elif home.prefix and _is_stripped(home.prefix, digits):
        return None
    plan = _plan(home.code)
    return f"+{home.code}{rest}" if plan and len(rest) in home.lengths and _is_valid(plan, rest) else None


def _is_stripped(prefix: re.Pattern[str], rest: str) -> bool:
    match = prefix.match(rest)
    return match is not None and (match.end() > 0 or any(match.groups()))


def _is_valid(plan: _Plan, rest: str) -> bool:
    if len(rest) not in plan.lengths:
        return False
    for region in plan.regions:
        leading, pattern = _patterns(plan.code, region)
        if leading is not None and not leading.match(rest) and len(plan.regions) > 1:
            continue
        if pattern.fullmatch(rest):
            return True
        if leading is not None:
            return False
    return False


@cache
def _plan(code: str) -> _Plan | None:
    from phonenumbers import COUNTRY_CODE_TO_REGION_CODE

    regions = None if code.startswith("0") or not code else COUNTRY_CODE_TO_REGION_CODE.get(int(code))
    if not regions:
        return None
    metadata = _metadata(code, regions[0])
    general, prefix = metadata.general_desc, metadata.national_prefix_for_parsing
    lengths = frozenset((*general.possible_length, *general.possible_length_local_only)) if general else frozenset()
    return _Plan(code, re.compile(prefix) if prefix else None, lengths, regions)


@cache
def _home(region: str) -> _Home | None:
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region(region, None)
    if metadata is None or not metadata.general_desc or not metadata.international_prefix:
        return None
    prefix = metadata.national_prefix_for_parsing
    is_plain = prefix and prefix.isdigit() and not metadata.national_prefix_transform_rule
    return _Home(
        code=str(metadata.country_code),
        abroad=re.compile(metadata.international_prefix),
        prefix=re.compile(prefix) if prefix else None,
        trunk=prefix if prefix and is_plain else "",
        lengths=frozenset(metadata.general_desc.possible_length),
    )


@cache
def _patterns(code: str, region: str) -> tuple[re.Pattern[str] | None, re.Pattern[str]]:
    """The leading digits that decide for the region, if any, and the shape of a valid number there."""
    metadata = _metadata(code, region)
    general = _shape(metadata.general_desc) or "(?!)"
    kinds = "|".join(shape for name in _KINDS if (shape := _shape(getattr(metadata, name)))) or "(?!)"
    leading = metadata.leading_digits
    return re.compile(leading) if leading else None, re.compile(rf"(?={general}\Z)(?:{kinds})")


def _shape(kind: "PhoneNumberDesc | None") -> str | None:
    """The pattern of one kind of number, its lengths included; None when the country has none of the kind."""
    if kind is None or not kind.national_number_pattern:
        return None
    lengths = "|".join(rf"[0-9]{{{length}}}\Z" for length in kind.possible_length if length > 0) or "(?!)"
    return (f"(?={lengths})" if kind.possible_length else "") + f"(?:{kind.national_number_pattern})"


def _metadata(code: str, region: str) -> "PhoneMetadata":
    from phonenumbers import PhoneMetadata

    metadata = PhoneMetadata.metadata_for_region_or_calling_code(int(code), region)
    if metadata is None:
        raise AssertionError(f"no metadata for +{code}")
    return metadata
