"""The files of other systems, each described by a TOML file beside this one or of the user's own."""

from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from crmcli.core.wording import did_you_mean, shown
from crmcli.errors import InvalidInput
from crmcli.exchange.layout import OWN, Layout, normalised
from crmcli.exchange.profiles import description

_FOLDER = Path(__file__).parent


def names(folder: Path | None = None) -> tuple[str, ...]:
    """Every profile, our own first; those of the user stand in `folder` and go before ours of the same name."""
    return (OWN, *sorted(_places(folder)))


def recognised(
    header: Iterable[str], *, profile: str | None, entity: str | None, folder: Path | None = None
) -> Layout | None:
    """The layout whose signature is all in the header, the longest one; of this profile and entity where given.

    None for our own. Raises InvalidInput for an unknown profile.
    """
    if profile is not None and profile not in names(folder):
        message = f"no profile {shown(profile)}{did_you_mean(profile, names(folder))}"
        raise InvalidInput(message, hint=f"one of {', '.join(names(folder))}")
    found = {normalised(name) for name in header}
    wanted = [profile] if profile else names(folder)
    fitting = [
        layout
        for name in wanted
        if name != OWN
        for layout in layouts(name, folder)
        if layout.signature <= found and entity in (None, layout.entity)
    ]
    return max(fitting, key=lambda layout: len(layout.signature), default=None)


def layouts(name: str, folder: Path | None = None) -> tuple[Layout, ...]:
    """The layouts of the files of a profile. Raises InvalidInput for a description that cannot be understood."""
    return description.layouts(_places(folder)[name])


def known(folder: Path | None = None) -> Iterator[Layout]:
    """All files that are recognised, profile by profile."""
    for name in names(folder)[1:]:
        yield from layouts(name, folder)


@cache
def _places(folder: Path | None) -> dict[str, Path]:
    folders = [_FOLDER, *([folder] if folder is not None and folder.is_dir() else [])]
    return {path.stem: path for each in folders for path in sorted(each.glob("*.toml")) if path.stem != OWN}
