"""What a writing command says."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Change:
    """What a writing command did: the ids of what it is about, a sentence, and the next useful command.

    `echo` is how a time that the user said was understood.
    """

    ids: tuple[int, ...]
    sentence: str
    next: str | None = None
    warnings: tuple[str, ...] = ()
    echo: str | None = None
