"""Identifiers for exchange: UUID version 7 (RFC 9562), which sort by the time they were made."""

import os
from collections.abc import Iterator


def uid(milliseconds: int) -> str:
    """A new UUIDv7 of the instant `milliseconds` after 1970."""
    return _text(milliseconds, int.from_bytes(os.urandom(10), "big"))


def uids(milliseconds: int, count: int) -> Iterator[str]:
    """`count` new ones, in ascending order: the first random bits count upwards."""
    random = os.urandom(6 * count)
    for number in range(count):
        counter = (number & 0xFFF) << 68 | (number >> 12 & 0x3FFF) << 48
        yield _text(milliseconds + (number >> 26), counter | int.from_bytes(random[6 * number : 6 * number + 6], "big"))


def _text(milliseconds: int, bits: int) -> str:
    high = (milliseconds & 0xFFFFFFFFFFFF) << 16 | 0x7000 | bits >> 68 & 0xFFF
    low = 0x8000000000000000 | bits & 0x3FFFFFFFFFFFFFFF
    digits = f"{high:016x}{low:016x}"
    return f"{digits[:8]}-{digits[8:12]}-{digits[12:16]}-{digits[16:20]}-{digits[20:]}"
