"""How strong a tie is, 0 to 100: what is said of it, and what its interactions say."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from crmcli.core.vocabulary import Channel, Direction
from crmcli.core.wording import shown
from crmcli.errors import InvalidInput

STRONGEST = 100
_DECIMALS = 1
_ORDER = [channel.value for channel in Channel]

_CHANNELS: dict[str, float] = {
    Channel.MEETING: 3.0,
    Channel.VISIT: 3.0,
    Channel.CALL: 2.0,
    Channel.EMAIL: 1.0,
    Channel.CHAT: 1.0,
    Channel.SOCIAL: 0.5,
    Channel.WEB: 0.5,
    Channel.NOTE: 0.0,
}


@dataclass(frozen=True, slots=True)
class Weights:
    """What counts how much; kept in the file where the user says otherwise.

    After `half_life` days an interaction counts half. `scale` is the raw sum that makes 63: with 12.1 a monthly
    meeting makes 70. `colleague` is how strongly owners of the file are tied to each other.
    """

    half_life: float = 90.0
    scale: float = 12.1
    both_ways: float = 1.25
    one_way: float = 0.5
    colleague: float = 80.0
    channels: Mapping[str, float] = field(default_factory=lambda: dict(_CHANNELS))

    def named(self) -> dict[str, float]:
        """All of them by the names that the user gives."""
        own = {name: getattr(self, name) for name in ("half_life", "scale", "both_ways", "one_way", "colleague")}
        return {**own, **{str(channel): weight for channel, weight in self.channels.items()}}

    @classmethod
    def of(cls, said: Mapping[str, float]) -> "Weights":
        """The usual weights with those of `said` in their place."""
        usual = cls().named()
        known = {**usual, **{name: value for name, value in said.items() if name in usual}}
        channels = {channel.value: known.pop(channel.value) for channel in Channel}
        return cls(**known, channels=channels)


@dataclass(frozen=True, slots=True)
class Contact:
    """An interaction between two: its channel, its direction if it has one, and how many days ago it was."""

    channel: str
    direction: str | None
    age: float


@dataclass(frozen=True, slots=True)
class Part:
    """What the interactions of a channel add up to."""

    channel: str
    count: int
    weight: float
    points: float


@dataclass(frozen=True, slots=True)
class Warmth:
    """The strength that interactions give, with its parts; `latest` is the age of the last one that counts.

    `way` says of their directions what gives the `factor`.
    """

    parts: tuple[Part, ...]
    way: str
    factor: float
    strength: float
    count: int
    latest: float | None

    @property
    def raw(self) -> float:
        return sum(part.points for part in self.parts) * self.factor


def warmth(contacts: Iterable[Contact], weights: Weights) -> Warmth:
    """100 (1 - e^(-raw / scale)); raw is the sum of weight x 2^(-age / half-life), times the factor of direction."""
    found = [each for each in contacts if weights.channels.get(each.channel, 0.0) > 0]
    parts = []
    for channel in sorted({each.channel for each in found}, key=_ORDER.index):
        ages = [each.age for each in found if each.channel == channel]
        weight = weights.channels[channel]
        parts.append(
            Part(channel, len(ages), weight, weight * math.fsum(2 ** (-age / weights.half_life) for age in ages))
        )
    way, factor = _direction({each.direction for each in found}, weights)
    raw = math.fsum(part.points for part in parts) * factor
    latest = min((each.age for each in found), default=None)
    return Warmth(tuple(parts), way, factor, rounded(STRONGEST * -math.expm1(-raw / weights.scale)), len(found), latest)


def _direction(directions: set[str | None], weights: Weights) -> tuple[str, float]:
    """Both ways where some came in and some went out; one way where all went the same way; else 1."""
    if {Direction.IN, Direction.OUT} <= directions:
        return "both ways", weights.both_ways
    if directions in ({Direction.IN}, {Direction.OUT}):
        return "one way only", weights.one_way
    return "not told of all" if len(directions) > 1 else "none told", 1.0


def rounded(strength: float) -> float:
    """A strength as it is shown and compared: one decimal."""
    return round(strength, _DECIMALS)


def word(strength: float) -> str:
    """A strength, as a whole number, in a word: from 70 on strong, from 30 on fair, the rest weak."""
    whole = round(strength)
    return "strong" if whole >= 70 else "fair" if whole >= 30 else "weak"  # noqa: PLR2004 (said above)


def score(text: str, *, name: str) -> int:
    """A whole number from 0 to 100. Raises InvalidInput."""
    said = text.strip()
    if not (said.isascii() and said.isdigit()) or int(said[:9]) > STRONGEST:
        raise InvalidInput(f"{name} {shown(text)} is not a whole number from 0 to {STRONGEST}")
    return int(said)
