"""The currencies of ISO 4217 and how many decimals each has."""

from types import MappingProxyType

from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput

# ANG (until 2025) and BGN (until 2026) are withdrawn, but still stand in many books.
_TWO_DECIMALS = """
    AED AFN ALL AMD ANG AOA ARS AUD AWG AZN BAM BBD BDT BGN BMD BND BOB BOV BRL BSD BTN BWP BYN BZD CAD CDF CHE CHF CHW
    CNY COP COU CRC CUP CVE CZK DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GTQ GYD HKD HNL HTG HUF IDR ILS
    INR IRR JMD KES KGS KHR KPW KYD KZT LAK LBP LKR LRD LSL MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MXV MYR MZN
    NAD NGN NIO NOK NPR NZD PAB PEN PGK PHP PKR PLN QAR RON RSD RUB SAR SBD SCR SDG SEK SGD SHP SLE SOS SRD SSP STN SVC
    SYP SZL THB TJS TMT TOP TRY TTD TWD TZS UAH USD USN UYU UZS VED VES WST XCD XCG YER ZAR ZMW ZWG
"""
_NO_DECIMALS = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THREE_DECIMALS = "BHD IQD JOD KWD LYD OMR TND"
_FOUR_DECIMALS = "CLF UYW"

EXPONENTS = MappingProxyType(
    dict.fromkeys(_TWO_DECIMALS.split(), 2)
    | dict.fromkeys(_NO_DECIMALS.split(), 0)
    | dict.fromkeys(_THREE_DECIMALS.split(), 3)
    | dict.fromkeys(_FOUR_DECIMALS.split(), 4)
)
#: The most decimals that any of them has.
FINEST = max(EXPONENTS.values())


def exponent(code: str) -> int:
    """How many decimals the major unit has: 2 for EUR, 0 for JPY, 3 for KWD; `code` as `currency` gives it."""
    return EXPONENTS[code]


def currency(text: str) -> str:
    """The ISO 4217 code in upper case."""
    code = text.strip().upper()
    if code not in EXPONENTS:
        near = did_you_mean(code, EXPONENTS, otherwise="; write an ISO 4217 code such as EUR")
        raise InvalidInput(f"no currency {shown(text)}{near}")
    return code
