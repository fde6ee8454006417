"""What the operation of an import keeps of it: which files, how they were understood, what came of their rows."""

import json
import re
from collections.abc import Iterable

from crmcli.exchange.source import Fault
from crmcli.services.importing.work import COUNTS, Tally

_LONGEST = 200
_QUOTED = re.compile(r"""'(?:[^'\\]|\\.)*'|"(?:[^"\\]|\\.)*\"""")


def detail(tallies: Iterable[Tally]) -> str:
    """The JSON object for the operation: of a rejected row its line, column and reason, never what stood there."""
    return json.dumps({"files": [_file(tally) for tally in tallies]}, ensure_ascii=False)


def _file(tally: Tally) -> dict[str, object]:
    source = tally.source
    mapping = {name[:_LONGEST]: field for name, field in zip(source.header, source.fields, strict=False) if field}
    return {
        "file": source.file,
        "sha256": source.sha256,
        "entity": source.entity,
        "profile": source.profile,
        "mapping": mapping,
        **dict(zip(COUNTS, tally.counts, strict=True)),
        "rejects": [_reject(fault) for fault in tally.faults],
        "rejects_left_out": tally.rejected - len(tally.faults),
    }


def _reject(fault: Fault) -> list[object]:
    """Values stand in quotes: what is personal is not kept with a row that was not."""
    column = fault.column[:_LONGEST] if fault.column else None
    return [fault.line, column, _QUOTED.sub("…", fault.reason)[:_LONGEST]]
