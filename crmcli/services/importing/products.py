"""The product list of another system: nothing is kept of it but what the deals need."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from crmcli.core.normal import fold
from crmcli.services.importing import cells
from crmcli.services.importing.reading import Shape
from crmcli.services.importing.staging import Stage
from crmcli.services.importing.work import Tally, Work

SERIES = "series"


@dataclass(slots=True)
class Products:
    """The listed products: how each is written, and its series."""

    known: dict[str, tuple[str, str | None]] = field(default_factory=dict)
    strange: set[str] = field(default_factory=set)

    def name(self, text: str) -> str:
        """The product as the list writes it, whatever its spaces and case; one that is not listed as it is."""
        found = self.known.get(_key(text))
        if found:
            return found[0]
        if self.known:
            self.strange.add(text)
        return text

    def series(self, text: str) -> str | None:
        found = self.known.get(_key(text))
        return found[1] if found else None


def take(work: Work, tallies: Sequence[Tally], products: Products) -> None:
    """Read the product lists; says what of them is not kept."""
    stage = Stage(work, "import_product")
    stage.create("name, series")
    for tally in tallies:
        stage.fill(tally, Shape({"name": cells.line("name"), SERIES: cells.line(SERIES)}, {}))
        used = {"name", SERIES}
        kept = ", ".join(name for name in tally.source.fields if name and name not in used)
        also = f"; {kept} is not kept" if kept else ""
        work.note(f"{tally.source.file}: products serve to check those of the deals and give them their series{also}")
    for name, series in work.db.rows("select name, series from import_product where name is not null order by row"):
        products.known[_key(name)] = (name, series)
    stage.leave("select row from import_product")


def _key(name: str) -> str:
    return re.sub(r"[\W_]+", "", fold(name))
